"""The order in which the index keeps a hash's bits: mixed, so that each part of a hash says as much as any other.

Neighbouring bits of PDQ come from neighbouring frequencies and go together; parts made of neighbours have values that
many hashes share, which makes a query's work up to a hundred times longer. Distances do not change with the order.
"""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled
from qalqan.match.radius.arrays import Hashes, Words

ORDER = tuple(sorted(range(256), key=lambda bit: hashlib.sha256(bytes([bit])).digest()))
"""Where each bit comes from. Files hold hashes in this order, so it never changes."""


def permuted(hashes: Hashes) -> Words:
    """Return (n, 4) words, read-only, for (n, 32) bytes. Raises ValueError for another shape or type."""
    if hashes.ndim != 2 or hashes.shape[1] != 32 or hashes.dtype != np.uint8:  # noqa: PLR2004 # rows of 32 bytes
        raise ValueError(f"Hashes are rows of 32 bytes, not {hashes.dtype} of {hashes.shape}.")
    rows = np.ascontiguousarray(hashes).view()
    rows.flags.writeable = False
    words = np.empty((len(rows), 4), np.uint64)
    _permute(rows, _contributions(), words)
    words.flags.writeable = False
    return words


@cache
def _contributions() -> npt.NDArray[np.uint64]:
    """Return (32, 256, 4): the bits that each value of each byte sets in the four words."""
    sets = np.zeros((256, 4), np.uint64)
    for place, bit in enumerate(ORDER):
        sets[bit, place // 64] = np.uint64(1) << np.uint64(63 - place % 64)
    values = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(np.uint64)
    made: npt.NDArray[np.uint64] = np.einsum("vb,pbw->pvw", values, sets.reshape(32, 8, 4))
    made.flags.writeable = False
    return made


@compiled
def _permute(hashes: Hashes, contributions: npt.NDArray[np.uint64], words: Words) -> None:
    for row in range(len(hashes)):
        for word in range(4):
            value = np.uint64(0)
            for byte in range(32):
                value |= contributions[byte, hashes[row, byte], word]
            words[row, word] = value
