"""Walking folders: nothing lost, nothing twice, nothing out of bounds."""

from __future__ import annotations

import errno
import os
import random
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from qalqan.errors import StoreError
from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.items import ItemKind
from qalqan.model.limits import Limits
from qalqan.model.manifest import Manifest
from qalqan.sources.contract import Desk, Example, Given
from qalqan.sources.walker import walk

Walk = Callable[..., tuple[list[Draft], list[Fault]]]


class Failing:
    """A reader of `.odd` files that does what it is told to."""

    def __init__(self, error: Exception | None = None, drafts: Sequence[Draft] = ()) -> None:
        self._error = error
        self._drafts = drafts

    @property
    def manifest(self) -> Manifest:
        """Return its card."""
        return Manifest("failing", "3", "Fails", ())

    def recognises(self, given: Given) -> bool:
        """Go by the name."""
        return given.suffix == ".odd"

    def read(self, given: Given, desk: Desk) -> Iterator[Draft | Fault]:  # noqa: ARG002 - the contract's signature
        """Yield what it was given, then fail."""
        yield from self._drafts
        if self._error is not None:
            raise self._error

    def examples(self) -> Sequence[Example]:
        """Return none."""
        return ()


def test_a_folder_gives_each_file_once_in_a_stable_order(walked: Walk, tmp_path: Path) -> None:
    """A folder's own files come first, by name; then its subfolders'."""
    for name in ("b.txt", "a.txt", "deep/er/c.txt", "A/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    drafts, faults = walked(tmp_path)
    assert [draft.origin for draft in drafts] == [
        f"{tmp_path}/{name}" for name in ("a.txt", "b.txt", "A/d.txt", "deep/er/c.txt")
    ]
    assert [draft.text for draft in drafts] == ["a.txt", "b.txt", "A/d.txt", "deep/er/c.txt"]
    assert {draft.reader for draft in drafts} == {"file/1"}
    assert not faults


def test_a_missing_input_is_one_fault(walked: Walk, tmp_path: Path) -> None:
    """Handing in a path where nothing lies raises nothing."""
    drafts, faults = walked(tmp_path / "nowhere")
    assert not drafts
    assert [fault.code for fault in faults] == ["not-found"]


def test_an_empty_file_is_kept_and_reported(walked: Walk, tmp_path: Path) -> None:
    """It gives a draft and a fault."""
    (tmp_path / "empty.jpg").touch()
    drafts, faults = walked(tmp_path)
    assert [file.path for file in drafts[0].files] == [tmp_path / "empty.jpg"]
    assert [(fault.code, fault.message) for fault in faults] == [("input-refused", "is empty")]


def test_symbolic_links_are_never_followed_out(walked: Walk, tmp_path: Path) -> None:
    """A link out of the input is reported; one within it is read once, where its target lies; loops end."""
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("not handed in")
    (inside / "note.txt").write_text("handed in")
    (inside / "again.txt").symlink_to("note.txt")
    (inside / "loop").symlink_to(".")
    (inside / "out.txt").symlink_to("../secret.txt")
    (inside / "up").symlink_to("..")
    (inside / "nothing").symlink_to("nowhere")
    drafts, faults = walked(inside)
    assert [draft.text for draft in drafts] == ["handed in"]
    assert [Path(fault.where).name for fault in faults] == ["nothing", "out.txt", "up"]


def test_sockets_and_pipes_are_left_out(walked: Walk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are reported and never opened: reading a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.json")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        drafts, faults = walked(tmp_path)
    assert not drafts
    assert len(faults) == 2


def test_strange_names_become_text_that_every_database_takes(walked: Walk, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 become U+FFFD; line breaks and right-to-left marks stay, for whoever shows them."""
    (tmp_path / "line\nbreak.txt").write_text("a")
    (tmp_path / "right\u202eto left.txt").write_text("b")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bytes\xff\xfe.txt")).write_text("c")
    drafts, faults = walked(tmp_path)
    names = [draft.files[0].name for draft in drafts]
    assert sorted(names) == ["bytes\ufffd\ufffd.txt", "line\nbreak.txt", "right\u202eto left.txt"]
    assert not faults
    for draft in drafts:
        assert draft.origin.encode()
        assert draft.files[0].path is not None
        assert draft.files[0].path.read_text() == draft.text


def test_nul_characters_and_lone_surrogates_leave_every_field(isolate: Isolate, scratch: Path, tmp_path: Path) -> None:
    """Whatever a reader hands over, no draft holds what PostgreSQL refuses."""
    bad = "a\0b\ud800"
    draft = Draft(
        kind=ItemKind.POST,
        origin=bad,
        text=bad,
        author=bad,
        files=(FileDraft(bad, missing=bad),),
        extra={bad: [bad, {"x": bad}], "n": float("inf"), "big": 10**400},
    )
    (tmp_path / "a.odd").write_text("x")
    (found,) = walk(tmp_path, [Failing(drafts=[draft])], Limits(), isolate, scratch)
    assert isinstance(found, Draft)
    good = "a\ufffdb\ufffd"
    assert (found.origin, found.text, found.author) == (good, good, good)
    assert found.extra == {good: [good, {"x": good}], "n": None, "big": None}
    assert (found.files[0].name, found.files[0].missing) == (good, good)
    assert found.reader == "failing/3"


def test_long_text_is_cut_and_counted(walked: Walk, tmp_path: Path) -> None:
    """What is beyond the bound on text is cut; how much it was is said."""
    (tmp_path / "long.txt").write_text("x" * 150)
    drafts, _ = walked(tmp_path, text_chars=100)
    assert drafts[0].text == "x" * 100
    assert drafts[0].extra == {"text_cut": 50}


@pytest.mark.parametrize("error", [ValueError("odd"), OSError(errno.EIO, "bad disk"), MemoryError(), RecursionError()])
def test_a_reader_that_fails_stops_nothing(error: Exception, isolate: Isolate, scratch: Path, tmp_path: Path) -> None:
    """Its failure is one fault, the file is still listed as a file, and the rest is read."""
    (tmp_path / "a.odd").write_text("x")
    (tmp_path / "b.txt").write_text("y")
    found = list(walk(tmp_path, [Failing(error)], Limits(), isolate, scratch))
    assert [one.origin for one in found if isinstance(one, Draft)] == [f"{tmp_path}/a.odd", f"{tmp_path}/b.txt"]
    assert len([one for one in found if isinstance(one, Fault)]) == 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_not_the_inputs_fault(number: int, isolate: Isolate, scratch: Path, tmp_path: Path) -> None:
    """It ends the walk with an error that says what to do."""
    (tmp_path / "a.odd").write_text("x")
    with pytest.raises(StoreError) as raised:
        list(walk(tmp_path, [Failing(OSError(number, "full"))], Limits(), isolate, scratch))
    assert raised.value.hint


def test_random_bytes_under_telling_names_are_plain_files(walked: Walk, tmp_path: Path) -> None:
    """The content decides: noise named like an export, an archive or a page is still hashed as a file."""
    noise = random.Random(7).randbytes(5000)
    names = ["result.json", "a.zip", "a.tar.gz", "a.html", "a.mhtml", "a.warc.gz", "a.wacz", "a.csv", "a.ndjson"]
    for name in names:
        (tmp_path / name).write_bytes(noise)
    drafts, faults = walked(tmp_path)
    assert sorted(Path(draft.origin).name for draft in drafts) == sorted(names)
    assert {draft.kind for draft in drafts} == {ItemKind.FILE}
    assert not faults


def test_an_export_under_another_name_is_still_read(walked: Walk, tmp_path: Path) -> None:
    """A chat's export named like a picture is recognised by its first bytes."""
    (tmp_path / "holiday.jpg").write_text('{"name": "A", "type": "public_channel", "id": 1, "messages": [{"id": 5}]}')
    drafts, _ = walked(tmp_path)
    assert [draft.origin for draft in drafts] == ["telegram:chat/1/message/5"]


def test_folders_within_folders_are_walked(walked: Walk, tmp_path: Path) -> None:
    """Three hundred folders within one another are walked without recursion."""
    folder = tmp_path
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(300):
            os.mkdir("d", dir_fd=here)
            inner = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
            folder /= "d"
    finally:
        os.close(here)
    (folder / "note.txt").write_text("at the bottom")
    drafts, faults = walked(tmp_path)
    assert [draft.text for draft in drafts] == ["at the bottom"]
    assert not faults
