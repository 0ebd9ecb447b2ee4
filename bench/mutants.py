"""Small media files of many formats, made here, and files broken in the ways that find decoders' mistakes."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, features

from qalqan.model.items import MediaKind

if TYPE_CHECKING:
    import av

FILMS = (
    # name, container, video codec, sound codec
    ("h264.mp4", "mp4", "libx264", "aac"),
    ("mpeg4.mp4", "mp4", "mpeg4", "libmp3lame"),
    ("h264.mkv", "matroska", "libx264", "flac"),
    ("vp8.webm", "webm", "libvpx", "libopus"),
    ("vp9.webm", "webm", "libvpx-vp9", "libopus"),
    ("h265.mov", "mov", "libx265", "aac"),
    ("mpeg4.avi", "avi", "mpeg4", "pcm_s16le"),
    ("flv1.flv", "flv", "flv", "libmp3lame"),
    ("h264.ts", "mpegts", "libx264", "aac"),
    ("mpeg2.mpg", "mpeg", "mpeg2video", "mp2"),
)
SOUNDS = (
    ("pcm.wav", "wav", "pcm_s16le"),
    ("mp3.mp3", "mp3", "libmp3lame"),
    ("opus.ogg", "ogg", "libopus"),
    ("flac.flac", "flac", "flac"),
    ("aac.m4a", "ipod", "aac"),
)
EXTREMES = (0, 1, 2, 7, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
"""What lengths are set to: around what fits into their types."""
HEAD = 96
"""Bytes at the start that count as a header."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A small valid file."""

    name: str
    kind: MediaKind
    content: bytes


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file made of a seed by one way of breaking it."""

    name: str
    """The seed's name behind a number."""
    kind: MediaKind
    way: str
    content: bytes


