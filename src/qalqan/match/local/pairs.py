"""Which point of one picture looks like which of another: compiled loops over 128-bit words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled

Words = npt.NDArray[np.uint64]

FAR = 129
"""More than any distance of 128 bits."""


@compiled
def bits_apart(a: np.uint64, b: np.uint64) -> np.uint64:
    """Return in how many of 64 bits two words differ. The compiler knows this form and makes one instruction of it."""
    x = a ^ b
    x -= (x >> np.uint64(1)) & np.uint64(0x5555555555555555)
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (x * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def nearest(query: Words, known: Words) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return for each of `query` (n, 2) the nearest of `known` (m, 2) and its bits apart; for each known its best."""
    n, m = len(query), len(known)
    best = np.full(n, -1, np.int32)
    distance = np.full(n, FAR, np.int32)
    back = np.full(m, -1, np.int32)
    back_distance = np.full(m, FAR, np.int32)
    for i in range(n):
        a, b = query[i, 0], query[i, 1]
        for j in range(m):
            apart = np.int32(bits_apart(a, known[j, 0]) + bits_apart(b, known[j, 1]))
            if apart < distance[i]:
                distance[i] = apart
                best[i] = j
            if apart < back_distance[j]:
                back_distance[j] = apart
                back[j] = i
    return best, distance, back
