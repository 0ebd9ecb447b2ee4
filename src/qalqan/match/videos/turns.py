"""A frame's hash turned, mirrored or inverted, without the frame.

A PDQ hash says which of 16 × 16 cosines of a frame are above the middle one. Turning a frame by half changes the signs
of every second cosine, and the middle one lies near 0: so half of the bits change sides, except about six. Flipping
over the diagonal only exchanges rows and columns. In an inverted frame every bit changes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import Hashes
from qalqan.match.transforms import TRANSFORMS

MIRRORED = 5
INVERTED = 8
"""Added to a turn's number where colours are inverted."""

_EVEN = (np.arange(16)[:, None] + np.arange(16)[None, :]) % 2 == 1
_HALF = np.packbits(_EVEN).reshape(1, 32)
FROM_UPRIGHT = (0, 6, 2, 7, INVERTED)
"""The turns that `_five` makes of an upright hash, in its order."""
FROM_MIRRORED = (5, 1, 4, 3, INVERTED + MIRRORED)


def all_turns(upright: Hashes, mirrored: Hashes | None) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Return all hashes of the frames (n, 32) in one array, way by way, and the turns' numbers in that order."""
    if mirrored is None or not len(mirrored):
        return _five(upright), np.array(FROM_UPRIGHT)
    return np.concatenate([_five(upright), _five(mirrored)]), np.array(FROM_UPRIGHT + FROM_MIRRORED)


def turned(upright: Hashes, mirrored: Hashes | None, way: int) -> Hashes:
    """Return the frames' hashes (n, 32) in one way."""
    hashes, ways = all_turns(upright, mirrored)
    (place,) = np.flatnonzero(ways == way) if way in ways else (0,)
    return hashes[place * len(upright) : (place + 1) * len(upright)]


def words(way: int) -> str | None:
    """Return what was done, in the words of people."""
    parts = [TRANSFORMS[way % INVERTED], "colours inverted" if way >= INVERTED else None]
    return ", ".join(part for part in parts if part) or None


def _five(hashes: Hashes) -> Hashes:
    half = hashes ^ _HALF
    return np.concatenate([hashes, _flipped(hashes), half, _flipped(half), ~hashes])


def _flipped(hashes: Hashes) -> Hashes:
    """Exchange rows and columns of the 16 × 16 bits."""
    bits = np.unpackbits(np.ascontiguousarray(hashes), axis=1).reshape(-1, 16, 16)
    return np.packbits(bits.transpose(0, 2, 1).reshape(-1, 256), axis=1)
