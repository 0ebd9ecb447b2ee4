"""Stretches followed by local features: where frames were cropped, framed, laid over, or shown within others.

Only some frames have features, a second or less apart. So a line is fitted to where features agree best: the moments of
the known film around the line count as much as their agreement squared, which says more than the best of them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.match.local.verify import Verified
from qalqan.match.videos import proof
from qalqan.match.videos.anchors import convincing, verified_as
from qalqan.match.videos.films import Film
from qalqan.match.videos.found import Found, cuts_of, ends
from qalqan.match.videos.lines import Anchors, Line, fitted

AROUND = 1.7
"""Seconds from the line within which a frame's own moment is looked for among the known film's."""
BESIDE = 0.8
"""Seconds from the line within which a known frame stands for the moment."""
FULL_SCORE = 20.0
ROUNDS = 4
"""Times that the line is fitted anew: it may have begun at quite another speed."""
LEAST = 100.0
"""Score under which agreement by points alone is not told. Films of the same table, shot one after the other, had up
to 120 at odd speeds; copies had 118 at the least, and hundreds as a rule."""
BRIEF = 4.0
"""Seconds under which it is not told either: two cameras may pass over the same table alike for a while."""
LEAST_UNUSUAL = 150.0
"""The same where the speed is not the known film's own."""
SLOWEST = 0.45
"""The slowest copy, to the known film's speed; the fastest is as much faster."""
STEADY = 0.15
"""How far, of its size, the known film's place in the query may move from where it usually is."""
MOSTLY = 0.6
"""Share of the frames in which it must be there."""
MISSES = 2
"""Frames in a row that do not agree after which a stretch has ended."""


class Sights:
    """Two films' frames with local features, each pair compared once, in one way."""

    def __init__(self, asked: Film, known: Film, way: int) -> None:
        self.asked = asked
        self.known = known
        self.times = np.array([one.seconds for one in asked.seen])
        self.moments = np.array([one.seconds for one in known.seen])
        self._way = way
        self._compared: dict[tuple[int, int], Verified | None] = {}

    def pair(self, one: int, other: int) -> Verified | None:
        """Return how a frame of the query agrees with a known one; None where it does not."""
        if (one, other) not in self._compared:
            found = verified_as(self.asked.seen[one], self.known.seen[other], self._way)
            self._compared[one, other] = found if found is not None and convincing(found) else None
        return self._compared[one, other]

    def score(self, one: int, other: int) -> float:
        """Return how surely they agree, 0 where they do not."""
        found = self.pair(one, other)
        return 0.0 if found is None else found.score

    def inliers(self, one: int, other: int) -> float:
        """Return how many of their points agree."""
        found = self.pair(one, other)
        return 0.0 if found is None else float(found.inliers)

    def on(self, line: Line, slack: float) -> list[tuple[int, npt.NDArray[np.intp]]]:
        """Return each frame of the query for which there are known ones near the line, and these, the nearest first."""
        found = []
        for one, at in enumerate(self.times.tolist()):
            away = np.abs(self.moments - line.when(at))
            near = np.flatnonzero(away <= slack)
            if len(near):
                found.append((one, near[np.argsort(away[near], kind="stable")]))
        return found


def by_points(asked: Film, known: Film, line: Line, on: Anchors) -> Found | None:
    """Follow a line by local features; None where too few frames bear it."""
    if not asked.seen or not known.seen:
        return None
    sights = Sights(asked, known, line.way)
    within = (float(on.query.min()), float(on.query.max()))
    for _ in range(ROUNDS):
        line = _sharpened(sights, line, *within)
    pairs = [(one, int(near[0])) for one, near in sights.on(line, BESIDE)]
    agreeing = _consistent(sights, _agreeing(sights, pairs, *within))
    if len(agreeing) < proof.ENOUGH or not SLOWEST <= abs(line.speed) <= 1 / SLOWEST:
        return None
    start, end = _point_ends(sights, agreeing[0][0], agreeing[-1][0])
    query, shown = ends(asked, known, line, start, end)
    usual = line.speed == 1.0
    evidence = proof.by_points(agreeing, sights.moments, sights.inliers, usual=usual)
    looked = int(np.count_nonzero((sights.times >= start) & (sights.times <= end)))
    share = len(agreeing) / max(1, looked)
    score = float(np.median([sights.score(*pair) for pair in agreeing])) * evidence.moments
    brief = query.end - query.start < min(BRIEF, 0.8 * known.end)
    if brief or score < (LEAST if usual else LEAST_UNUSUAL):
        return None
    return Found(line, query, shown, None, share, evidence, score)


