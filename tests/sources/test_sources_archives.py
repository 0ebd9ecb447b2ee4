"""Archives, honest and hostile: nothing leaves its folder, nothing swells, nothing stops the rest."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault
from qalqan.model.items import ItemKind
from qalqan.model.limits import MIB, Limits
from qalqan.sources.archive_examples import tarred, zipped
from qalqan.sources.readers import built_in
from qalqan.sources.walker import walk

Walk = Callable[..., tuple[list[Draft], list[Fault]]]


@pytest.fixture(name="members")
def _members(walked: Walk) -> Walk:
    """Return a function that walks an input and leaves out the drafts of the archives themselves."""

    def run(path: Path, **limits: float) -> tuple[list[Draft], list[Fault]]:
        drafts, faults = walked(path, **limits)
        return [one for one in drafts if one.reader != "archive/1"], faults

    return run


def test_an_archive_is_also_a_file_of_its_own(walked: Walk, tmp_path: Path) -> None:
    """A whole archive may be a known thing: it is handed over before its members, inner archives too."""
    (tmp_path / "a.zip").write_bytes(zipped({"in/b.tar": tarred({"c.txt": b"Mist"})}))
    drafts, _ = walked(tmp_path / "a.zip")
    assert [[file.name for file in draft.files] for draft in drafts] == [["a.zip"], ["b.tar"], ["c.txt"]]


def test_an_archived_export_works_with_its_files(isolate: Isolate, scratch: Path, tmp_path: Path) -> None:
    """Relative paths hold within the archive; its files can be read while their draft is handed over."""
    chat = {"name": "A", "type": "public_channel", "id": 1, "messages": [{"id": 5, "photo": "photos/p.jpg"}]}
    content = zipped({"Export/result.json": json.dumps(chat).encode(), "Export/photos/p.jpg": b"\xff\xd8p"})
    (tmp_path / "a.zip").write_bytes(content)
    seen = []
    for found in walk(tmp_path, built_in(), Limits(), isolate, scratch):
        assert isinstance(found, Draft)
        assert found.files[0].path is not None
        if found.reader == "archive/1":
            continue
        seen.append((found.origin, found.files[0].path.read_bytes(), found.reader))
    assert seen == [("telegram:chat/1/message/5", b"\xff\xd8p", "telegram/2")]


def test_members_are_named_as_the_user_knows_them(members: Walk, tmp_path: Path) -> None:
    """An archive and its member are told apart by `!/`, at every depth."""
    (tmp_path / "a.zip").write_bytes(zipped({"in/b.tar": tarred({"c.txt": b"Mist"})}))
    drafts, _ = members(tmp_path / "a.zip")
    assert [draft.origin for draft in drafts] == [f"{tmp_path}/a.zip!/in/b.tar!/c.txt"]


@pytest.mark.parametrize(
    "name", ["../up.txt", "a/../../up.txt", "/abs.txt", "C:\\drive.txt", "..\\up.txt", "\\\\host\\a"]
)
def test_no_member_leaves_its_folder(members: Walk, tmp_path: Path, name: str) -> None:
    """A name that climbs out is a fault in ZIP and tar, and the member after it is read."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zipped({name: b"out", "good.txt": b"good"}))
    (folder / "b.tar").write_bytes(tarred({name: b"out", "good.txt": b"good"}))
    drafts, faults = members(folder)
    assert [draft.text for draft in drafts] == ["good", "good"]
    assert len(faults) == 2
    assert [path.name for path in tmp_path.rglob("*.txt")] == []


