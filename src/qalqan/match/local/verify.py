"""Does the query show the known picture, or a part of it, and where? Points first, then a second look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.local import chance, geometry, look, pairs
from qalqan.match.local.turned import WAYS, Points, points_of
from qalqan.model.local import Local
from qalqan.model.parts import Box

Map = npt.NDArray[np.float64]

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

    transform: tuple[float, float, float, float, float, float]
    """a, b, c, d, e, f: a place (x, y) of the known picture, in pixels as its points were read, lies at
    (a·x + b·y + c, d·x + e·y + f) of the query, mirrored first where `mirrored` says so."""
    mirrored: bool
    inverted: bool
    inliers: int
    """Places that agree."""
    score: float
    """−log₁₀ of how many such agreements are to be expected by chance."""
    box_query: Box
    box_known: Box
    correlation: float | None
    """Of the thumbnails where they overlap, 1 for the same; None where they are too plain to tell."""


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
    size = float(np.sqrt(abs(way[0] * way[4] - way[1] * way[3])))
    score = chance.score_of(distances, places, query.width * query.height, size)
    inliers = int(places.sum())
    if inliers < FEWEST or score <= 0:
        return None
    boxes = _boxes(from_known[agree], from_query[agree], known, query, mirrored=mirrored)
    region = _region(from_known[agree], known)
    seen = look.correlation(
        known.thumb, _thumb(query, mirrored=mirrored), _in_shares(way, known, query), region, inverted=inverted
    )
    return Verified(tuple(float(x) for x in way), mirrored, inverted, inliers, score, *boxes, seen)  # type: ignore[arg-type] # six of them


def _pairs(
    asked: Points, target: Points
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Return the places of pairs of which each is the other's nearest, the nearest pairs first, and their bits."""
    best, distance, back = pairs.nearest(asked.words, target.words)
    rows = np.flatnonzero((distance <= MOST_BITS) & (back[best] == np.arange(len(best))))
    rows = rows[np.argsort(distance[rows], kind="stable")]
    return target.places[best[rows]], asked.places[rows], distance[rows]


def _boxes(
    known_places: npt.NDArray[np.float32],
    query_places: npt.NDArray[np.float32],
    known: Local,
    query: Local,
    *,
    mirrored: bool,
) -> tuple[Box, Box]:
    """Return the smallest boxes around the agreeing points, the query's first."""
    asked = query_places.copy()
    if mirrored:
        asked[:, 0] = query.width - 1 - asked[:, 0]
    return _box(asked, query), _box(known_places, known)


def _box(places: npt.NDArray[np.float32], local: Local) -> Box:
    sides = np.array([local.width, local.height])
    low = np.clip(places[:, :2].min(axis=0) / sides, 0, 1)
    high = np.clip(places[:, :2].max(axis=0) / sides, 0, 1)
    return Box(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))


def _region(places: npt.NDArray[np.float32], known: Local) -> Map:
    box = _box(places, known)
    return np.array([box.left, box.top, box.left + box.width, box.top + box.height])


def _thumb(query: Local, *, mirrored: bool) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(query.thumb[:, ::-1]) if mirrored else np.ascontiguousarray(query.thumb)


def _in_shares(way: Map, known: Local, query: Local) -> Map:
    """Return the map between shares of the pictures' sides rather than pixels."""
    w, h = query.width, query.height
    return np.array([
        way[0] * known.width / w, way[1] * known.height / w, way[2] / w,
        way[3] * known.width / h, way[4] * known.height / h, way[5] / h,
    ])  # fmt: skip
