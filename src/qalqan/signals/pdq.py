"""PDQ hashes in the field's text form. Runs in a decoding child process only.

PDQ: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, 2019.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pdqhash

MIRRORED = 5
"""Where the hash of the mirrored picture stands among the eight."""


def eight_hashes(rgb: npt.NDArray[np.uint8]) -> tuple[list[str], int]:
    """Return the hashes of a picture's eight turns and flips, and its quality (0 to 100).

    `rgb` is (height, width, 3). The hashes are 64 hexadecimal digits, most significant bit first, in the order
    of `pdqhash.compute_dihedral`: upright; turned counter-clockwise by 90, 180, 270 degrees; flipped top to
    bottom; flipped left to right; flipped over the main diagonal; flipped over the other one.
    """
    vectors, quality = pdqhash.compute_dihedral(np.ascontiguousarray(rgb))
    return [_digits(vector) for vector in vectors], int(quality)


def _digits(bits: npt.NDArray[Any]) -> str:
    return np.packbits(bits.astype(np.uint8)).tobytes().hex()
