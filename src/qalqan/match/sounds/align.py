"""From votes to the stretch that two sounds share: loops over landmarks.

An alignment says where on the known line a query's frame lies: `speed · (frame - at) + known`, and how many 48ths of an
octave the known sound is higher.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled

SPEEDS = np.arange(0.86, 1.165, 0.01)
"""Speeds that are tried for a first fit; what is found is fitted exactly afterwards."""
EARLY = 2.5
"""Frames by which a landmark may lie off an alignment."""
HIGH = 2.5
"""48ths of an octave by which it may."""

TOGETHER = 4
"""Frames within which pairs are one alignment at the first fit."""

_PITCHES = 256

Frames = npt.NDArray[np.int64]
Pitches = npt.NDArray[np.uint8]


@compiled
def voted(
    votes: npt.NDArray[np.int64],
    landmarks: int,
    width: int,
    scores: npt.NDArray[np.int64],
    pitches: npt.NDArray[np.int64],
) -> None:
    """For the votes up to `width` frames of difference before each vote: how many query landmarks agree on a pitch.

    `votes` are sorted, each with a query landmark below `landmarks` (65,536 at most) and a pitch of 1 to 254;
    `scores` and `pitches` are written, as long.
    """
    counts = np.zeros((_PITCHES, landmarks), np.int32)
    different = np.zeros(_PITCHES, np.int64)
    first = 0
    for last in range(len(votes)):
        while (votes[last] >> 24) - (votes[first] >> 24) > width:
            _count(votes[first], -1, counts, different)
            first += 1
        scores[last] = _count(votes[last], 1, counts, different)
        pitches[last] = _best_near((votes[last] >> 16) & 255, different)


@compiled
def _count(vote: int, change: int, counts: npt.NDArray[np.int32], different: npt.NDArray[np.int64]) -> int:
    """Add or take away a vote, for its own pitch and those next to it; return how many agree there at most."""
    most = 0
    middle, landmark = (vote >> 16) & 255, vote & 0xFFFF
    for pitch in range(middle - 1, middle + 2):
        before = counts[pitch, landmark]
        counts[pitch, landmark] = before + change
        if before == 0:
            different[pitch] += 1
        elif before + change == 0:
            different[pitch] -= 1
        most = max(most, different[pitch])
    return most


@compiled
def _best_near(middle: int, different: npt.NDArray[np.int64]) -> int:
    best = middle
    for pitch in range(middle - 1, middle + 2):
        if different[pitch] > different[best]:
            best = pitch
    return best


@compiled
def first_fit(query: Frames, known: Frames, at: float, speeds: npt.NDArray[np.float64]) -> tuple[float, float, int]:
    """Return the speed, the known frame at query frame `at`, and how many of the pairs lie within four frames of it."""
    best_speed, best_known, most = 1.0, 0.0, 0
    for speed in speeds:
        places = np.sort(known - speed * (query - at))
        first = 0
        for last in range(len(places)):
            while places[last] - places[first] > TOGETHER:
                first += 1
            closer = last - first + 1 == most and abs(speed - 1) < abs(best_speed - 1)
            if last - first + 1 > most or closer:
                best_speed, best_known, most = speed, (places[first] + places[last]) / 2, last - first + 1
    return best_speed, best_known, most


@compiled
def partners(
    frames: Frames,
    pitches: Pitches,
    known_frames: npt.NDArray[np.uint32],
    known_pitches: Pitches,
    line: tuple[float, float, float, float],
    out: npt.NDArray[np.int64],
) -> None:
    """Write for each query landmark the known one nearest to where it should lie, or -1 where none is there.

    `line` is (speed, at, known, higher).
    """
    speed, at, known, higher = line
    for i in range(len(frames)):
        place = speed * (frames[i] - at) + known
        nearest = EARLY + HIGH + 1
        out[i] = -1
        row = np.searchsorted(known_frames, np.uint32(max(0.0, np.ceil(place - EARLY))))
        while row < len(known_frames) and known_frames[row] <= place + EARLY:
            off = abs(known_frames[row] - place) + abs(float(known_pitches[row]) - float(pitches[i]) - higher)
            if abs(float(known_pitches[row]) - float(pitches[i]) - higher) <= HIGH and off < nearest:
                nearest = off
                out[i] = row
            row += 1


@compiled
def shares(
    frames: Frames,
    pitches: Pitches,
    known_frames: npt.NDArray[np.uint32],
    known_pitches: Pitches,
    line: tuple[float, float, float, float],
    shifts: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
) -> None:
    """Write for each shift of the line, in frames, the share of query landmarks that have a partner then."""
    speed, at, known, higher = line
    for number in range(len(shifts)):
        agreeing, first = 0, 0
        for i in range(len(frames)):
            place = speed * (frames[i] - at) + known + shifts[number]
            while first < len(known_frames) and known_frames[first] < place - EARLY:
                first += 1
            row = first
            while row < len(known_frames) and known_frames[row] <= place + EARLY:
                if abs(float(known_pitches[row]) - float(pitches[i]) - higher) <= HIGH:
                    agreeing += 1
                    break
                row += 1
        out[number] = agreeing / len(frames)


@compiled
def longest(hits: npt.NDArray[np.bool_], gain: float, loss: float) -> tuple[int, int]:
    """Return where the stretch with the largest sum begins and ends: `gain` for a hit, `loss` less for another."""
    best, total, first = 0.0, 0.0, 0
    best_first, best_last = 0, 0
    for at in range(len(hits)):
        if total <= 0:
            total, first = 0.0, at
        total += gain if hits[at] else -loss
        if total > best:
            best, best_first, best_last = total, first, at + 1
    return best_first, best_last
