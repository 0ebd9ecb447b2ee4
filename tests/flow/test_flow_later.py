"""What is too slow for a scan is read in the background: each file once, whoever reads it, wherever it is killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qalqan.errors import InputRefused
from qalqan.flow.keeper import Keeper
from qalqan.flow.known import Voucher, add_values, new_bank
from qalqan.flow.later import Later, at_once_and_later, waiting
from qalqan.flow.services import Services
from qalqan.flow.way import Way
from qalqan.model.ids import Id
from qalqan.model.items import MediaKind
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Box, Interval, Span
from qalqan.model.signals import LINK, PICTURE_TEXT, Signal
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.store import findings, intake, items, signals, unread
from support.small import jpeg, picture
from support.walking import walk_now

LINK_THERE = "https://lakeside.example/birds"


class Writing:
    """Stands for a slow reader of pictures: says that each of them bears the same two lines."""

    later = True

    def __init__(self, version: str = "1") -> None:
        self.manifest = Manifest("writing", version, "Words in pictures", (PICTURE_TEXT,))
        self.read_files: list[str] = []
        self.fails: Exception | None = None

    def wants(self, subject: Subject) -> bool:
        """Every picture."""
        return subject.path is not None and subject.media is not None and subject.media.kind is MediaKind.PICTURE

    def read(self, subject: Subject, desk: Desk) -> Reading:  # noqa: ARG002 - the contract's signature
        """Return two lines of text."""
        if self.fails is not None:
            raise self.fails
        self.read_files.append(subject.media.sha256 if subject.media else "")
        return Reading(
            (
                Sighting(PICTURE_TEXT, "The lake is calm.", box=Box(0.1, 0.1, 0.5, 0.1)),
                Sighting(PICTURE_TEXT, f"See {LINK_THERE} today", box=Box(0.1, 0.5, 0.6, 0.1)),
            )
        )

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Take every value."""
        return value

    def examples(self) -> Sequence[Example]:
        """Show nothing: it is no built-in extractor."""
        return ()


class Links:
    """Finds one link in a text that others read."""

    manifest = Manifest("found-link", "1", "Links in read text", (LINK,))

    def wants(self, subject: Subject) -> bool:  # noqa: ARG002 - the contract's signature
        """Nothing by itself."""
        return False

    def read(self, subject: Subject, desk: Desk) -> Reading:  # noqa: ARG002 - the contract's signature
        """Return nothing."""
        return Reading()

    def read_text(self, text: str, desk: Desk) -> Reading:  # noqa: ARG002 - the contract's signature
        """Return the link with its span."""
        at = text.find(LINK_THERE)
        span = Span(at, at + len(LINK_THERE))
        return Reading((Sighting(LINK, LINK_THERE, span=span),) if at >= 0 else ())

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Take every value."""
        return value

    def examples(self) -> Sequence[Example]:
        """Show nothing: it is no built-in extractor."""
        return ()


class Part:
    """A way that is walked by hand: what the keeper's thread does."""

    def __init__(self, services: Services, writing: Writing) -> None:
        self.services = replace(services, later=(writing,), extractors=(*services.extractors, Links()))
        self.way = Way(self.services)
        self.settled: list[Id] = []

    def settle(self, ids: Sequence[Id]) -> None:
        """Settle items and remember which."""
        self.settled += ids
        self.way.settle(ids)

    def work(self) -> int:
        """Read all that waits; return of how many files."""
        later = Later(self.services, self.settle)
        read = len(list(later.round()))
        later.close()
        return read

    def left(self) -> tuple[int, int]:
        """Return how many files are unread, and how many unweighed."""
        with self.services.store.reading() as tx:
            found = waiting(self.services, tx)
        return found.files, found.unweighed


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Write two pictures, one of them three times, and a text."""
    folder = tmp_path / "given"
    folder.mkdir()
    for name, seed in (("a", 1), ("b", 2), ("c", 2), ("d", 2)):
        (folder / f"{name}.jpg").write_bytes(jpeg(picture(seed)))
    (folder / "note.txt").write_text("Bread is baked on Tuesdays.", "utf-8")
    return folder


@pytest.fixture
def writing() -> Writing:
    """Return the slow reader."""
    return Writing()


@pytest.fixture
def part(services: Services, writing: Writing, given: Path) -> Part:
    """Scan the folder with the slow reader at hand."""
    made = Part(services, writing)
    walk_now(made.services, given)
    return made


def found_by(services: Services, name: str) -> list[Signal]:
    """Return the signals of an extractor."""
    with services.store.reading() as tx:
        ids = items.ids_after(tx, None, 100)
        every = {one.id: one for _, one in signals.of_items(tx, ids)}
    return [one for one in every.values() if one.extractor.startswith(name)]


def test_a_scan_does_not_wait_for_it(part: Part, writing: Writing) -> None:
    """Nothing was read by it while the scan was walked; what waits is told: each file once, the text too."""
    assert writing.read_files == []
    assert part.left() == (3, 0)


def test_each_file_is_read_once_however_many_items_carry_it(part: Part, writing: Writing) -> None:
    """Two different pictures on four items: two readings; afterwards nothing is left and nothing is read again."""
    assert part.work() == 3
    assert len(writing.read_files) == len(set(writing.read_files)) == 2
    assert part.left() == (0, 0)
    assert part.work() == 0


def test_all_items_that_carry_what_was_read_are_settled_anew(part: Part) -> None:
    """The four items with pictures, not the one with a text."""
    part.work()
    assert len(set(part.settled)) == 4


def test_a_known_link_in_a_picture_is_a_match(part: Part) -> None:
    """What others read in the words of a picture has its box, and is compared and weighed."""
    bank = new_bank(part.services, "heron", "terrorist-content", "tester")
    add_values(part.services, bank, [("link", LINK_THERE, "a page")], Voucher("tester", "a test"))
    part.work()
    with part.services.store.reading() as tx:
        matched = findings.matches_of(tx, items.ids_after(tx, None, 100))
        assessed = findings.current_assessments(tx, list(matched))
    assert len(matched) == len(assessed) == 4
    link = next(one for one in found_by(part.services, "found-link") if one.media_sha256)
    assert link.box == Box(0.1, 0.5, 0.6, 0.1)
    assert link.span == Span(4, 4 + len(LINK_THERE))


def test_a_refused_file_is_told_once_and_not_asked_again(part: Part, writing: Writing) -> None:
    """Each item that carries it is told why."""
    writing.fails = InputRefused("it cannot be read here")
    part.work()
    assert part.left() == (0, 0)
    with part.services.store.reading() as tx:
        told = [one.where for one in intake.list_problems(tx, 100) if one.message == "it cannot be read here"]
    assert len(told) == 4


def test_one_that_breaks_off_is_read_by_the_next(part: Part, writing: Writing) -> None:
    """A failure that is none of the file's leaves everything as it was."""
    writing.fails = RuntimeError("the disk is away")
    with pytest.raises(RuntimeError):
        part.work()
    assert part.left()[0] >= 2
    writing.fails = None
    part.work()
    assert part.left() == (0, 0)
    assert len(writing.read_files) == 2