def mutants(count: int, seed: int = 1) -> Iterator[Mutant]:
    """Yield so many broken files, all formats and all ways in turn; the same for the same numbers."""
    whole = seeds()
    chance = random.Random(seed)
    ways = list(WAYS.items())
    for number in range(count):
        one = whole[number % len(whole)]
        way, change = ways[number // len(whole) % len(ways)]
        content = change(one.content, chance.choice(whole).content, chance)
        yield Mutant(f"{number:05}-{one.name}", one.kind, way, content)


@cache
def seeds() -> tuple[Seed, ...]:
    """Return one valid file of each format that this machine's libraries can write."""
    return (*_pictures(), *_films(), *_sounds())


def _drawn(number: int = 0, size: tuple[int, int] = (96, 72)) -> Image.Image:
    rough = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize(size, Image.Resampling.BICUBIC)


def _pictures() -> Iterator[Seed]:
    view, moving = _drawn(), [_drawn(number) for number in range(1, 4)]
    about = Image.Exif()
    about[0x0112], about[0x010E] = 6, "a view of the lake"
    yield _picture("baseline.jpg", view, "JPEG", quality=80, exif=about)
    yield _picture("progressive.jpg", view, "JPEG", quality=80, progressive=True, optimize=True)
    yield _picture("grey.jpg", view.convert("L"), "JPEG")
    yield _picture("inks.jpg", view.convert("CMYK"), "JPEG")
    yield _picture("colours.png", view, "PNG")
    yield _picture("palette.png", view.convert("P"), "PNG", transparency=3)
    yield _picture("deep.png", Image.fromarray(np.asarray(view.convert("L")).astype(np.uint16) * 257), "PNG")
    yield _picture("moving.png", view, "PNG", save_all=True, append_images=moving)
    yield _picture("moving.gif", view, "GIF", save_all=True, append_images=moving)
    yield _picture("plain.bmp", view, "BMP")
    yield _picture("packed.tiff", view, "TIFF", compression="tiff_lzw")
    yield _picture("many.ico", view, "ICO", sizes=[(16, 16), (64, 64)])
    if features.check("webp"):
        yield _picture("lossy.webp", view, "WEBP", quality=60)
        yield _picture("lossless.webp", view, "WEBP", lossless=True)
        yield _picture("moving.webp", view, "WEBP", save_all=True, append_images=moving)
    if features.check("avif"):
        yield _picture("small.avif", view, "AVIF")
    if features.check("jpg_2000"):
        yield _picture("small.jp2", view, "JPEG2000")


def _picture(name: str, picture: Image.Image, form: str, **options: object) -> Seed:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return Seed(name, MediaKind.PICTURE, out.getvalue())


def _films() -> Iterator[Seed]:
    import av

    for name, container, codec, sound in FILMS:
        try:
            yield Seed(name, MediaKind.VIDEO, _recorded(container, codec, sound))
        except (av.FFmpegError, ValueError):  # this machine's libraries lack an encoder
            continue


def _sounds() -> Iterator[Seed]:
    import av

    for name, container, codec in SOUNDS:
        try:
            yield Seed(name, MediaKind.AUDIO, _recorded(container, None, codec))
        except (av.FFmpegError, ValueError):
            continue


def _recorded(form: str, codec: str | None, sound: str) -> bytes:
    """Return three seconds of a changing view and of a rising tone."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        film = container.add_stream(codec, rate=25) if codec else None
        track = container.add_stream(sound, rate=48_000)
        assert isinstance(track, av.AudioStream)
        track.layout = "mono"
        if film is not None:
            assert isinstance(film, av.VideoStream)
            film.options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
            film.width, film.height, film.pix_fmt, film.gop_size = 96, 72, "yuv420p", 10
            for number in range(75):
                picture = _drawn(number // 25).rotate(number)
                container.mux(film.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
            container.mux(film.encode())
        for frame in _tone():
            container.mux(track.encode(frame))
        container.mux(track.encode())
    return out.getvalue()


def _tone() -> Iterator[av.AudioFrame]:
    import av

    at = np.arange(48_000 * 3) / 48_000
    wave = (8000 * np.sin(2 * np.pi * (300 + 200 * at) * at)).astype(np.int16)
    for start in range(0, len(wave), 960):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 960], format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48_000, start
        yield frame


# The ways: (content, another file's content, chance) → broken content.


def _few_bits(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return _flipped(content, chance.randrange(1, 9), len(content), chance)


def _many_bits(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return _flipped(content, max(len(content) // 50, 20), len(content), chance)


def _head_bits(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return _flipped(content, chance.randrange(1, 6), HEAD, chance)


def _flipped(content: bytes, count: int, within: int, chance: random.Random) -> bytes:
    broken = bytearray(content)
    for _ in range(count):
        broken[chance.randrange(min(within, len(broken)))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _cut(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(1, len(content))]


def _spliced(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """Join one file's start to another's end."""
    return content[: chance.randrange(1, len(content))] + other[chance.randrange(len(other)) :]


def _head_of_another(content: bytes, other: bytes, _: random.Random) -> bytes:
    return other[:HEAD] + content[HEAD:]


def _hole(content: bytes, _: bytes, chance: random.Random) -> bytes:
    """Leave a stretch out, so that every later place is wrong."""
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randrange(1, 400) :]


def _repeated(content: bytes, _: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    end = start + chance.randrange(1, 2000)
    return content[:end] + content[start:end] * chance.randrange(1, 6) + content[end:]


def _blank(content: bytes, _: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    size = min(chance.randrange(1, 400), len(content) - start)
    return content[:start] + chance.choice((b"\0", b"\xff")) * size + content[start + size :]


def _extreme_length(content: bytes, _: bytes, chance: random.Random) -> bytes:
    """Set a length field of the first boxes, chunks or segments to what fits badly."""
    broken = bytearray(content)
    for _number in range(chance.randrange(1, 4)):
        at = chance.choice(_lengths(content))
        broken[at : at + 4] = struct.pack(chance.choice((">I", "<I")), chance.choice(EXTREMES))
    return bytes(broken)


def _swapped_lengths(content: bytes, _: bytes, chance: random.Random) -> bytes:
    """Exchange two length fields."""
    broken = bytearray(content)
    one, other = chance.choice(_lengths(content)), chance.choice(_lengths(content))
    if abs(one - other) >= 4:
        broken[one : one + 4], broken[other : other + 4] = broken[other : other + 4], broken[one : one + 4]
    return _few_bits(content, _, chance) if bytes(broken) == content else bytes(broken)


def _lengths(content: bytes) -> list[int]:
    """Return the places of 32-bit numbers that may well be lengths: in the header, and no larger than the file."""
    places = list(range(0, min(HEAD, len(content) - 4), 4))
    for at in range(HEAD, max(min(len(content) - 4, 6000), HEAD)):
        big, little = struct.unpack_from(">I", content, at)[0], struct.unpack_from("<I", content, at)[0]
        if 0 < min(big, little) <= len(content):
            places.append(at)
    return places


def _trailing(content: bytes, other: bytes, chance: random.Random) -> bytes:
    return content + other + chance.randbytes(chance.randrange(1, 3000))


WAYS: dict[str, Callable[[bytes, bytes, random.Random], bytes]] = {
    "few bits flipped": _few_bits,
    "many bits flipped": _many_bits,
    "header bits flipped": _head_bits,
    "cut off": _cut,
    "spliced with another": _spliced,
    "another's header": _head_of_another,
    "a hole": _hole,
    "a stretch repeated": _repeated,
    "a stretch blanked": _blank,
    "extreme lengths": _extreme_length,
    "lengths exchanged": _swapped_lengths,
    "another file behind": _trailing,
}
