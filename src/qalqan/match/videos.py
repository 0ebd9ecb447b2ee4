"""Matcher `video`: videos that share a stretch with a known one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.match.frames import Frames, count_different, frames_of
from qalqan.match.radius import RADIUS, Hashes, PlainRadius
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Interval
from qalqan.model.signals import VIDEO_PDQ, Signal

ENOUGH = 3
"""Different frames that must agree: fewer could be one still or one title card."""
SURE = 5
"""Different frames that make a match verified, if they also cover enough of it."""
COVERED = 0.6
"""Share of the query's frames within a verified stretch that agree."""
SLACK = 1.5
"""Seconds by which a frame may lie off the common offset: both videos are sampled once a second, each at its own."""
MOST_PAIRS = 64
"""Frames of one known video that one query frame votes with, the nearest: in still scenes all are near to all."""
BLOCK = 32
"""Query frames looked up at a time, which bounds the memory that still scenes take."""


class VideoMatcher:
    """Finds the stretch that a video has in common with a known one, upright or mirrored.

    Each frame of the query votes with each known frame within 31 bits (both of a quality of at least 50) for the
    difference of their times. The difference with the votes of the most query frames, counted in bins of a second with
    their neighbours, is the offset; the frames that agree with it are the shared stretch, from the first to a second
    after the last. Three different frames must agree (all of them where a known video has fewer), different by more
    than 8 bits among themselves. `distance` is the mean of their bits. A match is verified where five different
    frames agree and at least 60 % of the query's frames within the stretch do. Changed speed is not looked for.
    """

    manifest = Manifest("video", "1", "Copies and excerpts of videos, also mirrored", (VIDEO_PDQ,))
    stages = (Stage("frames", 500.0, "A shared stretch of two films by the hashes of their frames."),)

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an index over all frames of the entries."""
        return VideoIndex(entries)

    def examples(self) -> Sequence[Example]:
        """Return five frames, an excerpt that begins later, and the same frames in no order of time."""
        hashes = [digit * 64 for digit in "0369c"]
        known = _lines(enumerate(hashes))
        excerpt = _lines((second + 100, digits) for second, digits in enumerate(hashes[1:]))
        still = _lines((second, hashes[1]) for second in range(5))
        return (
            Example(VIDEO_PDQ, known, found=(known, excerpt), not_found=(still, _lines(enumerate(["5a" * 32] * 9)))),
        )


def _lines(frames: Iterable[tuple[int, str]]) -> str:
    return "\n".join(f"{second}.000,100,{digits}" for second, digits in frames)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Frames of a query and of one known video that are near, one pair a row."""

    query: npt.NDArray[np.intp]
    known: npt.NDArray[np.intp]
    bits: npt.NDArray[np.uint8]

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Pairs:
        """Return some of the rows."""
        return Pairs(self.query[chosen], self.known[chosen], self.bits[chosen])


