"""Turns a picture so that its lines of text lie level, and draws its letters black on white. Decoding child only."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from qalqan.signals.picture_text.letters_child import Grey, Row, smallest

Matrix = npt.NDArray[np.float64]

READ_HEIGHT = 36.0
"""Pixels: the height of letters that Tesseract reads best."""
SCALES = (0.4, 3.0)
MOST_PIXELS = 12_000_000
MARGIN = 10
WHITE = 255
INKED = 128
POINTS = 6000
"""Pixels of letters that tell the angle; more tell nothing more."""
FEWEST_POINTS = 50
MAIN_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Turned:
    """A picture after a turn and a change of scale, and the way back."""

    grey: Grey
    back: Matrix
    """(2, 3): from its pixels to those of the picture before."""


def drawn(grey: Grey, rows: list[Row]) -> Grey:
    """Return the letters of these rows, black on white, with their dots and accents; nothing of what is behind them."""
    page = np.full(grey.shape, WHITE, np.uint8)
    size = (grey.shape[1], grey.shape[0])
    for row in rows:
        layer = _layer(row)
        if row.level.scale > 1:
            layer = np.asarray(cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        np.minimum(page, layer, out=page)
    return page


def _layer(row: Row) -> Grey:
    """Return one row's letters at its level's size, soft at their edges."""
    level = row.level
    region = np.zeros(level.grey.shape, np.uint8)
    left, top, width, height = row.boxes.T
    margin = np.maximum(6, np.maximum(np.minimum(height, 60), np.minimum(width, 30)) // 2)
    for x0, y0, x1, y1 in np.stack(
        (left - margin, top - margin, left + width + margin, top + height + margin), axis=1
    ).tolist():
        cv2.rectangle(region, (x0, y0), (x1, y1), 1, -1)
    wanted = np.zeros(len(level.stats), bool)
    near = np.unique(level.labels[region > 0])
    size = level.stats[near, 2:4].max(axis=1)
    dots = (size < smallest(level)) & (level.stats[near, 4] >= 3)  # noqa: PLR2004 - fewer pixels are noise
    wanted[near[dots & (np.abs(level.means[near] - row.ink) <= 0.3 * row.contrast)]] = True
    wanted[row.pieces], wanted[0] = True, False
    letters = cv2.dilate(wanted[level.labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    away = np.abs(level.grey.astype(np.float32) - np.float32(row.ink)) * (WHITE / row.contrast)
    return np.where(letters > 0, np.clip(away, 0, WHITE), WHITE).astype(np.uint8)


def angle_of(page: Grey) -> float:
    """Return by how many degrees, from -90 to 90, black letters must be turned counter-clockwise to lie level.

    Of all angles that at which their pixels fall into the fewest lines (projection profile, after Postl, US patent
    4,723,297, long expired). A text on its head lies level too.
    """
    y, x = np.nonzero(page < INKED)
    if len(x) < FEWEST_POINTS:
        return 0.0
    some = np.random.default_rng(0).permutation(len(x))[:POINTS]
    x, y = x[some].astype(np.float32), y[some].astype(np.float32)

    def sharpness(degrees: float) -> float:
        turn = np.deg2rad(degrees)
        across = (y * np.cos(turn) - x * np.sin(turn)) / 2.0
        lines = np.bincount((across - across.min()).astype(np.int64)).astype(np.float64)
        return float(lines @ lines)

    rough = max(np.arange(-90.0, 90.0), key=sharpness)
    return float(max(np.arange(rough - 1.2, rough + 1.25, 0.1), key=sharpness))


def scale_for(rows: list[Row], grey: Grey) -> float:
    """Return by how much a picture should be enlarged so that its usual letters are read well."""
    weights = np.array([len(row.pieces) for row in rows])
    heights = np.repeat([row.height for row in rows], weights)
    scale = float(np.clip(READ_HEIGHT / max(1.0, float(np.median(heights))), *SCALES))
    return min(scale, float(np.sqrt(MOST_PIXELS / grey.size)))


def main_rows(rows: list[Row]) -> list[Row]:
    """Return the rows with most letters, those that hold the greater part of all: they tell how the text lies."""
    ordered = sorted(rows, key=lambda row: -len(row.pieces))
    so_far = np.cumsum([len(row.pieces) for row in ordered])
    return ordered[: int(np.searchsorted(so_far, MAIN_SHARE * so_far[-1])) + 1]


def cropped(picture: Turned, box: tuple[int, int, int, int]) -> Turned:
    """Return the part of a turned picture from left and top to right and bottom."""
    left, top, right, bottom = box
    back = picture.back.copy()
    back[:, 2] += back[:, :2] @ (left, top)
    return Turned(np.ascontiguousarray(picture.grey[top:bottom, left:right]), back)


def letters_box(page: Grey) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom of what is black on a page, with a margin; all of it for a blank page."""
    tall, wide = page.shape
    x, y = np.flatnonzero((page < INKED).any(axis=0)), np.flatnonzero((page < INKED).any(axis=1))
    if not len(x):
        return 0, 0, wide, tall
    margin = int(READ_HEIGHT)
    return (
        max(0, int(x[0]) - margin), max(0, int(y[0]) - margin),
        min(wide, int(x[-1]) + margin), min(tall, int(y[-1]) + margin),
    )  # fmt: skip


def turned(grey: Grey, degrees: float, scale: float, paper: int | None = None) -> Turned:
    """Return a picture turned counter-clockwise about its middle, nothing of it cut off, with `paper` in the corners.

    Without `paper` its borders are drawn out.
    """
    height, width = grey.shape
    turn = np.deg2rad(degrees)
    cos, sin = abs(np.cos(turn)), abs(np.sin(turn))
    wide = int((width * cos + height * sin) * scale) + 2 * MARGIN
    tall = int((width * sin + height * cos) * scale) + 2 * MARGIN
    there = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    there[:, 2] += (wide / 2 - width / 2, tall / 2 - height / 2)
    border = cv2.BORDER_REPLICATE if paper is None else cv2.BORDER_CONSTANT
    made = cv2.warpAffine(grey, there, (wide, tall), flags=cv2.INTER_CUBIC, borderMode=border, borderValue=paper or 0)
    return Turned(np.asarray(made, np.uint8), np.asarray(cv2.invertAffineTransform(there), np.float64))
