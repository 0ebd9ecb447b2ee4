"""Which stretches of a film that was looked at sparsely deserve to be read densely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qalqan.match.videos.films import Film
from qalqan.match.videos.found import Found
from qalqan.match.videos.lines import Anchors
from qalqan.model.parts import Interval

TELLING = 0.5
"""Weight of a pair of frames that is reason enough to look: hashes within the radius, or points with half a score."""
MOST_HINTS = 4
"""Stretches of one known film that are looked at for a single frame."""
FARTHEST = 15.0
"""Seconds around a frame that are read where the next key frame is farther."""


def of_found(asked: Film, found: Sequence[Found]) -> tuple[Interval, ...]:
    """Return the stretches that are shared and were only looked at sparsely, out to the frames on both sides."""
    return tuple(_widened(asked, one.query) for one in found if not _was_read(asked, one.query))


def of_hints(asked: Film, anchors: Anchors) -> tuple[Interval, ...]:
    """Return the stretches around single frames that look like a known film's, the most alike first."""
    found: list[Interval] = []
    for place in np.argsort(-anchors.weight, kind="stable").tolist():
        if anchors.weight[place] < TELLING or len(found) == MOST_HINTS:
            break
        at = float(anchors.query[place])
        moment = Interval(at, at)
        if not _was_read(asked, moment) and not any(one.start <= at <= one.end for one in found):
            found.append(_widened(asked, moment))
    return tuple(found)


def _was_read(asked: Film, stretch: Interval) -> bool:
    return any(one.start <= stretch.start and stretch.end <= one.end for one in asked.looked)


def _widened(asked: Film, stretch: Interval) -> Interval:
    before = asked.every[asked.every < stretch.start - 1e-6]
    after = asked.every[asked.every > stretch.end + 1e-6]
    start = max(float(before[-1]) if len(before) else 0.0, stretch.start - FARTHEST, 0.0)
    end = min(float(after[0]) if len(after) else asked.end, stretch.end + FARTHEST)
    return Interval(start, max(end, stretch.end))
