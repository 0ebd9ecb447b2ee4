"""Films as signals' text: a hash for each frame that shows something new, and local features of some frames.

`video-pdq`: one line a frame, `seconds,quality,hex` or `seconds,quality,hex,hex of the mirrored frame`, in the order
of time. Each line stands until the next one: frames within a few bits of the last line's have none of their own. A
value whose first line is `sparse` comes from key frames alone.

`video-local`: one line a frame, `seconds,features`, the features packed as `model.local` says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.model.local import Local, unpacked

SPARSE = "sparse"
MOST_FRAMES = 100_000
"""Lines of one film: an hour of restless footage, a day of calm one."""
MOST_LOCAL = 2_000
"""Frames of one film with local features."""
LAST_SECOND = 1e9
"""Thirty years: no film is longer."""
HEX = 64
BEST = 100

Hashes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of `video-pdq`."""

    seconds: float
    quality: int
    digits: str
    """64 hexadecimal digits."""
    mirrored: str | None = None

    def line(self) -> str:
        """Return the frame's line."""
        head = f"{self.seconds:.3f},{self.quality},{self.digits}"
        return head if self.mirrored is None else f"{head},{self.mirrored}"


@dataclass(frozen=True, slots=True)
class Track:
    """The frames of one `video-pdq` value as arrays, in the order of time."""

    seconds: npt.NDArray[np.float64]
    """(n,)"""
    quality: npt.NDArray[np.uint8]
    """(n,): 0 to 100."""
    hashes: Hashes
    """(n, 32)"""
    mirrored: Hashes | None
    """(n, 32), or None where not every line has it."""
    sparse: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame with local features."""

    seconds: float
    local: Local


def frame_of(line: str) -> Frame:
    """Return one line's frame. Raises ValueError with the reason for anything that is none."""
    fields = line.split(",")
    try:
        seconds, quality, digits = float(fields[0]), int(fields[1]), fields[2].lower()
    except (ValueError, IndexError) as error:
        msg = f"a frame is written `seconds,quality,hex`, not {line[:80]!r}"
        raise ValueError(msg) from error
    if not (math.isfinite(seconds) and 0 <= seconds < LAST_SECOND and 0 <= quality <= BEST):
        msg = f"seconds are 0 or more and quality is 0 to 100, not {line[:80]!r}"
        raise ValueError(msg)
    mirrored = fields[3].lower() if len(fields) > 3 else None  # noqa: PLR2004 - the optional fourth field
    for one in (digits, *([mirrored] if mirrored else [])):
        _bytes(one)
    return Frame(seconds, quality, digits, mirrored)


def _bytes(digits: str) -> bytes:
    if len(digits) == HEX:
        try:
            return bytes.fromhex(digits)
        except ValueError:
            pass
    msg = f"a frame's PDQ hash has {HEX} hexadecimal digits, not {digits[:80]!r}"
    raise ValueError(msg)


def frames_of(value: str) -> tuple[list[Frame], bool]:
    """Return a `video-pdq` value's frames in the order of time, and whether it is sparse. Raises ValueError."""
    lines = value.split()
    sparse = bool(lines) and lines[0] == SPARSE
    lines = lines[1:] if sparse else lines
    if not 0 < len(lines) <= MOST_FRAMES:
        msg = f"a known video has 1 to {MOST_FRAMES} lines `seconds,quality,hex`, this one has {len(lines)}"
        raise ValueError(msg)
    return sorted(map(frame_of, lines), key=lambda frame: frame.seconds), sparse


def track_of(value: str) -> Track:
    """Return a `video-pdq` value as arrays. Raises ValueError for a value that is none."""
    frames, sparse = frames_of(value)
    mirrored = [frame.mirrored for frame in frames if frame.mirrored is not None]
    return Track(
        np.array([frame.seconds for frame in frames]),
        np.array([frame.quality for frame in frames], np.uint8),
        _hashes([frame.digits for frame in frames]),
        _hashes(mirrored) if len(mirrored) == len(frames) else None,
        sparse,
    )


def _hashes(digits: Sequence[str]) -> Hashes:
    return np.frombuffer(bytes.fromhex("".join(digits)), np.uint8).reshape(-1, HEX // 2)


def film_text(frames: Iterable[Frame], *, sparse: bool = False) -> str:
    """Return the `video-pdq` value of these frames."""
    lines = [frame.line() for frame in frames]
    return "\n".join([SPARSE, *lines] if sparse else lines)


def seen_of(value: str) -> list[Seen]:
    """Return a `video-local` value's frames in the order of time. Raises ValueError for a value that is none."""
    lines = value.split()
    if not 0 < len(lines) <= MOST_LOCAL:
        msg = f"a video's local features have 1 to {MOST_LOCAL} lines, these have {len(lines)}"
        raise ValueError(msg)
    return sorted(map(_seen, lines), key=lambda seen: seen.seconds)


def _seen(line: str) -> Seen:
    told, _, features = line.partition(",")
    try:
        seconds = float(told)
    except ValueError as error:
        msg = f"local features are written `seconds,features`, not {line[:80]!r}"
        raise ValueError(msg) from error
    if not 0 <= seconds < LAST_SECOND:
        msg = f"seconds are 0 or more, not {line[:80]!r}"
        raise ValueError(msg)
    return Seen(seconds, unpacked(features))


def thinned(values: list[str], most: int) -> list[str]:
    """Return at most `most` of `values`, evenly: every other one goes until they are few enough."""
    while len(values) > most:
        values = values[::2]
    return values
