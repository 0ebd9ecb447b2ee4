"""Matcher `sound`: what a stretch must show to be a match, and how it is told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Interval
from qalqan.model.signals import SOUND, Signal
from qalqan.model.sound import CENTRE_SECONDS, FRAME_SECONDS, STEPS_AN_OCTAVE, Sound, packed, unpacked

if TYPE_CHECKING:  # numba takes half a second to load
    from qalqan.match.sounds.search import Line, Stretch

ENOUGH = 7.0
"""Strength of a match where half an hour is known. Each time ten times as much is known it must be one more: with the
number of places where a sound may lie grows how often chance makes one of them look right."""
HALF_AN_HOUR = 90_000
"""Frames."""
SURE = 6.0
"""Strength of a verified match beyond that."""
DOUBT = 10.0
"""Strength more for each unit by which speed and pitch, as natural logarithms, are off: half a one for 5 %. Most copies
play as known; what only looks like one has any speed and pitch, and the same voice saying the same word often another.
"""
SHORTEST = 3.0
"""Seconds of the query that a match must cover: a chime or a word is no recording."""
PLAIN = 0.008
"""Changes of speed and pitch under this share are not told: they are within what can be measured."""


class SoundMatcher:
    """Finds the stretch of sound that a recording has in common with a known one.

    Three landmarks at a time vote for where in a known sound they lie and how much higher (`triplets`); the
    alignments with the most votes are fitted for speed and offset, and grow as far as the landmarks agree. What agrees
    is compared with the most deceptive of 590 false alignments of the same two sounds, up to twelve seconds away:
    `strength` is minus the decimal logarithm of the probability that so many agree by chance. From 7 on it is a match
    where half an hour is known; from one more on for each ten times as much, and from half a one more for 5 % of speed
    or pitch. 6 beyond that make it verified. The stretch lasts three seconds at least. `distance` is the share of the
    query's landmarks in it that the known sound does not have: 0 is identical. Speed may differ by 14 %, pitch by 12 %.
    Of several stretches with one known sound the strongest is given.
    """

    manifest = Manifest("sound", "1", "Copies and excerpts of speech and music, also faster or higher", (SOUND,))
    stages = (Stage("sound", 300.0, "A shared stretch of speech or music, whatever is seen with it."),)

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an index over all landmarks of the entries. Raises ValueError at 27,000 hours of known sound."""
        return SoundIndex(entries)

    def examples(self) -> Sequence[Example]:
        """Return twelve seconds of landmarks, an excerpt played faster, and other landmarks."""
        known = _scattered(1)
        part = known.frames > 150  # noqa: PLR2004 - three seconds on
        faster = Sound(np.rint((known.frames[part] - 150) / 1.04).astype(np.int64), known.pitches[part], 450)
        value = packed(known)
        return (Example(SOUND, value, found=(value, packed(faster)), not_found=(packed(_scattered(2)),)),)


def _scattered(seed: int) -> Sound:
    """Return twelve seconds with a landmark every other frame, at no pitch in particular."""
    frames = np.arange(0, 600, 2)
    return Sound(frames, np.random.default_rng(seed).integers(20, 160, len(frames), dtype=np.uint8), 600)


class SoundIndex:
    """The landmarks of all known sounds. An entry whose value cannot be read is never found."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        from qalqan.match.sounds.table import table_of

        alike: dict[str, list[BankEntry]] = {}
        for entry in entries:
            alike.setdefault(entry.value, []).append(entry)
        readable = [(same, sound) for value, same in alike.items() if (sound := _sound_of(value)) is not None]
        self._entries = [same for same, _ in readable]
        """Those of one known sound, sound by sound: several banks may know the same."""
        self._table = table_of([sound for _, sound in readable])
        known = sum(sound.length for _, sound in readable)
        self._enough = ENOUGH + max(0.0, math.log10(max(1, known) / HALF_AN_HOUR))

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each known sound that shares enough with a signal: its strongest stretch."""
        for signal in signals:
            sound = _sound_of(signal.value)
            if sound is None or not self._entries:
                continue
            strongest: dict[int, Stretch] = {}
            for stretch in self._stretches(sound):
                before = strongest.get(stretch.owner)
                if before is None or stretch.strength > before.strength:
                    strongest[stretch.owner] = stretch
            for owner in sorted(strongest):
                for entry in self._entries[owner]:
                    yield self._finding(signal, entry, strongest[owner])

    def _stretches(self, sound: Sound) -> Iterator[Stretch]:
        from qalqan.match.sounds.search import stretches

        for stretch in stretches(sound, self._table, self._enough):
            long = (stretch.last - stretch.first) * FRAME_SECONDS >= SHORTEST
            if long and stretch.strength >= self._needed(stretch.line):
                yield stretch

    def _needed(self, line: Line) -> float:
        """Return the strength that makes a stretch along `line` a match."""
        pitch = abs(line.higher) * math.log(2) / STEPS_AN_OCTAVE
        return self._enough + DOUBT * (abs(math.log(line.speed)) + pitch)

    def _finding(self, signal: Signal, entry: BankEntry, stretch: Stretch) -> Finding:
        begin = int(self._table.begins[stretch.owner])
        known = sorted(stretch.line.place(frame) - begin for frame in (stretch.first, stretch.last))
        return Finding(
            signal,
            entry,
            distance=round(1 - stretch.agreeing / stretch.landmarks, 4),
            verified=stretch.strength >= self._needed(stretch.line) + SURE,
            transform=_transform(stretch.line),
            interval_query=_interval(stretch.first, stretch.last),
            interval_known=_interval(*known),
        )


def _sound_of(value: str) -> Sound | None:
    try:
        return unpacked(value)
    except ValueError:  # what was stored by a broken hand says nothing, and must not stop the others
        return None


def _interval(first: float, last: float) -> Interval:
    """Return the seconds from the middle of one landmark to the middle of another."""
    start = max(0.0, first * FRAME_SECONDS + CENTRE_SECONDS)
    return Interval(round(start, 3), round(max(start, last * FRAME_SECONDS + CENTRE_SECONDS), 3))


def _transform(line: Line) -> str | None:
    """Return `speed ×1.05`, `tempo ×1.05`, `pitch ×0.97`, the last two together, or None where it plays as known.

    At another speed a sound is as much higher as it is faster. What is told is what was done to the known sound.
    """
    tempo, pitch = line.speed, 2 ** (-line.higher / STEPS_AN_OCTAVE)
    if abs(tempo - 1) < PLAIN and abs(pitch - 1) < PLAIN:
        return None
    if abs(tempo / pitch - 1) < PLAIN:
        return f"speed ×{tempo:.2f}"
    told = (f"{name} ×{ratio:.2f}" for name, ratio in (("tempo", tempo), ("pitch", pitch)) if abs(ratio - 1) >= PLAIN)
    return ", ".join(told)
