"""Scenes with things that people made: boats, towns, bridges, kitchens, pitches."""

from __future__ import annotations

import numpy as np

from qalqan.demo import motifs
from qalqan.demo.canvas import Canvas, Colour, curve, hexes, mix

WHITE: Colour = (255, 255, 255)


def regatta(canvas: Canvas) -> None:
    """Draw sailing boats on a blue bay."""
    canvas.gradient(hexes("3f9be0", "9fd3f2", "e4f3f0"), 0, 0.5)
    canvas.clouds(WHITE, 0.02, 0.4, 0.42)
    canvas.shape(canvas.ridge(0.5, 0.08, 3), (110, 150, 160))
    canvas.gradient(hexes("5cb8c9", "2275a6", "0f3f6e"), 0.48)
    motifs.wavelets(canvas, 0.5, 1, 60, (206, 236, 244))
    sails = hexes("ffffff", "ff6b5b", "ffd23f", "f4f1de", "3ddc97")
    for index, (x, y) in enumerate(canvas.scatter(6, 0.54, 0.95)):
        motifs.boat(canvas, x, y, 0.12 + (y - 0.5) * 1.1, (176, 58, 46), sails[index % 5])
    motifs.birds(canvas, 9, canvas.pick(0.2, 0.8), 0.14, 0.12, (60, 70, 90))


def night_city(canvas: Canvas) -> None:
    """Draw a skyline by night with lit windows and a moon."""
    canvas.gradient(hexes("0b1033", "2b2a6b", "7a4a8f", "f08a6b"))
    moon = canvas.pick(0.15, 0.85)
    canvas.glow(moon, 0.2, 0.3, (190, 200, 255), 0.6)
    canvas.disc(moon, 0.2, 0.08, (252, 246, 220))
    for depth in range(3):
        left = -0.05
        while left < 1:
            wide, top = canvas.pick(0.05, 0.13), canvas.pick(0.2, 0.6) + depth * 0.1
            _tower(canvas, left, top, wide, mix((88, 72, 128), (14, 16, 40), depth / 2))
            left += wide + canvas.pick(0, 0.03)
    canvas.mirror_below(0.88, (20, 22, 60), 0.3)


def _tower(canvas: Canvas, left: float, top: float, wide: float, colour: Colour) -> None:
    canvas.box(left, top, left + wide, 0.9, colour)
    columns = max(2, int(wide / 0.02))
    for row in np.arange(top + 0.03, 0.86, 0.045):
        for column in range(columns):
            if canvas.chance(0.5):
                x = left + wide * (column + 0.25) / columns
                canvas.box(x, float(row), x + wide * 0.5 / columns, float(row) + 0.022, (255, 214, 120))


def lighthouse(canvas: Canvas) -> None:
    """Draw a striped lighthouse with its beam over the sea."""
    skies = (
        hexes("16224f", "3f4f8f", "c9788a", "f7b27a"),
        hexes("0c1a33", "1d4060", "58849a"),
        hexes("5a3d6e", "d77a7d", "ffd6a0"),
    )
    sea = canvas.pick(0.6, 0.76)
    canvas.gradient(canvas.choose(skies), 0, sea + 0.01)
    canvas.clouds((240, 214, 210), 0.1, sea - 0.05, canvas.pick(0.15, 0.4))
    left = canvas.chance(0.5)
    x, side = (canvas.pick(0.18, 0.4), 1) if left else (canvas.pick(0.6, 0.82), -1)
    top, beam = canvas.pick(0.14, 0.34), canvas.pick(-0.2, 0.1)
    canvas.shape([(x, top), (x + side, top + beam), (x + side, top + beam + 0.3)], (255, 240, 180), alpha=0.45)
    canvas.gradient(hexes("3c6a8f", "16304f"), sea)
    motifs.wavelets(canvas, sea + 0.02, 1, 50, (150, 180, 206))
    motifs.boat(canvas, x + side * 0.5, sea + 0.06, canvas.pick(0.1, 0.2), (30, 36, 60), (236, 226, 214))
    hill = canvas.pick(0.62, 0.78)
    canvas.shape(curve((x - 0.34, 1), (x - 0.2, hill), (x + 0.16, hill), (x + 0.36, 1)), (44, 52, 58), (20, 26, 32))
    _light_tower(canvas, x, top, hill + 0.1)


