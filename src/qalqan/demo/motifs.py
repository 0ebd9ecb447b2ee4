"""What stands in the scenes: herons, reeds, boats, trees, houses, birds."""

from __future__ import annotations

import numpy as np

from qalqan.demo.canvas import Canvas, Colour, Point, curve, mix

INK: Colour = (24, 38, 58)


def heron(canvas: Canvas, x: float, foot: float, size: float, colour: Colour, facing: int = 1) -> None:
    """Draw a standing heron: `size` is its height, `foot` where its feet are. No two stand alike."""
    bent: dict[tuple[float, float], Point] = {}

    def to(dx: float, dy: float) -> Point:
        if (dx, dy) not in bent:
            wide, high = dx + canvas.pick(-0.05, 0.05), dy + canvas.pick(-0.05, 0.05)
            bent[dx, dy] = (x + facing * wide * size / canvas.aspect, foot - high * size)
        return bent[dx, dy]

    dark, light = mix(colour, INK, 0.55), mix(colour, (255, 255, 255), 0.45)
    for leg in (-0.02, 0.05):
        canvas.stroke([to(leg, 0.42), to(leg + 0.02, 0.2), to(leg, 0), to(leg + 0.07, 0)], 0.014 * size, dark)
    body = curve(to(-0.36, 0.3), to(-0.1, 0.62), to(0.16, 0.7), to(0.2, 0.52))
    canvas.shape(body + curve(to(0.2, 0.52), to(0.16, 0.36), to(-0.12, 0.34), to(-0.36, 0.3)), colour)
    canvas.taper(curve(to(-0.36, 0.29), to(-0.16, 0.5), to(0.0, 0.52), to(0.12, 0.5)), (0.01 * size, 0.12 * size), dark)
    neck = curve(to(0.14, 0.52), to(0.42, 0.66), to(0.02, 0.74), to(0.2, 0.93))
    canvas.taper(neck, (0.13 * size, 0.07 * size, 0.055 * size, 0.05 * size), light)
    canvas.oval(*to(0.22, 0.93), 0.06 * size, 0.038 * size, light)
    canvas.taper([to(0.24, 0.94), to(0.5, 0.89)], (0.045 * size, 0.002), (232, 168, 56))
    canvas.taper(curve(to(0.24, 0.97), to(0.14, 0.98), to(0.05, 0.95), to(-0.04, 0.88)), (0.03 * size, 0.004), dark)
    canvas.disc(*to(0.235, 0.94), 0.01 * size, INK)


