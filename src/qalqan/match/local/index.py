"""Many known pictures' points, ready to be asked: votes first, then each promising picture is verified."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qalqan.match.local import segment
from qalqan.match.local.cells import cells_of
from qalqan.match.local.postings import Asked, Postings, coarse, ordered, signatures_of
from qalqan.match.local.shelf import Shelf, shelved
from qalqan.match.local.turned import WAYS, points_of, words_of
from qalqan.match.local.verify import Verified, verify_as
from qalqan.match.local.voting import votes
from qalqan.model.local import Local

VOTING = (800, 600, 200, 200)
"""Points of a question that vote in each of `WAYS`, fewer in the rare ones, which leave points as they are. All of them
are compared when a candidate is verified."""
CANDIDATES = 50
"""Known pictures that are verified at most."""
LEAST_VOTES = 3.0
"""A candidate for which fewer points speak is verified only among the first `ANYWAY`."""
ANYWAY = 8


class Reach(NamedTuple):
    """How far a question's points look for known ones."""

    probes: int
    """Cells that each looks into."""
    most_bits: int
    """Of 64, up to which it votes."""
    sigma: float
    """Bits apart at which a vote counts 1/e."""

    def weights(self) -> npt.NDArray[np.float32]:
        """Return what a vote counts by its bits apart, 0 to 64."""
        return np.exp(-((np.arange(65) / self.sigma) ** 2)).astype(np.float32)


REACHES = ((2_000_000, Reach(12, 13, 8.0)), (10_000_000, Reach(6, 11, 6.5)))
FAR_REACH = Reach(4, 9, 5.0)
"""Among so many known points or fewer, how far; among more, this far. Chance votes grow with the number of points,
and so does the time; true ones do not."""


class Candidate(NamedTuple):
    """A known picture that deserves to be verified."""

    number: int
    votes: float
    way: int
    """Which of `turned.WAYS`."""


class LocalIndex:
    """Known pictures by their number, the order in which they were given. Never changed."""

    def __init__(self, shelf: Shelf, postings: Postings) -> None:
        self._shelf = shelf
        self._postings = postings
        points = len(shelf.points)
        self._reach = next((reach for most, reach in REACHES if points <= most), FAR_REACH)

    @classmethod
    def build(cls, known: Sequence[Local]) -> LocalIndex:
        """Return an index over `known`."""
        return cls.of_shelf(shelved(known))

    @classmethod
    def of_shelf(cls, shelf: Shelf) -> LocalIndex:
        """Return an index over flat arrays."""
        words = words_of(shelf.points["bits"])
        cells, marks = cells_of(words, 1)[:, 0], signatures_of(words)
        return cls(shelf, ordered(cells, shelf.pictures, marks, shelf.coarse_places()))

    @classmethod
    def open(cls, path: Path) -> LocalIndex:
        """Map an index that `save` wrote. Raises StoreError where it cannot be read."""
        return cls(*segment.read(path))

    def save(self, path: Path) -> None:
        """Write it to a file, all or nothing. Raises StoreError where the disk will not take it."""
        segment.write(path, self._shelf, self._postings)

    def __len__(self) -> int:
        return len(self._shelf.sides)

    def voted(self, query: Local, top: int = CANDIDATES) -> list[Candidate]:
        """Return the known pictures with the most votes that agree, at most `top`, the best first."""
        if not len(self) or not len(query.points):
            return []
        rows = votes(
            _asked(query, self._reach.probes), self._postings, len(self), self._reach.weights(), self._reach.most_bits
        )
        best: dict[int, Candidate] = {}
        for number, most, way in zip(*(column.tolist() for column in rows), strict=True):
            if len(best) == top or (most < LEAST_VOTES and len(best) >= ANYWAY):
                break
            best.setdefault(number, Candidate(number, most, way))
        return list(best.values())

    def candidates(self, query: Local, top: int = CANDIDATES) -> list[tuple[int, float]]:
        """Return (number, votes) of the known pictures that look most alike, at most `top`, the best first."""
        return [(one.number, one.votes) for one in self.voted(query, top)]

    def find(self, query: Local, top: int = CANDIDATES) -> list[tuple[int, Verified]]:
        """Return the known pictures whose points agree with the query's, the surest first."""
        found = []
        for number, _, way in self.voted(query, top):
            mirrored, inverted = WAYS[way]
            verified = verify_as(query, self._shelf.local(number), mirrored=mirrored, inverted=inverted)
            if verified is not None:
                found.append((number, verified))
        return sorted(found, key=lambda pair: -pair[1].score)


def _asked(query: Local, probes: int) -> Asked:
    """Return the query's points in all ways, one after the other."""
    parts = [
        points_of(query.first(count), mirrored=mirrored, inverted=inverted)
        for (mirrored, inverted), count in zip(WAYS, VOTING, strict=True)
    ]
    words = np.concatenate([part.words for part in parts])
    places = np.concatenate([part.places for part in parts])
    ways = np.repeat(np.arange(len(WAYS), dtype=np.uint8), [len(part.words) for part in parts])
    return Asked(
        cells_of(words, probes), signatures_of(words), coarse(places, float(max(query.width, query.height))), ways
    )
