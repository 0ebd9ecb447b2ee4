"""Decodes one video. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO, TypedDict

import av
import numpy as np
import numpy.typing as npt
from av.stream import Disposition
from PIL import Image

from qalqan.errors import InputRefused, LimitReached
from qalqan.signals.pdq import MIRRORED, eight_hashes
from qalqan.signals.renditions import CLEAR_SIDE, WirePicture, fitted, renditions

OPENING = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,rm,m4v,h264,hevc",
    "protocol_whitelist": "none",
}
"""Playlists (HLS, DASH, concat) are refused: FFmpeg would open whatever files and addresses they name."""

HASH_SIDE = 512
"""Pixels on the long side of the frame that is hashed."""
PART_SECONDS = 30.0
"""Seconds of video in one part: the time limit of a decoding call holds for each."""
MOST_FRAME_PIXELS = 8192 * 4320
"""Larger frames are not films that people post; sixteen reference frames of them would fill the memory."""
STILLS = 8
USUAL_RATE = 25
FASTEST_RATE = 240

Rgb = npt.NDArray[np.uint8]


class Part(TypedDict):
    """What one part of the stream gives: `lines` of `seconds,quality,hex,hex mirrored`; the last has `pictures`."""

    lines: list[str]
    pictures: list[WirePicture]
    width: int
    height: int
    read_to: float
    """Seconds of video read so far."""
    skipped: int
    """Packets and frames that could not be decoded so far."""
    complete: bool
    """False where the video goes on beyond the limit."""


def read(path: str, pixels: int, seconds: float) -> Iterator[Part]:
    """Hash a frame a second of the first `seconds` of the video at `path`, whose frames have at most `pixels` pixels.

    Yields nothing where it has sound only. Raises InputRefused where no frame can be decoded, LimitReached where
    frames are too large.
    """
    with open(path, "rb") as file, _opened(file) as container:  # noqa: PTH123 - PyAV reads from open files
        stream = _film(container)
        if stream is None:
            return
        _check(stream, min(pixels, MOST_FRAME_PIXELS))
        stream.codec_context.thread_count = 1  # other children use the other cores
        yield from _parts(_Reading(stream, min(pixels, MOST_FRAME_PIXELS)), container, seconds)


def _opened(file: BinaryIO) -> av.container.InputContainer:
    try:
        return av.open(file, "r", options=OPENING)
    except (av.FFmpegError, ValueError) as error:
        msg = f"it is no video that can be read ({str(error)[:200]})"
        raise InputRefused(msg) from error


def _film(container: av.container.InputContainer) -> av.VideoStream | None:
    """Return the first stream of moving pictures; an album's cover is none."""
    films = (stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic)
    return next(films, None)


def _check(stream: av.VideoStream, pixels: int) -> None:
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > pixels:
        msg = f"the video's frames are {width} by {height} pixels; the limit is {pixels} in all"
        raise LimitReached(msg, hint="QALQAN_PICTURE_PIXELS allows more, up to 8192 by 4320.")


def _parts(reading: _Reading, container: av.container.InputContainer, seconds: float) -> Iterator[Part]:
    ends = PART_SECONDS
    complete = True
    for frame in reading.frames(container):
        at = reading.clock.at(frame)
        if at >= seconds:
            complete = False
            break
        if at >= ends:
            yield reading.part()
            ends = at + PART_SECONDS
        reading.see(frame, at)
    if not reading.seen:
        msg = f"no frame of the video could be decoded ({reading.skipped} broken packets)"
        raise InputRefused(msg, hint="The file is probably truncated or encrypted.")
    yield reading.part(last=True, complete=complete)


class _Clock:
    """Tells each frame's seconds from the first one. Never stands still and never runs back."""

    def __init__(self, stream: av.VideoStream) -> None:
        rate = stream.average_rate or Fraction(USUAL_RATE)
        self.step = 1.0 / float(rate if 1 <= rate <= FASTEST_RATE else USUAL_RATE)
        self.now = -self.step
        self._base = stream.time_base
        self._first: int | None = None

    def at(self, frame: av.VideoFrame) -> float:
        """Return the frame's time; where it has none, or one before the last frame's, one step after that."""
        self.now = self._told(frame)
        return self.now

    def _told(self, frame: av.VideoFrame) -> float:
        base = frame.time_base or self._base
        if frame.pts is None or base is None:
            return self.now + self.step
        if self._first is None:
            self._first = frame.pts
        told = float((frame.pts - self._first) * base)
        # A clock that was set back (a stream put together from several) goes on from here.
        return told if told > self.now else self.now + self.step


