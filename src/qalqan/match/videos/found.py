"""A shared stretch, and what both ways of following one need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import Hashes
from qalqan.match.videos.films import Film
from qalqan.match.videos.lines import Line
from qalqan.match.videos.proof import Proof
from qalqan.model.parts import Interval

CUT = 60
"""Bits from one frame to the next that make a new scene."""
SLACK = 0.15
"""Seconds off the line within which a frame is looked for."""


Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """One shared stretch."""

    line: Line
    query: Interval
    known: Interval
    bits: float | None
    """Mean bits of the frames that agree; None where only points do."""
    covered: float
    """Share of the query's frames within it that agree."""
    proof: Proof
    score: float

    @property
    def lasts(self) -> float:
        """Its seconds in the query."""
        return self.query.end - self.query.start


def aligned(asked: Film, hashes: Hashes, known: Film, line: Line) -> tuple[Rows, Rows]:
    """Return for each of the query's frames the known frame on the line that is nearest, and by how many bits.

    256 where the known film shows nothing then.
    """
    times = line.at(asked.seconds)
    slack = max(SLACK, 0.6 * known.step)
    at = np.searchsorted(known.seconds, times + 1e-6, side="right") - 1
    best, bits = np.full(len(times), -1), np.full(len(times), 256)
    for shift in (0, 1, -1):
        row = np.clip(at + shift, 0, max(0, len(known.seconds) - 1))
        near = np.abs(known.seconds[row] - times) <= slack
        stands = (row == at) & (times - known.seconds[row] <= 1.0 + slack)
        apart = np.bitwise_count(hashes ^ known.hashes[row]).sum(axis=1).astype(np.int64)
        better = (near | stands) & (apart < bits)
        best[better], bits[better] = row[better], apart[better]
    return best, bits


def ends(asked: Film, known: Film, line: Line, start: float, end: float) -> tuple[Interval, Interval]:
    """Return the stretch in both films, no further than either goes."""
    low, high = sorted((line.back(0.0), line.back(known.end)))
    start = float(max(start, low, 0.0))
    end = float(max(start, min(end, high, max(asked.end, start))))
    first, second = sorted((line.when(start), line.when(end)))
    return Interval(start, end), Interval(max(0.0, first), max(0.0, second))


def cuts_of(film: Film) -> npt.NDArray[np.float64]:
    """Return the seconds at which a new scene begins."""
    apart = np.bitwise_count(film.hashes[1:] ^ film.hashes[:-1]).sum(axis=1)
    times: npt.NDArray[np.float64] = film.seconds[1:][apart > CUT]
    return times
