"""The lists of cells, and the votes that a question's points give to known pictures: compiled loops.

Hamming embedding and weak geometric consistency: H. Jégou, M. Douze, C. Schmid, "Hamming Embedding and Weak Geometric
Consistency for Large Scale Image Search", ECCV 2008. A point votes where 64 of its bits are near enough; votes for one
picture count together only where they agree on turn and size. A question's point votes once for a picture (burstiness:
the same authors, CVPR 2009).
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled
from qalqan.match.local.cells import CELLS
from qalqan.match.local.pairs import bits_apart

Number = TypeVar("Number", np.int32, np.int64)

HALF = np.uint64(0xAAAAAAAAAAAAAAAA)
"""Every second direction: its neighbours say nearly the same."""
MOST_BITS = 18
"""Of 64, up to which a point votes."""
TURNS = 16
SIZES = 16
"""Bins of a half octave."""
OCTAVES = 4.0
MOST_RANKED = 2000
"""Pictures whose votes are looked at in detail."""
FEWEST_VOTES = 3


class Postings(NamedTuple):
    """The points of all known pictures in the order of their cells."""

    starts: npt.NDArray[np.int64]
    """(CELLS + 1,): where each cell's list begins."""
    pictures: npt.NDArray[np.uint32]
    signatures: npt.NDArray[np.uint64]
    turns: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.uint8]


class Asked(NamedTuple):
    """A question's points in all ways it is tried in, one after the other."""

    cells: npt.NDArray[np.int32]
    """(n, probes)"""
    signatures: npt.NDArray[np.uint64]
    turns: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.uint8]
    ways: npt.NDArray[np.uint8]


def signatures_of(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return 64 of each point's 128 bits."""
    return (words[:, 0] & HALF) | ((words[:, 1] & HALF) >> np.uint64(1))


def ordered(
    cells: npt.NDArray[np.int32],
    pictures: npt.NDArray[np.uint32],
    signatures: npt.NDArray[np.uint64],
    turns: npt.NDArray[np.uint8],
    sizes: npt.NDArray[np.uint8],
) -> Postings:
    """Return the points, given in any order, in the order of their cells."""
    order = np.argsort(cells, kind="stable")
    starts = np.zeros(CELLS + 1, np.int64)
    np.cumsum(np.bincount(cells, minlength=CELLS), out=starts[1:])
    postings = Postings(starts, pictures[order], signatures[order], turns[order], sizes[order])
    for array in postings:
        array.setflags(write=False)  # as they are when mapped: one compiled form of each loop serves both
    return postings


@compiled
def hits(asked: Asked, known: Postings) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return which postings are near which of the asked points, and their bits apart: three arrays in asked order."""
    room = 1 << 14
    where, who, apart = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int32)
    count = 0
    for i in range(len(asked.signatures)):
        mine = asked.signatures[i]
        for cell in asked.cells[i]:
            for j in range(known.starts[cell], known.starts[cell + 1]):
                distance = bits_apart(mine, known.signatures[j])
                if distance > MOST_BITS:
                    continue
                if count == room:
                    room *= 2
                    where, who, apart = _wider(where, room), _wider(who, room), _wider(apart, room)
                where[count], who[count], apart[count] = j, i, distance
                count += 1
    return where[:count], who[:count], apart[:count]


@compiled
def _wider(old: npt.NDArray[Number], room: int) -> npt.NDArray[Number]:
    new = np.empty(room, old.dtype)
    new[: len(old)] = old
    return new


@compiled
def votes(
    asked: Asked, known: Postings, pictures: int, weights: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Return the pictures with the most votes that agree, how many these are, and in which way they were asked.

    `weights` (65,) says what a vote counts by its bits apart.
    """
    where, who, apart = hits(asked, known)
    counts = np.zeros(pictures, np.int32)
    for h in range(len(where)):
        counts[min(known.pictures[where[h]], pictures - 1)] += 1  # a damaged file must lead nowhere else
    numbers, slots = _busiest(counts)
    bins = np.zeros((len(numbers), 4, SIZES + 1, TURNS), np.float32)
    last = np.full(len(numbers), -1, np.int32)
    for h in range(len(where)):
        j, i = where[h], who[h]
        slot = slots[min(known.pictures[j], pictures - 1)]
        if slot < 0 or last[slot] == i:
            continue
        last[slot] = i
        _vote(
            bins[slot, asked.ways[i]],
            int(known.turns[j]) - int(asked.turns[i]),
            known.sizes[j],
            asked.sizes[i],
            weights[apart[h]],
        )
    return _tops(numbers, bins)


@compiled
def _vote(bins: npt.NDArray[np.float32], turned: int, known_size: int, size: int, weight: float) -> None:
    """Count a vote in the two nearest bins of turn and of size, so that none falls on an edge."""
    turn = (turned % 256) * TURNS // 256
    octave = (np.int64(known_size) - np.int64(size)) / 16.0 + OCTAVES
    at = int(np.floor(octave * SIZES / (2.0 * OCTAVES)))
    if at < 0 or at >= SIZES:
        return
    for s in (at, at + 1):
        bins[s, turn] += weight
        bins[s, (turn + 1) % TURNS] += weight


@compiled
def _busiest(counts: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the pictures with the most votes of any kind, and for each picture its place among them or −1."""
    having = np.zeros(1024, np.int64)
    for c in counts:
        having[min(c, 1023)] += 1
    line, total = 1024, 0
    while line > FEWEST_VOTES and total + having[line - 1] <= MOST_RANKED:
        line -= 1
        total += having[line]
    slots = np.full(len(counts), -1, np.int32)
    numbers = np.empty(total, np.int64)
    at = 0
    for number in range(len(counts)):
        if counts[number] >= line:
            numbers[at], slots[number] = number, at
            at += 1
    return numbers, slots


@compiled
def _tops(
    numbers: npt.NDArray[np.int64], bins: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    most, ways = np.zeros(len(numbers), np.float32), np.zeros(len(numbers), np.int64)
    for slot in range(len(numbers)):
        for way in range(4):
            top = bins[slot, way].max()
            if top > most[slot]:
                most[slot], ways[slot] = top, way
    order = np.argsort(-most)
    return numbers[order], most[order], ways[order]
