"""Known pictures' points in flat arrays, so that a million of them can lie in one mapped file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qalqan.match.local.postings import coarse
from qalqan.match.local.turned import places_of
from qalqan.model.local import POINT, THUMB, Local


class Shelf(NamedTuple):
    """What was known of each picture, by its number."""

    ends: npt.NDArray[np.int64]
    """(n + 1,): the points of picture i are those from `ends[i]` up to `ends[i + 1]`."""
    sides: npt.NDArray[np.uint16]
    """(n, 2): width and height."""
    points: npt.NDArray[np.void]
    thumbs: npt.NDArray[np.uint8]
    """(n, 32, 32)"""

    def local(self, number: int) -> Local:
        """Return one picture's features."""
        width, height = self.sides[number].tolist()
        return Local(width, height, self.points[self.ends[number] : self.ends[number + 1]], self.thumbs[number])

    @property
    def pictures(self) -> npt.NDArray[np.uint32]:
        """The number of the picture of each point."""
        return np.repeat(np.arange(len(self.sides), dtype=np.uint32), np.diff(self.ends))

    def coarse_places(self) -> npt.NDArray[np.uint8]:
        """Return the place of each point, (n, 4), as the lists keep it."""
        sides = np.repeat(self.sides.max(axis=1).astype(np.float32), np.diff(self.ends))
        return coarse(places_of(self.points), sides)


def shelved(known: Sequence[Local]) -> Shelf:
    """Return a shelf of these pictures in this order."""
    count = len(known)
    ends = np.zeros(count + 1, np.int64)
    np.cumsum([len(local.points) for local in known], out=ends[1:])
    shelf = Shelf(
        ends,
        np.array([(local.width, local.height) for local in known], np.uint16).reshape(count, 2),
        np.empty(int(ends[-1]), POINT),
        np.empty((count, THUMB, THUMB), np.uint8),
    )
    for number, local in enumerate(known):
        shelf.points[ends[number] : ends[number + 1]] = local.points
        shelf.thumbs[number] = local.thumb
    return shelf