def flying_heron(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    """Draw a heron on the wing, seen from the side; `size` is the span from wing tip to wing tip."""

    def to(dx: float, dy: float) -> Point:
        return x + dx * size / canvas.aspect, y - dy * size

    dark = mix(colour, INK, 0.5)
    far = curve(to(0.02, 0.02), to(0.1, 0.3), to(0.22, 0.4), to(0.42, 0.42))
    canvas.shape([*far, *curve(to(0.42, 0.42), to(0.24, 0.3), to(0.2, 0.14), to(0.16, 0))], dark)
    canvas.taper([to(-0.46, -0.02), to(-0.12, 0)], (0.015 * size, 0.03 * size), dark)
    canvas.taper(curve(to(-0.2, 0), to(-0.05, 0.06), to(0.1, 0.06), to(0.24, 0.01)), (0.02, 0.13 * size, 0.05), colour)
    canvas.taper(
        curve(to(0.2, 0.0), to(0.36, -0.08), to(0.26, 0.08), to(0.36, 0.07)), (0.07 * size, 0.04 * size), colour
    )
    canvas.taper([to(0.35, 0.08), to(0.52, 0.05)], (0.035 * size, 0.002), (232, 168, 56))
    near = curve(to(-0.1, 0.03), to(-0.22, 0.3), to(-0.34, 0.44), to(-0.5, 0.5))
    canvas.shape([*near, *curve(to(-0.5, 0.5), to(-0.2, 0.42), to(0.1, 0.24), to(0.14, 0.02))], colour)


def reeds(
    canvas: Canvas, count: int, foot: float, height: float, colour: Colour, left: float = 0, right: float = 1
) -> None:
    """Draw a stand of bulrushes."""
    for _ in range(count):
        x, lean, tall = canvas.pick(left, right), canvas.pick(-0.05, 0.05), height * canvas.pick(0.5, 1)
        shade = mix(colour, INK, canvas.pick(0, 0.5))
        stem = curve(
            (x, foot), (x, foot - tall * 0.4), (x + lean * 0.3, foot - tall * 0.8), (x + lean, foot - tall), 10
        )
        canvas.taper(stem, (0.012, 0.004), shade)
        if canvas.chance(0.4):
            canvas.taper(stem[6:9], (0.018, 0.02, 0.016), (106, 70, 42))


def boat(canvas: Canvas, x: float, y: float, size: float, hull: Colour, sail: Colour) -> None:
    """Draw a sailing boat; `y` is its water line, `size` the height of the mast."""

    def to(dx: float, dy: float) -> Point:
        return x + dx * size / canvas.aspect, y - dy * size

    canvas.shape([to(-0.42, 0.14), to(0.5, 0.16), to(0.34, 0), to(-0.3, 0)], hull, mix(hull, INK, 0.5))
    canvas.stroke([to(0, 0.1), to(0, 1)], 0.02 * size, INK)
    canvas.shape(
        [to(0.03, 0.97), *curve(to(0.03, 0.97), to(0.3, 0.6), to(0.42, 0.4), to(0.44, 0.22)), to(0.03, 0.22)], sail
    )
    canvas.shape([to(-0.03, 0.88), to(-0.03, 0.22), to(-0.34, 0.22)], mix(sail, INK, 0.18))


def pine(canvas: Canvas, x: float, foot: float, size: float, colour: Colour) -> None:
    """Draw a fir tree."""
    for tier in range(4):
        top, low = foot - size * (1 - tier * 0.17), foot - size * (0.62 - tier * 0.19)
        wide = size * (0.13 + tier * 0.055) / canvas.aspect
        canvas.shape([(x, top), (x + wide, low), (x - wide, low)], mix(colour, INK, 0.12 * (3 - tier)))
    canvas.box(x - 0.02 * size, foot - 0.06 * size, x + 0.02 * size, foot, (70, 50, 40))


def round_tree(canvas: Canvas, x: float, foot: float, size: float, colour: Colour) -> None:
    """Draw a leafy tree."""
    canvas.taper([(x, foot), (x, foot - size * 0.6)], (0.09 * size, 0.05 * size), (92, 66, 48))
    for _ in range(9):
        dx, dy = canvas.pick(-0.24, 0.24) * size, canvas.pick(0.5, 0.85) * size
        lit = mix(colour, (255, 250, 200), canvas.pick(0, 0.35))
        canvas.disc(x + dx / canvas.aspect, foot - dy, size * canvas.pick(0.12, 0.2), lit)


def house(canvas: Canvas, left: float, foot: float, wide: float, high: float, wall: Colour, roof: Colour) -> None:
    """Draw a small house with a pitched roof, a door and windows."""
    canvas.box(left, foot - high, left + wide, foot, wall)
    eave = wide * 0.1
    canvas.shape(
        [(left - eave, foot - high), (left + wide / 2, foot - high * 1.6), (left + wide + eave, foot - high)], roof
    )
    canvas.box(left + wide * 0.42, foot - high * 0.5, left + wide * 0.6, foot, mix(wall, INK, 0.6))
    for share in (0.12, 0.72):
        canvas.box(
            left + wide * share, foot - high * 0.72, left + wide * (share + 0.17), foot - high * 0.4, (252, 226, 150)
        )


def birds(canvas: Canvas, count: int, x: float, y: float, spread: float, colour: Colour) -> None:
    """Draw a distant flock."""
    for _ in range(count):
        bx, by, span = x + canvas.pick(-1, 1) * spread, y + canvas.pick(-1, 1) * spread * 0.5, canvas.pick(0.015, 0.03)
        dx = span / canvas.aspect
        canvas.stroke([(bx - dx, by - span * 0.5), (bx, by), (bx + dx, by - span * 0.5)], 0.005, colour)


def wavelets(canvas: Canvas, top: float, bottom: float, count: int, colour: Colour) -> None:
    """Draw glints on water, larger towards the viewer."""
    for x, y in canvas.scatter(count, top, bottom):
        near = (y - top) / max(bottom - top, 1e-9)
        long = 0.02 + 0.07 * near
        canvas.taper([(x - long, y), (x, y - 0.002), (x + long, y)], (0.001, 0.004 + 0.006 * near, 0.001), colour)


def star(x: float, y: float, points: int, outer: float, inner: float, aspect: float) -> list[Point]:
    """Return the outline of a star."""
    turn = np.arange(points * 2) * np.pi / points - np.pi / 2
    radius = np.where(np.arange(points * 2) % 2 == 0, outer, inner)
    return [(x + float(r * np.cos(t)) / aspect, y + float(r * np.sin(t))) for r, t in zip(radius, turn, strict=True)]
