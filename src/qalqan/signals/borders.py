"""Where a picture's content lies inside bars, frames, captions and blurred margins that were put round it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
Shares = npt.NDArray[np.float64]

SIDE = 640
"""Of larger pictures every second, third, … pixel is looked at, so that at least so many are on the long side."""
SAMPLES = 256
"""So many pixels of a line are looked at, evenly spread."""
TOLERANCE = 12
"""Levels of grey by which compression may change a plain border."""
PLAIN = 0.985
"""Share of a line's pixels that have the border's colour where the line is plain."""
CAPTIONED = 0.25
"""The same where letters stand on it; nearer to the content there must be a plain line again."""
CONTENT = 0.7
"""A border ends where fewer than this share of a line's pixels still have its colour: content has a straight edge."""
EDGE = 10
"""Lines within which a border must end: compression in blocks of 8 by 8, and resizing, blur its end."""
LEAST_BORDER = 0.02
"""Narrower borders in all, as a share of the side, are left: PDQ bears them."""
LEAST_CONTENT = 0.2
"""Of each side. What is left of less is no picture in a border, but a small thing on a plain ground."""
SHORTEST = 32
"""Pixels of a side of content."""
ROUNDS = 4
"""Frames inside frames that are taken off."""
NARROWEST_MARGIN = 0.04
WIDEST_MARGIN = 0.4
"""Blurred margins, as a share of the side, each of the two."""
SOFT = 0.5
"""Blurred margins have at most this share of the content's detail."""
STEP = 4
"""Levels of grey between neighbours that are a step."""
STEPPING = 0.5
"""Blurred margins end where at least this share of a line's pixels step, a quarter of it anywhere within them."""


@dataclass(frozen=True, slots=True)
class Content:
    """Rows `top` up to, not including, `bottom` and columns `left` up to `right`."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, pixels: Luma) -> Luma:
        """Return that part of (height, width) or (height, width, 3) pixels, as a view."""
        return pixels[self.top : self.bottom, self.left : self.right]


def content_box(luma: Luma) -> Content | None:
    """Return where the content of `luma` (height, width) lies, or None where nothing is sure to surround it.

    Each side's border has one colour of its own. It must end in a straight line at which most of the colour stops: so
    an even sky, or a thing on a plain ground, is no border. Before that, two equal margins that are far less sharp
    than what lies between them are taken off: the blurred copy behind a narrow film.
    """
    step = max(1, max(luma.shape) // SIDE)
    coarse = np.ascontiguousarray(luma[::step, ::step])
    whole = Content(0, coarse.shape[0], 0, coarse.shape[1])
    if not _is_picture(whole, whole):
        return None
    inner = _without_plain(coarse, _without_soft(coarse, whole))
    found = _is_picture(inner, whole) and _is_narrower(inner, whole)
    return _enlarged(inner, step, luma.shape[0], luma.shape[1]) if found else None


def _enlarged(box: Content, step: int, height: int, width: int) -> Content:
    return Content(box.top * step, min(box.bottom * step, height), box.left * step, min(box.right * step, width))


def _without_plain(luma: Luma, box: Content) -> Content:
    for _ in range(ROUNDS):
        part = box.of(luma)
        inner = replace(box, top=box.top + _plain_lines(part), bottom=box.bottom - _plain_lines(part[::-1]))
        if not _is_picture(inner, box):
            return box
        # Only now the sides: above and below, their lines ran through another border.
        part = inner.of(luma).T
        inner = replace(inner, left=box.left + _plain_lines(part), right=box.right - _plain_lines(part[::-1]))
        if inner == box or not _is_picture(inner, box):
            return box
        box = inner
    return box


def _plain_lines(lines: Luma) -> int:
    """Return how many of the first `lines` (rows of pixels) are border; none where it is not sure."""
    sampled = lines[:, :: max(1, lines.shape[1] // SAMPLES)]
    colour = int(np.median(sampled[0]))
    if _shares(sampled[:1], colour)[0] < PLAIN:
        return 0
    shares = _shares(sampled, colour)
    covered = np.append(shares < CAPTIONED, True).argmax()
    border = int(np.flatnonzero(shares[:covered] >= PLAIN)[-1]) + 1
    ended = np.flatnonzero(shares[border : border + EDGE] < CONTENT)
    return border + int(ended[0]) if len(ended) else 0


def _shares(lines: Luma, colour: int) -> Shares:
    """Return for each line the share of pixels that have the colour."""
    lowest, highest = max(0, colour - TOLERANCE), min(255, colour + TOLERANCE)
    return np.asarray(((lines >= lowest) & (lines <= highest)).mean(axis=1), np.float64)


def _without_soft(luma: Luma, box: Content) -> Content:
    """Take off two blurred margins of equal width, left and right or above and below."""
    part = box.of(luma)
    across, down = _soft_margin(part.T), _soft_margin(part)
    if across:
        return Content(box.top, box.bottom, box.left + across, box.right - across)
    return Content(box.top + down, box.bottom - down, box.left, box.right)


def _soft_margin(lines: Luma) -> int:
    """Return how many lines at each end are a blurred margin: 0 where none are."""
    sampled = lines[:, :: max(1, lines.shape[1] // SAMPLES)].astype(np.int16)
    count = len(sampled)
    detail = np.abs(np.diff(sampled, axis=1)).mean(axis=1)
    steps = np.append(0.0, (np.abs(np.diff(sampled, axis=0)) > STEP).mean(axis=1))
    least, most = max(4, int(count * NARROWEST_MARGIN)), int(count * WIDEST_MARGIN)
    if most <= least:
        return 0
    edges = np.minimum(steps[least:most], _highest_near(steps)[count - least : count - most : -1])
    margin = least + int(edges.argmax())
    outside = np.r_[0 : margin - 1, count - margin + 2 : count]
    clear = edges.max() >= STEPPING and steps[outside].mean() <= edges.max() / 4
    return margin if clear and detail[outside].mean() <= SOFT * detail[margin : count - margin].mean() else 0


def _highest_near(steps: Shares) -> Shares:
    """Return for each place the most steps there or beside it: margins are equal up to a pixel."""
    padded = np.pad(steps, 1)
    return np.maximum(np.maximum(padded[:-2], padded[2:]), steps)


def _is_picture(inner: Content, outer: Content) -> bool:
    height, width = inner.bottom - inner.top, inner.right - inner.left
    return (
        min(height, width) >= SHORTEST
        and height >= LEAST_CONTENT * (outer.bottom - outer.top)
        and width >= LEAST_CONTENT * (outer.right - outer.left)
    )


def _is_narrower(inner: Content, outer: Content) -> bool:
    height, width = inner.bottom - inner.top, inner.right - inner.left
    return height <= (1 - LEAST_BORDER) * (outer.bottom - outer.top) or width <= (1 - LEAST_BORDER) * (
        outer.right - outer.left
    )
