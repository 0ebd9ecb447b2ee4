"""Scenes of the open country: lakes, mountains, dunes, woods, fields."""

from __future__ import annotations

import numpy as np

from qalqan.demo import motifs
from qalqan.demo.canvas import Canvas, Colour, curve, hexes, mix

WHITE: Colour = (255, 255, 255)


def _sky(canvas: Canvas, *skies: tuple[Colour, ...]) -> tuple[Colour, ...]:
    colours = canvas.choose(skies)
    canvas.gradient(colours)
    return colours


def mountain_lake(canvas: Canvas) -> None:
    """Draw snowy peaks at sunrise over their reflection."""
    sky = _sky(canvas, hexes("2d3f78", "b06a8c", "ffb877", "ffe0a8"), hexes("3b7fc4", "8fc3ea", "f4e3c3"))
    sun = canvas.pick(0.2, 0.8)
    canvas.glow(sun, 0.42, 0.6, (255, 226, 150), 0.9)
    canvas.disc(sun, 0.42, 0.055, (255, 246, 214))
    canvas.clouds(mix(sky[1], WHITE, 0.6), 0.02, 0.34, 0.3)
    canvas.shape(canvas.ridge(0.6, 0.26, 4), mix(sky[0], sky[-1], 0.45), sky[-1])
    peak, high = canvas.pick(0.25, 0.75), canvas.pick(0.1, 0.2)
    _peak(canvas, peak, high, 0.6, (70, 78, 118))
    _peak(canvas, (peak + 0.38) % 1, high + 0.16, 0.6, (52, 62, 100))
    canvas.shape(canvas.ridge(0.61, 0.07, 7, 9), (32, 52, 66))
    canvas.mirror_below(0.6, (40, 76, 116))
    motifs.wavelets(canvas, 0.63, 0.98, 26, mix(sky[-1], WHITE, 0.3))
    motifs.reeds(canvas, 40, 1.02, 0.26, (70, 104, 64), 0, 0.3)


def _peak(canvas: Canvas, x: float, top: float, foot: float, colour: Colour) -> None:
    wide = (foot - top) * 0.95 / canvas.aspect * 1.4
    canvas.shape([(x, top), (x + wide, foot), (x - wide, foot)], colour, mix(colour, WHITE, 0.25))
    canvas.shape([(x, top), (x + wide, foot), (x + wide * 0.1, foot)], mix(colour, motifs.INK, 0.45))
    snow = (foot - top) * 0.36
    edge = [
        (x + wide * s * snow / (foot - top), top + snow * d)
        for s, d in ((1, 1), (0.5, 0.72), (0.1, 1.1), (-0.4, 0.8), (-1, 1))
    ]
    canvas.shape([(x, top), *edge], (248, 246, 250))
    canvas.shape([(x, top), *edge[:3]], (196, 204, 226))


def heron_marsh(canvas: Canvas) -> None:
    """Draw one large heron among the reeds, the sun behind it."""
    _sky(canvas, hexes("f6d9a6", "f3b489", "d9818a"), hexes("bfe3e8", "e9f2d8", "f5e6b8"))
    x, facing = canvas.pick(0.35, 0.65), 1 if canvas.chance(0.5) else -1
    canvas.disc(x + canvas.pick(-0.2, 0.3) * facing, canvas.pick(0.3, 0.5), canvas.pick(0.18, 0.32), (255, 240, 200))
    canvas.shape(canvas.ridge(0.7, 0.06, 4), (122, 142, 148))
    canvas.gradient(hexes("8fb4bd", "3f7182", "1f4a5c"), 0.68)
    motifs.wavelets(canvas, 0.7, 1, 40, (214, 232, 226))
    canvas.oval(x, 0.93, 0.3, 0.025, (30, 66, 80))
    motifs.heron(canvas, x - 0.05 * facing, 0.92, canvas.pick(0.6, 0.85), (88, 126, 164), facing)
    motifs.reeds(canvas, 46, 1.03, 0.62, (94, 122, 60), 0, 0.26)
    motifs.reeds(canvas, 46, 1.03, 0.5, (94, 122, 60), 0.76, 1)


def dunes(canvas: Canvas) -> None:
    """Draw dunes in low light, lit on one side."""
    _sky(canvas, hexes("26346b", "7d5a91", "ef9a76"), hexes("5aa7d6", "cfe6ee", "fbe8c6"))
    canvas.disc(canvas.pick(0.12, 0.3), canvas.pick(0.14, 0.24), 0.07, (255, 244, 214))
    for step in range(4):
        top = 0.36 + step * 0.16
        crest = canvas.pick(0.25, 0.75)
        lit, dark = mix((246, 200, 128), (214, 128, 70), step / 4), mix((176, 98, 72), (96, 48, 52), step / 4)
        left = curve(
            (0, top + canvas.pick(0.05, 0.16)), (crest * 0.4, top + 0.1), (crest * 0.8, top + 0.02), (crest, top)
        )
        right = curve((crest, top), (crest + 0.1, top + 0.1), (0.9, top + 0.14), (1, top + canvas.pick(0.04, 0.2)))
        canvas.shape([*left, *right, (1, 1), (0, 1)], lit, mix(lit, dark, 0.4))
        shadow = curve((crest, top), (crest - 0.1, top + 0.2), (crest + 0.12, top + 0.3), (crest - 0.06, 1))
        canvas.shape([*shadow, (1, 1), *right[::-1]], dark, mix(dark, lit, 0.3))
    for x, y in canvas.scatter(16, 0.62, 0.98):
        _saxaul(canvas, x, y, 0.04 + (y - 0.55) * 0.32)


