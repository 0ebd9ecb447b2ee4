"""The films that are compared: known ones out of a bank's entries, and the one that is asked about out of its signals.

What was read of one file comes as several entries or signals (hashes, local features, stretches read more closely);
here they are one film again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import QUALITY, Hashes
from qalqan.model.banks import BankEntry
from qalqan.model.film import Seen, Track, seen_of, track_of
from qalqan.model.parts import Interval
from qalqan.model.signals import VIDEO_LOCAL, VIDEO_PDQ, Signal

Times = npt.NDArray[np.float64]

LISTED = 1.0
"""Seconds that the last frame of a list stands for, at most."""
SHORTEST_FRAME = 0.01


@dataclass(frozen=True, slots=True)
class Film:
    """One film's frames in the order of time."""

    seconds: Times
    """(n,): of frames of a quality of at least 50."""
    hashes: Hashes
    """(n, 32)"""
    mirrored: Hashes | None
    """(n, 32), or None."""
    every: Times
    """(m,): of all frames, the poor ones too."""
    seen: tuple[Seen, ...]
    """Frames with local features."""
    end: float
    """Seconds up to which the film is known to go."""
    step: float
    """Seconds between frames where it is read most closely."""
    looked: tuple[Interval, ...] = ()
    """Stretches that were read densely, of a film that is asked about."""
    common: npt.NDArray[np.bool_] | None = None
    """(n,): frames of a known film that other films show, too, and that prove nothing."""

    def telling(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which of these frames prove something."""
        return np.ones(len(rows), np.bool_) if self.common is None else ~self.common[rows]


@dataclass(frozen=True, slots=True)
class Known:
    """A known film and the entries that it comes from."""

    film: Film
    frames: BankEntry | None
    local: BankEntry | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A film that is asked about and the signals that it comes from."""

    film: Film
    frames: Signal | None
    local: Signal | None
    sparse: bool
    """Whether something of it was only looked at by its key frames."""


def known_films(entries: Sequence[BankEntry]) -> list[Known]:
    """Return the films of these entries; values that nothing can be read from are left out."""
    groups: dict[tuple[str, ...], list[BankEntry]] = {}
    for entry in entries:
        key = (entry.bank_id, entry.media_sha256) if entry.media_sha256 else (entry.id,)
        groups.setdefault(key, []).append(entry)
    return [film for group in groups.values() for film in _known(group)]


def _known(group: Sequence[BankEntry]) -> list[Known]:
    """Return one film; further entries of the same kind (another version's) are films of their own."""
    tracks = sorted(
        ((track, one) for one in group if one.kind == VIDEO_PDQ and (track := _track(one.value)) is not None),
        key=lambda pair: -len(pair[0].seconds),
    )
    seen = [(found, one) for one in group if one.kind == VIDEO_LOCAL and (found := _seen(one.value))]
    films = []
    for place in range(max(len(tracks), len(seen))):
        track, frames = tracks[place] if place < len(tracks) else (None, None)
        points, local = seen[place] if place < len(seen) else ((), None)
        films.append(Known(_film([track] if track else [], points), frames, local))
    return films


def asked_films(signals: Sequence[Signal]) -> list[Asked]:
    """Return the films of these signals; values that nothing can be read from are left out."""
    groups: dict[str, list[Signal]] = {}
    for signal in signals:
        groups.setdefault(signal.media_sha256 or signal.id, []).append(signal)
    return [film for group in groups.values() if (film := _asked(group)) is not None]


def _asked(group: Sequence[Signal]) -> Asked | None:
    tracks = [(track, one) for one in group if one.kind == VIDEO_PDQ and (track := _track(one.value)) is not None]
    seen = [(found, one) for one in group if one.kind == VIDEO_LOCAL and (found := _seen(one.value))]
    if not tracks and not seen:
        return None
    ends = [one.interval.end for one in group if one.interval]
    looked = tuple(one.interval or _all_of(track) for track, one in tracks if not track.sparse)
    points = tuple(sorted((each for found, _ in seen for each in found), key=lambda each: each.seconds))
    film = _film([track for track, _ in tracks], points, max(ends, default=None), looked)
    # The first signal of each kind is the whole film's: stretches were read after it.
    sparse = any(track.sparse for track, _ in tracks)
    return Asked(film, tracks[0][1] if tracks else None, seen[0][1] if seen else None, sparse)


def _all_of(track: Track) -> Interval:
    return Interval(float(track.seconds[0]), float(track.seconds[-1]))


def _film(
    tracks: Sequence[Track], seen: tuple[Seen, ...], end: float | None = None, looked: tuple[Interval, ...] = ()
) -> Film:
    if not tracks:
        times = np.array([one.seconds for one in seen])
        nothing = np.empty((0, 32), np.uint8)
        return Film(np.empty(0), nothing, None, times, seen, end or float(times[-1]) + LISTED, LISTED, looked)
    seconds = np.concatenate([track.seconds for track in tracks])
    order = np.argsort(seconds, kind="stable")
    good = order[np.concatenate([track.quality for track in tracks])[order] >= QUALITY]
    every = seconds[order]
    sides = [track.mirrored for track in tracks]
    both = None if any(one is None for one in sides) else np.concatenate([one for one in sides if one is not None])
    gaps = np.diff(every)
    gaps = gaps[gaps >= SHORTEST_FRAME]
    step = float(min(LISTED, gaps.min())) if len(gaps) else LISTED
    return Film(
        seconds[good],
        np.concatenate([track.hashes for track in tracks])[good],
        None if both is None else both[good],
        every,
        seen,
        end or float(every[-1]) + step,
        step,
        looked,
    )


def _track(value: str) -> Track | None:
    """Read a value out of the store, which may have suffered."""
    try:
        return track_of(value)
    except ValueError:
        return None


def _seen(value: str) -> tuple[Seen, ...]:
    try:
        return tuple(seen_of(value))
    except ValueError:
        return ()
