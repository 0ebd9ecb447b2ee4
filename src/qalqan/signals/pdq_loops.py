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
"""Rows of pixels, and averages, that are summed side by side; tables of weights are a multiple of it wide."""
RGB = (np.float32(0.299), np.float32(0.587), np.float32(0.114))
"""How much red, green and blue are in luma (ITU-R BT.601)."""


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
def averages(pixels: Bytes, stride: int, rows: Table, columns: Table, sums: Floats, out: Floats) -> None:
    """Fill `out` (64, 64) with the averages of a picture whose rows are `stride` bytes apart in flat `pixels`.

    `rows` and `columns` are tables of `tents`. `sums` is working space, one for each byte of a row of pixels, of which
    there are `sums.shape[1]` a pixel: 1 of luma, or 3 of red, green and blue.
    """
    width, channels = sums.shape
    flat = sums.reshape(width * channels)
    for place in range(SIDE):
        _sum_rows(pixels, stride, rows[0][place], rows[1][place], flat)
        if channels == len(RGB):
            for x in range(width):
                flat[x] = RGB[0] * flat[3 * x] + RGB[1] * flat[3 * x + 1] + RGB[2] * flat[3 * x + 2]
        _sum_columns(flat, columns[0], columns[1], out[place])


@compiled
def _sum_rows(pixels: Bytes, stride: int, start: int, weights: Floats, sums: Floats) -> None:
    """Fill `sums` with the weighted sum of rows of bytes, `AT_ONCE` of them a time: this is where the time goes."""
    width = sums.shape[0]
    sums[:] = 0.0
    for row in range(0, weights.shape[0], AT_ONCE):
        at = (start + row) * stride
        # Slices, since an index that could be negative is one that LLVM does not vectorise.
        one, two = pixels[at : at + width], pixels[at + stride : at + stride + width]
        at += 2 * stride
        three, four = pixels[at : at + width], pixels[at + stride : at + stride + width]
        first, second, third, fourth = weights[row], weights[row + 1], weights[row + 2], weights[row + 3]
        for x in range(width):
            upper = first * np.float32(one[x]) + second * np.float32(two[x])
            sums[x] += upper + (third * np.float32(three[x]) + fourth * np.float32(four[x]))


@compiled
def _sum_columns(sums: Floats, starts: Places, weights: Floats, out: Floats) -> None:
    """Fill the 64 of `out` with weighted sums of neighbours, `AT_ONCE` side by side so that no addition waits."""
    taps = weights.shape[1]
    for place in range(0, SIDE, AT_ONCE):
        one, two = sums[starts[place] :], sums[starts[place + 1] :]
        three, four = sums[starts[place + 2] :], sums[starts[place + 3] :]
        first = second = third = fourth = np.float32(0.0)
        for tap in range(taps):
            first += weights[place, tap] * one[tap]
            second += weights[place + 1, tap] * two[tap]
            third += weights[place + 2, tap] * three[tap]
            fourth += weights[place + 3, tap] * four[tap]
        out[place], out[place + 1], out[place + 2], out[place + 3] = first, second, third, fourth


@compiled
def steps(grey: Floats) -> int:
    """Return the sum of the steps between neighbours of the 64 by 64 averages, each in whole percents of white."""
    total = 0
    for y in range(SIDE):
        for x in range(SIDE - 1):
            total += abs(int((grey[y, x] - grey[y, x + 1]) * np.float32(100.0) / np.float32(255.0)))
            total += abs(int((grey[x, y] - grey[x + 1, y]) * np.float32(100.0) / np.float32(255.0)))
    return total


@compiled
def cosines(grey: Floats, waves: Floats, out: Floats) -> None:
    """Fill `out` (16, 16) with the lowest frequencies of the 64 by 64 averages, the constant ones left out.

    out = D · grey · Dᵀ, `waves` being D (16, 64): the discrete cosine transform's rows 1 to 16.
    """
    lines = np.zeros((waves.shape[0], SIDE), np.float32)
    out[:] = 0.0
    for down in range(waves.shape[0]):
        line, values = lines[down], out[down]
        for y in range(SIDE):
            wave, row = waves[down, y], grey[y]
            for x in range(SIDE):
                line[x] += wave * row[x]
        for across in range(waves.shape[0]):
            total = np.float32(0.0)
            wave_across = waves[across]
            for x in range(SIDE):
                total += line[x] * wave_across[x]
            values[across] = total
