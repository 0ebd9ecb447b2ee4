"""ZIP and tar archives, and single compressed files: unpacked within bounds, then read like a folder."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import cast

from qalqan.errors import InputRefused, LimitReached, QalqanError
from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.items import ItemKind
from qalqan.model.limits import MIB, Limits
from qalqan.model.manifest import Manifest
from qalqan.sources import faults, zip_directory
from qalqan.sources.archive_examples import archive_examples
from qalqan.sources.contract import Desk, Example, Given
from qalqan.sources.members import Folder
from qalqan.sources.metered import SMALL, Metered, is_compressed

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_FORMATS = frozenset(
    {"[Content_Types].xml", "AndroidManifest.xml", "META-INF/MANIFEST.MF", "META-INF/container.xml", "mimetype"}
)
"""Members that make a ZIP a document or a program: it is then one file, not an archive."""
_ONE_FILE = (".tgs", ".svgz")
"""Compressed formats that are one picture."""
_TAR_MARK = slice(257, 262)
_HEADER_PATIENCE = 4 * MIB


class ArchiveReader:
    """Unpacks an archive into scratch and reads what was in it; a WACZ gives its web archives alone."""

    @property
    def manifest(self) -> Manifest:
        """Return its card."""
        return Manifest("archive", "1", "ZIP, tar and compressed files", tuple(ItemKind))

    def recognises(self, given: Given) -> bool:
        """Whether it begins like a ZIP, a tar, or a file compressed with gzip, bzip2 or xz."""
        if given.head.startswith(_ZIP):
            return True
        if is_compressed(given.head):
            return given.suffix not in _ONE_FILE
        return given.head[_TAR_MARK] == b"ustar"

    def read(self, given: Given, desk: Desk) -> Iterator[Draft | Fault]:
        """Yield the archive as a file, for it may be known as a whole; what could not be unpacked; what it holds."""
        if desk.depth >= desk.limits.archive_depth:
            raise LimitReached(
                f"lies in more than {desk.limits.archive_depth} archives within archives",
                hint="It was kept as one file. Unpack it by hand to read it.",
            )
        itself = FileDraft(Path(given.name).name, path=given.path)
        yield Draft(ItemKind.FILE, given.name, files=(itself,))
        folder = Folder(desk.scratch / "unpacked", desk.allowance)
        unpack = _unpack_zip if given.head.startswith(_ZIP) else _unpack_stream
        try:
            yield from unpack(given, desk.limits, folder, desk)
        except Exception as error:  # noqa: BLE001 - a hostile archive makes its library raise anything
            yield faults.from_error(given.name, _plainly(error))
        yield from desk.walk(folder.path, f"{given.name}!", desk.depth + 1)

    def examples(self) -> Sequence[Example]:
        """Return one archive of each kind, with members that must be refused."""
        return archive_examples()


def _plainly(error: Exception) -> Exception:
    """Say in our words what a library says of a broken archive."""
    if isinstance(error, QalqanError | OSError | MemoryError | RecursionError):
        return error
    return InputRefused(
        f"is cut off or broken ({type(error).__name__}: {str(error)[:200]})",
        hint="What came before was read. Copy it again for the rest.",
    )


def _unpack_zip(given: Given, limits: Limits, folder: Folder, desk: Desk) -> Iterator[Fault]:
    zip_directory.check(given.path, limits)
    with zipfile.ZipFile(given.path) as archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        names = {info.filename for info in members}
        if names & _OTHER_FORMATS:
            return
        if "datapackage.json" in names and any(name.startswith("archive/") for name in names):
            members = [info for info in members if info.filename.startswith("archive/")]
        locked = [info.filename for info in members if info.flag_bits & 1]
        if locked:
            yield faults.refused(
                given.name,
                f"{len(locked)} of its files are encrypted, the first is {locked[0][:200]!r}",
                "Unpack it with its password and hand in the folder.",
            )
        for info in members:
            if not info.flag_bits & 1:
                yield from _guarded(given, desk, info.filename, partial(_add_zip, archive, info, limits, folder))


def _add_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, folder: Folder) -> None:
    if (info.external_attr >> 28) == 0o12:  # noqa: PLR2004 - the file type of Unix for a symbolic link
        raise InputRefused("is a symbolic link; it was left out")

    def check(size: int) -> None:
        if size > SMALL and size > limits.archive_ratio * max(info.compress_size, 1):
            raise LimitReached(
                f"swells to more than {limits.archive_ratio} times its size; it was left out",
                hint="Unpack it by hand if it is honest.",
            )

    # bz2 and lzma decompress all they are fed at once, so they are fed little
    chunk = 4096 if info.compress_type in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA) else 1 << 16
    with archive.open(info) as source:
        folder.add(info.filename, source, check, chunk)


def _unpack_stream(given: Given, limits: Limits, folder: Folder, desk: Desk) -> Iterator[Fault]:
    with given.path.open("rb") as raw:
        stream = Metered(raw, limits.archive_ratio)
        begin = b""
        while len(begin) < tarfile.BLOCKSIZE and (more := stream.read(tarfile.BLOCKSIZE - len(begin))):
            begin += more
        whole = _Rejoined(begin, stream)
        if begin[_TAR_MARK] == b"ustar" or ".tar" in Path(given.name).suffixes[-2:-1] or given.suffix == ".tgz":
            yield from _unpack_tar(given, whole, folder, desk)
        else:
            name = Path(given.name)
            inner = name.stem if name.suffix.lower() in (".gz", ".bz2", ".xz") else f"{name.name}.unpacked"
            folder.add(inner or "unpacked", whole, _any_size, keep_part=True)


class _Rejoined:
    """A stream with its beginning, which was looked at, put back before it."""

    def __init__(self, begin: bytes, rest: Metered) -> None:
        self._begin = io.BytesIO(begin)
        self.rest = rest

    def read(self, size: int = -1) -> bytes:
        return self._begin.read(size) or self.rest.read(size)


def _unpack_tar(given: Given, stream: _Rejoined, folder: Folder, desk: Desk) -> Iterator[Fault]:
    with tarfile.open(fileobj=cast("io.BufferedIOBase", stream), mode="r|", errorlevel=2) as archive:
        passed_over = 0
        while True:
            stream.rest.patience = _HEADER_PATIENCE + passed_over
            info = archive.next()
            stream.rest.patience = None
            if info is None:
                return
            passed_over = info.size
            archive.members.clear()  # type: ignore[attr-defined] # it remembers each one, for which a stream has no use
            if not info.isdir():
                yield from _guarded(given, desk, info.name, partial(_add_tar, archive, info, folder))


def _add_tar(archive: tarfile.TarFile, info: tarfile.TarInfo, folder: Folder) -> None:
    if not info.isreg() or info.issparse():
        raise InputRefused("is a link, a device or a file with holes; it was left out")
    source = archive.extractfile(info)
    if source is not None:
        folder.add(info.name, cast("io.BufferedReader", source), _any_size)
        source.close()


def _any_size(_: int) -> None:
    """Let the stream's own meter speak."""


def _guarded(given: Given, desk: Desk, name: str, add: Callable[[], None]) -> Iterator[Fault]:
    """Unpack one member. What is wrong with it alone becomes a fault; what ends the whole archive is raised."""
    try:
        add()
    except Exception as error:  # a hostile member makes its library raise anything; the rest goes on
        if desk.allowance.spent:
            raise
        yield faults.from_error(f"{given.name}!/{name}", error)
