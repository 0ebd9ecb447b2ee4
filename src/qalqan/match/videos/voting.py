"""Which line through pairs of moments has the most votes: a compiled loop.

A copy shows the known film's second `k` at its own second `q`, where k = speed · q + start. Each near pair of frames
votes for the start at every speed; the bins with the most voters, counting each frame of the query once, win.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@compiled
def most_votes(
    query: Floats, known: Floats, weights: Floats, voters: Whole, speeds: Floats, favour: Floats, width: float
) -> tuple[float, float, float]:
    """Return (votes, speed, start) of the line with the most votes.

    `query`, `known`: seconds of each pair (n,), n > 0; `weights` (n,); `voters` (n,) the number of each pair's query
    frame, equal ones together; `speeds` and `favour` (m,): what is tried, and what its votes are multiplied by;
    `width`: seconds of a bin. Two neighbouring bins count together.
    """
    best, best_speed, best_start = -1.0, 1.0, 0.0
    starts = np.empty(len(query))
    for number in range(len(speeds)):
        low, high = np.inf, -np.inf
        for pair in range(len(query)):
            starts[pair] = known[pair] - speeds[number] * query[pair]
            low, high = min(low, starts[pair]), max(high, starts[pair])
        bins = int((high - low) / width) + 2
        votes, last, given = np.zeros(bins), np.full(bins, -1), np.zeros(bins)
        for pair in range(len(query)):
            place = int((starts[pair] - low) / width)
            if last[place] != voters[pair]:
                last[place], given[place] = voters[pair], 0.0
            if weights[pair] > given[place]:
                votes[place] += weights[pair] - given[place]
                given[place] = weights[pair]
        for place in range(bins - 1):
            together = (votes[place] + votes[place + 1]) * favour[number]
            if together > best:
                best, best_speed, best_start = together, speeds[number], low + (place + 1) * width
    return best, best_speed, best_start
