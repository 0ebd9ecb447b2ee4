"""Local features of one picture by SIFT, each cut down to 128 bits. Runs in a decoding child process only.

SIFT: D. Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", IJCV 2004. One bit says whether a
direction in a cell is stronger than the point's median: W. Zhou et al., "Scalar Quantization for Large Scale Image
Search", ACM Multimedia 2012. Bits keep SIFT's layout, so a mirrored or inverted picture's bits are known ones in
another order.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from qalqan.model.local import ANGLE_STEP, MOST_POINTS, PLACE_STEP, POINT, SCALE_STEP, THUMB, Local
from qalqan.signals.local_bursts import repeats

SIDE = 384
"""Pixels of the long side that features are read from; smaller pictures are not enlarged."""
POINTS = 800
"""Points of a picture that is asked about; a known picture keeps the first `model.local.KNOWN_POINTS` of them."""
FEWEST = 8
"""A picture with fewer points has no local features."""
SMALLEST = 24
"""Pixels of a side under which a picture is not looked at: thumbnails, lines, spacers."""

_CONTRASTS = (0.03, 0.01)
"""SIFT's line for a point. The second one where a picture has few over the first: snow, mist, walls."""
_FEW = 250
_SPARE = 1.9
"""So many times as many points are read as are kept, for there must be a choice: letters written all over a picture
have the strongest ones."""
_GRID = 8
_REPEATED = 1.0
"""A point of which there are n more like it counts as 1 / (1 + n times this)."""


def local_of(luma: npt.NDArray[np.uint8], points: int = POINTS) -> str:
    """Return the packed local features of a grey picture `luma` (h, w), upright; "" where there are too few."""
    local = features_of(luma, points)
    return "" if local is None else local.packed()


def features_of(luma: npt.NDArray[np.uint8], points: int = POINTS) -> Local | None:
    """Return up to `points` local features of a grey picture (h, w), or None where there are too few."""
    cv2.setNumThreads(1)
    if min(luma.shape) < SMALLEST:
        return None
    small = _stretched(_reduced(luma))
    places, descriptors = _sift(small, round(points * _SPARE))
    if len(places) < FEWEST:
        return None
    height, width = small.shape
    bits = np.packbits(descriptors > np.median(descriptors, axis=1, keepdims=True), axis=1)
    places[:, 4] /= 1 + _REPEATED * repeats(bits.view("<u8"), places)
    chosen = _spread(places, width, height)[: min(points, MOST_POINTS)]
    thumb = cv2.resize(small, (THUMB, THUMB), interpolation=cv2.INTER_AREA)
    return Local(width, height, _points(places[chosen], bits[chosen], width, height), np.asarray(thumb, np.uint8))


def _sift(small: npt.NDArray[np.uint8], most: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Return x, y, size, angle in degrees and strength of each point (n, 5), and its description (n, 128)."""
    for contrast in _CONTRASTS:
        keypoints, descriptors = cv2.SIFT.create(most, 3, contrast).detectAndCompute(small, None)
        if len(keypoints) >= min(_FEW, most):
            break
    places = np.array([(*k.pt, k.size, k.angle, k.response) for k in keypoints], np.float32).reshape(-1, 5)
    return places, np.zeros((0, 128)) if descriptors is None else np.asarray(descriptors)


def _reduced(luma: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = luma.shape
    factor = SIDE / max(height, width)
    if factor >= 1:
        return np.ascontiguousarray(luma)
    size = (max(SMALLEST, round(width * factor)), max(SMALLEST, round(height * factor)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def _stretched(luma: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Bring pale pictures to full contrast: SIFT drops points by an absolute one."""
    low, high = np.percentile(luma[::4, ::4], (1, 99))
    if high - low < 8:  # noqa: PLR2004 - grey levels: nothing but noise to enlarge
        return luma
    table = np.clip((np.arange(256) - low) * (255.0 / (high - low)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(luma, table), np.uint8)


def _spread(places: npt.NDArray[np.float32], width: int, height: int) -> npt.NDArray[np.intp]:
    """Return the points' order, the most telling first, but each next one of a neighbourhood and of a size later.

    So neither a caption nor one busy corner takes all places, and large things, which survive where the picture
    becomes a small part of another, are among the first.
    """
    columns = (places[:, 0] * (_GRID / width)).astype(np.int64)
    rows = (places[:, 1] * (_GRID / height)).astype(np.int64)
    octaves = np.log2(np.maximum(places[:, 2], 1)).astype(np.int64)
    cells = (octaves * (_GRID + 1) + rows) * (_GRID + 1) + columns
    strongest = np.lexsort((-places[:, 4], cells))
    starts = np.searchsorted(cells[strongest], cells[strongest])
    rank = np.arange(len(cells)) - starts
    weight = places[strongest, 4] / (1 + rank)
    return strongest[np.argsort(-weight, kind="stable")]


def _points(
    places: npt.NDArray[np.float32], bits: npt.NDArray[np.uint8], width: int, height: int
) -> npt.NDArray[np.void]:
    points = np.zeros(len(places), POINT)
    points["x"] = np.clip(np.rint(places[:, 0] / PLACE_STEP), 0, width / PLACE_STEP)
    points["y"] = np.clip(np.rint(places[:, 1] / PLACE_STEP), 0, height / PLACE_STEP)
    points["scale"] = np.clip(np.rint(np.log2(np.maximum(places[:, 2], 1)) / SCALE_STEP), 0, 255)
    points["angle"] = np.rint(np.deg2rad(places[:, 3]) / ANGLE_STEP).astype(np.int64) % 256
    points["bits"] = bits
    return points
