"""How often a point's like stands elsewhere in the same picture: letters, bricks, windows, grids. A compiled loop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled

ALIKE = 24
"""Bits of 128 up to which two points of one picture are of one sort."""
APART = 6.0
"""Pixels within which they are the same spot, seen twice."""


@compiled
def repeats(words: npt.NDArray[np.uint64], places: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return of how many other spots' points each of `words` (n, 2) is the like; `places` (n, ≥ 2) in pixels."""
    count = np.zeros(len(words), np.int64)
    for i in range(len(words)):
        for j in range(i):
            if _apart(words[i, 0], words[j, 0]) + _apart(words[i, 1], words[j, 1]) > ALIKE:
                continue
            if max(abs(places[i, 0] - places[j, 0]), abs(places[i, 1] - places[j, 1])) > APART:
                count[i] += 1
                count[j] += 1
    return count


@compiled
def _apart(a: np.uint64, b: np.uint64) -> np.int64:
    """Return in how many of 64 bits two words differ; the compiler makes one instruction of this form."""
    x = a ^ b
    x -= (x >> np.uint64(1)) & np.uint64(0x5555555555555555)
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))
