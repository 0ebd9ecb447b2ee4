"""Puts lines of words together to paragraphs. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qalqan.signals.picture_text.tesseract_child import Word

Rectangle = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""

LIKE = 1.7
"""How many times as high as another a line of the same paragraph may be."""
APART = 1.0
"""Heights of a line between two lines of one paragraph, at the most."""
MOST_LINES = 2000


def paragraphs_of(lines: Sequence[list[Word]]) -> list[list[Word]]:
    """Return the words of lines that stand under each other, closely and in letters of one size, from top to bottom."""
    placed = sorted(((around(line), line) for line in lines[:MOST_LINES] if line), key=lambda one: one[0][1])
    paragraphs: list[tuple[Rectangle, list[Word]]] = []
    for box, line in placed:
        home = next((at for at, (last, _) in enumerate(paragraphs) if _follows(last, box)), None)
        if home is None:
            paragraphs.append((box, list(line)))
        else:
            paragraphs[home] = (box, [*paragraphs[home][1], *line])
    return [words for _, words in paragraphs]


def around(words: Sequence[Word]) -> Rectangle:
    """Return the rectangle around some words."""
    boxes = np.array([word.box for word in words])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return int(left), int(top), int(right - left), int(bottom - top)


def same_line(one: Sequence[Word], other: Sequence[Word]) -> bool:
    """Say whether two readings are of one line."""
    (_, top, _, height), (_, its_top, _, its_height) = around(one), around(other)
    return 2 * _shared(top, height, its_top, its_height) > min(height, its_height)


def _follows(last: Rectangle, line: Rectangle) -> bool:
    """Say whether a line goes on with a paragraph whose last line is `last`."""
    left, top, width, height = last
    its_left, its_top, its_width, its_height = line
    low, high = sorted((max(height, 1), max(its_height, 1)))
    gap = its_top - (top + height)
    beside = 2 * _shared(left, width, its_left, its_width) >= min(width, its_width)
    return beside and high <= LIKE * low and -low / 2 <= gap <= APART * high


def _shared(start: int, length: int, its_start: int, its_length: int) -> int:
    return min(start + length, its_start + its_length) - max(start, its_start)