def _light_tower(canvas: Canvas, x: float, top: float, foot: float) -> None:
    canvas.glow(x, top, 0.16, (255, 240, 190), 0.8)
    bands = int(canvas.rng.integers(3, 9))
    colour, step = canvas.choose(hexes("d63a36", "2b5d8a", "2f2f3a")), (foot - top - 0.05) / bands
    slim, spread = canvas.pick(0.03, 0.05), canvas.pick(0.02, 0.06) / bands
    for band in range(bands):
        upper = top + 0.05 + band * step
        wide, wider = slim + band * spread, slim + (band + 1) * spread
        tint = (colour, (250, 246, 240))[band % 2]
        outline = [(x - wide, upper), (x + wide, upper), (x + wider, upper + step), (x - wider, upper + step)]
        canvas.shape(outline, tint)
    canvas.box(x - 0.034, top - 0.04, x + 0.034, top + 0.05, (255, 240, 170))
    canvas.shape([(x - 0.05, top - 0.04), (x, top - 0.13), (x + 0.05, top - 0.04)], mix(colour, motifs.INK, 0.35))


def balloons(canvas: Canvas) -> None:
    """Draw Hot-air balloons over green hills."""
    canvas.gradient(hexes("6fb7e9", "c4e4f2", "fdeccb"))
    canvas.clouds(WHITE, 0.1, 0.6, 0.25)
    for rise in range(3):
        canvas.shape(canvas.ridge(0.78 + rise * 0.09, 0.1, 3), mix((142, 190, 130), (48, 104, 74), rise / 2))
    palettes = (
        hexes("e63946", "f1faee"),
        hexes("ffb703", "fb5607"),
        hexes("3a86ff", "ffbe0b"),
        hexes("8338ec", "ffd6ff"),
    )
    for index, x in enumerate((0.18, 0.42, 0.64, 0.86)):
        size = canvas.pick(0.08, 0.19)
        _balloon(
            canvas, x + canvas.pick(-0.05, 0.05), canvas.pick(0.2, 0.55), size, palettes[(index + int(size * 100)) % 4]
        )


def _balloon(canvas: Canvas, x: float, y: float, size: float, colours: tuple[Colour, ...]) -> None:
    canvas.shape(
        [
            (x - size * 0.6 / canvas.aspect, y + size * 0.7),
            (x + size * 0.6 / canvas.aspect, y + size * 0.7),
            (x, y + size * 1.5),
        ],
        colours[0],
    )
    for index, share in enumerate((1, 0.72, 0.42, 0.14)):
        canvas.oval(x, y, size * share, size, colours[index % 2])
    side = size * 0.14 / canvas.aspect
    canvas.box(x - side, y + size * 1.45, x + side, y + size * 1.68, (120, 78, 44))


def bridge(canvas: Canvas) -> None:
    """Draw a stone bridge of arches over a river in fog."""
    canvas.gradient(hexes("dfe9ee", "c3d3d8", "9fb8bd"))
    canvas.shape(canvas.ridge(0.5, 0.24, 4), (164, 186, 190))
    canvas.shape(canvas.ridge(0.56, 0.18, 5), (128, 158, 150))
    deck, pier = canvas.pick(0.3, 0.48), canvas.pick(0.68, 0.8)
    arches = int(canvas.rng.integers(3, 6))
    canvas.shape([(0, deck), (1, deck), (1, pier), (0, pier)], (150, 122, 98), (112, 88, 74))
    for index in range(arches):
        middle, wide = (index + 0.5 + canvas.pick(-0.08, 0.08)) / arches, canvas.pick(0.26, 0.4) / arches
        bow = deck + canvas.pick(0, 0.12)
        arch = curve((middle - wide, pier), (middle - wide, bow), (middle + wide, bow), (middle + wide, pier))
        canvas.shape(arch, (176, 200, 204), (140, 172, 176))
    canvas.box(0, deck - 0.03, 1, deck + 0.012, (94, 74, 64))
    lamps, high = int(canvas.rng.integers(3, 8)), canvas.pick(0.1, 0.22)
    for number in range(lamps):
        x = (number + 0.5 + canvas.pick(-0.2, 0.2)) / lamps
        canvas.stroke([(x, deck), (x, deck - high)], 0.01, (60, 54, 56))
        canvas.disc(x, deck - high - 0.01, canvas.pick(0.014, 0.028), (255, 232, 160))
    canvas.mirror_below(pier, (84, 120, 128))
    motifs.reeds(canvas, 60, 1.03, 0.22, (92, 120, 74))


