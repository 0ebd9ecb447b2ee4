"""Opens a video and decodes its frames, each with its time. Runs in a decoding child process only."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np
import numpy.typing as npt
from av.stream import Disposition
from PIL import Image

from qalqan.errors import InputRefused, LimitReached
from qalqan.signals.containers_child import packets_of, why
from qalqan.signals.luma import plane_of
from qalqan.signals.renditions import CLEAR_SIDE, WirePicture, fitted, renditions

OPENING = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,rm,m4v,h264,hevc",
    "protocol_whitelist": "none",
}
"""Playlists (HLS, DASH, concat) are refused: FFmpeg would open whatever files and addresses they name."""

MOST_FRAME_PIXELS = 8192 * 4320
"""Larger frames are not films that people post; sixteen reference frames of them would fill the memory."""
STILLS = 8
USUAL_RATE = 25
FASTEST_RATE = 240

Grey = npt.NDArray[np.uint8]
Rgb = npt.NDArray[np.uint8]


def opened(file: BinaryIO) -> av.container.InputContainer:
    """Open a video. Raises InputRefused for what is none."""
    try:
        return av.open(file, "r", options=OPENING)
    except (av.FFmpegError, ValueError) as error:
        msg = f"it is no video that can be read ({why(error)})"
        raise InputRefused(msg) from error


def film_of(container: av.container.InputContainer, pixels: int) -> av.VideoStream | None:
    """Return the first stream of moving pictures, None where there is sound only. Raises LimitReached by its header."""
    stream = next(
        (one for one in container.streams.video if not one.disposition & Disposition.attached_pic), None
    )  # an album's cover is no film
    if stream is None:
        return None
    if stream.codec_context is None:
        raise InputRefused("its pictures are in a form that nobody here can decode")
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > pixels:
        msg = f"the video's frames are {width} by {height} pixels; the limit is {pixels} in all"
        raise LimitReached(msg, hint="QALQAN_PICTURE_PIXELS allows more, up to 8192 by 4320.")
    stream.codec_context.thread_count = 1  # other children use the other cores
    return stream


def rate_of(stream: av.VideoStream) -> float:
    """Return its frames a second, as far as its header is to be believed."""
    rate = stream.average_rate or Fraction(USUAL_RATE)
    return float(rate if 1 <= rate <= FASTEST_RATE else USUAL_RATE)


class Clock:
    """Tells each frame's seconds from the first one. Never stands still and never runs back."""

    def __init__(self, stream: av.VideoStream, first: int | None = None) -> None:
        self.step = 1.0 / rate_of(stream)
        self.now = -self.step
        self._base = stream.time_base
        self.first = first
        """The time stamp of the film's first frame; None until it was seen."""

    def at(self, frame: av.VideoFrame) -> float:
        """Return the frame's time; where it has none, or one before the last frame's, one step after that."""
        self.now = self._told(frame)
        return self.now

    def _told(self, frame: av.VideoFrame) -> float:
        base = frame.time_base or self._base
        if frame.pts is None or base is None:
            return self.now + self.step
        if self.first is None:
            self.first = frame.pts
        told = float((frame.pts - self.first) * base)
        # A clock that was set back (a stream put together from several) goes on from here.
        return told if told > self.now else self.now + self.step

    def stamp(self, seconds: float) -> int:
        """Return the time stamp of a moment of the film."""
        return (self.first or 0) + (round(seconds / self._base) if self._base else 0)


class Frames:
    """The frames of one stream. Broken packets are left out and counted.

    With `apart`, only key frames that are so many seconds apart: some codecs have no others.
    """

    def __init__(
        self, container: av.container.InputContainer, stream: av.VideoStream, pixels: int, apart: float | None = None
    ) -> None:
        self.skipped = 0
        self._apart = apart
        self._last: float | None = None
        self._container = container
        self._stream = stream
        self._pixels = pixels

    def __iter__(self) -> Iterator[av.VideoFrame | None]:
        """Yield every frame that can be decoded, and None for each packet that gave none."""
        packets = packets_of(self._container, self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = packet.decode() if self._is_wanted(packet) else []
            except av.EOFError:
                return
            except (av.FFmpegError, ValueError):
                self.skipped += 1
                continue
            yield from frames or (None,)

    def _is_wanted(self, packet: av.Packet[av.VideoStream]) -> bool:
        if self._apart is None or not packet.size:  # the last, empty, brings what the decoder still holds
            return True
        if not packet.is_keyframe:
            return False
        base = packet.time_base or self._stream.time_base
        if packet.pts is None or base is None:
            return True
        at = float(packet.pts * base)
        if self._last is not None and 0 <= at - self._last < self._apart:
            return False
        self._last = at
        return True

    def luma(self, frame: av.VideoFrame) -> Grey | None:
        """Return the frame's luma as people see it, or None where it cannot be had; then it is counted."""
        try:
            if frame.width * frame.height <= self._pixels:
                return np.rot90(plane_of(frame), quarters(frame))
        except (av.FFmpegError, ValueError):
            pass
        self.skipped += 1
        return None


class Stills:
    """Frames for the console, evenly spaced over a length that is known only at the end."""

    def __init__(self) -> None:
        self._kept: list[tuple[float, Rgb]] = []
        self._offered = 0
        self._every = 1

    def offer(self, at: float, frame: av.VideoFrame) -> None:
        """Keep the frame, or not; when twice as many are kept as needed, every other one goes."""
        wanted = self._offered % self._every == 0
        self._offered += 1
        if not wanted:
            return
        try:
            self._kept.append((at, _rgb(frame)))
        except (av.FFmpegError, ValueError):
            return  # a still that cannot be shown; the frame itself was read
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


def _rgb(frame: av.VideoFrame) -> Rgb:
    """Return the frame upright and small, as (height, width, 3)."""
    width, height = fitted((frame.width, frame.height), CLEAR_SIDE)
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA").to_ndarray()
    return np.ascontiguousarray(np.rot90(small, quarters(frame)), dtype=np.uint8)


def upright_size(frame: av.VideoFrame) -> tuple[int, int]:
    """Return the frame's width and height as people see it."""
    lies = quarters(frame) % 2
    return (frame.height, frame.width) if lies else (frame.width, frame.height)


def quarters(frame: av.VideoFrame) -> int:
    """Return how many quarter turns, counter-clockwise, the file asks its player for."""
    return round(frame.rotation / 90) % 4