def test_links_and_devices_are_left_out(walked: Walk, tmp_path: Path) -> None:
    """Symbolic links, hard links and devices of an archive are never made."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"member-{kind.decode()}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    (tmp_path / "a.tar").write_bytes(buffer.getvalue())
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as zipped_link:
        zipped_link.writestr(link, "/etc/passwd")
    drafts, faults = walked(tmp_path)
    assert [Path(draft.origin).name for draft in drafts] == ["a.tar", "b.zip"]
    assert len(faults) == 5


def _zeros(path: Path, size: int) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("zeros", "w", force_zip64=True) as member,
    ):
        for _ in range(size // MIB):
            member.write(bytes(MIB))


def test_a_gigabyte_of_zeros_never_reaches_the_disk(
    walked: Walk, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member that swells over the allowed ratio is stopped after a few megabytes; the archive stays one file."""
    _zeros(tmp_path / "bomb.zip", 1024 * MIB)
    written: list[int] = []
    unlink = Path.unlink

    def measured(path: Path, missing_ok: bool = False) -> None:  # noqa: FBT001, FBT002 - as pathlib has it
        if path.name == "zeros":
            written.append(path.stat().st_size)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", measured)
    drafts, faults = walked(tmp_path, archive_ratio=20)
    assert [draft.origin for draft in drafts] == [f"{tmp_path}/bomb.zip"]
    assert [fault.code for fault in faults] == ["limit-reached"]
    assert max(written) < 128 * MIB
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"])
def test_a_compressed_stream_that_swells_is_stopped(
    members: Walk, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    """Of a single compressed file, only a beginning is kept; of a tar, what came before."""
    (tmp_path / "bomb.gz").write_bytes(pack(bytes(64 * MIB)))
    (tmp_path / "bomb.tar.gz").write_bytes(pack(tarred({"first.txt": b"Mist", "zeros": bytes(64 * MIB)})))
    drafts, faults = members(tmp_path)
    assert "Mist" in [draft.text for draft in drafts]
    assert {fault.code for fault in faults} == {"limit-reached"}


def test_archives_within_archives_end(members: Walk, tmp_path: Path) -> None:
    """Beyond the allowed depth an archive is kept as one file, with a fault."""
    content = b"Mist"
    for level in range(6):
        content = zipped({f"level-{level}": content})
    (tmp_path / "a.zip").write_bytes(content)
    drafts, faults = members(tmp_path, archive_depth=3)
    assert [draft.origin for draft in drafts] == [f"{tmp_path}/a.zip!/level-5!/level-4!/level-3"]
    assert [fault.code for fault in faults] == ["limit-reached"]


def test_one_allowance_holds_for_all_depths(members: Walk, tmp_path: Path, scratch: Path) -> None:
    """Ten archives in one archive share its bytes; what fitted is read, the rest is a fault."""
    noise = random.Random(7).randbytes(MIB)
    inner = {f"{n}.zip": zipped({"noise.bin": noise}) for n in range(10)}
    (tmp_path / "a.zip").write_bytes(zipped(inner))
    drafts, faults = members(tmp_path, archive_bytes=14 * MIB)
    whole = [draft for draft in drafts if draft.origin.endswith("noise.bin")]
    assert 1 <= len(whole) <= 4
    assert {fault.code for fault in faults} == {"limit-reached"}
    assert not list(scratch.iterdir())


def test_members_are_counted(walked: Walk, tmp_path: Path) -> None:
    """A ZIP that names too many members is refused by its table; a tar stops when it has given as many."""
    files = {f"{n}.txt": b"x" for n in range(30)}
    (tmp_path / "a.zip").write_bytes(zipped(files))
    (tmp_path / "b.tar").write_bytes(tarred(files))
    drafts, faults = walked(tmp_path, archive_members=10)
    assert len(drafts) == 2 + 10
    assert [fault.code for fault in faults] == ["limit-reached"] * 2


def test_encrypted_members_are_named_with_what_to_do(members: Walk, tmp_path: Path) -> None:
    """One fault for all of them; the others are read."""
    content = bytearray(zipped({"locked.txt": b"x", "open.txt": b"open"}))
    content[6] |= 1  # the flag in the local header, then in the table of contents
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    drafts, faults = members(tmp_path)
    assert [draft.text for draft in drafts] == ["open"]
    assert len(faults) == 1
    assert "encrypted" in faults[0].message
    assert "password" in faults[0].hint


def test_members_of_one_name_are_kept_apart(members: Walk, tmp_path: Path) -> None:
    """Neither overwrites the other."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.txt"), "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(zipfile.ZipInfo("a.txt"), "two")
    drafts, faults = members(tmp_path)
    assert sorted(str(draft.text) for draft in drafts) == ["one", "two"]
    assert not faults


def test_a_name_too_long_for_a_disk_is_shortened(members: Walk, tmp_path: Path) -> None:
    """Two such names stay two files."""
    long = "в" * 200
    (tmp_path / "a.zip").write_bytes(zipped({f"{long}1.txt": b"one", f"{long}2.txt": b"two"}))
    drafts, faults = members(tmp_path)
    assert sorted(str(draft.text) for draft in drafts) == ["one", "two"]
    assert not faults


def test_bytes_in_names_that_are_no_text_are_replaced(members: Walk, tmp_path: Path) -> None:
    """A tar's names are bytes; those that are no UTF-8 become U+FFFD."""
    content = bytearray(tarred({"name-x.txt": b"Mist"}))
    content[5] = 0xFF
    header = content[:512]
    header[148:156] = b" " * 8
    content[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "a.tar").write_bytes(content)
    drafts, _ = members(tmp_path)
    assert [draft.origin for draft in drafts] == [f"{tmp_path}/a.tar!/name-\ufffd.txt"]


def test_folders_without_end_are_refused(members: Walk, tmp_path: Path, scratch: Path) -> None:
    """A member a thousand folders deep is left out, and scratch can be cleared."""
    (tmp_path / "a.zip").write_bytes(zipped({"d/" * 1000 + "x.txt": b"deep", "good.txt": b"good"}))
    drafts, faults = members(tmp_path)
    assert [draft.text for draft in drafts] == ["good"]
    assert len(faults) == 1
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("name", ["word/document.xml", "AndroidManifest.xml"])
def test_documents_and_programs_are_one_file(walked: Walk, tmp_path: Path, name: str) -> None:
    """A ZIP that is an office document or a program is not unpacked."""
    marker = {"[Content_Types].xml": b"<Types/>"} if name.startswith("word") else {}
    (tmp_path / "a.zip").write_bytes(zipped({**marker, name: b"x"}))
    drafts, faults = walked(tmp_path)
    assert [(draft.kind, draft.origin) for draft in drafts] == [(ItemKind.FILE, f"{tmp_path}/a.zip")]
    assert not faults


def test_a_wacz_gives_its_web_archive_alone(members: Walk, tmp_path: Path) -> None:
    """Indexes and page lists of a WACZ are no items."""
    from qalqan.sources.warc import WarcReader

    (warc, content), *_ = WarcReader().examples()[1].files.items()
    parts = {"datapackage.json": b"{}", "pages/pages.jsonl": b"{}\n", "indexes/i.cdx": b"x", f"archive/{warc}": content}
    (tmp_path / "a.wacz").write_bytes(zipped(parts))
    drafts, faults = members(tmp_path)
    assert [draft.kind for draft in drafts] == [ItemKind.PAGE, ItemKind.FILE]
    assert drafts[0].origin.startswith(f"{tmp_path}/a.wacz!/archive/{warc}#urn:uuid:")
    assert not faults


def test_stopping_early_empties_scratch(isolate: Isolate, scratch: Path, tmp_path: Path) -> None:
    """A consumer that goes away leaves nothing behind."""
    (tmp_path / "a.zip").write_bytes(zipped({f"{n}.txt": b"x" for n in range(9)}))
    reading = walk(tmp_path, built_in(), Limits(), isolate, scratch)
    next(reading)
    assert list(scratch.iterdir())
    reading.close()  # type: ignore[attr-defined] # it is a generator
    assert not list(scratch.iterdir())