def street(canvas: Canvas) -> None:
    """Draw a row of coloured houses with a bus in front."""
    canvas.gradient(hexes("8fd0f0", "e9f5f2"), 0, 0.7)
    canvas.clouds(WHITE, 0, 0.35, 0.35)
    walls = hexes("f4a261", "e9c46a", "8ab6a9", "e76f51", "cdb4db", "90be6d")
    for index in range(6):
        left, high = index * 0.17 - 0.02, canvas.pick(0.22, 0.42)
        wall = walls[(index + int(high * 100)) % 6]
        motifs.house(canvas, left, 0.72, 0.15, high, wall, mix(wall, (110, 40, 40), 0.65))
    canvas.gradient(hexes("b9b6ae", "8f8d88"), 0.7, 0.76)
    canvas.gradient(hexes("5a5d66", "3f424b"), 0.76)
    for x in np.linspace(0, 1, 9):
        canvas.box(float(x), 0.9, float(x) + 0.06, 0.915, (240, 236, 220))
    _bus(canvas, canvas.pick(0.08, 0.5), canvas.choose(hexes("2a9d8f", "d62828", "277da1")))


def _bus(canvas: Canvas, left: float, colour: Colour) -> None:
    canvas.box(left, 0.58, left + 0.38, 0.86, colour)
    canvas.box(left, 0.76, left + 0.38, 0.79, WHITE)
    for index in range(5):
        canvas.box(left + 0.015 + index * 0.074, 0.62, left + 0.075 + index * 0.074, 0.72, (206, 234, 242))
    for share in (0.08, 0.3):
        canvas.disc(left + share, 0.86, 0.05, (34, 34, 40))
        canvas.disc(left + share, 0.86, 0.02, (190, 190, 196))


def pitch(canvas: Canvas) -> None:
    """Draw a football pitch from above, with two teams of dots."""
    stripes = 8 + int(canvas.rng.integers(5))
    for index in range(stripes):
        canvas.box(index / stripes, 0, (index + 1) / stripes, 1, ((62, 142, 76), (82, 166, 92))[index % 2])
    for points in (((0.05, 0.06), (0.95, 0.06), (0.95, 0.94), (0.05, 0.94), (0.05, 0.06)), ((0.5, 0.06), (0.5, 0.94))):
        canvas.stroke(points, 0.008, WHITE)
    for near, far in ((0.05, 0.2), (0.95, 0.8)):
        canvas.stroke([(near, 0.26), (far, 0.26), (far, 0.74), (near, 0.74)], 0.008, WHITE)
    canvas.stroke([*motifs.star(0.5, 0.5, 24, 0.15, 0.15, canvas.aspect), (0.5, 0.35)], 0.008, WHITE)
    for team in hexes("e63946", "fdf0d5"):
        for _ in range(11):
            x, y = canvas.pick(0.08, 0.92), canvas.pick(0.1, 0.9)
            canvas.disc(x + 0.008, y + 0.012, 0.026, (40, 96, 54))
            canvas.disc(x, y, 0.025, team)


def table(canvas: Canvas) -> None:
    """Draw plates of food on a cloth, seen from above."""
    cloths = (hexes("f7ede2", "84a59d"), hexes("fefae0", "d4a373"), hexes("e0fbfc", "3d5a80"))
    ground, line = canvas.choose(cloths)
    canvas.gradient((ground, mix(ground, line, 0.2)))
    for share in np.arange(0.03, 1, 0.08):
        canvas.stroke([(float(share), 0), (float(share), 1)], 0.012, mix(ground, line, 0.4))
        canvas.stroke([(0, float(share)), (1, float(share))], 0.012, mix(ground, line, 0.4))
    for x, y, size in ((0.3, 0.44, 0.3), (0.72, 0.32, 0.2), (0.7, 0.77, 0.19), (0.1, 0.86, 0.12)):
        _plate(canvas, x + canvas.pick(-0.04, 0.04), y + canvas.pick(-0.04, 0.04), size * canvas.pick(0.85, 1.1), line)


