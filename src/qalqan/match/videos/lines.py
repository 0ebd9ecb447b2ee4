"""The lines on which pairs of moments lie: speed and start of what one film shows of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_STEPS = np.exp(np.linspace(np.log(0.5), np.log(2.0), 57))
"""Speeds from a half to double, 2.5 % apart; a line's own speed is fitted afterwards."""
SPEEDS = np.concatenate([[1.0], _STEPS, -_STEPS])
FAVOUR = np.concatenate([[1.1], np.full(len(_STEPS), 1.0), np.full(len(_STEPS), 0.97)])
"""Most copies are neither faster nor slower: other speeds must have more votes to be believed."""
BIN = 0.6
LONGEST = 100_000.0
"""Seconds of a film's time line that lines are looked for in: a bound on the bins."""
NARROWING = (1.6, 0.9, 0.5)
"""Seconds from the line within which pairs are taken while it is fitted."""
SAME_SPEED = 0.4
"""Seconds by which a line drifts off at speed 1 over its stretch without being another speed."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Pairs of moments at which two films look alike, one a row, by the query's time."""

    query: Times
    known: Times
    weight: Times
    """0 to 1: how much alike."""
    way: Whole
    """How the known one is turned there: see `turns`."""
    voter: Whole
    """Number of the query's frame."""

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Anchors:
        """Return some of the rows."""
        return Anchors(
            self.query[chosen], self.known[chosen], self.weight[chosen], self.way[chosen], self.voter[chosen]
        )

    def __len__(self) -> int:
        return len(self.query)


@dataclass(frozen=True, slots=True)
class Line:
    """k = speed · q + start."""

    speed: float
    start: float
    way: int
    votes: float

    def at(self, query: Times) -> Times:
        """Return the known film's seconds for the query's."""
        return self.speed * query + self.start

    def when(self, query: float) -> float:
        """Return the same for one moment."""
        return self.speed * query + self.start

    def back(self, known: float) -> float:
        """Return the query's seconds for the known film's."""
        return (known - self.start) / self.speed


def joined(parts: list[Anchors]) -> Anchors:
    """Return the rows of all parts by the query's time."""
    both = Anchors(*(np.concatenate([getattr(part, name) for part in parts]) for name in Anchors.__slots__))
    return both.where(np.lexsort((both.voter, both.query)))


def best_line(anchors: Anchors) -> tuple[Line, Anchors] | None:
    """Return the line with the most votes and the pairs on it, one for each frame of the query; None without any."""
    from qalqan.match.videos.voting import most_votes

    anchors = anchors.where((np.abs(anchors.known) < LONGEST) & (np.abs(anchors.query) < LONGEST))
    if not len(anchors):
        return None
    votes, speed, start = most_votes(anchors.query, anchors.known, anchors.weight, anchors.voter, SPEEDS, FAVOUR, BIN)
    on = _near(anchors, Line(speed, start, 0, votes), NARROWING[0])
    way = int(np.bincount(on.way, on.weight).argmax()) if len(on) else 0
    line = Line(speed, start, way, votes)
    on = _best_of_each(on.where(on.way == way), line)
    for slack in NARROWING:
        narrower = fitted(line, on)
        closer = _best_of_each(_near(anchors.where(anchors.way == way), narrower, slack), narrower)
        if len(closer) < max(2, 0.6 * len(on)):
            break
        line, on = narrower, closer
    return (line, on) if len(on) else None


def _near(anchors: Anchors, line: Line, slack: float) -> Anchors:
    return anchors.where(np.abs(anchors.known - line.at(anchors.query)) <= slack)


def _best_of_each(anchors: Anchors, line: Line) -> Anchors:
    """Return the heaviest pair of each frame of the query; of equally heavy ones the one nearest to the line."""
    away = np.abs(anchors.known - line.at(anchors.query))
    order = np.lexsort((away, -np.round(anchors.weight, 2), anchors.voter))
    _, firsts = np.unique(anchors.voter[order], return_index=True)
    return anchors.where(order[firsts])


def fitted(line: Line, on: Anchors) -> Line:
    """Return the line by weighted least squares; at speed 1 where that is about as good."""
    if len(on) < 2:  # noqa: PLR2004 - one point fixes no speed
        return line
    weights = on.weight / on.weight.sum()
    plain = Line(1.0, float(np.median(on.known - on.query)), line.way, line.votes)
    mid_query, mid_known = float(weights @ on.query), float(weights @ on.known)
    spread = float(weights @ (on.query - mid_query) ** 2)
    speed = line.speed
    if len(on) > 2 and spread > 0.25:  # noqa: PLR2004 - half a second of deviation
        told = float(weights @ ((on.query - mid_query) * (on.known - mid_known))) / spread
        speed = told if 0.8 <= told / line.speed <= 1.25 else speed  # noqa: PLR2004 - far from what was voted for
    free = Line(speed, mid_known - speed * mid_query, line.way, line.votes)
    drift = abs(speed - 1.0) * float(on.query.max() - on.query.min())
    simple = _off(plain, on, weights) <= 1.3 * _off(free, on, weights) + 0.05
    return plain if speed > 0 and (drift < SAME_SPEED or simple) else free


def _off(line: Line, on: Anchors, weights: Times) -> float:
    """Return by how many seconds the pairs lie off the line."""
    return float(np.sqrt(weights @ (on.known - line.at(on.query)) ** 2))
