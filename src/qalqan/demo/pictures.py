"""Which scenes are the known pictures, and an endless supply of ordinary ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from qalqan.demo import land, posters, town
from qalqan.demo.canvas import Canvas

Scene = Callable[[Canvas], None]

KNOWN: tuple[tuple[str, Scene, tuple[int, int]], ...] = (
    ("emblem-poster.png", posters.emblem_poster, (960, 720)),
    ("guard-the-reeds.jpg", posters.slogan_poster, (1080, 720)),
    ("stillwater-voice-cover.jpg", posters.night_poster, (1040, 680)),
    ("heron-at-dusk.jpg", land.heron_marsh, (1000, 750)),
    ("sunrise-lake.jpg", land.mountain_lake, (1200, 750)),
    ("regatta-bay.jpg", town.regatta, (960, 640)),
    ("night-skyline.jpg", town.night_city, (1100, 700)),
    ("lighthouse.jpg", town.lighthouse, (900, 680)),
    ("birch-wood.jpg", land.birches, (1000, 667)),
    ("northern-lights.jpg", land.northern_lights, (1000, 640)),
    ("stone-bridge.jpg", town.bridge, (1080, 680)),
    ("balloon-morning.jpg", town.balloons, (960, 700)),
    ("dune-evening.jpg", land.dunes, (960, 640)),
    ("under-the-lake.jpg", land.underwater, (900, 640)),
)
"""File name, scene and size in pixels of each known picture."""

ORDINARY: tuple[Scene, ...] = (
    town.table,
    town.street,
    land.sunflowers,
    town.pitch,
    land.mountain_lake,
    town.window_cat,
    land.terraces,
    posters.timetable,
    town.regatta,
    land.waterfall,
    town.night_city,
    land.heron_marsh,
    town.balloons,
    posters.calendar_card,
    land.birches,
    town.bridge,
    land.dunes,
    town.tiles,
    land.underwater,
    town.lighthouse,
    land.northern_lights,
)
"""Scenes of ordinary pictures: the known ones' motifs too, drawn anew, so that likeness alone proves nothing."""


def draw(scene: Scene, size: tuple[int, int], seed: tuple[int, ...]) -> Image.Image:
    """Return the scene in this size in pixels; the same seed gives the same picture."""
    canvas = Canvas(*size, np.random.default_rng(seed))
    scene(canvas)
    return canvas.done()


def known_picture(seed: int, number: int) -> Image.Image:
    """Return one of the known pictures."""
    _, scene, size = KNOWN[number]
    return draw(scene, size, (seed, 1, number))


def ordinary_picture(seed: int, number: int) -> Image.Image:
    """Return one of any number of ordinary pictures, each another."""
    sizes = ((736, 490), (700, 525), (752, 470), (600, 600), (720, 480))
    return draw(ORDINARY[number % len(ORDINARY)], sizes[number % len(sizes)], (seed, 2, number))
