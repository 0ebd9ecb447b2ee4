"""Posters of the invented Blue Heron Front, and ordinary notices that look a little like them."""

from __future__ import annotations

import numpy as np

from qalqan.demo import motifs
from qalqan.demo.canvas import Canvas, Colour, curve, hexes, mix
from qalqan.demo.lettering import write

CREAM: Colour = (250, 243, 224)
BLUE: Colour = (30, 74, 122)


def emblem(canvas: Canvas, x: float, y: float, radius: float, ring: Colour, ground: Colour) -> None:
    """Draw the invented emblem: a heron over three waves in a ring."""
    canvas.disc(x, y, radius, ring)
    canvas.disc(x, y, radius * 0.9, CREAM)
    canvas.disc(x, y, radius * 0.84, ground)
    motifs.heron(canvas, x - radius * 0.02, y + radius * 0.52, radius * 1.2, (214, 230, 242))
    for step in range(3):
        wide = radius * (0.62 - step * 0.1) / canvas.aspect
        level = y + radius * (0.52 + step * 0.1)
        wave = curve((x - wide, level), (x - wide / 2, level - 0.05), (x + wide / 2, level + 0.05), (x + wide, level))
        canvas.taper(wave, (0.002, radius * 0.05, 0.002), CREAM)


def _rays(canvas: Canvas, x: float, y: float, count: int, colours: tuple[Colour, Colour]) -> None:
    turn = np.arange(count + 1) * 2 * np.pi / count
    rim = [(x + 2 * float(np.cos(t)) / canvas.aspect, y + 2 * float(np.sin(t))) for t in turn]
    for index in range(count):
        canvas.shape([(x, y), rim[index], rim[index + 1]], colours[index % 2])


def emblem_poster(canvas: Canvas) -> None:
    """Draw the emblem large in the middle, the group's name under it in three scripts."""
    _rays(canvas, 0.5, 0.42, 28, ((24, 84, 120), (44, 118, 150)))
    emblem(canvas, 0.5, 0.4, 0.32, (222, 170, 66), BLUE)
    canvas.box(0, 0.76, 1, 1, CREAM)
    write(canvas, 0.5, 0.825, 0.085, "BLUE HERON FRONT", BLUE)
    write(canvas, 0.28, 0.925, 0.055, "Фронт синей цапли", (150, 60, 46))
    write(canvas, 0.75, 0.925, 0.06, "جبهة البلشون الأزرق", (150, 60, 46))


def slogan_poster(canvas: Canvas) -> None:
    """Draw diagonal bands, a heron on the wing, and a slogan about reeds."""
    canvas.gradient(hexes("f8f1dd", "f2dcae"))
    for index, colour in enumerate(hexes("c8553d", "e9a23b", "2a6f77", "1d3557")):
        low = 0.58 + index * 0.1
        canvas.shape([(0, low), (1, low - 0.48), (1, low - 0.38), (0, low + 0.1)], colour)
    motifs.flying_heron(canvas, 0.36, 0.36, 0.72, (62, 104, 152))
    write(canvas, 0.71, 0.83, 0.09, "Guard the reeds!", BLUE)
    write(canvas, 0.71, 0.93, 0.06, "Qamishlarni asrang!", (200, 85, 61))


def night_poster(canvas: Canvas) -> None:
    """Draw an upright heron before a great moon, framed like a linocut."""
    canvas.gradient(hexes("10243f", "1b3a5c", "2c5a7a"))
    canvas.disc(0.3, 0.46, 0.36, (246, 226, 160))
    motifs.heron(canvas, 0.26, 0.92, 0.82, (40, 70, 104), 1)
    motifs.reeds(canvas, 50, 1.03, 0.4, (22, 54, 60), 0, 0.6)
    write(canvas, 0.75, 0.3, 0.1, "STILLWATER", CREAM)
    write(canvas, 0.75, 0.42, 0.1, "VOICE", CREAM)
    write(canvas, 0.75, 0.56, 0.06, "Тыныч суунун үнү", (233, 168, 56))
    canvas.stroke([(0.02, 0.03), (0.98, 0.03), (0.98, 0.97), (0.02, 0.97), (0.02, 0.03)], 0.012, (233, 168, 56))


def calendar_card(canvas: Canvas) -> None:
    """Draw an ordinary month's calendar with a few days marked."""
    canvas.gradient(hexes("fdfcf7", "eef2ee"))
    tint = canvas.choose(hexes("3d5a80", "6a994e", "bc4749", "7b5ea7"))
    canvas.box(0, 0, 1, 0.22, tint)
    write(canvas, 0.5, 0.11, 0.11, canvas.choose(("March", "Апрель", "Mai", "Eylül")), CREAM)
    marked = set(canvas.rng.integers(0, 31, 7).tolist())
    for day in range(31):
        x, y = 0.1 + (day % 7) * 0.133, 0.31 + (day // 7) * 0.15
        if day in marked:
            canvas.disc(x, y, 0.06, mix(tint, CREAM, canvas.pick(0.1, 0.6)))
        write(canvas, x, y, 0.055, str(day + 1), motifs.INK)


def timetable(canvas: Canvas) -> None:
    """Draw an ordinary bus timetable on a stop."""
    tint = canvas.choose(hexes("1d6f5f", "264e86", "8a3b4b"))
    canvas.gradient((mix(tint, CREAM, 0.15), mix(tint, motifs.INK, 0.35)))
    canvas.box(0.06, 0.08, 0.94, 0.95, (250, 250, 246))
    canvas.box(0.06, 0.08, 0.94, 0.25, tint)
    canvas.disc(0.16, 0.165, 0.065, (250, 204, 70))
    write(canvas, 0.16, 0.165, 0.075, str(int(canvas.rng.integers(2, 60))), motifs.INK)
    write(
        canvas,
        0.57,
        0.165,
        0.062,
        canvas.choose(("Lakeside – Market", "Ko‘l – Bozor", "Вокзал – Озеро")),
        CREAM,
    )
    for row in range(7):
        y = 0.32 + row * 0.088
        if row % 2:
            canvas.box(0.06, y - 0.044, 0.94, y + 0.044, mix(tint, (255, 255, 255), 0.86))
        write(canvas, 0.13, y, 0.05, f"{6 + row * 2:02d}", tint)
        for column in range(1, int(canvas.rng.integers(4, 8))):
            write(canvas, 0.13 + column * 0.115, y, 0.045, f"{int(canvas.rng.integers(60)):02d}", motifs.INK)
