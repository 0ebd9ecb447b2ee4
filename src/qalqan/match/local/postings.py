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

Number = TypeVar("Number", np.uint32, np.uint16, np.float32)
WAYS = 4

HALF = np.uint64(0xAAAAAAAAAAAAAAAA)
"""Every second direction: its neighbours say nearly the same."""
MOST_BITS = 9
"""Of 64, up to which a point votes: nine in ten of true pairs are within."""
SIGMA = 5.0
"""Bits apart at which a vote counts 1/e."""
STOP_TIMES, STOP_LEAST = 20, 500
"""A list longer than so many times the mean, and than so many points, is not read: edges, dots and letters."""
TURNS = 16
SIZES = 16
"""Bins of a half octave."""
OCTAVES = 4.0
MOST_RANKED = 2000
"""Pictures in a way whose votes are looked at in detail."""
FEWEST_VOTES = 1.0
STEPS = 1024
"""Steps of a quarter vote in which the votes are counted to find the line above which pictures are looked at."""
MOST_HITS = 1 << 23
"""So many votes are taken at most, so that nothing that is asked takes all memory."""


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
def hits(
    asked: Asked, known: Postings, weights: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16], npt.NDArray[np.float32]]:
    """Return which postings are near which of the asked points, and what each counts: three arrays in asked order.

    A vote counts by its bits apart as `weights` (65,) says, and less from a long list than from a short one.
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
            found = _near(signatures[first:end], asked.signatures[i], weights, where[count:], worth[count:])
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
    where: npt.NDArray[np.uint32],
    worth: npt.NDArray[np.float32],
) -> int:
    """Write which of a list's signatures are near, and what they count; return how many. There must be room for all."""
    found = 0
    for j in range(len(signatures)):
        apart = np.int32(bits_apart(mine, signatures[j]))
        if apart <= MOST_BITS:
            where[found], worth[found] = j, weights[apart]
            found += 1
    return found


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

    A picture may be there in several ways. `weights` (65,) says what a vote counts by its bits apart.
    """
    where, who, worth = hits(asked, known, weights)
    row_of = np.empty(len(where), np.int64)
    numbers, ways = known.pictures, asked.ways
    for h in range(len(where)):
        # A damaged file's number must lead nowhere else.
        row_of[h] = min(int(numbers[where[h]]), pictures - 1) * WAYS + int(ways[who[h]])
    counts = np.zeros(pictures * WAYS, np.float32)
    for h in range(len(where)):
        counts[row_of[h]] += worth[h]
    rows, slots = _busiest(counts)
    bins = np.zeros((len(rows), SIZES + 1, TURNS), np.float32)
    last = np.full(len(rows), -1, np.int32)
    known_turns, known_sizes, turns, sizes = known.turns, known.sizes, asked.turns, asked.sizes
    for h in range(len(where)):
        j, i, slot = where[h], who[h], slots[row_of[h]]
        if slot >= 0 and last[slot] != i:
            last[slot] = i
            _vote(bins[slot], int(known_turns[j]) - int(turns[i]), known_sizes[j], sizes[i], worth[h])
    most = np.zeros(len(rows), np.float32)
    for slot in range(len(rows)):
        most[slot] = bins[slot].max()
    order = np.argsort(-most)
    return rows[order] // WAYS, most[order], rows[order] % WAYS


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
def _busiest(counts: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the rows with the most votes of any turn and size, and for each row its place among them or −1."""
    having = np.zeros(STEPS, np.int64)
    for count in counts:
        having[min(int(count * 4.0), STEPS - 1)] += 1
    line, total = STEPS, 0
    while line > FEWEST_VOTES * 4.0 and total + having[line - 1] <= MOST_RANKED:
        line -= 1
        total += having[line]
    slots = np.full(len(counts), -1, np.int32)
    rows = np.empty(total, np.int64)
    at = 0
    for row in range(len(counts)):
        if min(int(counts[row] * 4.0), STEPS - 1) >= line:
            rows[at], slots[row] = row, at
            at += 1
    return rows, slots
