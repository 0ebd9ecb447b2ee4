"""The compiled part of PDQ: from pixels to 64 by 64 averages, their quality, and 16 by 16 cosines.

Nothing in here checks its arguments: `signals.pdq` does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Table = tuple[Places, Floats]
"""Where each of 64 averages begins, and the weights from there on: (64,) and (64, taps)."""

SIDE = 64
AT_ONCE = 4
"""Rows of pixels, and of averages, that are summed side by side: tables of weights are a multiple of it wide."""
RGB = (np.float32(0.299), np.float32(0.587), np.float32(0.114))
"""How much red, green and blue are in luma (ITU-R BT.601)."""
PERCENT, WHITE = np.float32(100.0), np.float32(255.0)


@compiled
def tents(length: int, block: int, starts: Places, weights: Doubles) -> None:
    """Fill in how much each of 64 averages takes of the pixels along one side of a picture that is `length` long.

    Two box filters in a row, each divided by the pixels that it really covers, looked at in 64 places. `starts` is
    (64,), `weights` (64, taps) of zeros. Where a decoder averaged `block` pixels into one, that one has their weights.
    """
    window = (length + 2 * SIDE - 1) // (2 * SIDE)
    ahead = (window + 2) // 2 - 1
    behind = window - 1 - ahead
    last_start = (length + block - 1) // block - weights.shape[1]
    for out in range(SIDE):
        centre = (2 * out + 1) * length // (2 * SIDE)
        first, last = max(0, centre - behind), min(length - 1, centre + ahead)
        starts[out] = min(max(0, first - behind) // block, last_start)
        for middle in range(first, last + 1):
            left, right = max(0, middle - behind), min(length - 1, middle + ahead)
            share = 1.0 / ((last - first + 1) * (right - left + 1))
            for pixel in range(left, right + 1):
                weights[out, pixel // block - starts[out]] += share


@compiled
def hashed(pixels: Bytes, channels: int, rows: Table, columns: Table, waves: Floats, out: Floats) -> int:
    """Fill `out` (16, 16) with a picture's lowest frequencies and return the sum of its steps.

    `pixels` is (height, width · channels): 1 channel of luma, or 3 of red, green and blue. `rows` and `columns` are
    tables of `tents`. `waves` is (64, 16): the discrete cosine transform's rows 1 to 16.
    """
    grey = np.empty((SIDE, SIDE), np.float32)
    sums = np.empty((AT_ONCE, pixels.shape[1]), np.float32)
    for place in range(0, SIDE, AT_ONCE):
        for row in range(AT_ONCE):
            _sum_rows(pixels, rows[0][place + row], rows[1][place + row], sums[row])
            if channels == len(RGB):
                _mix(sums[row])
        _sum_columns(sums, columns[0], columns[1], grey[place : place + AT_ONCE])
    _cosines(grey, waves, out)
    return _steps(grey)


@compiled
def _sum_rows(pixels: Bytes, start: int, weights: Floats, sums: Floats) -> None:
    """Fill `sums` with the weighted sum of rows of bytes, `AT_ONCE` of them a time: this is where the time goes."""
    sums[:] = 0.0
    for row in range(0, weights.shape[0], AT_ONCE):
        # Whole rows first: LLVM does not vectorise an index that is put together of two.
        one, two = pixels[start + row], pixels[start + row + 1]
        three, four = pixels[start + row + 2], pixels[start + row + 3]
        first, second, third, fourth = weights[row], weights[row + 1], weights[row + 2], weights[row + 3]
        for x in range(sums.shape[0]):
            upper = first * np.float32(one[x]) + second * np.float32(two[x])
            sums[x] += upper + (third * np.float32(three[x]) + fourth * np.float32(four[x]))


@compiled
def _mix(sums: Floats) -> None:
    """Turn a row of red, green, blue, red, … into luma, in its first third."""
    for x in range(sums.shape[0] // len(RGB)):
        sums[x] = RGB[0] * sums[3 * x] + RGB[1] * sums[3 * x + 1] + RGB[2] * sums[3 * x + 2]


@compiled
def _sum_columns(sums: Floats, starts: Places, weights: Floats, out: Floats) -> None:
    """Fill `out` (4, 64) with weighted sums of neighbours in each of four rows: no addition waits for the last one."""
    for place in range(SIDE):
        start, share = starts[place], weights[place]
        one, two, three, four = sums[0, start:], sums[1, start:], sums[2, start:], sums[3, start:]
        first = second = third = fourth = np.float32(0.0)
        for tap in range(share.shape[0]):
            first += share[tap] * one[tap]
            second += share[tap] * two[tap]
            third += share[tap] * three[tap]
            fourth += share[tap] * four[tap]
        out[0, place], out[1, place], out[2, place], out[3, place] = first, second, third, fourth


@compiled
def _cosines(grey: Floats, waves: Floats, out: Floats) -> None:
    """Fill `out` (16, 16): Dᵀ · grey · D, D being `waves`."""
    line = np.empty(SIDE, np.float32)
    for down in range(waves.shape[1]):
        line[:] = 0.0
        for y in range(SIDE):
            wave, row = waves[y, down], grey[y]
            for x in range(SIDE):
                line[x] += wave * row[x]
        values = out[down]
        values[:] = 0.0
        for x in range(SIDE):
            value, wave_row = line[x], waves[x]
            for across in range(waves.shape[1]):
                values[across] += value * wave_row[across]


@compiled
def _steps(grey: Floats) -> int:
    """Return the sum of the steps between neighbours of the 64 by 64 averages, each in whole percents of white."""
    total = 0
    for y in range(SIDE):
        row, below = grey[y], grey[min(y + 1, SIDE - 1)]
        for x in range(SIDE - 1):
            total += abs(int((row[x] - row[x + 1]) * PERCENT / WHITE))
        for x in range(SIDE):
            total += abs(int((row[x] - below[x]) * PERCENT / WHITE))
    return total
