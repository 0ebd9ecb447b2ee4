"""Reads one video: sparsely, densely, or some stretches densely. Runs in a decoding child process only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

import av
import cv2
import numpy as np

from qalqan.errors import InputRefused
from qalqan.model.film import Frame
from qalqan.signals.local_child import SMALLEST, local_of
from qalqan.signals.pdq import MIRRORED, digits, eight_hashes_of
from qalqan.signals.renditions import WirePicture
from qalqan.signals.videos_decode_child import (
    MOST_FRAME_PIXELS,
    Clock,
    Frames,
    Grey,
    Stills,
    film_of,
    opened,
    rate_of,
    upright_size,
)

PART_SECONDS = 10.0
"""Seconds of video in one part: the time limit of a decoding call holds for each."""
SPARSE_PART_SECONDS = 240.0
CHEAP = 8e8
"""Pixels that are decoded in about four seconds: 13 s of full HD, or two minutes at 360 lines. Films of no more are
read densely at once: deciding whether to would cost as much."""
KEY_STEP = 1.0
"""Seconds between key frames that are looked at, at the least."""
RARE = 10.0
"""Seconds between key frames, on average, from which they say too little: the film is read densely."""
HASH_STEP = 1 / 31
"""Seconds; frames that follow each other faster are hashed no oftener."""
SAME = 6
"""Bits up to which a frame shows what the last line says; then it has a line only where a second has passed."""
STAND = 1.0
CUT = 60
"""Bits from one frame to the next that make a new shot: its first frames have local features at once."""
MOVED = 8
CALM_STEP = 5.0
"""Seconds after which a frame has local features although nothing has moved."""
POINTS = 200
FEATURES_SIDE = 320
"""Pixels of the long side that local features are read from: a film has many frames, each may have fewer points."""
FAINTEST = 5
"""PDQ quality under which a frame is black, white or fog, and has no local features either."""


class Part(TypedDict):
    """What one part of the stream gives; the last has `pictures`."""

    frames: list[str]
    """Lines of `video-pdq`."""
    local: list[str]
    """Lines of `video-local`."""
    pictures: list[WirePicture]
    width: int
    height: int
    read_to: float
    """Seconds of video read so far."""
    skipped: int
    """Packets and frames that could not be decoded so far."""
    complete: bool
    """False where the video goes on beyond the limit."""
    sparse: bool
    anew: bool
    """Whether everything before is to be forgotten: the film is being read again, densely."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a film is read."""

    sparse: bool
    local_step: float
    """Seconds between frames with local features."""
    most_local: int
    """After so many the step is doubled, and again."""


KNOWN = Plan(sparse=False, local_step=1.0, most_local=600)
LOOK = Plan(sparse=True, local_step=4.0, most_local=60)
SHORT = Plan(sparse=False, local_step=0.7, most_local=24)
CLOSER = Plan(sparse=False, local_step=0.25, most_local=80)


def look(path: str, pixels: int, seconds: float) -> Iterator[Part]:
    """Read the first `seconds` of the video at `path`, whose frames have at most `pixels` pixels: its key frames.

    A short one, and one with few key frames, is read densely. Yields nothing where it has sound only. Raises
    InputRefused where no frame can be decoded, LimitReached where frames are too large.
    """
    if _is_cheap(path, pixels):
        yield from _whole(path, pixels, seconds, SHORT)
        return
    last: Part | None = None
    lines = 0
    try:
        for part in _whole(path, pixels, seconds, LOOK):
            last = part
            lines += len(part["frames"])
            yield part
    except InputRefused:
        lines = 0  # no key frame could be decoded: others may
    if last is None or lines * RARE < last["read_to"]:
        for place, part in enumerate(_whole(path, pixels, seconds, SHORT)):
            yield {**part, "anew": place == 0}


def dense(path: str, pixels: int, seconds: float) -> Iterator[Part]:
    """Read every frame, as known videos are. Yields and raises as `look` does."""
    yield from _whole(path, pixels, seconds, KNOWN)


def closer(path: str, pixels: int, stretches: Sequence[tuple[float, float]]) -> Iterator[Part]:
    """Read every frame of these stretches of seconds, in order and apart. Yields and raises as `look` does."""
    with open(path, "rb") as file, opened(file) as container:  # noqa: PTH123 - PyAV reads from open files
        stream = film_of(container, min(pixels, MOST_FRAME_PIXELS))
        if stream is None:
            return
        frames = Frames(container, stream, min(pixels, MOST_FRAME_PIXELS))
        first = next((frame.pts for frame in frames if frame is not None), None)
        for start, end in stretches:
            clock = Clock(stream, first)
            try:
                container.seek(clock.stamp(max(0.0, start)), stream=stream)
            except av.FFmpegError:
                continue
            yield from _Reading(frames, clock, CLOSER, start).parts(end)


def _is_cheap(path: str, pixels: int) -> bool:
    """Whether the header says that reading every frame costs little."""
    with open(path, "rb") as file, opened(file) as container:  # noqa: PTH123 - PyAV reads from open files
        stream = film_of(container, min(pixels, MOST_FRAME_PIXELS))
        if stream is None or not container.duration:
            return False
        seconds = container.duration / av.time_base
        return seconds * rate_of(stream) * stream.codec_context.width * stream.codec_context.height <= CHEAP


