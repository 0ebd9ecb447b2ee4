"""Local features of a picture as a signal's text: points, 128 bits each, and a thumbnail for a second look.

What the text holds, in base64: a header (`_HEAD`: version, sides of the picture the points were read from, their
number), a thumbnail of 32 × 32 grey bytes that fills the picture's whole area, and one `POINT` for each point, the
most telling first. So a prefix of the points is a smaller signal of the same picture.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

POINT = np.dtype([("x", "<u2"), ("y", "<u2"), ("scale", "u1"), ("angle", "u1"), ("bits", "u1", (16,))])
"""One point, 22 bytes. `x` and `y` in 1/32 pixel; `scale`: `log2` of the point's size in pixels, in 1/16; `angle`:
1/256 of a turn, clockwise from the x-axis; `bits`: one byte for each of 4 × 4 cells around it, row by row in the
point's own frame, one bit for each of 8 directions."""

THUMB = 32
"""The thumbnail's sides."""
MOST_POINTS = 1024
LONGEST_SIDE = 1024
KNOWN_POINTS = 320
"""So many points of a known picture are kept: with the thumbnail just under 8 KB."""

PLACE_STEP = 1 / 32
SCALE_STEP = 1 / 16
ANGLE_STEP = 2 * np.pi / 256

_HEAD = struct.Struct("<BHHH")
_VERSION = 1
_BODY = _HEAD.size + THUMB * THUMB
_LONGEST_TEXT = (_BODY + MOST_POINTS * POINT.itemsize + 2) // 3 * 4


@dataclass(frozen=True, slots=True)
class Local:
    """The local features of one picture."""

    width: int
    """Of the picture as the points were read from it, in pixels."""
    height: int
    points: npt.NDArray[np.void]
    """(n,) of `POINT`, the most telling first."""
    thumb: npt.NDArray[np.uint8]
    """(32, 32) grey, the whole picture squeezed into a square."""

    def packed(self) -> str:
        """Return the text that `unpacked` reads."""
        head = _HEAD.pack(_VERSION, self.width, self.height, len(self.points))
        return base64.b64encode(head + self.thumb.tobytes() + self.points.tobytes()).decode("ascii")

    def first(self, count: int) -> Local:
        """Return it with only its `count` most telling points."""
        return Local(self.width, self.height, self.points[:count], self.thumb)


def unpacked(text: str) -> Local:
    """Return the features that `text` holds. Raises ValueError for anything that `Local.packed` would not write."""
    if len(text) > _LONGEST_TEXT:
        raise ValueError("local features: too long")
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("local features: no base64") from error
    if len(raw) < _BODY:
        raise ValueError("local features: too short")
    version, width, height, count = _HEAD.unpack_from(raw)
    if version != _VERSION:
        raise ValueError(f"local features: version {version} is unknown")
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE and count <= MOST_POINTS):
        raise ValueError("local features: sides or number of points out of bounds")
    if len(raw) != _BODY + count * POINT.itemsize:
        raise ValueError("local features: the length does not fit the number of points")
    points = np.frombuffer(raw, POINT, count, _BODY)
    _check_places(points, width, height)
    thumb = np.frombuffer(raw, np.uint8, THUMB * THUMB, _HEAD.size).reshape(THUMB, THUMB)
    return Local(width, height, points, thumb)


def _check_places(points: npt.NDArray[np.void], width: int, height: int) -> None:
    outside = (points["x"] > width / PLACE_STEP) | (points["y"] > height / PLACE_STEP)
    if outside.any():
        raise ValueError("local features: a point outside the picture")
