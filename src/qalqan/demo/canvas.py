"""A drawing surface in fractions of its size, drawn at twice the size and reduced at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]
Floats = NDArray[np.float64]
T = TypeVar("T")

OVER = 2
"""How many times larger than the result everything is drawn, per side."""


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour `share` of the way from `a` to `b`."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def hexes(*codes: str) -> tuple[Colour, ...]:
    """Return colours from `rrggbb` codes."""
    return tuple((int(c[0:2], 16), int(c[2:4], 16), int(c[4:6], 16)) for c in codes)


def rough_line(rng: np.random.Generator, count: int, octaves: int = 6, first: int = 3) -> Floats:
    """Return `count` heights in 0..1 of a fractal line, as of a mountain ridge."""
    at = np.linspace(0, 1, count)
    line = np.zeros(count)
    for octave in range(octaves):
        knots = first * 2**octave + 1
        line += np.interp(at, np.linspace(0, 1, knots), rng.random(knots)) / 1.9**octave
    line -= line.min()
    return np.asarray(line / max(float(line.max()), 1e-9))


def smooth_noise(rng: np.random.Generator, width: int, height: int, stretch: float = 2.5) -> Floats:
    """Return a `(height, width)` cloud-like texture in 0..1, wider than high by `stretch`."""
    total = np.zeros((height, width))
    for octave in range(4):
        rows = 4 * 2**octave
        columns = max(2, round(rows * width / height / stretch))
        small = Image.fromarray(rng.random((rows, columns)).astype(np.float32))
        total += np.asarray(small.resize((width, height), Image.Resampling.BICUBIC)) / 1.8**octave
    total -= total.min()
    return np.asarray(total / total.max())


def curve(a: Point, b: Point, c: Point, d: Point, count: int = 24) -> list[Point]:
    """Return points of a cubic Bézier curve."""
    at = np.linspace(0, 1, count)[:, None]
    points = (1 - at) ** 3 * a + 3 * (1 - at) ** 2 * at * b + 3 * (1 - at) * at**2 * c + at**3 * d
    return [(float(x), float(y)) for x, y in points]


class Canvas:
    """A picture being drawn. x runs 0..1 over the width, y 0..1 over the height; radii are shares of the height."""

    def __init__(self, width: int, height: int, rng: np.random.Generator) -> None:
        self.width, self.height = width * OVER, height * OVER
        self.aspect = width / height
        self.rng = rng
        self.image = Image.new("RGB", (self.width, self.height))
        self.pen = ImageDraw.Draw(self.image)

    def at(self, points: Sequence[Point]) -> list[Point]:
        """Return the pixels of these points."""
        return [(x * self.width, y * self.height) for x, y in points]

    def gradient(self, colours: Sequence[Colour], top: float = 0, bottom: float = 1) -> None:
        """Fill a band across the picture with colours from top to bottom."""
        first, last = round(top * self.height), round(bottom * self.height)
        self.image.paste(
            self._column(colours, last - first).resize((self.width, last - first), Image.Resampling.NEAREST), (0, first)
        )

    @staticmethod
    def _column(colours: Sequence[Colour], height: int) -> Image.Image:
        at = np.linspace(0, len(colours) - 1, max(height, 1))
        channels = [np.interp(at, np.arange(len(colours)), [c[i] for c in colours]) for i in range(3)]
        return Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8)[:, None, :])

    def shape(self, points: Sequence[Point], colour: Colour, fade: Colour | None = None, alpha: float = 1) -> None:
        """Fill a polygon, with `fade` as its colour at the bottom, see-through where `alpha` is below 1."""
        if fade is None and alpha >= 1:
            self.pen.polygon(self.at(points), fill=colour)
            return
        pixels = np.asarray(self.at(points))
        left, top = np.clip(np.floor(pixels.min(axis=0)), 0, (self.width - 1, self.height - 1)).astype(int)
        right, bottom = np.clip(np.ceil(pixels.max(axis=0)), (left + 1, top + 1), (self.width, self.height)).astype(int)
        mask = Image.new("L", (int(right - left), int(bottom - top)))
        ImageDraw.Draw(mask).polygon([(float(x - left), float(y - top)) for x, y in pixels], fill=round(255 * alpha))
        fill = self._column((colour, fade or colour), mask.height).resize(mask.size, Image.Resampling.NEAREST)
        self.image.paste(fill, (int(left), int(top)), mask)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.pen.rectangle((*self.at([(left, top)])[0], *self.at([(right, bottom)])[0]), fill=colour)

    def oval(self, x: float, y: float, wide: float, high: float, colour: Colour, tilt: float = 0) -> None:
        """Fill an ellipse with these half axes (shares of the height), turned by `tilt` radians."""
        turn = np.linspace(0, 2 * np.pi, 72)
        across, down = wide * np.cos(turn), high * np.sin(turn)
        xs = x + (across * np.cos(tilt) - down * np.sin(tilt)) / self.aspect
        ys = y + across * np.sin(tilt) + down * np.cos(tilt)
        self.shape([(float(a), float(b)) for a, b in zip(xs, ys, strict=True)], colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.oval(x, y, radius, radius, colour)

    def stroke(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw a line of this width (share of the height)."""
        pixels = max(1, round(width * self.height))
        self.pen.line(self.at(points), fill=colour, width=pixels, joint="curve")

    def taper(self, points: Sequence[Point], widths: Sequence[float], colour: Colour) -> None:
        """Draw a line whose width runs through `widths` (shares of the height)."""
        path = np.asarray(points) * (self.aspect, 1)
        along = np.gradient(path, axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        half = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
        side = along[:, ::-1] * (-1, 1) * half
        outline = np.concatenate([path + side, (path - side)[::-1]]) / (self.aspect, 1)
        self.shape([(float(x), float(y)) for x, y in outline], colour)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1) -> None:
        """Let light fall off from a point."""
        wide, high = self.width // 8, self.height // 8
        down, across = np.mgrid[0:high, 0:wide]
        far = np.hypot((across / wide - x) * self.aspect, down / high - y) / radius
        self.wash(np.exp(-(far**2) * 2) * strength, colour)

    def wash(self, share: Floats, colour: Colour) -> None:
        """Lay one colour over everything, as strongly as `share` (any size, 0..1) says."""
        mask = Image.fromarray((np.clip(share, 0, 1) * 255).astype(np.uint8))
        self.image.paste(
            colour, (0, 0, self.width, self.height), mask.resize((self.width, self.height), Image.Resampling.BILINEAR)
        )

    def clouds(self, colour: Colour, top: float, bottom: float, amount: float = 0.5, stretch: float = 2.5) -> None:
        """Draw clouds between two heights, `amount` of the sky (0..1) covered."""
        texture = smooth_noise(self.rng, 200, 140, stretch)
        rows = np.linspace(0, 1, 140)[:, None]
        inside = np.clip((rows - top) * 8, 0, 1) * np.clip((bottom - rows) * 8, 0, 1)
        cover = float(np.quantile(texture, 1 - amount))
        self.wash(np.clip((texture - cover) * 5, 0, 0.92) * inside, colour)

    def ridge(self, base: float, rise: float, octaves: int = 6, first: int = 3) -> list[Point]:
        """Return the outline of hills from edge to edge: `rise` high over `base`, closed at the bottom."""
        heights = base - rise * rough_line(self.rng, 160, octaves, first)
        xs = np.linspace(0, 1, 160)
        return [(float(x), float(y)) for x, y in zip(xs, heights, strict=True)] + [(1, 1), (0, 1)]

    def mirror_below(self, line: float, tint: Colour, share: float = 0.35) -> None:
        """Make everything under `line` the water's picture of what stands over it."""
        edge = round(line * self.height)
        depth = self.height - edge
        above = self.image.crop((0, max(0, edge - depth), self.width, edge)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        above = Image.blend(above, Image.new("RGB", above.size, tint), share)
        self.image.paste(self._rippled(above), (0, edge))

    def _rippled(self, image: Image.Image) -> Image.Image:
        pixels = np.asarray(image)
        rows = np.arange(len(pixels))
        shift = (np.sin(rows / 9 + np.sin(rows / 23)) * (2 + rows / 45)).astype(int)
        columns = np.clip(np.arange(image.width)[None, :] + shift[:, None], 0, image.width - 1)
        return Image.fromarray(pixels[rows[:, None], columns])

    def scatter(self, count: int, top: float, bottom: float) -> list[Point]:
        """Return random points between two heights, the lower ones last."""
        xs, ys = self.rng.random(count), top + (bottom - top) * np.sort(self.rng.random(count))
        return [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]

    def pick(self, low: float, high: float) -> float:
        """Return a random number between two others."""
        return float(self.rng.uniform(low, high))

    def chance(self, share: float) -> bool:
        """Return True in this share of all calls."""
        return bool(self.rng.random() < share)

    def choose(self, things: Sequence[T]) -> T:
        """Return one of these."""
        return things[int(self.rng.integers(len(things)))]

    def done(self) -> Image.Image:
        """Return the picture in its real size."""
        return self.image.reduce(OVER)
