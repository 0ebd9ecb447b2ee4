"""The lists of cells: which known points are near a question's. Compiled loops.

Hamming embedding: H. Jégou, M. Douze, C. Schmid, "Hamming Embedding and Weak Geometric Consistency for Large Scale
Image Search", ECCV 2008. A point votes where 64 of its bits are near enough.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled
from qalqan.match.local.cells import CELLS
from qalqan.match.local.pairs import bits_apart
from qalqan.model.local import ANGLE_STEP, SCALE_STEP

Number = TypeVar("Number", np.uint32, np.uint16, np.float32)

HALF = np.uint64(0xAAAAAAAAAAAAAAAA)
"""Every second direction: its neighbours say nearly the same."""
STOP_TIMES, STOP_LEAST = 20, 500
"""A list longer than so many times the mean, and than so many points, is not read: edges, dots and letters."""
MOST_HITS = 1 << 23
"""So many votes are taken at most, so that nothing that is asked takes all memory."""
SIDE = 256
"""What a picture's long side is in coarse places."""


class Postings(NamedTuple):
    """The points of all known pictures in the order of their cells."""

    starts: npt.NDArray[np.int64]
    """(CELLS + 1,): where each cell's list begins."""
    pictures: npt.NDArray[np.uint32]
    signatures: npt.NDArray[np.uint64]
    places: npt.NDArray[np.uint8]
    """(n, 4), as `coarse` gives them."""


class Asked(NamedTuple):
    """A question's points in all ways it is tried in, one after the other."""

    cells: npt.NDArray[np.int32]
    """(n, probes)"""
    signatures: npt.NDArray[np.uint64]
    places: npt.NDArray[np.uint8]
    ways: npt.NDArray[np.uint8]


def signatures_of(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return 64 of each point's 128 bits."""
    return (words[:, 0] & HALF) | ((words[:, 1] & HALF) >> np.uint64(1))


def coarse(places: npt.NDArray[np.float32], long_side: npt.NDArray[np.float32] | float) -> npt.NDArray[np.uint8]:
    """Return x, y, size and turn in one byte each, as if the long side were 256 pixels; `places` as in `Points`."""
    out = np.empty((len(places), 4), np.uint8)
    factor = SIDE / long_side
    out[:, 0] = np.clip(places[:, 0] * factor, 0, 255)
    out[:, 1] = np.clip(places[:, 1] * factor, 0, 255)
    # Half a dozen octaves around the size of a single pixel: +16 keeps the smallest above 0.
    out[:, 2] = np.clip((places[:, 2] + np.log2(factor)) / SCALE_STEP + 16, 0, 255)
    out[:, 3] = np.rint(places[:, 3] / ANGLE_STEP).astype(np.int64) % 256
    return out


def ordered(
    cells: npt.NDArray[np.int32],
    pictures: npt.NDArray[np.uint32],
    signatures: npt.NDArray[np.uint64],
    places: npt.NDArray[np.uint8],
) -> Postings:
    """Return the points, given in any order, in the order of their cells."""
    order = np.argsort(cells, kind="stable")
    starts = np.zeros(CELLS + 1, np.int64)
    np.cumsum(np.bincount(cells, minlength=CELLS), out=starts[1:])
    postings = Postings(starts, pictures[order], signatures[order], places[order])
    for array in postings:
        array.setflags(write=False)  # as they are when mapped: one compiled form of each loop serves both
    return postings


@compiled
def hits(
    asked: Asked, known: Postings, weights: npt.NDArray[np.float32], most_bits: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16], npt.NDArray[np.float32]]:
    """Return which postings are near which of the asked points, and what each counts: three arrays in asked order.

    A point votes where at most `most_bits` differ. It counts by these as `weights` (65,) says, and less from a long
    list than from a short one.
    """
    room = 1 << 14
    where, who, worth = np.empty(room, np.uint32), np.empty(room, np.uint16), np.empty(room, np.float32)
    count = 0
    starts, signatures = known.starts, known.signatures  # in a loop, a field of a record costs ten times its value
    stop = max(STOP_LEAST, STOP_TIMES * len(signatures) // CELLS)
    for i in range(len(asked.signatures)):
        for cell in asked.cells[i]:
            first, end = starts[cell], starts[cell + 1]
            if first == end or end - first > stop:
                continue
            if count + end - first > room:
                if room >= MOST_HITS:
                    break
                room = 2 * room + stop
                where, who, worth = _wider(where, room), _wider(who, room), _wider(worth, room)
            rare = np.float32(np.log2(len(signatures) / (end - first) + 1.0) / 16.0)
            found = _near(signatures[first:end], asked.signatures[i], weights, most_bits, where[count:], worth[count:])
            where[count : count + found] += np.uint32(first)
            worth[count : count + found] *= rare
            who[count : count + found] = i
            count += found
    return where[:count], who[:count], worth[:count]


@compiled
def _near(
    signatures: npt.NDArray[np.uint64],
    mine: np.uint64,
    weights: npt.NDArray[np.float32],
    most_bits: int,
    where: npt.NDArray[np.uint32],
    worth: npt.NDArray[np.float32],
) -> int:
    """Write which of a list's signatures are near, and what they count; return how many. There must be room for all."""
    found = 0
    for j in range(len(signatures)):
        apart = np.int32(bits_apart(mine, signatures[j]))
        if apart <= most_bits:
            where[found], worth[found] = j, weights[apart]
            found += 1
    return found


@compiled
def _wider(old: npt.NDArray[Number], room: int) -> npt.NDArray[Number]:
    new = np.empty(room, old.dtype)
    new[: len(old)] = old
    return new
