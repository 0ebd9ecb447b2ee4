"""Hashes of very many entries in a folder that all processes of a machine map, and what each row belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qalqan.errors import StoreError
from qalqan.match.radius import Found, Hashes


class Within(Protocol):
    """What answers which known hashes are near."""

    def within(self, queries: Hashes, radius: int) -> Found:
        """Return (query, row, bits) of all hashes within `radius` bits."""
        ...


class MappedHashes:
    """Hashes in a mapped file, by their row. Raises StoreError where damage can be seen at once.

    Whoever opens it has compared its files with their checksums. One search is made here, so that the compiled code is
    there before anybody waits for it.
    """

    def __init__(self, folder: Path) -> None:
        from qalqan.match.radius import RadiusReader

        self._reader = RadiusReader(folder, warm=False)
        self._reader.within(np.zeros((1, 32), np.uint8), 0)

    def __len__(self) -> int:
        return self._reader.rows

    def within(self, queries: Hashes, radius: int) -> Found:
        """Return (query, row, bits) of all hashes within `radius` bits. Raises StoreError for what is damaged."""
        whose, rows, bits = self._reader.within(queries, radius)
        return whose, rows.astype(np.intp), bits


def write_hashes(folder: Path, hashes: Hashes) -> None:
    """Write (n, 32) hashes, each with its row as its id. Raises StoreError on a full disk."""
    from qalqan.match.radius import RadiusStore

    RadiusStore(folder).add(np.arange(len(hashes), dtype=np.uint64), hashes)


def mapped(path: Path, kind: str) -> npt.NDArray[Any]:
    """Map a file of numbers; an empty file cannot be mapped. Raises OSError, ValueError."""
    return np.memmap(path, kind, "r") if path.stat().st_size else np.empty(0, kind)


def check_sizes(folder: Path, *sizes: int) -> None:
    """Refuse an index that has not as many of one thing as of the other. Raises StoreError."""
    if len(set(sizes)) > 1:
        raise StoreError(f"The index in {folder} is damaged: it is over other entries than it says.")


def check_places(folder: Path, places: npt.NDArray[Any], entries: int) -> None:
    """Refuse an index that names entries which are not there. Raises StoreError."""
    if len(places) and int(np.max(places)) >= entries:
        raise StoreError(f"The index in {folder} is damaged: it names entries that are not there.")
