"""What an index in a folder consists of: one small file that names the others, replaced in one step."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from qalqan.errors import StoreError
from qalqan.match.radius.arrays import Ids
from qalqan.match.radius.fold import MOST

NAME = "index.json"
SEGMENT, REMOVED = ".segment", ".removed"
NAMED = re.compile(r"[0-9a-f]{16}\.(segment|removed)")
"""What a manifest may name: nothing that leads out of its folder."""
LONGEST = 1 << 24
"""Bytes of a manifest that are read: it would have a hundred thousand segments."""


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of the index."""

    name: str
    rows: int
    since: int
    """The version in which its newest hashes came. What was removed in later ones is removed from it."""
    sealed: bool = False
    """Whether a merge has begun to copy it: what is added then goes to another."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version of the index. The parts are in the order in which they came."""

    version: int = 0
    parts: tuple[Part, ...] = ()
    removed: str | None = None

    def names(self) -> set[str]:
        """Return the names of all files it consists of."""
        return {part.name for part in self.parts} | ({self.removed} if self.removed else set())


@dataclass(frozen=True, slots=True)
class Removed:
    """Ids that were removed, in rising order, and the version in which each was."""

    ids: Ids
    since: npt.NDArray[np.uint64]

    def of(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Return which of `ids` are removed."""
        if not len(self.ids):
            return np.zeros(len(ids), bool)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        removed: npt.NDArray[np.bool_] = self.ids[places] == ids
        return removed

    def later(self, since: int) -> Removed:
        """Return what was removed after the version `since`."""
        kept = self.since > since
        return Removed(self.ids[kept], self.since[kept])


NOTHING = Removed(np.empty(0, np.uint64), np.empty(0, np.uint64))


def read(folder: Path) -> Manifest:
    """Return the current version; an empty one where there is none. Raises StoreError where it is damaged."""
    try:
        with (folder / NAME).open("rb") as file:
            content = file.read(LONGEST)
    except FileNotFoundError:
        return Manifest()
    checksum, _, text = content.partition(b"\n")
    if checksum != b"%08x" % zlib.crc32(text):
        raise _damaged(folder / NAME)
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise _damaged(folder / NAME) from error
    if not all(NAMED.fullmatch(name) for name in manifest.names()):
        raise _damaged(folder / NAME)
    return manifest


def replace(folder: Path, manifest: Manifest) -> None:
    """Make `manifest` the current version, in one step that outlives a power cut. Raises OSError."""
    text = msgspec.json.encode(manifest)
    fresh = folder / f"{NAME}.new"
    keep(fresh, b"%08x\n" % zlib.crc32(text) + text)
    fresh.replace(folder / NAME)
    keep_names(folder)


def read_removed(folder: Path, manifest: Manifest) -> Removed:
    """Return what was removed. Raises StoreError where its file is damaged, FileNotFoundError where it is gone."""
    if manifest.removed is None:
        return NOTHING
    path = folder / manifest.removed
    if path.stat().st_size > 4 + 16 * MOST:
        raise _damaged(path)
    content = path.read_bytes()
    if (len(content) - 4) % 16 or content[:4] != struct.pack("<I", zlib.crc32(content[4:])):
        raise _damaged(path)
    ids, since = np.frombuffer(content, "<u8", offset=4).reshape(2, -1)
    return Removed(ids, since)


def write_removed(path: Path, removed: Removed) -> None:
    """Write a file of what was removed. Raises OSError."""
    content = np.concatenate([removed.ids, removed.since]).astype("<u8").tobytes()
    keep(path, struct.pack("<I", zlib.crc32(content)) + content)


def keep(path: Path, content: bytes) -> None:
    """Write a file so that the disk has it when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def keep_names(folder: Path) -> None:
    """Make the disk keep the names in a folder, too: a file's own fsync does not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone(folder: Path, purpose: str) -> Iterator[None]:
    """Wait until no other process or thread is within the same. A killed process leaves no lock behind."""
    with (folder / f"{purpose}.lock").open("wb") as file:
        flock(file, LOCK_EX)
        yield


def _damaged(path: Path) -> StoreError:
    return StoreError(
        f"The index file {path} is damaged.", hint="Remove its folder and build the index again from the banks."
    )
