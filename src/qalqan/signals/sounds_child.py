"""Listens to one recording. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import BinaryIO, TypedDict

import av
import cv2
import numpy as np

from qalqan.errors import InputRefused
from qalqan.signals.containers_child import packets_of, why
from qalqan.signals.landmarks import RATE, Listener, Samples

OPENING = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,rm,mp3,wav,w64,"
    "flac,aac,amr,amrnb,amrwb,aiff,caf,ac3,eac3,au",
    "protocol_whitelist": "none",
}
"""Playlists (HLS, DASH, concat) are refused: FFmpeg would open whatever files and addresses they name."""

PART_SECONDS = 30
"""Seconds of sound in one part: the time limit of a decoding call holds for each."""
MOST_PACKETS = 20_000
"""Packets without any sound after which a part ends all the same."""
OPPOSED = 0.1
"""Where the sum of two channels has less than this share of their power, one takes away what the other says."""


cv2.setNumThreads(1)  # other children use the other cores


class Part(TypedDict):
    """What one part of the stream gives: the landmarks of a while."""

    frames: bytes
    """int64, as the machine has them."""
    pitches: bytes
    """uint8"""
    length: int
    """Frames of 20 ms of the recording so far."""
    heard: float
    """Seconds of the recording so far."""
    skipped: int
    """Packets and frames that could not be decoded so far."""
    complete: bool
    """False where the recording goes on beyond the limit."""


def read(path: str, seconds: float) -> Iterator[Part]:
    """Find the landmarks of the first `seconds` of the recording at `path`.

    Yields nothing where it has no sound. Raises InputRefused where none of it can be decoded.
    """
    with open(path, "rb") as file, opened(file) as container:  # noqa: PTH123 - PyAV reads from open files
        stream = next(iter(container.streams.audio), None)
        if stream is None:
            return
        if stream.codec_context is None:
            raise InputRefused("its sound is in a form that nobody here can decode")
        with contextlib.suppress(ValueError, av.FFmpegError):  # some decoders take no order about threads
            stream.codec_context.thread_count = 1  # other children use the other cores
        yield from _parts(_Reading(stream), container, seconds)


def opened(file: BinaryIO) -> av.container.InputContainer:
    """Open a recording. Raises InputRefused for what is none."""
    try:
        return av.open(file, "r", options=OPENING)
    except (av.FFmpegError, ValueError) as error:
        msg = f"it is no recording that can be read ({why(error)})"
        raise InputRefused(msg) from error


def _parts(reading: _Reading, container: av.container.InputContainer, seconds: float) -> Iterator[Part]:
    most = round(seconds * RATE)
    ends, quiet = PART_SECONDS * RATE, 0
    for samples in reading.samples(container):
        reading.listener.hear(samples[: most - reading.listener.heard])
        quiet += 1
        if reading.listener.heard >= ends or quiet > MOST_PACKETS:
            yield reading.part()
            ends, quiet = reading.listener.heard + PART_SECONDS * RATE, 0
        if reading.listener.heard >= most:
            reading.complete = False
            break
    if not reading.listener.heard:
        msg = f"no sound of the recording could be decoded ({reading.skipped} broken packets)"
        raise InputRefused(msg, hint="The file is probably truncated or encrypted.")
    reading.listener.end()
    yield reading.part()


class _Reading:
    """What has been read of one recording."""

    def __init__(self, stream: av.AudioStream) -> None:
        self.listener = Listener()
        self.skipped = 0
        self.complete = True
        self._stream = stream
        self._resampler = _resampler()

    def samples(self, container: av.container.InputContainer) -> Iterator[Samples]:
        """Yield the sound of each packet, one channel; empty for one that is broken, which is counted and left out."""
        packets = packets_of(container, self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                for frame in packet.decode():
                    yield self._heard(frame)
            except av.EOFError:
                break
            except (av.FFmpegError, ValueError):
                self.skipped += 1
                yield np.empty(0, np.float32)
        with contextlib.suppress(av.FFmpegError, ValueError):  # nothing came, so nothing is left
            yield self._heard(None)

    def _heard(self, frame: av.AudioFrame | None) -> Samples:
        """Return a frame's samples, those that the resampler holds back for None."""
        try:
            pieces = self._resampler.resample(frame)
        except (av.FFmpegError, ValueError):
            # A recording that changes its rate or channels on the way needs a new resampler.
            self._resampler = _resampler()
            pieces = self._resampler.resample(frame)
        heard = [_mixed(np.asarray(piece.to_ndarray(), np.float32)) for piece in pieces]
        return np.concatenate([np.empty(0, np.float32), *heard])

    def part(self) -> Part:
        """Return what was read since the part before."""
        frames, pitches = self.listener.taken()
        return Part(
            frames=frames.tobytes(), pitches=pitches.tobytes(), length=self.listener.length,
            heard=self.listener.heard / RATE, skipped=self.skipped, complete=self.complete,
        )  # fmt: skip


def _resampler() -> av.AudioResampler:
    return av.AudioResampler(format="fltp", layout="stereo", rate=RATE)


def _mixed(channels: Samples) -> Samples:
    """Return two channels as one. Where each is the other's opposite, their sum would be silence: then the first."""
    channels = np.clip(np.nan_to_num(channels, copy=False), -8, 8)
    both = channels.mean(axis=0)
    power = float((channels**2).mean())
    return np.asarray(channels[0] if float((both**2).mean()) < OPPOSED * power else both, np.float32)
