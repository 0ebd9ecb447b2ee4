"""The one way in: walks a folder or a single file and lets the right reader read each thing in it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault
from qalqan.model.limits import Limits
from qalqan.sources import faults, tidy
from qalqan.sources.attached import Attached
from qalqan.sources.contract import Allowance, Desk, Given, Reader
from qalqan.sources.files import FileReader

HEAD_BYTES = 4096
OWN_HOME = "is the home of this program and was left out"
Found = Draft | Fault


def walk(
    path: Path,
    readers: Sequence[Reader],
    limits: Limits,
    isolate: Isolate,
    scratch: Path,
    mapping: Mapping[str, Any] | None = None,
    leave_out: Path | None = None,
) -> Iterator[Found]:
    """Yield a draft of everything in the folder or file at `path`, and a fault for all that cannot be read.

    Every file gives at least one draft or one fault. Two walks of the same input give the same drafts in the same
    order. A draft's files may lie in `scratch` and are gone once the next draft is asked for: take them first.
    The folder `leave_out`, Qalqan's own home, is not read even where it lies within the input.
    Raises StoreError when the disk under `scratch` is full; nothing else is raised for what the input holds.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    own = Path(os.path.realpath(leave_out)) if leave_out else None
    walker = _Walker(tuple(readers), limits, isolate, scratch, mapping, own)
    root = Path(os.path.realpath(path))
    if root.is_dir():
        yield from walker.folder(_Place(root, str(root), 0, None))
    else:
        yield from walker.single(root)


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder being walked: where it is, its name for the user, and the archives around it."""

    path: Path
    name: str
    depth: int
    allowance: Allowance | None
    """None outside archives, where each file has an allowance of its own."""

    def inner(self, name: str) -> _Place:
        return _Place(self.path / name, f"{self.name}/{name}", self.depth, self.allowance)


class _Walker:
    def __init__(
        self,
        readers: tuple[Reader, ...],
        limits: Limits,
        isolate: Isolate,
        scratch: Path,
        mapping: Mapping[str, Any] | None,
        leave_out: Path | None,
    ) -> None:
        self._special = tuple(reader for reader in readers if not isinstance(reader, FileReader))
        self._plain = FileReader()
        self._limits = limits
        self._isolate = isolate
        self._scratch = scratch
        self._mapping = mapping
        self._leave_out = leave_out

    def single(self, path: Path) -> Iterator[Found]:
        """Read one file that was handed in by itself; what lies beside it is read only where it attaches it."""
        place = _Place(path.parent, str(path.parent).rstrip("/"), 0, None)
        match _look(path, path):
            case Fault() as trouble:
                yield tidy.fault(trouble)
            case "file":
                yield from self._file(place, path.name, None, plain=True)

    def folder(self, top: _Place) -> Iterator[Found]:
        """Read all of a folder: its special files first, then its plain ones, then its subfolders."""
        with closing(Attached(top.path, self._scratch)) as attached:
            waiting = [top]
            while waiting:
                place = waiting.pop()
                subfolders = yield from self._one_folder(place, top.path, attached)
                waiting += [place.inner(name) for name in reversed(subfolders)]

    def _one_folder(self, place: _Place, root: Path, attached: Attached) -> Generator[Found, None, list[str]]:
        """Read what lies directly in a folder and return the names of its subfolders."""
        subfolders: list[str] = []
        plain: list[str] = []
        for name in self._names(place):
            if isinstance(name, Fault):
                yield tidy.fault(name)
                continue
            match _look(place.path / name, root):
                case Fault() as trouble:
                    yield tidy.fault(Fault(f"{place.name}/{name}", trouble.code, trouble.message, trouble.hint))
                case "folder" if place.path / name == self._leave_out:
                    yield tidy.fault(Fault(f"{place.name}/{name}", "input-refused", OWN_HOME))
                case "folder":
                    subfolders.append(name)
                case "file":
                    if not (yield from self._file(place, name, attached, plain=False)):
                        plain.append(name)
        for name in plain:
            if place.path / name not in attached:
                yield from self._file(place, name, attached, plain=True)
        return subfolders

    def _names(self, place: _Place) -> Iterator[str | Fault]:
        try:
            with os.scandir(place.path) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError as error:
            yield faults.from_error(place.name, error)
            return
        yield from names

    def _file(
        self, place: _Place, name: str, attached: Attached | None, *, plain: bool
    ) -> Generator[Found, None, bool]:
        """Read one file; without `plain`, only when a special reader recognises it. Return whether it was read."""
        shown = f"{place.name}/{name}"
        try:
            given = Given(place.path / name, shown, _head(place.path / name))
        except OSError as error:
            yield tidy.fault(faults.from_error(shown, error))
            return True
        reader = self._recognise(given)
        if reader is None and not plain:
            return False
        drafts = 0
        if reader is not None:
            drafts = yield from self._read(given, reader, place, attached)
        if not drafts and (attached is None or given.path not in attached):
            yield from self._read(given, self._plain, place, None)
        return True

    def _recognise(self, given: Given) -> Reader | None:
        return next((reader for reader in self._special if reader.recognises(given)), None)

    def _read(
        self, given: Given, reader: Reader, place: _Place, attached: Attached | None
    ) -> Generator[Found, None, int]:
        """Let one reader read one file, and return how many drafts came of it."""
        drafts = 0
        version = f"{reader.manifest.name}/{reader.manifest.version}"
        try:
            with self._desk(place) as desk:
                for found in reader.read(given, desk):
                    if isinstance(found, Fault):
                        yield tidy.fault(found)
                        continue
                    drafts += 1
                    if attached is not None:
                        attached.add(found)
                    yield tidy.draft(found, self._limits, version)
        except Exception as error:  # noqa: BLE001 - hostile input may make a reader raise anything; the rest goes on
            yield tidy.fault(faults.from_error(given.name, error))
        return drafts

    @contextmanager
    def _desk(self, place: _Place) -> Iterator[Desk]:
        """Lay out what a reader may use, and clear it away however the reading ends."""
        scratch = Path(mkdtemp(prefix="read-", dir=self._scratch))
        allowance = place.allowance or Allowance(self._limits.archive_bytes, self._limits.archive_members)

        def inner(path: Path, name: str, depth: int) -> Iterator[Found]:
            return self.folder(_Place(Path(os.path.realpath(path)), name, depth, allowance))

        try:
            yield Desk(self._limits, self._isolate, scratch, self._mapping, inner, allowance, place.depth)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _look(path: Path, root: Path) -> str | Fault | None:
    """Say whether there is a `folder` or a `file`, None where it is read elsewhere, or why it is left out."""
    where = str(path)
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return Fault(where, "not-found", "there is no such file or folder", "Check the path.")
    except OSError as error:
        return faults.from_error(where, error)
    if stat.S_ISLNK(mode):
        return _look_at_link(path, root)
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "file"
    return faults.refused(where, "is neither a file nor a folder (a socket, pipe or device); it was left out")


def _look_at_link(path: Path, root: Path) -> Fault | None:
    """Say why a link is not followed; None where it leads to something that is read where it really lies."""
    target = Path(os.path.realpath(path))
    if target.is_relative_to(root) and target.exists():
        return None
    return faults.refused(
        str(path), "is a symbolic link that leads out of the input; it was not followed", "Hand in its target itself."
    )
