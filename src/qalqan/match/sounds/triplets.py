"""Three landmarks as one number that stays the same when a copy is faster, slower, higher or lower.

What stays is how far the second and third lie from the first in logarithmic pitch, and how the time between them is
shared; pitch and length as such change little, so they go in coarsely (after J. Six and M. Leman, "Panako", ISMIR
2014). Of known sounds each landmark begins a few triplets, with those that follow it soonest. Of a query many more are
tried, since noise adds landmarks and takes some away, and each under the numbers that are next to its own.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled

HASH_BITS = 32
"""Bits of a hash; the buckets of an index take the first few of them, by its size."""
KNOWN_TARGETS = 4
"""Landmarks after a known one that its triplets are made with: six triplets."""
QUERY_TARGETS = 11
SOONEST = 5
"""Frames after a landmark at which the next of a triplet may begin: nearer ones tell little of time."""
LATEST = 75
"""Frames after a landmark at which a triplet must have ended."""
PITCH_STEP = 3
"""48ths of an octave that count as one in a difference of pitch."""
FARTHEST = 95
"""48ths of an octave to the other landmarks of a triplet, about two octaves."""

_PROBES = 64
"""Numbers that one triplet may be looked up under: two for each of five parts, and room."""

Frames = npt.NDArray[np.int64]
Pitches = npt.NDArray[np.uint8]


@compiled
def _targets(frames: Frames, at: int, most: int, out: npt.NDArray[np.int64]) -> int:
    """Write the landmarks that may follow landmark `at` in a triplet; return how many."""
    found = 0
    for other in range(at + 1, len(frames)):
        after = frames[other] - frames[at]
        if after > LATEST or found == most:
            break
        if after >= SOONEST:
            out[found] = other
            found += 1
    return found


@compiled
def _parts(frames: Frames, pitches: Pitches, first: int, second: int, third: int, out: npt.NDArray[np.float64]) -> bool:
    """Write a triplet's five parts; the whole part of each goes into its hash. False where it is too wide."""
    one = np.int64(pitches[second]) - np.int64(pitches[first])
    two = np.int64(pitches[third]) - np.int64(pitches[first])
    if abs(one) > FARTHEST or abs(two) > FARTHEST:
        return False
    span = float(frames[third] - frames[first])
    out[0] = (one + FARTHEST + 1) / PITCH_STEP
    out[1] = (two + FARTHEST + 1) / PITCH_STEP
    out[2] = (frames[second] - frames[first]) / span * 7.5
    out[3] = pitches[first] / 9.0
    out[4] = np.log2(span / SOONEST) * 2.0
    return True


@compiled
def _hash(one: int, two: int, share: int, pitch: int, span: int) -> int:
    mixed = (((one * 64 + two) * 8 + share) * 21 + pitch) * 8 + span
    return (mixed * 0x9E3779B1) & 0xFFFFFFFF


@compiled
def known_triplets(
    frames: Frames, pitches: Pitches, firsts: npt.NDArray[np.uint32], hashes: npt.NDArray[np.uint32]
) -> int:
    """Write each triplet's first landmark and hash; return how many. The arrays hold six for each landmark."""
    targets = np.empty(KNOWN_TARGETS, np.int64)
    parts = np.empty(5, np.float64)
    found = 0
    for at in range(len(frames)):
        count = _targets(frames, at, KNOWN_TARGETS, targets)
        for i in range(count):
            for j in range(i + 1, count):
                if _parts(frames, pitches, at, targets[i], targets[j], parts):
                    hashes[found] = _hash(int(parts[0]), int(parts[1]), int(parts[2]), int(parts[3]), int(parts[4]))
                    firsts[found] = at
                    found += 1
    return found


@compiled
def _near(part: float, reach: float, highest: int, out: npt.NDArray[np.int64]) -> int:
    """Write the whole numbers that `part` may become when it errs by up to `reach`, at most two; return how many."""
    here = int(part)
    out[0] = here
    if part - here < reach and here > 0:
        out[1] = here - 1
        return 2
    if here + 1 - part < reach and here < highest:
        out[1] = here + 1
        return 2
    return 1


REACH = np.array([0.34, 0.34, 0.3, 0.4, 0.3])
"""How far each part may err, in its own steps."""
_HIGHEST = np.array([63, 63, 7, 20, 7])


@compiled
def probes(parts: npt.NDArray[np.float64], out: npt.NDArray[np.int64]) -> int:
    """Write the hashes that a triplet with these parts may have in another copy; return how many."""
    near = np.empty((5, 2), np.int64)
    counts = np.empty(5, np.int64)
    for k in range(5):
        counts[k] = _near(parts[k], REACH[k], _HIGHEST[k], near[k])
    found = 0
    for a in range(counts[0]):
        for b in range(counts[1]):
            for c in range(counts[2]):
                for d in range(counts[3]):
                    for e in range(counts[4]):
                        out[found] = _hash(near[0, a], near[1, b], near[2, c], near[3, d], near[4, e])
                        found += 1
    return found


@compiled
def look_up(  # noqa: PLR0913, PLR0917 - a compiled loop takes plain arrays
    frames: Frames,
    pitches: Pitches,
    shift: int,
    starts: npt.NDArray[np.int64],
    firsts: npt.NDArray[np.uint32],
    known_frames: npt.NDArray[np.uint32],
    known_pitches: Pitches,
    most_in_bucket: int,
    widest: int,
    votes: npt.NDArray[np.int64],
) -> int:
    """Write a vote for each known triplet that is like one of the query's; return how many, as many as there is room.

    A vote is `(time difference << 24) | (pitch difference + 128) << 16 | query landmark`, with differences known less
    query: so the query has 65,536 landmarks at most. Buckets with more than `most_in_bucket` triplets say nothing and
    are left out.
    """
    targets = np.empty(QUERY_TARGETS, np.int64)
    parts = np.empty(5, np.float64)
    tried = np.empty(_PROBES, np.int64)
    found = 0
    for at in range(len(frames)):
        count = _targets(frames, at, QUERY_TARGETS, targets)
        for i in range(count):
            for j in range(i + 1, count):
                if not _parts(frames, pitches, at, targets[i], targets[j], parts):
                    continue
                for probe in range(probes(parts, tried)):
                    bucket = tried[probe] >> shift
                    if starts[bucket + 1] - starts[bucket] > most_in_bucket:
                        continue
                    for row in range(starts[bucket], starts[bucket + 1]):
                        known = firsts[row]
                        higher = np.int64(known_pitches[known]) - np.int64(pitches[at])
                        if abs(higher) > widest:
                            continue
                        if found == len(votes):
                            return found
                        later = np.int64(known_frames[known]) - frames[at]
                        votes[found] = (later << 24) | ((higher + 128) << 16) | at
                        found += 1
    return found


@compiled
def fill_buckets(
    hashes: npt.NDArray[np.uint32],
    firsts: npt.NDArray[np.uint32],
    shift: int,
    starts: npt.NDArray[np.int64],
    out: npt.NDArray[np.uint32],
) -> None:
    """Sort `firsts` into buckets by hash: `starts` (buckets + 1, zeros) and `out` (as long as `firsts`) are written."""
    for row in range(len(hashes)):
        starts[(hashes[row] >> shift) + 1] += 1
    for bucket in range(len(starts) - 1):
        starts[bucket + 1] += starts[bucket]
    place = starts[:-1].copy()
    for row in range(len(hashes)):
        bucket = hashes[row] >> shift
        out[place[bucket]] = firsts[row]
        place[bucket] += 1