def _saxaul(canvas: Canvas, x: float, foot: float, size: float) -> None:
    canvas.oval(x + size * 0.3, foot, size * 0.6, size * 0.08, (84, 48, 50))
    for lean in np.linspace(-0.55, 0.55, 9):
        tip = (x + float(lean) * size / canvas.aspect, foot - size * canvas.pick(0.6, 1))
        canvas.taper(curve((x, foot), (x, foot - size * 0.4), tip, tip, 10), (0.1 * size, 0.02 * size), (72, 92, 62))


def birches(canvas: Canvas) -> None:
    """Draw a birch wood in autumn: white trunks from edge to edge."""
    canvas.gradient(hexes("f8e7a1", "e9b44c", "b5652b", "5b3a29"))
    canvas.clouds((214, 120, 40), -0.1, 0.8, 0.55, 1)
    canvas.clouds((252, 214, 92), -0.1, 0.7, 0.4, 1)
    for depth in range(3):
        for x in np.linspace(0, 1, 9 - 2 * depth) + canvas.pick(-0.06, 0.06):
            _birch(canvas, float(x) + canvas.pick(-0.04, 0.04), 0.72 + depth * 0.13, 0.022 * (depth + 1.2))
    for x, y in canvas.scatter(260, 0.78, 1):
        canvas.oval(x, y, 0.014, 0.006, ((236, 170, 52), (200, 92, 36), (250, 214, 110))[int(x * 300) % 3], x * 6)


def _birch(canvas: Canvas, x: float, foot: float, wide: float) -> None:
    bend = canvas.pick(-0.03, 0.03)
    pale = mix((190, 176, 160), (246, 242, 234), min(1, wide / 0.06))
    trunk = curve((x, foot), (x + bend, foot * 0.6), (x - bend, foot * 0.3), (x + bend, -0.05), 16)
    canvas.taper(trunk, (wide * 1.2, wide * 0.8), pale)
    for px, py in trunk[1::2]:
        mark = wide / canvas.aspect * canvas.pick(0.15, 0.5)
        canvas.taper(
            [(px - mark, py + canvas.pick(-0.03, 0.03)), (px + mark * 0.6, py)], (wide * 0.2, 0.001), (58, 48, 46)
        )


def northern_lights(canvas: Canvas) -> None:
    """Draw green curtains of light over black firs."""
    canvas.gradient(hexes("060b24", "0d2145", "123a55"))
    for x, y in canvas.scatter(120, 0, 0.6):
        canvas.disc(x, y, canvas.pick(0.001, 0.004), (232, 238, 255))
    for tint in hexes("3ff0a0", "8d6bff", "5affd0"):
        canvas.wash(_curtain(canvas), tint)
    canvas.shape(canvas.ridge(0.84, 0.12, 5), (10, 22, 34))
    for x, y in canvas.scatter(26, 0.86, 1.02):
        motifs.pine(canvas, x, y, canvas.pick(0.16, 0.34), (14, 40, 44))


def _curtain(canvas: Canvas) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    down, across = np.mgrid[0:1:140j, 0:1:200j]
    phase, lean = canvas.pick(0, 6), canvas.pick(1.5, 3)
    low = 0.42 + 0.18 * np.sin(across * 4 * lean + phase) + 0.05 * np.sin(across * 23 + phase)
    below = np.where(down > low, np.exp(-(((down - low) / 0.03) ** 2)), np.exp(-(low - down) / 0.22))
    return np.asarray(below * (0.55 + 0.35 * np.sin(across * 60 + phase * 3)) * 0.8)


def sunflowers(canvas: Canvas) -> None:
    """Draw a field of sunflowers under a summer sky."""
    _sky(canvas, hexes("4aa3df", "a9d8f0", "e6f4f4"), hexes("6b8fd6", "e7c6d0", "fbe3b4"))
    canvas.clouds(WHITE, 0.02, 0.32, 0.4)
    canvas.shape(canvas.ridge(0.44, 0.1, 3), (96, 146, 104))
    canvas.gradient(hexes("6f9a3c", "2f5a2a"), 0.42)
    for x, y in canvas.scatter(90, 0.42, 1.04):
        _sunflower(canvas, x, y, 0.012 + 0.13 * (y - 0.4) ** 1.3)


