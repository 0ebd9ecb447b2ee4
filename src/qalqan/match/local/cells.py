"""Cells: into which of 65,536 lists a point goes, so that a question reads a few short lists instead of all points.

A product of two small codebooks, the inverted multi-index: A. Babenko and V. Lempitsky, CVPR 2012, here on bits. Each
half of a point's 128 bits is nearest to one of 256 centres of 64 bits. The lower half is turned by half a turn, so that
both halves look alike and share one codebook. `python -m bench.local_trials codebook` made it, from harmless pictures.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled
from qalqan.match.local.pairs import bits_apart

Words = npt.NDArray[np.uint64]
CENTRES = 256
CELLS = CENTRES * CENTRES
NEAR = 4
"""So many centres of each half are combined to find a question's next nearest cells."""


@cache
def codebook() -> Words:
    """Return the centres, (256,) words of 64 bits."""
    raw = files("qalqan.match.local").joinpath("codebook.bin").read_bytes()
    return np.frombuffer(raw, "<u8", CENTRES).copy()


def cells_of(words: Words, probes: int) -> npt.NDArray[np.int32]:
    """Return the `probes` (up to 16) nearest cells of each point, the nearest first: (n, probes)."""
    if not 1 <= probes <= NEAR * NEAR:
        raise ValueError(f"1 to {NEAR * NEAR} cells, not {probes}")
    halves = np.ascontiguousarray(words)
    return _cells(np.ascontiguousarray(halves[:, 0]), halves[:, 1].byteswap(), codebook(), probes)


@compiled
def _nearest_centres(half: np.uint64, book: Words, near: npt.NDArray[np.int32], apart: npt.NDArray[np.int32]) -> None:
    """Write the nearest centres and their distances, sorted, into `near` and `apart`."""
    apart[:] = 65
    last = len(near) - 1
    for c in range(len(book)):
        distance = np.int32(bits_apart(half, book[c]))
        if distance >= apart[last]:
            continue
        at = last
        while at > 0 and apart[at - 1] > distance:
            apart[at], near[at] = apart[at - 1], near[at - 1]
            at -= 1
        apart[at], near[at] = distance, c


@compiled
def _cells(upper: Words, lower: Words, book: Words, probes: int) -> npt.NDArray[np.int32]:
    out = np.empty((len(upper), probes), np.int32)
    a, b = np.zeros(NEAR, np.int32), np.zeros(NEAR, np.int32)
    a_apart, b_apart = np.zeros(NEAR, np.int32), np.zeros(NEAR, np.int32)
    sums = np.zeros(NEAR * NEAR, np.int32)
    for i in range(len(upper)):
        _nearest_centres(upper[i], book, a, a_apart)
        _nearest_centres(lower[i], book, b, b_apart)
        for j in range(NEAR):
            for k in range(NEAR):
                sums[j * NEAR + k] = a_apart[j] + b_apart[k]
        for p in range(probes):
            at = np.argmin(sums)
            out[i, p] = a[at // NEAR] * CENTRES + b[at % NEAR]
            sums[at] = 1000
    return out
