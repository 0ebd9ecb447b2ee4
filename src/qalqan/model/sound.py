"""The sound of a recording as landmarks: moments at which one pitch stands out. How they are packed into text.

A landmark is a frame of 20 ms and a pitch in 48ths of an octave above 250 Hz. Packed, each takes two bytes: frames
since the landmark before it, and the pitch. A pause of more than 254 frames is bridged by rows of 255 and 255, which
stand for no landmark. Before the rows stand one byte of version and four of the recording's length in frames,
little-endian. The text is base64 of it all: about 4 KB for a minute of speech or music.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

VERSION: Final = 1
FRAME_SECONDS: Final = 0.02
CENTRE_SECONDS: Final = 0.064
"""From a frame's start to the middle of what it heard."""
PITCHES: Final = 182
"""Pitches are 0 up to, not including, this."""
STEPS_AN_OCTAVE: Final = 48
MOST_BYTES: Final = 16 << 20
"""Of one recording: more than four days of sound."""

_HEAD = 5
_PAUSE = 255

Frames = npt.NDArray[np.int64]
Pitches = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording's landmarks in the order of time, those of one frame in the order of pitch."""

    frames: Frames
    """(n,): never falling, below `length`."""
    pitches: Pitches
    """(n,): 48ths of an octave above 250 Hz, 0 to 181."""
    length: int
    """Frames of the whole recording."""


def packed(sound: Sound) -> str:
    """Return `sound` as text."""
    rows = np.stack([np.diff(sound.frames, prepend=0), sound.pitches], axis=1)
    pauses = (rows[:, 0] // _PAUSE).astype(np.intp)
    places = np.arange(len(rows)) + np.cumsum(pauses)
    out = np.full((len(rows) + int(pauses.sum()), 2), _PAUSE, np.uint8)
    rows[:, 0] %= _PAUSE
    out[places] = rows
    content = bytes([VERSION]) + sound.length.to_bytes(4, "little") + out.tobytes()
    return base64.b64encode(content).decode()


def unpacked(value: str) -> Sound:
    """Return the landmarks of a packed text; raises ValueError, with the reason, where it is none."""
    content = _bytes_of(value)
    rows = np.frombuffer(content, np.uint8, offset=_HEAD).reshape(-1, 2)
    frames, pitches = np.cumsum(rows[:, 0], dtype=np.int64), rows[:, 1]
    length = int.from_bytes(content[1:_HEAD], "little")
    real = pitches != _PAUSE
    frames, pitches = frames[real], pitches[real]
    if not len(frames):
        raise ValueError("a sound without a landmark says nothing")
    if int(pitches.max()) >= PITCHES:
        raise ValueError(f"a landmark's pitch is below {PITCHES}, not {int(pitches.max())}")
    if int(frames[-1]) >= length:
        raise ValueError("a landmark lies beyond the recording's end")
    if np.any((np.diff(frames) == 0) & (np.diff(pitches.astype(np.int16)) <= 0)):
        raise ValueError("landmarks of one frame stand in the order of their pitches, each once")
    return Sound(frames, pitches, length)


def _bytes_of(value: str) -> bytes:
    if len(value) > MOST_BYTES:
        raise ValueError(f"a sound has at most {MOST_BYTES} characters, this one has {len(value)}")
    try:
        content = base64.b64decode(value.strip().encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("a sound is written in base64") from error
    if len(content) < _HEAD or content[0] != VERSION or len(content) % 2 == 0:
        raise ValueError(f"a sound begins with version {VERSION} and its length; two bytes a landmark follow")
    return content
