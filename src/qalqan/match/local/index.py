"""Many known pictures' points, ready to be asked: votes first, then each promising picture is verified."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qalqan.match.local import segment
from qalqan.match.local.cells import cells_of
from qalqan.match.local.postings import SIGMA, Asked, Postings, ordered, signatures_of, votes
from qalqan.match.local.shelf import Shelf, shelved
from qalqan.match.local.turned import WAYS, points_of, words_of
from qalqan.match.local.verify import Verified, verify_as
from qalqan.model.local import Local

PROBES = 4
"""Cells that each point of a question looks into."""
VOTING = (800, 600, 200, 200)
"""Points of a question that vote in each of `WAYS`, fewer in the rare ones, which leave points as they are. All of them
are compared when a candidate is verified."""
CANDIDATES = 50
"""Known pictures that are verified at most."""
LEAST_VOTES = 0.9
"""A candidate with fewer is not verified: two near points that agree have more."""

_WEIGHTS = np.exp(-((np.arange(65) / SIGMA) ** 2)).astype(np.float32)


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

    @classmethod
    def build(cls, known: Sequence[Local]) -> LocalIndex:
        """Return an index over `known`."""
        return cls.of_shelf(shelved(known))

    @classmethod
    def of_shelf(cls, shelf: Shelf) -> LocalIndex:
        """Return an index over flat arrays."""
        words = words_of(shelf.points["bits"])
        cells, marks = cells_of(words, 1)[:, 0], signatures_of(words)
        return cls(shelf, ordered(cells, shelf.pictures, marks, shelf.points["angle"], shelf.points["scale"]))

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
        rows = votes(_asked(query), self._postings, len(self), _WEIGHTS)
        best: dict[int, Candidate] = {}
        for number, most, way in zip(*(column.tolist() for column in rows), strict=True):
            if most < LEAST_VOTES or len(best) == top:
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


def _asked(query: Local) -> Asked:
    """Return the query's points in all ways, one after the other."""
    columns: list[tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]] = []
    for (mirrored, inverted), count in zip(WAYS, VOTING, strict=True):
        part = query.first(count)
        angle = part.points["angle"].astype(np.int64)
        turns = ((128 - angle if mirrored else angle) + 128 * inverted).astype(np.uint8)
        words = points_of(part, mirrored=mirrored, inverted=inverted).words
        columns.append((words, turns, np.asarray(part.points["scale"], np.uint8)))
    words, turns, sizes = (np.concatenate(column) for column in zip(*columns, strict=True))
    ways = np.repeat(np.arange(len(WAYS), dtype=np.uint8), [len(column[0]) for column in columns])
    return Asked(cells_of(words, PROBES), signatures_of(words), turns, sizes, ways)
