"""PDQ hashes from decoded pixels, bit for bit those of the reference wherever a hash says anything. Needs numba.

PDQ: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, 2019. The reference filters
the whole picture twice in both directions and then looks at 64 by 64 places. Both steps are linear: here each of the
64 by 64 is summed up directly, a few rows of bytes at a time, which reads every pixel about once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from qalqan.signals import pdq_loops
from qalqan.signals.pdq_loops import AT_ONCE, SIDE, Table

Pixels = npt.NDArray[np.uint8]
"""(height, width) luma, or (height, width, 3) red, green and blue, in any strides."""

MIRRORED = 5
"""Where the hash of the mirrored picture stands among the eight."""
SHORTEST = 5
"""Pixels of the shortest side that has a hash; the reference gives zeros and quality 0 below that."""
LONGEST = 65_535
"""Pixels of the longest side that is taken."""
WAVES = 16
BITS = WAVES * WAVES
FAINT = 0.02
"""Of the cosines, in levels of grey: a hash whose middle ones are fainter is made of rounding errors."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The size of a picture before its decoder averaged blocks of `block` by `block` pixels into one."""

    height: int
    width: int
    block: int


def hash_plane(pixels: Pixels, whole: Shrunk | None = None) -> tuple[Pixels, int]:
    """Return the hash (32,) uint8, its most significant bit first, and the quality, 0 to 100.

    `whole` says what `pixels` were shrunk from: the hash is then that of the whole picture, within a bit or so.
    A picture that is even, or varies along one side only, has a quality of 0, other than in the reference: there its
    bits are rounding errors. Raises ValueError for arrays of other forms and sides longer than 65,535.
    """
    cosines, quality = _cosines(pixels, whole)
    return _bits(cosines.reshape(1, BITS))[0], quality


def eight_hashes_of(pixels: Pixels, whole: Shrunk | None = None) -> tuple[Pixels, int]:
    """Return the hashes (8, 32) of a picture's eight turns and flips, and its quality, as `hash_plane` does for one.

    Their order: upright; turned counter-clockwise by 90, 180, 270 degrees; flipped top to bottom; flipped left to
    right; flipped over the main diagonal; flipped over the other one. Turning a picture only changes signs and the
    order of its cosines.
    """
    cosines, quality = _cosines(pixels, whole)
    signed = cosines * _SIGNS
    turned = np.where(_TRANSPOSED, signed.transpose(0, 2, 1), signed)
    return _bits(turned.reshape(len(_SIGNS), BITS)), quality


def digits(hashes: Pixels) -> list[str]:
    """Return hashes (n, 32) in the field's text form: 64 hexadecimal digits, most significant bit first."""
    joined = hashes.tobytes().hex()
    return [joined[at : at + BITS // 4] for at in range(0, len(joined), BITS // 4)]


def _cosines(pixels: Pixels, whole: Shrunk | None) -> tuple[npt.NDArray[np.float32], int]:
    _check(pixels, whole)
    height, width = pixels.shape[:2]
    out = np.zeros((WAVES, WAVES), np.float32)
    whole = whole or Shrunk(height, width, 1)
    if min(height, width, whole.height, whole.width) < SHORTEST:
        return out, 0
    rows, columns = _table(whole.height, whole.block), _table(whole.width, whole.block)
    steps = pdq_loops.hashed(_lines(pixels), 1 if pixels.ndim == 2 else 3, rows, columns, _WAVES, out)  # noqa: PLR2004 - see there
    clear = np.count_nonzero(np.abs(out) > FAINT) > BITS // 2
    return out, min(100, steps // 90) if clear else 0


def _check(pixels: Pixels, whole: Shrunk | None) -> None:
    """Refuse whatever the compiled loops would read out of bounds for."""
    colours = pixels.ndim == 3 and pixels.shape[2] == 3  # noqa: PLR2004 - red, green, blue
    if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or colours):  # noqa: PLR2004 - rows and columns
        msg = f"pixels are (height, width) or (height, width, 3) of uint8, not {pixels.shape} of {pixels.dtype}"
        raise ValueError(msg)
    whole = whole or Shrunk(pixels.shape[0], pixels.shape[1], 1)
    if max(whole.height, whole.width) > LONGEST or whole.block < 1:
        msg = f"a picture of {whole.height} by {whole.width} pixels, shrunk {whole.block} times, is not hashed"
        raise ValueError(msg)
    if tuple(pixels.shape[:2]) != (-(-whole.height // whole.block), -(-whole.width // whole.block)):
        msg = f"{pixels.shape[:2]} pixels are not {whole.height} by {whole.width} shrunk {whole.block} times"
        raise ValueError(msg)


def _lines(pixels: Pixels) -> Pixels:
    """Return the rows' bytes as (height, bytes), without a copy where they lie one after the other.

    Read-only, as what comes from Pillow is: for numba that is another type, for which it would compile anew.
    """
    lines = pixels.reshape(len(pixels), -1)
    lines = lines.view() if lines.strides[1] == 1 else np.ascontiguousarray(lines)
    lines.flags.writeable = False
    return lines


@lru_cache(maxsize=64)
def _table(length: int, block: int) -> Table:
    """Return the weights along one side: made once for all pictures, and frames, of one size."""
    window = -(-length // (2 * SIDE))
    given = -(-length // block)
    taps = min(given, -(-(2 * window - 2) // block) + 1)
    starts, weights = np.zeros(SIDE, np.int64), np.zeros((SIDE, -(-taps // AT_ONCE) * AT_ONCE))
    pdq_loops.tents(length, block, starts, weights)
    return starts, weights.astype(np.float32)


def _bits(cosines: npt.NDArray[np.float32]) -> Pixels:
    """Return (n, 32): a bit is set where a cosine is above the middle one, the lower of the two in the middle."""
    middle = np.partition(cosines, BITS // 2 - 1, axis=1)[:, BITS // 2 - 1 : BITS // 2]
    return np.packbits((cosines > middle)[:, ::-1], axis=1)


def _waves() -> npt.NDArray[np.float32]:
    """Return rows 1 to 16 of the discrete cosine transform of 64 values, as columns."""
    number, place = np.arange(1, WAVES + 1)[None, :], np.arange(SIDE)[:, None]
    waves = np.cos(np.pi / (2 * SIDE) * number * (2 * place + 1)) * np.sqrt(2 / SIDE)
    return np.asarray(waves, np.float32)


def _signs() -> npt.NDArray[np.float32]:
    """Return (8, 16, 16): what each turn or flip does to the signs of the upright picture's cosines."""
    odd = np.arange(WAVES) % 2 == 0  # the first row of cosines is the wave of number 1
    down, across = np.where(odd, -1, 1)[:, None], np.where(odd, -1, 1)[None, :]
    none, both = np.ones((WAVES, WAVES)), down * across
    down, across = none * down, none * across
    return np.stack([none, across, both, down, down, across, none, both]).astype(np.float32)


_WAVES = _waves()
_SIGNS = _signs()
_TRANSPOSED = np.array([0, 1, 0, 1, 0, 0, 1, 1], bool)[:, None, None]