def _whole(path: str, pixels: int, seconds: float, plan: Plan) -> Iterator[Part]:
    with open(path, "rb") as file, opened(file) as container:  # noqa: PTH123 - PyAV reads from open files
        stream = film_of(container, min(pixels, MOST_FRAME_PIXELS))
        if stream is None:
            return
        if plan.sparse:
            stream.codec_context.skip_frame = "NONKEY"
        frames = Frames(container, stream, min(pixels, MOST_FRAME_PIXELS), KEY_STEP if plan.sparse else None)
        reading = _Reading(frames, Clock(stream), plan)
        yield from reading.parts(seconds)
        if not reading.seen:
            msg = f"no frame of the video could be decoded ({frames.skipped} broken packets)"
            raise InputRefused(msg, hint="The file is probably truncated or encrypted.")


class _Reading:
    """What has been read of one video or stretch."""

    def __init__(self, frames: Frames, clock: Clock, plan: Plan, start: float = 0.0) -> None:
        self.seen = 0
        self._frames = frames
        self._clock = clock
        self._plan = plan
        self._start = start
        self._hashing = _Hashing(plan)
        self._stills = Stills()
        self._next_still = 0.0
        self._size = (0, 0)

    def parts(self, end: float) -> Iterator[Part]:
        """Read up to `end` seconds."""
        length = SPARSE_PART_SECONDS if self._plan.sparse else PART_SECONDS
        ends = self._start + length
        complete = True
        for frame in self._frames:
            if frame is None:
                continue
            at = self._clock.at(frame)
            if at >= end:
                complete = False
                break
            if at >= ends:
                yield self._part()
                ends = at + length
            if at >= self._start:
                self._see(frame, at)
        yield self._part(last=True, complete=complete)

    def _see(self, frame: av.VideoFrame, at: float) -> None:
        if not self._hashing.wants(at):
            return
        luma = self._frames.luma(frame)
        if luma is None:
            return
        self._hashing.see(luma, at)
        if not self.seen:
            self._size = upright_size(frame)
        self.seen += 1
        if at >= self._next_still:
            self._stills.offer(at, frame)
            self._next_still = at + 1.0

    def _part(self, *, last: bool = False, complete: bool = True) -> Part:
        """Return what was read since the part before."""
        frames, local = self._hashing.taken(last=last)
        width, height = self._size
        read_to = self._clock.now + self._clock.step
        return Part(
            frames=frames, local=local, pictures=self._stills.pictures() if last else [],
            width=width, height=height, read_to=read_to, skipped=self._frames.skipped, complete=complete,
            sparse=self._plan.sparse, anew=False,
        )  # fmt: skip


class _Hashing:
    """Hashes frames, folds repeats, and takes local features of some."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._lines: list[str] = []
        self._local: list[str] = []
        self._held: Frame | None = None
        """A frame like the last line's, in case it is the film's last."""
        self._last = _Point()
        self._before = _Point()
        self._last_local = _Point()
        self._step = plan.local_step
        self._features = 0

    def wants(self, at: float) -> bool:
        """Whether a frame at this time is to be hashed."""
        return at >= self._before.at + HASH_STEP

    def see(self, luma: Grey, at: float) -> None:
        """Hash a frame."""
        hashes, quality = eight_hashes_of(luma)
        upright = hashes[0]
        line = Frame(at, quality, *digits(hashes[[0, MIRRORED]]))
        if self._last.apart(upright) > SAME or at >= self._last.at + STAND:
            self._lines.append(line.line())
            self._last, self._held = _Point(at, upright), None
        else:
            self._held = line
        cut = self._before.apart(upright) > CUT
        self._before = _Point(at, upright)
        if quality >= FAINTEST and self._wants_local(upright, at, cut=cut):
            self._take_local(luma, upright, at)

    def _wants_local(self, upright: Grey, at: float, *, cut: bool) -> bool:
        since = at - self._last_local.at
        if cut and since > min(0.5, self._step):
            return True
        moved = self._last_local.apart(upright) > MOVED
        return since >= (self._step if moved else max(self._step, CALM_STEP))

    def _take_local(self, luma: Grey, upright: Grey, at: float) -> None:
        features = local_of(_reduced(luma), POINTS)
        if features:
            self._local.append(f"{at:.3f},{features}")
        self._last_local = _Point(at, upright)
        self._features += 1
        if self._features % self._plan.most_local == 0:
            self._step *= 2

    def taken(self, *, last: bool) -> tuple[list[str], list[str]]:
        """Return the lines of frames and of local features since the last call."""
        if last and self._held is not None:
            self._lines.append(self._held.line())
            self._held = None
        lines, local = self._lines, self._local
        self._lines, self._local = [], []
        return lines, local


def _reduced(luma: Grey) -> Grey:
    height, width = luma.shape
    factor = FEATURES_SIDE / max(height, width)
    if factor >= 1:
        return luma
    size = (max(SMALLEST, round(width * factor)), max(SMALLEST, round(height * factor)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True)
class _Point:
    """A moment and what was shown."""

    at: float = -1e9
    upright: Grey | None = None

    def apart(self, other: Grey) -> int:
        """Return by how many bits another frame differs; all of them where there was none."""
        return 256 if self.upright is None else int(np.bitwise_count(self.upright ^ other).sum())