def _sunflower(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.taper([(x, y + radius * 3), (x, y)], (radius * 0.3, radius * 0.2), (58, 104, 44))
    canvas.shape(motifs.star(x, y, 14, radius, radius * 0.6, canvas.aspect), (255, 196, 30))
    canvas.disc(x, y, radius * 0.48, (94, 54, 26))


def terraces(canvas: Canvas) -> None:
    """Draw terraced fields seen from above: stripes of water and green along the slope."""
    colours = hexes("d7ecd0", "8fc27a", "4c8f52", "a6d4d8", "2f6e4a", "e8d98a", "6fae62", "bfe3e0")
    canvas.gradient(hexes("f4f0d8", "cfe6d4"))
    turn, lean = canvas.pick(0, 6), canvas.pick(-0.35, 0.35)
    xs = np.linspace(0, 1, 90)
    for step in range(13):
        y = 0.05 + step * 0.085
        wave = y + lean * (xs - 0.5) + 0.07 * np.sin(xs * 7 + turn + step * 0.55) + 0.025 * np.sin(xs * 17 + step)
        line = [(float(a), float(b)) for a, b in zip(xs, wave, strict=True)]
        canvas.shape([*line, (1, 1.2), (0, 1.2)], colours[step % len(colours)])
        canvas.stroke(line, 0.008, (58, 84, 52))
    for x, y in canvas.scatter(12, 0.2, 1):
        motifs.round_tree(canvas, x, y, canvas.pick(0.06, 0.12), (52, 104, 58))


def waterfall(canvas: Canvas) -> None:
    """Draw water falling between dark cliffs into a pool."""
    canvas.gradient(hexes("bfe6f2", "7fc0cf", "3a7f8c"))
    x, fall = canvas.pick(0.38, 0.62), 0.16
    canvas.shape(_cliff(canvas, x - 0.1, -1), (62, 76, 70), (28, 42, 46))
    canvas.shape(_cliff(canvas, x + 0.1, 1), (78, 92, 78), (30, 46, 48))
    for strand in np.linspace(-0.1, 0.1, 26):
        sway = float(strand) + canvas.pick(-0.01, 0.01)
        white = mix((168, 214, 228), WHITE, canvas.pick(0, 1))
        canvas.taper([(x + sway, 0.14), (x + sway, 0.5), (x + sway * 1.25, 0.86)], (0.012, 0.02, 0.03), white)
    canvas.gradient(hexes("5fb2bd", "1f5d6b"), 0.84)
    canvas.glow(x, 0.86, 0.26, WHITE, 0.95)
    motifs.wavelets(canvas, 0.87, 1, 30, (206, 236, 238))
    for tx, ty in canvas.scatter(14, 0.12, 0.2):
        if abs(tx - x) > fall:
            motifs.pine(canvas, tx, ty, canvas.pick(0.12, 0.24), (36, 84, 62))


def _cliff(canvas: Canvas, edge: float, side: int) -> list[tuple[float, float]]:
    outer = 0.0 if side < 0 else 1.0
    steps = [(edge + side * canvas.pick(0, 0.05), float(y)) for y in np.linspace(0.14, 0.9, 12)]
    return [(outer, 0.1 + canvas.pick(0, 0.08)), (edge, 0.12), *steps, (outer, 0.95)]


def underwater(canvas: Canvas) -> None:
    """Draw fish over weeds in slanting light."""
    canvas.gradient(hexes("7fe0e6", "1f94b8", "0a4a78", "062a4c"))
    for _ in range(6):
        x = canvas.pick(-0.1, 0.9)
        canvas.shape([(x, -0.02), (x + 0.1, -0.02), (x + 0.42, 1), (x + 0.2, 1)], (190, 244, 244), alpha=0.16)
    canvas.shape(canvas.ridge(0.97, 0.1, 4), (190, 168, 112), (120, 98, 70))
    _weeds(canvas)
    for x, y in canvas.scatter(13, 0.12, 0.82):
        tint = canvas.choose(hexes("ff8c42", "ffd166", "ef476f", "f7f7ff"))
        _fish(canvas, x, y, canvas.pick(0.05, 0.14), tint)


def _weeds(canvas: Canvas) -> None:
    for _ in range(34):
        x, tall = canvas.pick(0, 1), canvas.pick(0.12, 0.5)
        sway = canvas.pick(0.02, 0.05)
        stem = curve((x, 1.02), (x - sway, 1 - tall * 0.4), (x + sway * 2, 1 - tall * 0.7), (x, 1 - tall))
        canvas.taper(stem, (0.022, 0.03, 0.004), mix((40, 150, 96), (8, 60, 80), canvas.pick(0, 1)))


def _fish(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    side = size / canvas.aspect
    canvas.shape(
        [(x - side * 0.8, y), (x - side * 1.5, y - size * 0.5), (x - side * 1.5, y + size * 0.5)],
        mix(colour, motifs.INK, 0.25),
    )
    canvas.oval(x, y, size, size * 0.5, colour)
    canvas.shape(
        [(x - side * 0.1, y - size * 0.46), (x + side * 0.1, y - size * 0.46), (x, y + size * 0.46)],
        mix(colour, WHITE, 0.6),
    )
    canvas.disc(x + side * 0.62, y - size * 0.1, size * 0.09, motifs.INK)
