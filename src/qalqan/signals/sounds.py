"""Extractor `sound`: the landmarks of a recording's sound, by which it is found again."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from qalqan.errors import BadValue
from qalqan.model.items import MediaKind
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Interval
from qalqan.model.signals import SOUND
from qalqan.model.sound import Sound, packed, unpacked
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject

if TYPE_CHECKING:
    from qalqan.signals.sounds_child import Part

TASK = "qalqan.signals.sounds_child:read"
HEARD = (MediaKind.AUDIO, MediaKind.VIDEO)


class SoundExtractor:
    """Finds the moments at which one pitch stands out, up to 32 a second, between 250 and 3,500 Hz.

    One signal a recording, in the form of `model.sound`. Silence, steady tones and videos without sound give none.
    """

    manifest = Manifest("sound", "1", "Copies and excerpts of speech and music by landmarks of their sound", (SOUND,))

    def wants(self, subject: Subject) -> bool:
        """Every kept recording, with moving pictures or without."""
        return subject.path is not None and subject.media is not None and subject.media.kind in HEARD

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Listen to it in a child process, thirty seconds at a time.

        Raises InputRefused where it has sound but none can be decoded, LimitReached where that takes too long.
        """
        parts: list[Part] = list(desk.isolate.stream(TASK, str(subject.path), desk.limits.video_seconds))
        if not parts:
            return Reading()
        last = parts[-1]
        is_audio = subject.media is not None and subject.media.kind is MediaKind.AUDIO
        return Reading(
            tuple(_sightings(parts)),
            duration=last["heard"] if is_audio and last["complete"] else None,
            notes=tuple(_notes(last)),
        )

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return the same landmarks packed by ourselves; raises BadValue where they are none."""
        try:
            return packed(unpacked(value))
        except ValueError as error:
            raise BadValue(f"no sound that can be compared: {error}") from error

    def examples(self) -> Sequence[Example]:
        """Return three seconds of a tune."""
        return (Example(file=_tune(), media_kind=MediaKind.AUDIO, finds=((SOUND, "*"),)),)


def _sightings(parts: list[Part]) -> Iterable[Sighting]:
    frames = np.frombuffer(b"".join(part["frames"] for part in parts), np.int64)
    pitches = np.frombuffer(b"".join(part["pitches"] for part in parts), np.uint8)
    if len(frames):
        value = packed(Sound(frames, pitches, parts[-1]["length"]))
        yield Sighting(SOUND, value, interval=Interval(0.0, parts[-1]["heard"]))


def _notes(last: Part) -> Iterable[str]:
    if last["skipped"]:
        yield f"{last['skipped']} broken packets or frames of the sound were left out"
    if not last["complete"]:
        yield f"the sound was read up to {last['heard']:.0f} s (QALQAN_VIDEO_SECONDS)"


@cache
def _tune() -> bytes:
    at = np.arange(24_000) / 8000
    pitch = np.array([440, 660, 550, 880, 495, 770])[(at * 4).astype(int) % 6]
    samples = (9000 * np.sin(2 * np.pi * pitch * at) * np.exp(-3 * (at * 4 % 1))).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())
    return out.getvalue()
