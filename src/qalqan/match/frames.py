"""The frames of videos in the form in which they are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import QUALITY, Hashes, hashes_of

SAME_FRAME = 8
"""Bits within which two frames of one video show the same."""


@dataclass(frozen=True, slots=True)
class Frames:
    """A video's frames of a quality of at least 50, in the order of time."""

    seconds: npt.NDArray[np.float64]
    """(n,)"""
    hashes: Hashes
    """(n, 32)"""
    mirrored: Hashes
    """(n, 32), or (0, 32) where the value does not have them."""
    every: npt.NDArray[np.float64]
    """(m,): the seconds of all frames, the poor ones too."""

    @property
    def end(self) -> float:
        """Seconds up to which the frames speak: each stands for the second that it begins."""
        return float(self.every[-1]) + 1.0 if len(self.every) else 0.0


def frames_of(value: str) -> Frames:
    """Return the frames of a `video-pdq` value: lines of `seconds,quality,hex[,hex mirrored]`."""
    rows = [line.split(",") for line in value.split()]
    good = [row for row in rows if int(row[1]) >= QUALITY]
    return Frames(
        seconds=np.array([float(row[0]) for row in good]),
        hashes=hashes_of([row[2] for row in good]),
        mirrored=hashes_of([row[3] for row in good if len(row) > 3]),  # noqa: PLR2004 - the optional fourth field
        every=np.array([float(row[0]) for row in rows]),
    )


def count_different(hashes: Hashes, enough: int) -> int:
    """Return how many of `hashes` differ from each other by more than 8 bits, counting up to `enough`."""
    kept: list[npt.NDArray[np.uint8]] = []
    for candidate in hashes:
        if all(np.bitwise_count(candidate ^ one).sum() > SAME_FRAME for one in kept):
            kept.append(candidate)
        if len(kept) == enough:
            break
    return len(kept)
