"""The frames of videos in the form in which pictures are compared with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import QUALITY, Hashes
from qalqan.model.film import track_of


@dataclass(frozen=True, slots=True)
class Frames:
    """A video's frames of a quality of at least 50, in the order of time."""

    seconds: npt.NDArray[np.float64]
    """(n,)"""
    hashes: Hashes
    """(n, 32)"""
    mirrored: Hashes
    """(n, 32), or (0, 32) where the value does not have them."""


def frames_of(value: str) -> Frames:
    """Return the frames of a `video-pdq` value; none where it is broken."""
    try:
        track = track_of(value)
    except ValueError:
        nothing = np.empty((0, 32), np.uint8)
        return Frames(np.empty(0), nothing, nothing)
    good = track.quality >= QUALITY
    mirrored = np.empty((0, 32), np.uint8) if track.mirrored is None else track.mirrored[good]
    return Frames(track.seconds[good], track.hashes[good], mirrored)