def _sharpened(sights: Sights, line: Line, start: float, end: float) -> Line:
    """Return the line through the moments at which each frame's points agree best."""
    query, known, weight = [], [], []
    for one, near in sights.on(line, AROUND):
        if not start - AROUND <= sights.times[one] <= end + AROUND:
            continue
        scores = np.array([sights.score(one, int(other)) for other in near])
        if scores.max() > 0:
            query.append(sights.times[one])
            known.append(float(scores**2 @ sights.moments[near] / (scores**2).sum()))
            weight.append(min(1.0, float(scores.max()) / FULL_SCORE))
    if len(query) < proof.ENOUGH:
        return line
    whole = np.zeros(len(query), np.int64)
    return fitted(line, Anchors(np.array(query), np.array(known), np.array(weight), whole, whole))


def _agreeing(sights: Sights, pairs: list[tuple[int, int]], start: float, end: float) -> list[tuple[int, int]]:
    """Return the pairs that agree between `start` and `end`, and those that go on from there without a pause."""
    agree = np.array([sights.score(*pair) > 0 for pair in pairs], np.bool_)
    inside = [
        place
        for place, (one, _) in enumerate(pairs)
        if agree[place] and start - 1e-6 <= sights.times[one] <= end + 1e-6
    ]
    if not inside:
        return []
    first, last = inside[0], inside[-1]
    while any(agree[max(0, first - MISSES) : first]):
        first -= 1
    while any(agree[last + 1 : last + 1 + MISSES]):
        last += 1
    return [pair for pair, yes in zip(pairs[first : last + 1], agree[first : last + 1], strict=True) if yes]


def _consistent(sights: Sights, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the pairs in which the known film lies where it lies in most; none where there is no such place.

    Whoever crops a film or shows it in another does so once. Things that two films have in common, such as letters or
    the grain of a table, lie here in one frame and there in the next.
    """
    if not pairs:
        return []
    corners = np.array([_corners(sights, *pair) for pair in pairs])
    usual = np.median(corners, axis=0)
    size = float(np.hypot(*(usual[2] - usual[1])) + np.hypot(*(usual[3] - usual[0]))) / 2
    off = np.hypot(*np.moveaxis(corners - usual, 2, 0)).mean(axis=1)
    kept = [pair for pair, away in zip(pairs, off.tolist(), strict=True) if away <= STEADY * size]
    return kept if len(kept) >= MOSTLY * len(pairs) else []


def _corners(sights: Sights, one: int, other: int) -> npt.NDArray[np.float64]:
    """Return where a known frame's four corners lie in the query's, (4, 2) in pixels."""
    found = sights.pair(one, other)
    assert found is not None  # noqa: S101 - only agreeing pairs are asked about
    a, b, c, d, e, f = found.transform
    local = sights.known.seen[other].local
    corners = np.array([(x, y) for y in (0, local.height) for x in (0, local.width)], np.float64)
    return np.stack([corners @ (a, b) + c, corners @ (d, e) + f], axis=1)


def _point_ends(sights: Sights, first: int, last: int) -> tuple[float, float]:
    """Return the ends of a stretch of which only some frames were looked at: at a cut, an end, or half-way between."""
    times, asked = sights.times, sights.asked
    low = float(times[first - 1]) if first else 0.0
    high = float(times[last + 1]) if last + 1 < len(times) else asked.end
    cuts = cuts_of(asked)
    before, after = cuts[(cuts > low) & (cuts <= times[first])], cuts[(cuts > times[last]) & (cuts <= high)]
    middle = (low + float(times[first])) / 2 if first else low
    end = (high + float(times[last])) / 2 if last + 1 < len(times) else high
    return float(before[-1]) if len(before) else middle, float(after[0]) if len(after) else end
