"""Points of a mirrored or colour-inverted picture without reading it again.

SIFT's description of a point survives both as the same numbers in another order. Inverted colours turn every slope
around: the point's own direction turns by half a turn, and its 4 × 4 cells with it. A mirrored picture has the rows
of cells in reverse order, and each direction in a cell is the opposite turn from the point's own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qalqan.model.local import ANGLE_STEP, PLACE_STEP, SCALE_STEP, Local

WAYS = ((False, False), (True, False), (False, True), (True, True))
"""(mirrored, inverted) of each way that a query is tried in."""

_CELLS = 4


class Points(NamedTuple):
    """Points as the loops take them."""

    words: npt.NDArray[np.uint64]
    """(n, 2): 128 bits; the first word holds the upper half of the cells."""
    places: npt.NDArray[np.float32]
    """(n, 4): x and y in pixels, `log2` of the size, angle in radians."""
    width: int
    height: int


def words_of(bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Return (n, 2) words of the n times 16 bytes of `bits`."""
    return np.ascontiguousarray(bits).reshape(-1, 16).view("<u8")


def places_of(points: npt.NDArray[np.void]) -> npt.NDArray[np.float32]:
    """Return (n, 4) places of `POINT`s as in `Points`."""
    places = np.empty((len(points), 4), np.float32)
    places[:, 0] = points["x"] * PLACE_STEP
    places[:, 1] = points["y"] * PLACE_STEP
    places[:, 2] = points["scale"] * SCALE_STEP
    places[:, 3] = points["angle"] * ANGLE_STEP
    return places


def _mirrored_directions() -> npt.NDArray[np.uint8]:
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    return np.packbits(bits[:, (8 - np.arange(8)) % 8], axis=1)[:, 0]


_MIRRORED_DIRECTIONS = _mirrored_directions()


def points_of(local: Local, *, mirrored: bool = False, inverted: bool = False) -> Points:
    """Return the points that the picture would have if it were mirrored left to right, inverted, or both."""
    cells = local.points["bits"].reshape(-1, _CELLS, _CELLS)
    places = places_of(local.points)
    if mirrored:
        cells = _MIRRORED_DIRECTIONS[cells[:, ::-1, :]]
        places[:, 0] = local.width - 1 - places[:, 0]
        places[:, 3] = np.pi - places[:, 3]
    if inverted:
        cells = cells[:, ::-1, ::-1]
        places[:, 3] += np.pi
    return Points(words_of(cells), places, local.width, local.height)
