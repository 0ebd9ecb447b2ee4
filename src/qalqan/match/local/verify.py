"""Does the query show the known picture, or a part of it, and where? Points first, then a second look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.local import chance, geometry, pairs, regions
from qalqan.match.local.turned import WAYS, Points, points_of
from qalqan.model.local import Local
from qalqan.model.parts import Box

Map = npt.NDArray[np.float64]
Transform = tuple[float, float, float, float, float, float]

MOST_BITS = 44
"""Pairs farther apart than so many of 128 bits are chance more often than not."""
HYPOTHESES = 128
TRIES = 4
APART = 3.0
"""Pixels within which several agreeing pairs count as one."""
FEWEST = 4
"""Agreeing places under which nothing is said."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A known picture's points found in a query, at consistent places."""

    transform: Transform
    """a, b, c, d, e, f: a place (x, y) of the known picture lies at (a·x + b·y + c, d·x + e·y + f) of the query, where
    `mirrored` says so of the query mirrored left to right. Both in parts of the pictures' long sides."""
    mirrored: bool
    inverted: bool
    inliers: int
    """Places that agree."""
    score: float
    """−log₁₀ of how many such agreements are to be expected by chance."""
    box_query: Box
    box_known: Box
    correlation: float | None
    """Of the thumbnails where they overlap, the median over windows, 1 for the same; None where all are plain."""
    quartile: float | None
    """The same, but what three in four windows reach."""


def verify(query: Local, known: Local) -> Verified | None:
    """Return the best agreement of two pictures' points over the four ways, or None where there is none."""
    target = points_of(known)
    tried = [_in_one_way(query, known, target, *way) for way in WAYS]
    found = [one for one in tried if one is not None]
    return max(found, key=lambda one: one.score, default=None)


def verify_as(query: Local, known: Local, *, mirrored: bool, inverted: bool) -> Verified | None:
    """Return the agreement of two pictures' points in one way only."""
    return _in_one_way(query, known, points_of(known), mirrored, inverted)


def _in_one_way(query: Local, known: Local, target: Points, mirrored: bool, inverted: bool) -> Verified | None:  # noqa: FBT001 - one of WAYS
    asked = points_of(query, mirrored=mirrored, inverted=inverted)
    from_known, from_query, distances = _pairs(asked, target)
    if len(distances) < FEWEST:
        return None
    way, agree = geometry.best_map(from_known, from_query, HYPOTHESES, TRIES)
    if agree.sum() < FEWEST:
        return None
    places = geometry.distinct(from_known, from_query, agree, APART)
    score = chance.score_of(distances, places, query.width * query.height, geometry.size_of(way))
    inliers = int(places.sum())
    if inliers < FEWEST or score <= 0:
        return None
    seen = regions.seen(regions.Pair(known, query, way, mirrored, inverted), from_known[agree], from_query[agree])
    return Verified(_in_long_sides(way, known, query), mirrored, inverted, inliers, score, *seen)


def _pairs(
    asked: Points, target: Points
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Return the places of pairs of which each is the other's nearest, the nearest pairs first, and their bits."""
    best, distance, back = pairs.nearest(asked.words, target.words)
    rows = np.flatnonzero((distance <= MOST_BITS) & (back[best] == np.arange(len(best))))
    rows = rows[np.argsort(distance[rows], kind="stable")]
    return target.places[best[rows]], asked.places[rows], distance[rows]


def _in_long_sides(way: Map, known: Local, query: Local) -> Transform:
    """Return a map of pixels as one of parts of the pictures' long sides."""
    other = max(query.width, query.height)
    size = max(known.width, known.height) / other
    a, b, c, d, e, f = way.tolist()
    return a * size, b * size, c / other, d * size, e * size, f / other
