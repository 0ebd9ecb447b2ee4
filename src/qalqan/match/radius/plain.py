"""All 256-bit hashes within a Hamming distance of another: the plain way, which looks at every one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from qalqan.match.radius.arrays import Found, Hashes

RADIUS = 31
"""Bits of 256 within which two PDQ hashes count as near: the distance that PDQ's authors recommend."""
QUALITY = 50
"""The PDQ quality below which a query is not compared: such pictures are near to half of everything."""

BLOCK = 1 << 14
"""Rows compared at a time: 128 KiB for each of the four words, so that they stay in a core's cache."""


class PlainRadius:
    """Compares each query with each row. Memory beyond the rows themselves is that of the answers and one block."""

    def __init__(self, hashes: Hashes) -> None:
        self._words = _words(hashes)

    def within(self, queries: Hashes, radius: int) -> Found:
        """Return every (query, row, distance) with a distance of at most `radius` bits."""
        parts = [part for number, query in enumerate(_words(queries).T) for part in self._near(number, query, radius)]
        if not parts:
            return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.uint8)
        query_numbers, rows, distances = zip(*parts, strict=True)
        return np.concatenate(query_numbers), np.concatenate(rows), np.concatenate(distances)

    def _near(self, number: int, query: npt.NDArray[np.uint64], radius: int) -> Iterator[Found]:
        for start in range(0, self._words.shape[1], BLOCK):
            distances = _distances(self._words[:, start : start + BLOCK], query)
            near = np.flatnonzero(distances <= radius)
            if near.size:
                yield np.full(near.size, number, np.intp), near + start, distances[near].astype(np.uint8)


def _words(hashes: Hashes) -> npt.NDArray[np.uint64]:
    """Return (4, n): each hash as a column of four 64-bit words."""
    return np.ascontiguousarray(np.ascontiguousarray(hashes, np.uint8).reshape(-1, 32).view(np.uint64).T)


def _distances(words: npt.NDArray[np.uint64], query: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint16]:
    """Return the Hamming distance of each column of `words` (4, n) to `query` (4,)."""
    distances: npt.NDArray[np.uint16] = np.bitwise_count(words ^ query[:, None]).sum(axis=0, dtype=np.uint16)
    return distances


def hashes_of(digits: Iterator[str] | list[str]) -> Hashes:
    """Return (n, 32) for n hashes of 64 hexadecimal digits each."""
    return np.frombuffer(bytes.fromhex("".join(digits)), np.uint8).reshape(-1, 32)
