"""Matcher `still`: a picture that is a frame of a known video, and a video that shows a known picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.match.frames import frames_of
from qalqan.match.radius import QUALITY, RADIUS, Hashes, hashes_of
from qalqan.match.radius.index import RadiusIndex
from qalqan.match.transforms import TRANSFORMS
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Interval
from qalqan.model.signals import PDQ, VIDEO_PDQ, Signal

STILL = "still"
MIRRORED = TRANSFORMS.index("mirrored")
BLOCK = 64
"""Hashes looked up at a time: in still scenes all frames are near to all, and answers take memory."""


class StillMatcher:
    """Compares pictures with the frames of videos, both ways; within 31 bits is near. Never verified.

    Both the picture queried and all frames need a quality of at least 50. The nearest frame of a video is given: its
    second is the interval.
    """

    manifest = Manifest(
        "still", "1", "Pictures out of known videos, and known pictures within videos", (PDQ, VIDEO_PDQ)
    )
    stages = (Stage("still", 11.0, "One picture of a film: never more than a reason to look."),)

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an index over the known pictures and one over the known frames."""
        return StillIndex(entries)

    def examples(self) -> Sequence[Example]:
        """Return one pair each way."""
        picture, other = "3c" * 32, "5a" * 32
        film, another = f"0.000,100,{other}\n1.000,100,{picture}", f"0.000,100,{other}\n1.000,20,{picture}"
        return (
            Example(VIDEO_PDQ, film, found=(picture,), not_found=("69" * 32,), found_kind=PDQ),
            Example(PDQ, picture, found=(film,), not_found=(another,), found_kind=VIDEO_PDQ),
        )


class StillIndex:
    """The known pictures, and the frames of the known videos."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        self._pictures = [entry for entry in entries if entry.kind == PDQ]
        self._films = [entry for entry in entries if entry.kind == VIDEO_PDQ]
        self._by_picture = RadiusIndex(hashes_of([entry.value.split()[0] for entry in self._pictures]))
        frames = [frames_of(film.value) for film in self._films]
        self._owner = np.repeat(np.arange(len(frames)), [len(each.hashes) for each in frames])
        self._seconds = np.concatenate([np.empty(0), *(each.seconds for each in frames)])
        self._by_frame = RadiusIndex(np.concatenate([np.empty((0, 32), np.uint8), *(each.hashes for each in frames)]))

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each known video that shows a signal's picture, each known picture that a signal's video shows."""
        for signal in signals:
            if signal.kind == VIDEO_PDQ:
                yield from self._pictures_in(signal)
            elif signal.quality is None or signal.quality >= QUALITY:
                yield from self._films_with(signal)

    def _films_with(self, signal: Signal) -> Iterator[Finding]:
        near = _nearest(self._by_frame, hashes_of(signal.value.split()), self._owner)
        for film, (bits, turn, row) in near.items():
            yield Finding(
                signal,
                self._films[film],
                distance=bits,
                verified=False,
                transform=TRANSFORMS[turn],
                interval_known=_second(self._seconds[row]),
                kind=STILL,
            )

    def _pictures_in(self, signal: Signal) -> Iterator[Finding]:
        frames = frames_of(signal.value)
        both = np.concatenate([frames.hashes, frames.mirrored])
        near = _nearest(self._by_picture, both, np.arange(len(self._pictures)))
        for picture, (bits, frame, _) in near.items():
            mirrored = frame >= len(frames.hashes)
            yield Finding(
                signal,
                self._pictures[picture],
                distance=bits,
                verified=False,
                transform=TRANSFORMS[MIRRORED] if mirrored else None,
                interval_query=_second(frames.seconds[frame % len(frames.hashes)]),
                kind=STILL,
            )


def _nearest(index: RadiusIndex, hashes: Hashes, owner: npt.NDArray[np.intp]) -> dict[int, tuple[int, int, int]]:
    """Return, for each owner of a row near one of `hashes`, the (bits, hash, row) nearest to it."""
    nearest: dict[int, tuple[int, int, int]] = {}
    for start in range(0, len(hashes), BLOCK):
        queries, rows, bits = index.within(hashes[start : start + BLOCK], RADIUS)
        whose = owner[rows]
        order = np.lexsort((rows, queries, bits, whose))
        owners, firsts = np.unique(whose[order], return_index=True)
        for one, place in zip(owners.tolist(), order[firsts].tolist(), strict=True):
            found = int(bits[place]), int(queries[place]) + start, int(rows[place])
            nearest[one] = min(nearest.get(one, found), found)
    return dict(sorted(nearest.items()))


def _second(start: float) -> Interval:
    return Interval(float(start), float(start) + 1.0)
