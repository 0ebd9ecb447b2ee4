"""Films to measure with: known ones, unrelated ones, and unrelated ones that are hard to tell from the known.

Real footage first: clips as `bench.clips` finds them, short ones joined; then pans over photographs. Hard ones: the
same camera later, a shared intro, a still picture.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bench.clips import Clip, gather_clips, unrelated
from bench.corpus import gather, load
from bench.video_edits import RATE, Film

LONGEST = 12.0
"""Seconds of a known film; edits of longer ones would take long to make."""
SHORTEST = 7.0
"""Seconds under which clips are joined with others."""
LONG = 24.0
"""Seconds from which a clip gives a known film and another of the same camera later."""
SMALLEST = 100
"""Pixels; smaller clips show nothing that a person could tell."""
SIDE = 480
PANS = 10
SHARING = 4
"""Known films that begin with the same intro; one more stranger does."""
SAVED = ("-c:v", "libx264", "-preset", "fast", "-crf", "20", "-pix_fmt", "yuv420p", "-threads", "1", "-an")


@dataclass(frozen=True, slots=True)
class Films:
    """Paths and sizes of all films, made once."""

    edited: tuple[Film, ...]
    """Known films that are edited: of real footage as far as there is."""
    known: tuple[Film, ...]
    """All that are banked, the edited ones first."""
    strangers: tuple[Film, ...]
    """Unrelated films, for inserts and for false matches."""
    hard: tuple[Film, ...]
    """Unrelated films that look like known ones."""


def gather_films(folder: Path, edited: int = 16) -> Films:
    """Return the films, rendered into `folder` where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = [one for one in unrelated(gather_clips().videos()) if min(one.width, one.height) >= SMALLEST]
    clips.sort(key=lambda clip: clip.path.name)
    pans = [_pan(folder, number) for number in range(3 * PANS)]
    real, later = _real(folder, clips)
    known_pans, strange_pans = pans[:PANS], pans[PANS:]
    intro = _intro(folder)
    sharing = [_joined(folder, f"shared-{n}", [intro, one]) for n, one in enumerate(known_pans[:SHARING])]
    known = [*real, *sharing, *known_pans[SHARING:]]
    stranger = _joined(folder, "shared-stranger", [intro, strange_pans[0]])
    hard = [*later, stranger, _still(folder, 0), _still(folder, 1)]
    return Films(tuple(known[:edited]), tuple(known), tuple(strange_pans), tuple(hard))


def _real(folder: Path, clips: Sequence[Clip]) -> tuple[list[Film], list[Film]]:
    """Return known films, those of long clips first, and what the long clips' cameras show later."""
    long = [clip for clip in clips if clip.seconds >= LONG]
    usual = [clip for clip in clips if SHORTEST <= clip.seconds < LONG]
    short = [clip for clip in clips if clip.seconds < SHORTEST]
    known = [_part(folder, clip, 0.0, min(LONGEST, 0.45 * clip.seconds)) for clip in long]
    later = [_part(folder, clip, 0.55 * clip.seconds, min(LONGEST, 0.4 * clip.seconds)) for clip in long]
    later += [_part(folder, clip, 0.8 * clip.seconds, LONGEST) for clip in long if clip.seconds > 4 * LONGEST]
    known += [_part(folder, clip, 0.0, min(LONGEST, clip.seconds)) for clip in usual]
    for number in range(0, len(short) - 1, 2):
        pair = [_part(folder, clip, 0.0, clip.seconds) for clip in short[number : number + 2]]
        known.append(_joined(folder, f"pair-{number}", pair))
    return known, later


def _part(folder: Path, clip: Clip, start: float, seconds: float) -> Film:
    path = folder / f"{clip.path.stem}-{start:.0f}.mp4"
    scale = f"scale='if(gt(iw,ih),{SIDE},-2)':'if(gt(iw,ih),-2,{SIDE})',scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1"
    _ffmpeg(path, "-i", str(clip.path), "-ss", f"{start}", "-t", f"{seconds}", "-vf", f"{scale},fps={RATE}")
    return film_of(path)


def _joined(folder: Path, name: str, films: Sequence[Film]) -> Film:
    path = folder / f"{name}.mp4"
    inputs = [argument for film in films for argument in ("-i", str(film.path))]
    same = ";".join(
        f"[{n}:v]scale=480:360:force_original_aspect_ratio=decrease,pad=480:360:-1:-1,setsar=1[v{n}]"
        for n in range(len(films))
    )
    joined = "".join(f"[v{n}]" for n in range(len(films)))
    _ffmpeg(path, *inputs, "-filter_complex", f"{same};{joined}concat=n={len(films)}:v=1[out]", "-map", "[out]")
    return film_of(path)


