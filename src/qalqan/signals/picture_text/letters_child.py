"""Finds what looks like rows of letters in a picture. Runs in a decoding child process only; never import it elsewhere.

Letters of one text have one ink, one contrast with what is around them, and about one height. Leaves, bricks and waves
have none of that. So a picture is cut into pieces by a local threshold, at several sizes and in both polarities, and
pieces that stand together and agree are kept. The method is our own, after connected-component text detection as in
Neumann and Matas, "Real-Time Scene Text Localization and Recognition" (CVPR 2012), without their classifier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEVELS = 5
SMALLEST_SIDE = 64
"""Pixels of a level's longer side: in a smaller one there is nothing to read."""
WINDOW, STEP = 41, 14
"""The local threshold: darker by so much than the mean of so many pixels around."""
LOW, LOW_ABOVE, HIGH, LONGEST = 7, 16, 40, 160
"""Pixels: a letter's larger side at the first level and at the others, its smaller side, and a joined word's length."""
CONTRAST = 18.0
FEWEST = 3
SAME_INK = 24.0
UNEVEN, UNEVEN_CONTRAST, UNEVEN_INK = 0.3, 0.3, 0.12
"""How far letters of one text may differ: in height, in contrast (both relative), in ink (as a share of contrast)."""
MANY, FEW, PLAIN_CONTRAST = 20, 8, 60.0
"""Beside a row of so many letters, one of fewer must have some contrast: it is mostly what lies behind the text."""
COARSE = 4
"""One bit for so many pixels of each side says where letters have been found."""


