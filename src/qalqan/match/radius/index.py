"""The index in memory, for hashes that belong to one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qalqan.match.radius.arrays import Found, Hashes
from qalqan.match.radius.plain import PlainRadius

if TYPE_CHECKING:
    from qalqan.match.radius.segment import Segment

PLAIN = 2_048
"""Rows up to which numpy's plain comparison is as good: no compiled code need be loaded for it."""


class RadiusIndex:
    """Answers as `PlainRadius` does, from tables where there are many rows."""

    def __init__(self, hashes: Hashes) -> None:
        self._made: PlainRadius | Segment = PlainRadius(hashes) if len(hashes) <= PLAIN else _segment(hashes)

    def within(self, queries: Hashes, radius: int, limit: int | None = None) -> Found:
        """Return every (query, row, distance) with a distance of at most `radius` bits.

        With a `limit`, at most so many of each query, the nearest ones.
        """
        if isinstance(self._made, PlainRadius):
            found = self._made.within(queries, radius)
            return found if limit is None else _cut(found, limit)
        from qalqan.match.radius.permute import permuted
        from qalqan.match.radius.segment import ALL

        whose, ids, bits = self._made.within(permuted(queries), radius, ALL if limit is None else limit)
        return whose, ids.astype(np.intp), bits


def _segment(hashes: Hashes) -> Segment:
    from qalqan.match.radius.permute import permuted
    from qalqan.match.radius.segment import build

    none = np.empty((0, 32), np.uint8)
    return build(permuted(hashes), np.arange(len(hashes), dtype=np.uint64), permuted(none), np.empty(0, np.uint64))


def _cut(found: Found, limit: int) -> Found:
    from qalqan.match.radius.segment import cut

    whose, rows, bits = cut((found[0], found[1].astype(np.uint64), found[2]), limit)
    return whose, rows.astype(np.intp), bits