def _pan(folder: Path, number: int) -> Film:
    """Return fourteen seconds of four photographs that no other pan shows, zoomed into and moved over."""
    path = folder / f"pan-{number}.mp4"
    if not path.exists():
        photos = gather().distractors(1000)
        chosen = [photos[(number * 4 + turn) % len(photos)] for turn in range(4)]
        inputs, steps = [], []
        for turn, photo in enumerate(chosen):
            still = folder / f"pan-{number}-{turn}.jpg"
            load(photo.path, 1200).resize((960, 720)).save(still, quality=90)
            inputs += ["-i", str(still)]
            zoom = ("1.05+0.004*on", "1.5-0.004*on")[turn % 2]
            place = ("x='3*on':y='on'", "x='240-2*on':y='2*on'")[(turn + number) % 2]
            steps.append(
                f"[{turn}:v]zoompan=z='{zoom}':{place}:d={int(3.5 * RATE)}:s=480x360:fps={RATE},setsar=1[v{turn}]"
            )
        graph = ";".join(steps) + ";" + "".join(f"[v{turn}]" for turn in range(4)) + "concat=n=4:v=1[out]"
        _ffmpeg(path, *inputs, "-filter_complex", graph, "-map", "[out]")
    return film_of(path)


def _intro(folder: Path) -> Film:
    """Return four seconds of a drawn title that moves."""
    path = folder / "intro.mp4"
    still = folder / "intro.png"
    image = Image.new("RGB", (960, 720), "midnightblue")
    draw = ImageDraw.Draw(image)
    for ring in range(9):
        draw.ellipse((480 - 50 * ring, 360 - 40 * ring, 480 + 50 * ring, 360 + 30 * ring), outline="gold", width=7)
    draw.text((180, 280), "LAKESIDE NEWS", "white", ImageFont.load_default(80))
    image.save(still)
    zoom = f"zoompan=z='1.6-0.005*on':x='2*on':y='on':d={4 * RATE}:s=480x360:fps={RATE},setsar=1"
    _ffmpeg(path, "-i", str(still), "-vf", zoom)
    return film_of(path)


def _still(folder: Path, number: int) -> Film:
    """Return ten seconds of one frame of a known pan: a picture, not a film, that is known."""
    path = folder / f"still-{number}.mp4"
    frame = f"select='eq(n,{40 + number})',loop=loop=-1:size=1,trim=0:10,fps={RATE},setpts=N/{RATE}/TB"
    _ffmpeg(path, "-i", str(folder / f"pan-{SHARING + number}.mp4"), "-vf", frame, "-t", "10")
    return film_of(path)


@dataclass(frozen=True, slots=True)
class Long:
    """A long film of strangers with excerpts of known ones."""

    path: Path
    seconds: float
    excerpts: tuple[tuple[str, tuple[float, float]], ...]
    """(the known film's name, (start, end)) in seconds of the long film."""


def long_film(films: Films, folder: Path, *, full_hd: bool = False) -> Long:
    """Return some minutes of strangers in a row, with 5, 8 and 10 seconds of three known films among them."""
    path = folder / ("long-full-hd.mp4" if full_hd else "long.mp4")
    size = "1920:1080" if full_hd else "960:540"
    inputs: list[str] = []
    steps: list[str] = []
    excerpts: list[tuple[str, tuple[float, float]]] = []
    now = 0.0
    for place, stranger in enumerate(films.strangers[:18]):
        cut, seconds, source = "null", stranger.seconds, stranger
        if place in (5, 9, 13):
            source = films.edited[place % len(films.edited)]
            seconds = min((5.0, 8.0, 10.0)[(place - 5) // 4], source.seconds)
            cut = f"trim=0:{seconds},setpts=PTS-STARTPTS"
            excerpts.append((source.path.stem, (now, now + seconds)))
        inputs += ["-i", str(source.path)]
        shape = f"scale={size}:force_original_aspect_ratio=decrease,pad={size}:-1:-1,setsar=1,fps={RATE}"
        steps.append(f"[{place}:v]{cut},{shape}[v{place}]")
        now += seconds
    graph = ";".join(steps) + ";" + "".join(f"[v{n}]" for n in range(len(steps))) + f"concat=n={len(steps)}:v=1[out]"
    _ffmpeg(path, *inputs, "-filter_complex", graph, "-map", "[out]", "-t", f"{60 if full_hd else now}")
    return Long(path, min(now, 60) if full_hd else now, tuple(excerpts))


def film_of(path: Path) -> Film:
    """Return the facts of a film file."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return Film(path, (container.duration or 0) / 1e6, stream.width, stream.height)


def _ffmpeg(path: Path, *arguments: str) -> None:
    if path.exists():
        return
    unfinished = path.with_name("unfinished." + path.name)
    command = ["ffmpeg", "-v", "error", "-y", "-nostdin", *arguments, *SAVED, str(unfinished)]
    subprocess.run(command, check=True, capture_output=True)
    unfinished.rename(path)