@dataclass(frozen=True, slots=True)
class Level:
    """A picture at one size, cut into pieces."""

    grey: Grey
    scale: int
    """How many of the whole picture's pixels one pixel's side is."""
    labels: npt.NDArray[np.int32]
    stats: Ints
    """(pieces, 5): left, top, width, height, area; the first is what is in no piece."""
    means: Floats
    spreads: Floats


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces that stand together and agree."""

    level: Level
    pieces: Ints
    """Their numbers within the level."""
    ink: float
    contrast: float

    @property
    def boxes(self) -> Ints:
        """(n, 4): left, top, width, height, in pixels of the level."""
        return self.level.stats[self.pieces, :4]

    @property
    def height(self) -> float:
        """The usual height of its letters in pixels of the whole picture."""
        _, _, width, height = self.boxes.T
        return float(np.median(np.minimum(height, 4 * width)) * self.level.scale)


def rows_of(grey: Grey) -> list[Row]:
    """Return the rows of letters in a picture, none of them where a larger one stands already."""
    found = [row for level in _levels(grey) for row in _rows_at(level)]
    rows = list(_apart(found, (grey.shape[0], grey.shape[1])))
    most = max((len(row.pieces) for row in rows), default=0)
    return [row for row in rows if most < MANY or len(row.pieces) >= FEW or row.contrast >= PLAIN_CONTRAST]


def count(rows: list[Row]) -> int:
    """Return of how many pieces the rows consist."""
    return sum(len(row.pieces) for row in rows)


def _levels(grey: Grey) -> Iterator[Level]:
    """Yield the picture cut into pieces, at ever smaller sizes, dark pieces first, then bright ones."""
    scale = 1
    for _ in range(LEVELS):
        if max(grey.shape) < SMALLEST_SIDE:
            return
        for seen in (grey, cv2.bitwise_not(grey)):
            cut = cv2.adaptiveThreshold(seen, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, WINDOW, STEP)
            number, labels, stats, _ = cv2.connectedComponentsWithStats(cut, connectivity=8)
            where, area = labels.ravel(), np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
            values = grey.ravel().astype(np.float64)
            means = np.bincount(where, values, number) / area
            squares = np.bincount(where, values * values, number) / area
            spreads = np.sqrt(np.maximum(squares - means * means, 0.0))
            yield Level(grey, scale, np.asarray(labels, np.int32), stats.astype(np.int64), means, spreads)
        grey, scale = np.asarray(cv2.pyrDown(grey), np.uint8), scale * 2


def _rows_at(level: Level) -> Iterator[Row]:
    pieces = _of_letters_size(level)
    contrasts = _contrasts(level, pieces)
    clear = (contrasts >= CONTRAST) & (level.spreads[pieces] <= 0.5 * contrasts + 4)
    pieces, contrasts = pieces[clear], contrasts[clear]
    if len(pieces) < FEWEST:
        return
    groups = _groups(level, pieces)
    order = np.argsort(groups, kind="stable")
    edges = np.flatnonzero(np.diff(groups[order])) + 1
    for members in np.split(order, edges):
        for ink in _inks(level.means[pieces[members]]):
            row = _row(level, pieces[members], contrasts[members], ink)
            if row is not None:
                yield row


def smallest(level: Level) -> int:
    """Return how many pixels a letter has at least: smaller ones are dots and accents, or were found a level before."""
    return LOW if level.scale == 1 else LOW_ABOVE


def _of_letters_size(level: Level) -> Ints:
    left, top, width, height, area = level.stats.T
    tall, wide = level.grey.shape
    larger, smaller = np.maximum(width, height), np.minimum(width, height)
    inside = (left > 0) & (top > 0) & (left + width < wide) & (top + height < tall)
    sized = (larger >= smallest(level)) & (smaller <= HIGH) & (larger <= LONGEST)
    solid = (10 * area >= width * height) & (area >= 2 * LOW - 2)
    fits = inside & sized & solid
    fits[0] = False
    return np.flatnonzero(fits)


def _contrasts(level: Level, pieces: Ints) -> Floats:
    """Return by how much each piece differs from what is left of its box and two pixels around."""
    left, top, width, height, area = level.stats[pieces].T
    tall, wide = level.grey.shape
    sums = cv2.integral(level.grey).astype(np.int64)
    x0, y0 = np.maximum(left - 2, 0), np.maximum(top - 2, 0)
    x1, y1 = np.minimum(left + width + 2, wide), np.minimum(top + height + 2, tall)
    box = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
    around = (box - level.means[pieces] * area) / np.maximum((x1 - x0) * (y1 - y0) - area, 1)
    return np.asarray(np.abs(level.means[pieces] - around), np.float64)


def _groups(level: Level, pieces: Ints) -> Ints:
    """Return for each piece the number of the group it stands in: pieces whose widened boxes touch."""
    boxes = level.stats[pieces, :4]
    widened = np.zeros(level.grey.shape, np.uint8)
    left, top, width, height = boxes.T
    margin = (0.6 * np.clip(np.minimum(width, height), 8, 24)).astype(np.int64)
    for x0, y0, x1, y1 in zip(left - margin, top - margin, left + width + margin, top + height + margin, strict=True):
        cv2.rectangle(widened, (int(x0), int(y0)), (int(x1), int(y1)), 255, -1)
    _, labels = cv2.connectedComponents(widened)
    return np.asarray(labels[top + height // 2, left + width // 2], np.int64)


def _inks(inks: Floats) -> list[float]:
    """Return the darkest value of each ink that letters of a group may have: the commonest, the darkest, the brightest.

    Letters over a busy picture stand among its leaves, but few leaves are as white as they.
    """
    ordered = np.sort(inks)
    alike = np.searchsorted(ordered, ordered + SAME_INK, "right") - np.arange(len(ordered))
    found = (ordered[int(alike.argmax())], ordered[0], ordered[-1] - SAME_INK)
    return list(dict.fromkeys(float(one) for one in found))


def _row(level: Level, pieces: Ints, contrasts: Floats, darkest: float) -> Row | None:
    """Return those of a group that have one ink, unless they are too few or too uneven for a text."""
    inks = level.means[pieces]
    same = (inks >= darkest) & (inks <= darkest + SAME_INK)
    if same.sum() < FEWEST:
        return None
    contrast = float(np.median(contrasts[same]))
    same &= (contrasts >= 0.5 * contrast) & (contrasts <= 1.6 * contrast)  # others touch what lies behind them
    pieces, contrasts, inks = pieces[same], contrasts[same], inks[same]
    if len(pieces) < FEWEST:
        return None
    even = np.std(contrasts) <= UNEVEN_CONTRAST * contrast and np.std(inks) <= UNEVEN_INK * contrast
    if not even or _unevenness(level.stats[pieces]) > UNEVEN:
        return None
    return Row(level, pieces, float(np.median(inks)), contrast)


def _unevenness(stats: Ints) -> float:
    """Return how much heights differ, as a share of the usual one; dots and commas, the lower third, do not count."""
    heights = np.sort(np.minimum(stats[:, 3], 3 * stats[:, 2]))
    heights = heights[len(heights) // 3 :]
    usual = float(np.median(heights))
    return float(np.median(np.abs(heights - usual)) / usual)


def _apart(rows: list[Row], shape: tuple[int, int]) -> Iterator[Row]:
    """Yield the rows with most letters first, and of others only what stands elsewhere.

    The same text is found at several sizes, and the holes of letters in the other polarity.
    """
    taken = np.zeros((shape[0] // COARSE + 2, shape[1] // COARSE + 2), np.uint8)
    for row in sorted(rows, key=lambda one: -len(one.pieces)):
        left, top, width, height = (row.boxes * row.level.scale // COARSE).T
        x = np.clip(left + width // 2, 0, taken.shape[1] - 1)
        y = np.clip(top + height // 2, 0, taken.shape[0] - 1)
        free = taken[y, x] == 0
        if free.sum() < FEWEST or 2 * free.sum() < len(free):
            continue
        margin = np.minimum(height, 2 * width) * 2 // 5
        for x0, y0, x1, y1 in np.stack(
            (left - margin, top - margin, left + width + margin, top + height + margin), axis=1
        )[free].tolist():
            cv2.rectangle(taken, (x0, y0), (x1, y1), 1, -1)
        yield replace(row, pieces=row.pieces[free])