def _plate(canvas: Canvas, x: float, y: float, size: float, rim: Colour) -> None:
    canvas.disc(x + 0.012, y + 0.02, size, mix(rim, motifs.INK, 0.4))
    canvas.disc(x, y, size, (250, 248, 244))
    canvas.disc(x, y, size * 0.88, rim)
    canvas.disc(x, y, size * 0.8, (252, 250, 246))
    foods = (
        hexes("f4a300", "e07a1f", "b7410e", "fff1c1"),
        hexes("d62828", "2b9348", "f4f1de"),
        hexes("f1dca7", "997b66", "606c38"),
    )
    colours = canvas.choose(foods)
    for _ in range(70):
        turn, far = canvas.pick(0, 6.28), size * 0.62 * canvas.pick(0, 1) ** 0.6
        tint = canvas.choose(colours)
        canvas.oval(
            x + far * np.cos(turn) / canvas.aspect, y + far * np.sin(turn), size * 0.12, size * 0.06, tint, turn * 3
        )


def tiles(canvas: Canvas) -> None:
    """Draw a wall of painted tiles."""
    palettes = (hexes("12355b", "f6f1e5", "d9a441", "3c91a6"), hexes("6a2c3a", "f7e6d0", "e08e45", "3f7d6e"))
    dark, pale, gold, blue = canvas.choose(palettes)
    canvas.gradient((pale, mix(pale, gold, 0.25)))
    count, points = int(canvas.rng.integers(3, 6)), int(canvas.rng.choice([5, 6, 8, 12]))
    step, inner = 1 / count, canvas.pick(0.35, 0.75)
    for row in range(count):
        for column in range(round(count * canvas.aspect) + 1):
            x, y = (column + 0.5) * step / canvas.aspect, (row + 0.5) * step
            first, second = (dark, blue) if (row + column) % 2 else (blue, gold)
            canvas.shape(motifs.star(x, y, points, step * 0.5, step * 0.5 * inner, canvas.aspect), first)
            canvas.disc(x, y, step * 0.2, pale)
            canvas.shape(motifs.star(x, y, points, step * 0.16, step * 0.06, canvas.aspect), second)


def window_cat(canvas: Canvas) -> None:
    """Draw a cat on a window sill beside a pot plant, rain outside."""
    canvas.gradient(hexes("c98f6b", "a8694f"))
    canvas.box(0.16, 0.06, 0.84, 0.76, (244, 238, 226))
    canvas.box(0.19, 0.1, 0.81, 0.74, (120, 156, 178))
    for share, y in canvas.scatter(90, 0.1, 0.7):
        x = 0.2 + 0.6 * share
        canvas.stroke([(x, y), (x - 0.006, y + 0.035)], 0.004, (206, 226, 236))
    canvas.box(0.49, 0.1, 0.51, 0.74, (244, 238, 226))
    canvas.box(0.08, 0.74, 0.92, 0.82, (232, 220, 200))
    fur = canvas.choose(hexes("3b3b44", "e0913a", "b9b4ad"))
    side = 0.32 if canvas.chance(0.5) else 0.66
    _cat(canvas, side, fur)
    pot = 0.98 - side
    canvas.shape([(pot - 0.06, 0.6), (pot + 0.06, 0.6), (pot + 0.04, 0.76), (pot - 0.04, 0.76)], (190, 84, 52))
    for turn in np.linspace(-1.1, 1.1, 9):
        tip = (pot + 0.2 * float(np.sin(turn)), 0.6 - 0.36 * float(np.cos(turn)) * canvas.pick(0.7, 1))
        canvas.taper(curve((pot, 0.6), (pot, 0.45), tip, tip), (0.03, 0.03, 0.004), (64, 138, 84))


def _cat(canvas: Canvas, x: float, fur: Colour) -> None:
    canvas.taper(curve((x + 0.08, 0.74), (x + 0.22, 0.74), (x + 0.16, 0.96), (x + 0.24, 0.92)), (0.05, 0.03), fur)
    canvas.oval(x, 0.6, 0.13, 0.17, fur)
    canvas.disc(x, 0.4, 0.1, fur)
    for ear in (-1, 1):
        canvas.shape([(x + ear * 0.065, 0.35), (x + ear * 0.055, 0.25), (x + ear * 0.015, 0.32)], fur)
        canvas.oval(x + ear * 0.028, 0.39, 0.018, 0.022, (226, 214, 90))
        canvas.oval(x + ear * 0.028, 0.39, 0.006, 0.019, motifs.INK)
    canvas.disc(x, 0.43, 0.009, (226, 140, 140))