def test_killed_before_weighing_it_is_weighed_by_the_next(part: Part) -> None:
    """That something came is written with it, so no item keeps what it was weighed as before."""

    def killed(_ids: Sequence[Id]) -> None:
        raise SystemExit

    later = Later(part.services, killed)
    with pytest.raises(SystemExit):
        list(later.round())
    later.close()
    assert part.left() == (0, 2)
    part.work()
    assert part.left() == (0, 0)
    assert len(set(part.settled)) == 4


def test_a_new_version_reads_everything_anew(part: Part, services: Services) -> None:
    """As with any extractor."""
    part.work()
    newer = Part(services, Writing("2"))
    assert newer.left() == (3, 0)
    newer.work()
    assert newer.left() == (0, 0)


def test_two_at_once_leave_nothing_twice(part: Part) -> None:
    """Several processes may read at the same time."""
    threads = [threading.Thread(target=part.work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert part.left() == (0, 0)
    assert len(found_by(part.services, "writing")) == 4  # two lines on two pictures
    assert len([one for one in found_by(part.services, "found-link") if one.media_sha256]) == 2


def test_the_newest_files_come_first(part: Part) -> None:
    """Whoever hands something in now is not kept waiting by years of older things."""
    with part.services.store.reading() as tx:
        hashes = unread.newest_unread(tx, ["writing/1"], 0, 10)
        newest = items.occurrences(tx, items.ids_after(tx, None, 100))[-1]
    assert hashes[0] == newest.attachments[0].media_sha256


def test_a_keeper_does_it_without_being_asked(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the background, as soon as it has looked after the banks."""
    monkeypatch.setattr("qalqan.flow.keeper.QUIET_SECONDS", 0.05)
    keeper = Keeper(part.services, part.settle)
    keeper.start()
    try:
        until = time.monotonic() + 20
        while part.left() != (0, 0) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        keeper.stop()
    assert part.left() == (0, 0)
    assert len(set(part.settled)) == 4


def test_without_such_extractors_nothing_waits(services: Services, given: Path) -> None:
    """Where nothing slow is installed there is nothing to do."""
    walk_now(services, given)
    assert Part(services, Writing()).left()[0] == 3
    bare = replace(services, later=())
    with bare.store.reading() as tx:
        assert waiting(bare, tx).files == 0
    assert list(Later(bare, lambda _ids: None).round()) == []


def test_extractors_are_told_apart_by_their_mark() -> None:
    """Those that say `later` are read in the background, all others while a scan is walked."""
    slow, quick = Writing(), Links()
    assert at_once_and_later([quick, slow]) == ((quick,), (slow,))


def test_an_interval_goes_with_what_was_said_in_it() -> None:
    """Spans lie within the text they were found in, and bring its place in the recording."""
    from qalqan.flow.read_texts import read_texts
    from qalqan.isolate import Isolate
    from qalqan.model.limits import Limits

    limits = Limits()
    isolate = Isolate(limits, 1)
    seen = [
        Sighting("subtitle", "First.", interval=Interval(1, 2)),
        Sighting("pdq", LINK_THERE),
        Sighting("subtitle", f"Then {LINK_THERE}", interval=Interval(3, 4)),
    ]
    ((reader, found),) = list(read_texts([Links()], Desk(limits, isolate), seen))
    isolate.close()
    assert reader.manifest.name == "found-link"
    assert (found.interval, found.span) == (Interval(3, 4), Span(5, 5 + len(LINK_THERE)))