class VideoIndex:
    """All frames of the known videos in one radius index."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        self._entries = entries
        self._known = [frames_of(entry.value) for entry in entries]
        counts = [len(frames.hashes) for frames in self._known]
        self._owner = np.repeat(np.arange(len(entries)), counts)
        self._first = np.cumsum([0, *counts])
        self._radius = PlainRadius(np.concatenate([np.empty((0, 32), np.uint8), *(f.hashes for f in self._known)]))

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each known video that shares a stretch with a signal: its best offset, upright or mirrored."""
        for signal in signals:
            query = frames_of(signal.value)
            best = self._best(query, query.hashes), self._best(query, query.mirrored)
            for number in sorted({*best[0], *best[1]}):
                upright, mirrored = (way.get(number) for way in best)
                yield self._finding(signal, number, query, upright, mirrored)

    def _best(self, query: Frames, hashes: Hashes) -> dict[int, Pairs]:
        """Return, for each known video that shares enough with `hashes`, the pairs that agree on one offset."""
        found = {}
        for number, pairs in self._near(hashes).items():
            known = self._known[number]
            aligned = _aligned(pairs, query.seconds[pairs.query] - known.seconds[pairs.known])
            if _enough(aligned, query, known):
                found[number] = aligned
        return found

    def _near(self, hashes: Hashes) -> dict[int, Pairs]:
        """Return the near pairs of each known video."""
        pieces: defaultdict[int, list[Pairs]] = defaultdict(list)
        for start in range(0, len(hashes), BLOCK):
            queries, rows, bits = self._radius.within(hashes[start : start + BLOCK], RADIUS)
            for number in np.unique(self._owner[rows]).tolist():
                mine = self._owner[rows] == number
                pairs = Pairs(queries[mine] + start, rows[mine] - self._first[number], bits[mine])
                pieces[number].append(_nearest(pairs))
        return {number: _joined(parts) for number, parts in pieces.items()}

    def _finding(
        self, signal: Signal, number: int, query: Frames, upright: Pairs | None, mirrored: Pairs | None
    ) -> Finding:
        is_mirrored = upright is None or (mirrored is not None and len(mirrored.query) > len(upright.query))
        pairs = mirrored if is_mirrored else upright
        assert pairs is not None  # noqa: S101 - one of the two was found
        known = self._known[number]
        stretch = _interval(query.seconds[pairs.query], signal.interval.end if signal.interval else query.end)
        return Finding(
            signal,
            self._entries[number],
            distance=float(pairs.bits.mean()),
            verified=_sure(pairs, query, stretch),
            transform="mirrored" if is_mirrored else None,
            interval_query=stretch,
            interval_known=_interval(known.seconds[pairs.known], known.end),
        )


def _nearest(pairs: Pairs) -> Pairs:
    """Keep the nearest 64 pairs of each query frame."""
    pairs = pairs.where(np.lexsort((pairs.known, pairs.bits, pairs.query)))
    first = np.searchsorted(pairs.query, pairs.query, side="left")
    return pairs.where(np.arange(len(pairs.query)) - first < MOST_PAIRS)


def _joined(parts: list[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([part.query for part in parts]),
        np.concatenate([part.known for part in parts]),
        np.concatenate([part.bits for part in parts]),
    )


def _aligned(pairs: Pairs, offsets: npt.NDArray[np.float64]) -> Pairs:
    """Return the pairs at the offset with most votes, the best one for each query frame."""
    away = np.abs(offsets - _common_offset(pairs, offsets))
    chosen = np.flatnonzero(away <= SLACK)
    order = chosen[np.lexsort((away[chosen], pairs.bits[chosen], pairs.query[chosen]))]
    _, firsts = np.unique(pairs.query[order], return_index=True)
    return pairs.where(order[firsts])


def _common_offset(pairs: Pairs, offsets: npt.NDArray[np.float64]) -> int:
    """Return the whole second of offset for which most query frames vote, its neighbours' votes included.

    Of several, the one with most votes of its own; of these, the smallest.
    """
    bins = np.rint(offsets).astype(np.int64)
    own = dict(_votes(pairs, bins))
    around = dict(_votes(pairs, np.concatenate([bins - 1, bins, bins + 1])))
    return min(own, key=lambda place: (-around[place], -own[place], place))


def _votes(pairs: Pairs, bins: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield each offset in `bins` and how many different query frames vote for it."""
    voters = np.resize(pairs.query, len(bins))
    frames = int(voters.max()) + 1
    votes = np.unique(bins * frames + voters)
    places, counts = np.unique(votes // frames, return_counts=True)
    return zip(places.tolist(), counts.tolist(), strict=True)


def _enough(pairs: Pairs, query: Frames, known: Frames) -> bool:
    if len(known.every) < ENOUGH:
        return len(np.unique(pairs.known)) == len(known.seconds)
    return count_different(query.hashes[pairs.query], ENOUGH) == ENOUGH


def _sure(pairs: Pairs, query: Frames, stretch: Interval) -> bool:
    within = int(np.count_nonzero((query.every >= stretch.start) & (query.every < stretch.end)))
    covered = len(pairs.query) >= COVERED * within
    return covered and count_different(query.hashes[pairs.query], SURE) == SURE


def _interval(seconds: npt.NDArray[np.float64], end: float) -> Interval:
    """Return from the first of `seconds` to one second after the last, no further than `end`."""
    start = float(seconds.min())
    return Interval(start, max(start, min(float(seconds.max()) + 1.0, end)))
