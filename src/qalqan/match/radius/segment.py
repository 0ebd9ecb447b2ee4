"""A segment: some hashes with their tables, never changed, in memory or mapped from a file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import plan, search, tables
from qalqan.match.radius.arrays import Found, FoundIds, Ids, Postings, Tables, Words
from qalqan.match.radius.fold import fold, unfold

ALL = (1 << 63) - 1
"""A limit that nothing reaches."""
BLOCK = 256
"""Queries answered at a time: of no more are all answers in memory before they are cut to a limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Hashes that are found within any radius, and weak ones that are found only where they equal a query."""

    strong: Postings
    weak: Postings
    tables: Tables | None
    """None where there are so few hashes that looking at each is quicker."""

    @property
    def rows(self) -> int:
        """How many pairs of id and hash it holds."""
        return len(self.strong.ids) + len(self.weak.ids)

    @property
    def bytes(self) -> int:
        """How many bytes its arrays take."""
        arrays = (*self.strong, *self.weak, *(self.tables or ()))
        return sum(array.nbytes for array in arrays)

    def within(self, queries: Words, radius: int, limit: int = ALL) -> FoundIds:
        """Return (query, id, bits) of all hashes within `radius` bits, or of the nearest `limit` of each query.

        `queries` are read-only words as `permute.permuted` makes them. Sorted by query, id and bits.
        """
        blocks = range(0, max(1, len(queries)), BLOCK)
        each = [self._block(queries[begin : begin + BLOCK], radius, limit) for begin in blocks]
        if len(each) == 1:
            return each[0]
        whose, ids, bits = zip(*each, strict=True)
        numbered = [numbers + begin for numbers, begin in zip(whose, blocks, strict=True)]
        return np.concatenate(numbered), np.concatenate(ids), np.concatenate(bits)

    def unfolded(self) -> tuple[Words, Ids, Words, Ids]:
        """Return the strong words and ids, then the weak ones, as they were before they were folded."""
        return *unfold(self.strong), *unfold(self.weak)

    def _block(self, queries: Words, radius: int, limit: int) -> FoundIds:
        strong = _named(self._near(queries, radius), self.strong, limit)
        if not len(self.weak.ids):
            return strong
        return cut(united([strong, _named(search.equal(queries, self.weak.hashes), self.weak, limit)]), limit)

    def _near(self, queries: Words, radius: int) -> Found:
        if self.tables is not None:
            probe = plan.probe(len(self.tables.cuts), len(self.strong.hashes), radius)
            if probe is not None:
                with _seen(len(self.strong.hashes)) as seen:
                    sought = search.Sought(queries, self.strong.hashes, self.tables, probe, seen, radius)
                    return search.by_tables(sought)
        return search.by_scan(queries, self.strong.hashes, radius)


class _Marks(threading.local):
    """Each thread's marks of what a query has found already. Searches leave them all 0."""

    marks: npt.NDArray[np.uint8] = np.empty(0, np.uint8)


_MARKS = _Marks()


@contextmanager
def _seen(rows: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Lend the thread's marks, a bit a row: making new ones takes a fifth of a search."""
    marks = _MARKS.marks if len(_MARKS.marks) > rows // 8 else np.zeros(rows // 8 + 1, np.uint8)
    # Kept only by a search that ends well: one that was broken off leaves marks.
    _MARKS.marks = _Marks.marks
    yield marks
    _MARKS.marks = marks


def build(strong: Words, strong_ids: Ids, weak: Words, weak_ids: Ids) -> Segment:
    """Return a segment in memory. Raises ValueError for more hashes than one can hold."""
    postings = fold(strong, strong_ids)
    parts = plan.parts_for(len(postings.hashes))
    return Segment(postings, fold(weak, weak_ids), tables.built(postings.hashes, parts) if parts else None)


def united(parts: list[FoundIds]) -> FoundIds:
    """Return what several segments found, sorted by query, id and bits."""
    queries, ids, bits = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.lexsort((bits, ids, queries))
    return queries[order], ids[order], bits[order]


def cut(found: FoundIds, limit: int) -> FoundIds:
    """Return at most the nearest `limit` of each query, in the same order."""
    queries, ids, bits = found
    counts = np.bincount(queries)
    if not len(counts) or counts.max() <= limit:
        return found
    nearest = np.lexsort((ids, bits, queries))
    rank = np.arange(len(queries)) - (np.cumsum(counts) - counts)[queries]
    kept = np.sort(nearest[rank < limit])
    return queries[kept], ids[kept], bits[kept]


def _named(found: Found, postings: Postings, limit: int) -> FoundIds:
    named, unsorted = search.unfolded(found, postings, limit)
    return _sorted(named) if unsorted else named


def _sorted(found: FoundIds) -> FoundIds:
    """Sort by query, id and bits; packed into one number where they fit, which is five times as quick."""
    queries, ids, bits = found
    if ids.max() >> np.uint64(32) or queries[-1] >> 24:
        return united([found])
    packed = np.sort(queries.astype(np.uint64) << np.uint64(40) | ids << np.uint64(8) | bits)
    return (
        (packed >> np.uint64(40)).astype(np.intp),
        packed >> np.uint64(8) & np.uint64(0xFFFFFFFF),
        packed.astype(np.uint8),
    )
