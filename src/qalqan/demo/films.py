"""Short films: the camera moves over drawn scenes and cuts between them, birds cross, a voice sings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from qalqan.demo import land, town
from qalqan.demo.lettering import stamp
from qalqan.demo.pictures import Scene, draw
from qalqan.demo.voices import RATE, Sound, speak

FPS = 12
SIZE = (352, 198)
"""Width and height in pixels of a film as first published."""
SHOT = 2.0
"""Seconds between two cuts."""


@dataclass(frozen=True)
class Film:
    """A film not yet encoded: what is seen at each moment, and what is heard."""

    seconds: float
    frame: Callable[[float], Image.Image]
    """The picture at a moment in seconds."""
    sound: Sound


@dataclass(frozen=True)
class _Shot:
    backdrop: Image.Image
    start: tuple[float, float, float]
    """Left and top edge (shares of the backdrop) and width of what the camera sees."""
    end: tuple[float, float, float]
    flock: tuple[float, float, float] | None
    """Speed, height and phase of the birds that cross; None where there is no sky."""

    def frame(self, share: float) -> Image.Image:
        left, top, wide = (a + (b - a) * share for a, b in zip(self.start, self.end, strict=True))
        width, height = self.backdrop.size
        high = wide * width * SIZE[1] / SIZE[0]
        x, y = left * (width - wide * width), top * (height - high)
        view = self.backdrop.resize(SIZE, Image.Resampling.BILINEAR, (x, y, x + wide * width, y + high))
        if self.flock is not None:
            _birds(ImageDraw.Draw(view), share, *self.flock)
        return view


def _birds(pen: ImageDraw.ImageDraw, share: float, speed: float, level: float, phase: float) -> None:
    for bird in range(5):
        x = (phase + speed * share + bird * 0.06) % 1.2 * SIZE[0]
        y = (level + 0.04 * abs(bird - 2)) * SIZE[1]
        flap = 5 * np.sin(share * 25 + bird)
        pen.line([(x - 8, y - flap), (x, y), (x + 8, y - flap)], fill=(36, 44, 60), width=2, joint="curve")


_OPEN_SKY = frozenset({land.mountain_lake, land.dunes, land.sunflowers, town.regatta, town.bridge, town.street})


KNOWN_FILMS: tuple[tuple[str, str, tuple[Scene, ...]], ...] = (
    (
        "reedbed-media-01.webm",
        "Reedbed Media",
        (
            land.heron_marsh,
            town.bridge,
            land.mountain_lake,
            town.balloons,
            land.birches,
            town.street,
            land.terraces,
            land.dunes,
        ),
    ),
    (
        "stillwater-voice-call.webm",
        "Stillwater Voice",
        (town.night_city, land.northern_lights, town.lighthouse, town.regatta, land.waterfall, town.tiles),
    ),
    (
        "heron-hour.webm",
        "Heron Hour",
        (land.sunflowers, land.underwater, town.table, land.terraces, town.bridge, land.heron_marsh),
    ),
    (
        "long-shore.webm",
        "Long Shore Press",
        (town.regatta, land.dunes, town.lighthouse, land.birches, land.mountain_lake, town.night_city),
    ),
)
"""File name, the invented outlet whose sign is in the corner, and the scenes, of each known film."""

_ORDINARY: tuple[tuple[Scene, ...], ...] = (
    (town.street, town.window_cat, town.pitch, town.table, land.sunflowers, land.waterfall),
    (land.waterfall, town.regatta, town.tiles, land.birches, town.street),
    (town.table, town.window_cat, town.bridge, land.underwater, land.mountain_lake),
)


def _shots(scenes: tuple[Scene, ...], seed: tuple[int, ...]) -> list[_Shot]:
    rng = np.random.default_rng(seed)
    shots = []
    for index, scene in enumerate(scenes):
        left, top = rng.choice([0.0, 1.0]), rng.uniform(0.2, 0.8)
        near, far = rng.uniform(0.5, 0.62), rng.uniform(0.66, 0.8)
        start, end = (left, top, near), (1 - left, 1 - top, far)
        flock = (float(rng.uniform(0.4, 0.9)), float(rng.uniform(0.1, 0.4)), float(rng.random()))
        backdrop = draw(scene, (500, 332), (*seed, index))
        shots.append(_Shot(backdrop, start, end, flock if scene in _OPEN_SKY else None))
    return shots


def make_film(scenes: tuple[Scene, ...], seed: tuple[int, ...], sign: str = "") -> Film:
    """Return a film of these scenes, `SHOT` seconds each, with a sign in its corner where one is given."""
    shots = _shots(scenes, seed)
    seconds = len(shots) * SHOT
    label = stamp(shots[0].backdrop, sign, 11, (30, 74, 122)) if sign else None

    def frame(at: float) -> Image.Image:
        number = min(int(at / SHOT), len(shots) - 1)
        view = shots[number].frame(at / SHOT - number)
        if label is not None:
            view.paste(label, (SIZE[0] - label.width - 8, SIZE[1] - label.height - 8), label)
        return view

    return Film(seconds, frame, speak(seconds, seed))


def known_film(seed: int, number: int) -> Film:
    """Return one of the known films, before encoding."""
    _, sign, scenes = KNOWN_FILMS[number]
    return make_film(scenes, (seed, 3, number), sign)


def ordinary_film(seed: int, number: int) -> Film:
    """Return one of three ordinary films; the last is 10 seconds long."""
    return make_film(_ORDINARY[number], (seed, 4, number))


def excerpt(film: Film, start: float, end: float) -> Film:
    """Return the part between two moments in seconds."""
    sound = film.sound[round(start * RATE) : round(end * RATE)]
    return Film(end - start, lambda at: film.frame(start + at), sound)


def insert(film: Film, into: Film, at: float) -> Film:
    """Return `into` with the whole of `film` put in at a moment in seconds."""

    def frame(now: float) -> Image.Image:
        if now < at:
            return into.frame(now)
        return film.frame(now - at) if now < at + film.seconds else into.frame(now - film.seconds)

    cut = round(at * RATE)
    sound = np.concatenate([into.sound[:cut], film.sound, into.sound[cut:]])
    return Film(into.seconds + film.seconds, frame, sound)


def mirrored(film: Film) -> Film:
    """Return the film left for right."""
    return replace(film, frame=lambda at: ImageOps.mirror(film.frame(at)))


def encode(film: Film, path: Path, size: tuple[int, int] = SIZE, bit_rate: int = 170_000) -> None:
    """Write the film as WebM (VP8 and Opus), without dates or random marks, so that it is the same each time."""
    with av.open(path, "w", format="webm", options={"fflags": "+bitexact"}) as container:
        video = container.add_stream("libvpx", rate=FPS, options={"deadline": "realtime", "cpu-used": "16", "g": "48"})
        video.width, video.height, video.pix_fmt, video.bit_rate = *size, "yuv420p", bit_rate
        video.codec_context.thread_count = 1
        audio = container.add_stream("libopus", rate=RATE, layout="mono", options={"compression_level": "0"})
        audio.bit_rate = 24_000
        for number in range(round(film.seconds * FPS)):
            picture = film.frame(number / FPS)
            picture = picture if size == SIZE else picture.resize(size)
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(video.encode(frame))
            if number % FPS == 0:
                container.mux(audio.encode(_second(film.sound, number // FPS)))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def _second(sound: Sound, number: int) -> av.AudioFrame:
    piece = sound[number * RATE : (number + 1) * RATE]
    frame = av.AudioFrame.from_ndarray((piece[None] * 32_000).astype(np.int16), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, number * RATE, Fraction(1, RATE)
    return frame
