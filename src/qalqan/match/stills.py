"""Matcher `still`: a picture that is a frame of a known video, and a video that shows a known picture."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.match.frames import frames_of
from qalqan.match.mapped import MappedHashes, Within, check_places, check_sizes, mapped, write_hashes
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
PICTURES, FRAMES = "pictures", "frames"
OWNERS, SECONDS = "owners", "seconds"


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
        pictures, frames = _gathered(entries)
        return StillIndex(entries, *(_Side(RadiusIndex(one.hashes), *one.whose) for one in (pictures, frames)))

    def write(self, entries: Iterable[BankEntry], folder: Path) -> None:
        """Write the hashes of pictures and of frames, and whose each is. Raises StoreError on a full disk."""
        for name, one in zip((PICTURES, FRAMES), _gathered(entries), strict=True):
            owners, seconds = one.whose
            write_hashes(folder / name, one.hashes)
            owners.tofile(folder / name / OWNERS)
            seconds.tofile(folder / name / SECONDS)

    def open(self, folder: Path, entries: Sequence[BankEntry]) -> Index:
        """Map what `write` wrote. Raises StoreError where it is damaged."""
        return StillIndex(entries, *(_opened(folder / name, len(entries)) for name in (PICTURES, FRAMES)))

    def examples(self) -> Sequence[Example]:
        """Return one pair each way."""
        picture, other = "3c" * 32, "5a" * 32
        film, another = f"0.000,100,{other}\n1.000,100,{picture}", f"0.000,100,{other}\n1.000,20,{picture}"
        return (
            Example(VIDEO_PDQ, film, found=(picture,), not_found=("69" * 32,), found_kind=PDQ),
            Example(PDQ, picture, found=(film,), not_found=(another,), found_kind=VIDEO_PDQ),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Hashes, and for each row its entry's place and, of a frame, the second where it stands."""

    near: Within
    owners: npt.NDArray[np.uint32]
    seconds: npt.NDArray[np.float64]


class _Gathered:
    """Hashes as they are read from entries one after the other."""

    def __init__(self) -> None:
        self._digits, self._owners, self._seconds = bytearray(), array("I"), array("d")

    @property
    def hashes(self) -> Hashes:
        """(n, 32): one a row, as they came."""
        return np.frombuffer(self._digits, np.uint8).reshape(-1, 32)

    @property
    def whose(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float64]]:
        """Each row's entry, and its second."""
        return np.array(self._owners, "<u4"), np.array(self._seconds, "<f8")

    def add(self, owner: int, hashes: Hashes, seconds: npt.NDArray[np.float64]) -> None:
        """Take an entry's hashes."""
        self._digits += hashes.tobytes()
        self._owners.extend([owner] * len(hashes))
        self._seconds.frombytes(seconds.tobytes())


def _gathered(entries: Iterable[BankEntry]) -> tuple[_Gathered, _Gathered]:
    """Return the hashes of known pictures, and those of the frames of known videos."""
    pictures, films = _Gathered(), _Gathered()
    for row, entry in enumerate(entries):
        if entry.kind == PDQ:
            pictures.add(row, hashes_of(entry.value.split()[:1]), np.zeros(1))
        else:
            frames = frames_of(entry.value)
            films.add(row, frames.hashes, frames.seconds)
    return pictures, films


def _opened(folder: Path, entries: int) -> _Side:
    near = MappedHashes(folder)
    owners, seconds = mapped(folder / OWNERS, "<u4"), mapped(folder / SECONDS, "<f8")
    check_sizes(folder, len(near), len(owners), len(seconds))
    check_places(folder, owners, entries)
    return _Side(near, owners, seconds)


class StillIndex:
    """The known pictures, and the frames of the known videos."""

    def __init__(self, entries: Sequence[BankEntry], pictures: _Side, frames: _Side) -> None:
        self._entries, self._pictures, self._frames = entries, pictures, frames

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each known video that shows a signal's picture, each known picture that a signal's video shows."""
        for signal in signals:
            if signal.kind == VIDEO_PDQ:
                yield from self._pictures_in(signal)
            elif signal.quality is None or signal.quality >= QUALITY:
                yield from self._films_with(signal)

    def _films_with(self, signal: Signal) -> Iterator[Finding]:
        near = _nearest(self._frames, hashes_of(signal.value.split()))
        for film, (bits, turn, row) in near.items():
            yield Finding(
                signal,
                self._entries[film],
                distance=bits,
                verified=False,
                transform=TRANSFORMS[turn],
                interval_known=_second(self._frames.seconds[row]),
                kind=STILL,
            )

    def _pictures_in(self, signal: Signal) -> Iterator[Finding]:
        frames = frames_of(signal.value)
        both = np.concatenate([frames.hashes, frames.mirrored])
        near = _nearest(self._pictures, both)
        for picture, (bits, frame, _) in near.items():
            mirrored = frame >= len(frames.hashes)
            yield Finding(
                signal,
                self._entries[picture],
                distance=bits,
                verified=False,
                transform=TRANSFORMS[MIRRORED] if mirrored else None,
                interval_query=_second(frames.seconds[frame % len(frames.hashes)]),
                kind=STILL,
            )


def _nearest(side: _Side, hashes: Hashes) -> dict[int, tuple[int, int, int]]:
    """Return, for each entry with a row near one of `hashes`, the (bits, hash, row) nearest to it."""
    nearest: dict[int, tuple[int, int, int]] = {}
    for start in range(0, len(hashes), BLOCK):
        queries, rows, bits = side.near.within(hashes[start : start + BLOCK], RADIUS)
        if not len(rows):  # as of most: nothing to put in order
            continue
        whose = side.owners[rows]
        order = np.lexsort((rows, queries, bits, whose))
        owners, firsts = np.unique(whose[order], return_index=True)
        for one, place in zip(owners.tolist(), order[firsts].tolist(), strict=True):
            found = int(bits[place]), int(queries[place]) + start, int(rows[place])
            nearest[one] = min(nearest.get(one, found), found)
    return dict(sorted(nearest.items()))


def _second(start: float) -> Interval:
    return Interval(float(start), float(start) + 1.0)
