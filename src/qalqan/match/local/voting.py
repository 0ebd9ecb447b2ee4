"""Which known pictures a question's near points speak for: votes that agree on turn and size, then on place.

Weak geometric consistency: H. Jégou, M. Douze, C. Schmid, ECCV 2008. A question's point votes once for a picture
(burstiness: the same authors, CVPR 2009). For the pictures with the most votes, the voting pairs themselves are counted
as in `geometry`: three points of the right picture are at their places, those of another hardly ever.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled
from qalqan.match.local.geometry import Floats, agreeing, distinct, of_one_pair
from qalqan.match.local.postings import Asked, Postings, hits

WAYS = 4
TURNS = 16
SIZES = 16
"""Bins of a half octave."""
OCTAVES = 4.0
MOST_RANKED = 4000
"""Pictures in a way whose votes are looked at in detail."""
MOST_PLACED = 500
"""Of these, those whose voting points' places are looked at."""
MOST_PAIRS = 64
FEWEST_VOTES = 0.5
STEPS = 1024
"""Steps of a quarter vote in which the votes are counted to find the line above which pictures are looked at."""
PIXELS, SLACK = 4.0, 0.1
"""How far off a point may be, of 256 pixels, and by how much more for each pixel away from the pair that is tried."""
SPOT = 2.0
"""Points so near to each other count once."""


class Near(NamedTuple):
    """Which points of a question are near which known ones, in the question's order."""

    where: npt.NDArray[np.uint32]
    """Which posting."""
    who: npt.NDArray[np.uint16]
    """Which of the asked points."""
    worth: npt.NDArray[np.float32]
    rows: npt.NDArray[np.int64]
    """Where the known picture, in the way it is asked in, is counted."""


class Ranked(NamedTuple):
    """The rows with the most votes."""

    slots: npt.NDArray[np.int32]
    """Each row's place among them, or −1."""
    tops: npt.NDArray[np.int64]
    """Which bin of size and turn has the most votes."""
    most: npt.NDArray[np.float32]
    """And how many."""


@compiled
def votes(
    asked: Asked, known: Postings, pictures: int, weights: npt.NDArray[np.float32], most_bits: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Return pictures, how many points speak for each at consistent places, and in which way; the most first.

    A picture may be there in several ways. `weights` and `most_bits` as for `hits`. What stands behind the decimal
    point orders equal numbers by their votes.
    """
    where, who, worth = hits(asked, known, weights, most_bits)
    near = Near(where, who, worth, _rows(asked, known, where, who, pictures))
    counts = np.zeros(pictures * WAYS, np.float32)
    for h in range(len(where)):
        counts[near.rows[h]] += worth[h]
    rows, slots = _busiest(counts)
    tops, most = _binned(asked, known, near, slots, len(rows))
    order = np.argsort(-most)[:MOST_PLACED]
    places = np.full(len(rows), -1, np.int32)
    for rank in range(len(order)):
        places[order[rank]] = rank
    agree = _placed(asked, known, near, Ranked(slots, tops, most), places, len(order))
    value = agree + most[order] / (most[order] + 100.0)
    best = np.argsort(-value)
    chosen = rows[order[best]]
    return chosen // WAYS, value[best].astype(np.float32), chosen % WAYS


@compiled
def _rows(
    asked: Asked, known: Postings, where: npt.NDArray[np.uint32], who: npt.NDArray[np.uint16], pictures: int
) -> npt.NDArray[np.int64]:
    """Return for each hit where its picture in its way is counted."""
    rows = np.empty(len(where), np.int64)
    numbers, ways = known.pictures, asked.ways
    for h in range(len(where)):
        # A damaged file's number must lead nowhere else.
        rows[h] = min(int(numbers[where[h]]), pictures - 1) * WAYS + int(ways[who[h]])
    return rows


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


@compiled
def _bin_of(known: npt.NDArray[np.uint8], query: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """Return the bins of size and turn between two points' places (4,); a size of −1 is out of all bounds."""
    octave = (np.int64(known[2]) - np.int64(query[2])) / 16.0 + OCTAVES
    size = int(np.floor(octave * SIZES / (2.0 * OCTAVES)))
    turn = int((np.int64(known[3]) - np.int64(query[3])) % 256) * TURNS // 256
    return (size, turn) if 0 <= size < SIZES else (-1, turn)


@compiled
def _binned(
    asked: Asked, known: Postings, near: Near, slots: npt.NDArray[np.int32], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Return which bin of size and turn of each row has the most votes, and how many.

    Each vote counts in the two nearest bins of either, so that none falls on an edge.
    """
    bins = np.zeros((count, SIZES + 1, TURNS), np.float32)
    last = np.full(count, -1, np.int32)
    known_places, places = known.places, asked.places
    where, who, worth, rows = near.where, near.who, near.worth, near.rows
    for h in range(len(where)):
        slot, i = slots[rows[h]], who[h]
        if slot < 0 or last[slot] == i:
            continue
        last[slot] = i
        size, turn = _bin_of(known_places[where[h]], places[i])
        if size >= 0:
            for s in (size, size + 1):
                bins[slot, s, turn] += worth[h]
                bins[slot, s, (turn + 1) % TURNS] += worth[h]
    tops, most = np.zeros(count, np.int64), np.zeros(count, np.float32)
    for slot in range(count):
        tops[slot], most[slot] = bins[slot].argmax(), bins[slot].max()
    return tops, most


@compiled
def _placed(
    asked: Asked, known: Postings, near: Near, ranked: Ranked, ranks: npt.NDArray[np.int32], count: int
) -> npt.NDArray[np.float32]:
    """Return for each of the first `count` rows how many spots of its fullest bin lie at consistent places."""
    from_known = np.empty((count, MOST_PAIRS, 4), np.float32)
    from_query = np.empty((count, MOST_PAIRS, 4), np.float32)
    pairs = np.zeros(count, np.int64)
    known_places, places = known.places, asked.places
    where, who, rows, slots, tops = near.where, near.who, near.rows, ranked.slots, ranked.tops
    for h in range(len(where)):
        slot = slots[rows[h]]
        at = ranks[slot] if slot >= 0 else -1
        if at < 0 or pairs[at] == MOST_PAIRS:
            continue
        size, turn = _bin_of(known_places[where[h]], places[who[h]])
        if size >= 0 and 0 <= tops[slot] // TURNS - size <= 1 and (tops[slot] - turn) % TURNS <= 1:
            _write(from_known[at, pairs[at]], known_places[where[h]])
            _write(from_query[at, pairs[at]], places[who[h]])
            pairs[at] += 1
    out = np.zeros(count, np.float32)
    for at in range(count):
        out[at] = _most_at_place(from_known[at, : pairs[at]], from_query[at, : pairs[at]])
    return out


@compiled
def _write(out: Floats, place: npt.NDArray[np.uint8]) -> None:
    """Turn a coarse place into pixels, octaves and radians."""
    out[0], out[1], out[2], out[3] = place[0], place[1], place[2] / 16.0, place[3] * (np.pi / 128.0)


@compiled
def _most_at_place(known: Floats, query: Floats) -> int:
    """Return how many distinct spots agree with the best of all maps that single pairs stand for."""
    most = 0
    for i in range(len(known)):
        agree = agreeing(known, query, of_one_pair(known[i], query[i]), PIXELS, SLACK, i)
        if agree.sum() > most:
            most = max(most, int(distinct(known, query, agree, SPOT).sum()))
    return most
