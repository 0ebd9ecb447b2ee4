"""Into which parts hashes are cut, and which values of them a query looks up: the pigeonhole principle with a price.

If two hashes differ in at most r bits, and radii r1 … rm of their m parts have sum(ri + 1) > r, then some part differs
in at most its ri bits; otherwise more than r bits differed. (Norouzi, Punjani and Fleet: Fast Exact Search in Hamming
Space with Multi-Index Hashing, 2014; radii of different sizes as in Qin and others: GPH, 2018.) A part with ri = -1 is
not looked at. More and shorter parts need fewer values and bring more rows that must be compared.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt

from qalqan.match.radius.arrays import Probe

RADIUS = 31
"""The radius that an index is laid out for; it answers any."""
PARTS = range(9, 25)
"""Numbers of parts that may be best between some thousand rows and four thousand million."""
PROBED, COMPARED, SCANNED = 7.0, 15.0, 1.6
"""What it costs to look up a value, to compare a row that it brings, and one in a row of all: nanoseconds, measured."""
ROOM, FREE = 124, 1 << 19
"""Bytes a hash that the whole may take, and bytes on top, which are little but let small indexes choose."""
MOST = 1 << 17
"""Values that one query looks up: far radii would need lists of many millions, and all rows are looked at instead."""
FEWEST = 2_048
"""Rows below which comparing with all is quicker than any table."""


def lengths(parts: int) -> list[int]:
    """Return the bits of each part: as equal as can be, the longer ones first."""
    each, longer = divmod(256, parts)
    return [each + (number < longer) for number in range(parts)]


@lru_cache(maxsize=64)
def parts_for(rows: int) -> int:
    """Return the number of parts that answers quickest within the room; 0 where looking at all rows does."""
    fitting = [parts for parts in PARTS if _room(parts, rows) <= ROOM * rows + FREE]
    if rows < FEWEST or not fitting:
        return 0
    return min(fitting, key=lambda parts: _cheapest(parts, rows, RADIUS)[1])


@lru_cache(maxsize=64)
def probe(parts: int, rows: int, radius: int) -> Probe | None:
    """Return what finds all within `radius` bits at the least cost; None where looking at all rows is cheaper."""
    radii, cost = _cheapest(parts, rows, radius)
    values = sum(comb(bits, ones) for bits, near in zip(lengths(parts), radii, strict=True) for ones in range(near + 1))
    if cost > rows * SCANNED or values > MOST:
        return None
    masks = [_masks(bits, near) for bits, near in zip(lengths(parts), radii, strict=True)]
    made = Probe(np.concatenate(masks), np.cumsum([0, *map(len, masks)], dtype=np.int64))
    for array in made:
        array.flags.writeable = False
    return made


def _room(parts: int, rows: int) -> int:
    """Return the bytes of an index: hash, id, posting; a row in each table but the first; a byte for each value."""
    return (32 + 8 + 4 + 4 * (parts - 1)) * rows + sum(1 << bits for bits in lengths(parts))


def _cheapest(parts: int, rows: int, radius: int) -> tuple[list[int], float]:
    """Share out radius + 1 steps among the parts, each where it costs least: the price of a part only rises."""
    sizes = lengths(parts)
    radii, cost = [-1] * parts, 0.0
    for _ in range(radius + 1):
        prices = [_price(bits, near + 1, rows) for bits, near in zip(sizes, radii, strict=True)]
        best = min(range(parts), key=prices.__getitem__)
        radii[best] += 1
        cost += prices[best]
        if cost > rows * SCANNED:
            break
    return radii, cost


def _price(bits: int, near: int, rows: int) -> float:
    """Return what the values at exactly `near` bits of a part cost."""
    return comb(bits, near) * (PROBED + COMPARED * rows / (1 << bits)) if near <= bits else float("inf")


@lru_cache(maxsize=64)
def _masks(bits: int, near: int) -> npt.NDArray[np.int64]:
    """Return all numbers of `bits` bits with at most `near` ones; those of one group of sixteen side by side."""
    chosen = (ones for count in range(near + 1) for ones in itertools.combinations(range(bits), count))
    return np.array(sorted(sum(1 << one for one in each) for each in chosen), np.int64)
