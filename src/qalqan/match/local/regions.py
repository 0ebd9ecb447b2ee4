"""Which part of either picture it is, and the look at the thumbnails there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qalqan.match.local import look
from qalqan.model.local import Local
from qalqan.model.parts import Box

Map = npt.NDArray[np.float64]
Places = npt.NDArray[np.float32]

ALIKE = 0.45
"""A median correlation of the thumbnails from which on they are alike."""


class Seen(NamedTuple):
    """What the second look found, and where."""

    box_query: Box
    box_known: Box
    correlation: float | None = None
    quartile: float | None = None


class Pair(NamedTuple):
    """Two pictures, the first one laid over the second by `way`, in pixels."""

    known: Local
    query: Local
    way: Map
    mirrored: bool
    inverted: bool


def seen(pair: Pair, known_places: Places, query_places: Places) -> Seen:
    """Return all that both pictures can share if their thumbnails agree on it, else what the points lie around."""
    whole = _looked(pair, _overlap(pair))
    if whole.correlation is None or whole.correlation < ALIKE:
        whole = _looked(pair, Seen(_around(query_places, pair.query), _around(known_places, pair.known)))
    return whole._replace(box_query=_unmirrored(whole.box_query)) if pair.mirrored else whole


def _overlap(pair: Pair) -> Seen:
    """Return the boxes that each picture's edges leave of the other one."""
    way = _in_shares(pair)
    square = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    linear, shift = way.reshape(2, 3)[:, :2], way.reshape(2, 3)[:, 2]
    forth = square @ linear.T + shift
    back = (square - shift) @ np.linalg.inv(linear).T
    return Seen(_clipped(forth.min(axis=0), forth.max(axis=0)), _clipped(back.min(axis=0), back.max(axis=0)))


def _around(places: Places, local: Local) -> Box:
    sides = np.array([local.width, local.height])
    return _clipped(places[:, :2].min(axis=0) / sides, places[:, :2].max(axis=0) / sides)


def _clipped(low: npt.NDArray[np.floating], high: npt.NDArray[np.floating]) -> Box:
    (left, top), (right, bottom) = np.clip(low, 0, 1).tolist(), np.clip(high, 0, 1).tolist()
    return Box(left, top, right - left, bottom - top)


def _unmirrored(box: Box) -> Box:
    return Box(1 - box.left - box.width, box.top, box.width, box.height)


def _looked(pair: Pair, seen: Seen) -> Seen:
    """Return the boxes with what the thumbnails say there."""
    box = seen.box_known
    thumb = pair.query.thumb[:, ::-1] if pair.mirrored else pair.query.thumb
    median, quartile = look.correlation(
        np.ascontiguousarray(pair.known.thumb),
        np.ascontiguousarray(thumb),
        _in_shares(pair),
        np.array([box.left, box.top, box.left + box.width, box.top + box.height]),
        inverted=pair.inverted,
    )
    return seen._replace(correlation=median, quartile=quartile)


def _in_shares(pair: Pair) -> Map:
    """Return the map between shares of the pictures' sides rather than pixels."""
    way, known, w, h = pair.way, pair.known, pair.query.width, pair.query.height
    return np.array([
        way[0] * known.width / w, way[1] * known.height / w, way[2] / w,
        way[3] * known.width / h, way[4] * known.height / h, way[5] / h,
    ])  # fmt: skip
