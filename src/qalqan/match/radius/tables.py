"""Builds the tables: for each part of the hashes, the rows in the order of that part's value.

Sixteen values that follow each other are a group of two words. The first holds where the group's rows begin (low 32
bits), the second how many rows each value has, four bits each. So a value costs one byte and one visit to memory. A
group with a value of more than fifteen rows has its seventeen beginnings in `crowded`; the high 32 bits of its first
word say where, from 1 on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled
from qalqan.match.radius.arrays import Tables, Words, frozen
from qalqan.match.radius.bits import part
from qalqan.match.radius.plan import lengths

GROUP = 16
"""Values of one group."""


class Table(NamedTuple):
    """One table. Fields as in `arrays.Tables`; the first table has no rows."""

    groups: npt.NDArray[np.uint64]
    crowded: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.uint32]


def each_table(hashes: Words, parts: int) -> Iterator[Table]:
    """Yield the tables one after another, so that a file can be written without holding all of them."""
    before = 0
    for table, bits in enumerate(lengths(parts)):
        offset = sum(lengths(parts)[:table])
        starts = np.zeros((1 << bits) + 1, np.uint32)
        _count(hashes, offset, bits, starts)
        groups = np.empty((len(starts) // GROUP, 2), np.uint64)
        crowded = np.empty((_pack(starts, groups, before), GROUP + 1), np.uint32)
        _spread(starts, groups, before, crowded)
        before += len(crowded)
        rows = np.empty(len(hashes) if table else 0, np.uint32)
        if table:
            _place(hashes, offset, bits, starts, rows)
        yield Table(groups, crowded, rows)


def built(hashes: Words, parts: int) -> Tables:
    """Return all tables of hashes that are in the order of their words."""
    made = list(each_table(hashes, parts))
    groups, crowded, rows = (np.concatenate(each) for each in zip(*made, strict=True))
    return assembled(parts, groups, crowded, rows.reshape(parts - 1, len(hashes)))


def assembled(
    parts: int, groups: npt.NDArray[np.uint64], crowded: npt.NDArray[np.uint32], rows: npt.NDArray[np.uint32]
) -> Tables:
    """Return tables whose arrays were built or read before."""
    bits = np.array(lengths(parts), np.int64)
    many = (1 << bits) // GROUP
    cuts = np.stack([np.cumsum(bits) - bits, bits, np.cumsum(many) - many], axis=1)
    tables = Tables(cuts, groups, crowded, rows)
    for array in tables:
        frozen(array)
    return tables


@compiled
def _count(hashes: Words, offset: int, bits: int, starts: npt.NDArray[np.uint32]) -> None:
    """Set starts[value] to the number of hashes with a smaller value."""
    for row in range(len(hashes)):
        starts[part(hashes, row, offset, bits) + 1] += np.uint32(1)
    for value in range(1, len(starts)):
        starts[value] += starts[value - 1]


@compiled
def _pack(starts: npt.NDArray[np.uint32], groups: npt.NDArray[np.uint64], before: int) -> int:
    """Fill the groups; return how many are crowded. `before` are those of other tables."""
    crowded = 0
    for group in range(len(groups)):
        counts, fits = np.uint64(0), True
        for nibble in range(16):
            rows = np.uint64(starts[group * 16 + nibble + 1] - starts[group * 16 + nibble])
            fits = bool(fits and rows < np.uint64(16))
            counts |= (rows & np.uint64(15)) << np.uint64(4 * nibble)
        groups[group, 0], groups[group, 1] = np.uint64(starts[group * 16]), counts
        if not fits:
            crowded += 1
            groups[group, 0] |= np.uint64(before + crowded) << np.uint64(32)
    return crowded


@compiled
def _spread(
    starts: npt.NDArray[np.uint32], groups: npt.NDArray[np.uint64], before: int, crowded: npt.NDArray[np.uint32]
) -> None:
    """Write the beginnings of the crowded groups."""
    for group in range(len(groups)):
        place = np.int64(groups[group, 0] >> np.uint64(32))
        if place:
            crowded[place - 1 - before] = starts[group * 16 : group * 16 + 17]


@compiled
def _place(hashes: Words, offset: int, bits: int, starts: npt.NDArray[np.uint32], rows: npt.NDArray[np.uint32]) -> None:
    """Put each row behind those of its value. Each start ends as the next one."""
    for row in range(len(hashes)):
        value = part(hashes, row, offset, bits)
        rows[starts[value]] = row
        starts[value] += np.uint32(1)