class _Stills:
    """Frames for the console, evenly spaced over a length that is known only at the end."""

    def __init__(self) -> None:
        self._kept: list[tuple[float, Rgb]] = []
        self._offered = 0
        self._every = 1

    def wants(self) -> bool:
        """Whether the next frame is one to keep."""
        wanted = self._offered % self._every == 0
        self._offered += 1
        return wanted

    def keep(self, at: float, rgb: Rgb) -> None:
        """Keep it; when twice as many are kept as needed, every other one goes."""
        self._kept.append((at, rgb))
        if len(self._kept) > 2 * STILLS:
            self._kept = self._kept[::2]
            self._every *= 2

    def pictures(self) -> list[WirePicture]:
        """Return the clear and blurred copies of up to eight of them."""
        count = min(STILLS, len(self._kept))
        places = np.linspace(0, len(self._kept) - 1, count).round().astype(int)
        return [
            copy for place in places for copy in renditions(Image.fromarray(self._kept[place][1]), self._kept[place][0])
        ]


class _Reading:
    """What has been read of one video."""

    def __init__(self, stream: av.VideoStream, pixels: int) -> None:
        self.clock = _Clock(stream)
        self.seen = 0
        self.skipped = 0
        self._stream = stream
        self._pixels = pixels
        self._lines: list[str] = []
        self._next_second = 0
        self._stills = _Stills()
        self._size = (0, 0)

    def frames(self, container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
        """Yield every frame that can be decoded; broken packets are counted and left out."""
        packets = container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                yield from packet.decode()
            except av.EOFError:
                return
            except (av.FFmpegError, ValueError):
                self.skipped += 1

    def see(self, frame: av.VideoFrame, at: float) -> None:
        """Hash the frame where it is the first at or after a whole second."""
        if at < self._next_second:
            return
        try:
            self._hash(frame, at)
        except (av.FFmpegError, ValueError):
            self.skipped += 1
            return
        self._next_second = math.floor(at) + 1
        self.seen += 1

    def _hash(self, frame: av.VideoFrame, at: float) -> None:
        if frame.width * frame.height > self._pixels:
            msg = "a frame larger than the first ones"
            raise ValueError(msg)
        hashes, quality = eight_hashes(_rgb(frame, HASH_SIDE))
        self._lines.append(f"{at:.3f},{quality},{hashes[0]},{hashes[MIRRORED]}")
        if not self.seen:
            self._size = _upright_size(frame)
        if self._stills.wants():
            self._stills.keep(at, _rgb(frame, CLEAR_SIDE))

    def part(self, *, last: bool = False, complete: bool = True) -> Part:
        """Return what was read since the part before."""
        lines, self._lines = self._lines, []
        pictures = self._stills.pictures() if last else []
        width, height = self._size
        read_to = self.clock.now + self.clock.step
        return Part(
            lines=lines, pictures=pictures, width=width, height=height,
            read_to=read_to, skipped=self.skipped, complete=complete,
        )  # fmt: skip


def _rgb(frame: av.VideoFrame, side: int) -> Rgb:
    """Return the frame upright, `side` pixels on its long side, as (height, width, 3)."""
    width, height = fitted((frame.width, frame.height), side)
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA").to_ndarray()
    return np.ascontiguousarray(np.rot90(small, _quarters(frame)), dtype=np.uint8)


def _upright_size(frame: av.VideoFrame) -> tuple[int, int]:
    lies = _quarters(frame) % 2
    return (frame.height, frame.width) if lies else (frame.width, frame.height)


def _quarters(frame: av.VideoFrame) -> int:
    """Return how many quarter turns, counter-clockwise, the file asks its player for."""
    return round(frame.rotation / 90) % 4
