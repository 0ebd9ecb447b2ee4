"""Indexes over very many entries, as files in the home folder that all processes of a machine map.

Each lies in a folder named for the version of the banks that it was built at. It is written under another name and
renamed when it is whole, so whoever is killed while writing leaves nothing that anybody would open. A checksum of each
file stands beside them and is compared when they are opened: what is damaged is built anew. The newest is mapped; older
ones go, and whoever still has them mapped keeps them. What changed after an index was built stands in a small one in
memory: see `flow.indexes`.
"""

from __future__ import annotations

import secrets
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import msgspec
import numpy as np

from qalqan.errors import StoreError
from qalqan.isolate import leavings
from qalqan.match.contract import Filed, Index
from qalqan.model.banks import BankEntry
from qalqan.store import Store, banks

IDS = "entries.ids"
SUMS = "checksums.json"
_BLOCK = 1 << 20
ID_BYTES = 16
KEPT_AT_HAND = 4096
"""Entries that an index remembers after they were found: the same ones tend to be found again."""


@dataclass(frozen=True, slots=True)
class FiledIndex:
    """An index that is mapped, and the version of the banks that it was built at."""

    index: Index
    version: int
    size: int


class IndexFiles:
    """The index files of one home folder."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder

    def opened(self, matcher: Filed) -> FiledIndex | None:
        """Map the newest index of a matcher; None where there is none that can be used."""
        with self._store.reading() as tx:
            present = banks.version(tx)
        for version in self._versions(matcher):
            folder = self._place(matcher) / version
            if (
                int(version) > present
            ):  # of a store that this one was restored from a backup of: it knows another future
                shutil.rmtree(folder, ignore_errors=True)
                continue
            try:
                _check(folder)
                entries = _Entries(self._store, folder / IDS)
                return FiledIndex(matcher.open(folder, entries), int(version), len(entries))
            except (StoreError, OSError, ValueError):  # damaged, or removed meanwhile: it is built anew
                shutil.rmtree(folder, ignore_errors=True)
        return None

    def build(self, matcher: Filed) -> None:
        """Write an index over the banks as they are now. Raises StoreError on a full disk."""
        place = self._place(matcher)
        place.mkdir(parents=True, exist_ok=True)
        scratch = place / (leavings.prefix("new") + secrets.token_hex(8))
        scratch.mkdir()
        try:
            version = self._write(matcher, scratch)
            self._land(scratch, place / f"{version:020d}")
        except OSError as error:
            raise StoreError(
                f"The index in {place} cannot be written: {error.strerror}.",
                hint="Free some space: the older index is used until then.",
            ) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        self._clear(matcher)

    def _write(self, matcher: Filed, folder: Path) -> int:
        with self._store.reading() as tx, (folder / IDS).open("wb") as ids:
            version = banks.version(tx)
            matcher.write(_noting(banks.active_of(tx, matcher.manifest.produces), ids.write), folder)
        (folder / SUMS).write_bytes(msgspec.json.encode(_sums(folder)))
        return version

    def _land(self, scratch: Path, target: Path) -> None:
        if not target.exists():  # another process may have built the same meanwhile
            scratch.rename(target)

    def _clear(self, matcher: Filed) -> None:
        """Remove all but the newest index, and what dead processes left."""
        place = self._place(matcher)
        for version in self._versions(matcher)[1:]:
            shutil.rmtree(place / version, ignore_errors=True)
        for left in place.iterdir():
            if leavings.is_left(left.name):
                shutil.rmtree(left, ignore_errors=True)

    def _versions(self, matcher: Filed) -> list[str]:
        """Return the names of the finished indexes, the newest first."""
        place = self._place(matcher)
        names = [one.name for one in place.iterdir() if one.name.isdigit()] if place.is_dir() else []
        return sorted(names, reverse=True)

    def _place(self, matcher: Filed) -> Path:
        return self._folder / f"{matcher.manifest.name}-{matcher.manifest.version}"


def _sums(folder: Path) -> dict[str, int]:
    """Return the CRC-32 of each file below a folder, by its path there."""
    return {str(one.relative_to(folder)): _sum(one) for one in folder.rglob("*") if one.is_file() and one.name != SUMS}


def _sum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            crc = zlib.crc32(block, crc)
    return crc


def _check(folder: Path) -> None:
    """Compare all files with their checksums. Raises StoreError where one differs, OSError where they are not there."""
    try:
        expected = msgspec.json.decode((folder / SUMS).read_bytes(), type=dict[str, int])
    except msgspec.MsgspecError as error:
        raise StoreError(f"The checksums in {folder} are damaged.") from error
    if _sums(folder) != expected:
        raise StoreError(f"The index in {folder} is damaged: a file has another checksum.")


def _noting(entries: Iterable[BankEntry], write: object) -> Iterator[BankEntry]:
    """Yield entries, and write down the id of each."""
    assert callable(write)  # noqa: S101 - a file's own
    for entry in entries:
        write(UUID(entry.id).bytes)
        yield entry


class _Entries(Sequence[BankEntry]):
    """The entries of an index by their row: each is read from the store when it is asked for."""

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        size = path.stat().st_size
        shape = (size // ID_BYTES, ID_BYTES)
        self._ids = np.memmap(path, np.uint8, "r", shape=shape) if size else np.empty(shape, np.uint8)
        self._entry = lru_cache(KEPT_AT_HAND)(self._read)

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, row: int) -> BankEntry:  # type: ignore[override] # nobody asks for stretches of it
        return self._entry(row)

    def _read(self, row: int) -> BankEntry:
        with self._store.reading() as tx:
            return banks.entry(tx, str(UUID(bytes=self._ids[row].tobytes())))
