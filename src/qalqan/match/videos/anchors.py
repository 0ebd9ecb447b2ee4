"""Pairs of moments at which a film that is asked about looks like a known one: by hashes, and by local features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import atan2, degrees

import numpy as np
import numpy.typing as npt

from qalqan.match.local.index import LocalIndex
from qalqan.match.local.verify import Verified, verify_as
from qalqan.match.radius import RADIUS, Hashes
from qalqan.match.radius.index import RadiusIndex
from qalqan.match.videos import common
from qalqan.match.videos.films import Film, Known
from qalqan.match.videos.lines import Anchors, joined
from qalqan.match.videos.turns import INVERTED, all_turns
from qalqan.model.film import Seen

MOST_PAIRS = 64
"""Frames of one known film that one frame votes with, the nearest: in still scenes all are near to all."""
BLOCK = 32
"""Frames looked up at a time, which bounds the memory that still scenes take."""
ASKED_STEP = 0.19
"""Seconds between frames that are looked up: the others serve to find a stretch's ends."""
MOST_ASKED = 2_000
MOST_SEEN = 60
"""Frames whose local features are looked up."""
CANDIDATES = 6
"""Known frames that are verified for each of them."""
SURE_SCORE = 20.0
"""A score of local features from which a pair counts as much as a pair of equal hashes."""
FAINT_SCORE = 3.0
"""A score under which a pair of frames says nothing, even among many."""
SPECK = 0.04
"""Share of a known frame that must be shown: letters are in all films."""
ALIKE = 0.25
"""Correlation of the frames' thumbnails where their points agree."""
BY_QUARTER = ((0, 1, 2, 3), (5, 7, 4, 6))
"""The turn's number by whether it is mirrored and by quarter turns clockwise after that."""


class FrameIndex:
    """All frames of known films: their hashes in one radius index, their local features in another."""

    def __init__(self, known: Sequence[Known]) -> None:
        films = [one.film for one in known]
        self._owner = np.repeat(np.arange(len(films)), [len(film.seconds) for film in films])
        self._seconds = np.concatenate([np.empty(0), *(film.seconds for film in films)])
        hashes = np.concatenate([np.empty((0, 32), np.uint8), *(film.hashes for film in films)])
        self._radius = RadiusIndex(hashes)
        self._common = common.learned(self._radius, hashes, self._owner, self._seconds)
        starts = np.cumsum([0, *(len(film.seconds) for film in films)])
        self.films = [
            _marked(film, self._common[start : start + len(film.seconds)])
            for film, start in zip(films, starts.tolist(), strict=False)
        ]
        """The known films, with what of them is common marked."""
        self._seen = [(number, one) for number, film in enumerate(self.films) for one in film.seen]
        self._local = LocalIndex.build([one.local for _, one in self._seen]) if self._seen else None

    def anchors(self, asked: Film) -> dict[int, Anchors]:
        """Return the pairs of each known film that looks like `asked` at some moment."""
        parts: defaultdict[int, list[Anchors]] = defaultdict(list)
        for number, found in self._by_hash(asked):
            parts[number].append(found)
        for number, found in self._by_points(asked):
            parts[number].append(found)
        return {number: joined(each) for number, each in sorted(parts.items())}

    def _by_hash(self, asked: Film) -> Iterator[tuple[int, Anchors]]:
        rows = _spaced(asked)
        if not len(rows) or not len(self._owner):
            return
        mirrored = None if asked.mirrored is None else asked.mirrored[rows]
        hashes, ways = all_turns(asked.hashes[rows], mirrored)
        frame = np.tile(rows, len(ways))
        way = np.repeat(ways, len(rows))
        for start in range(0, len(hashes), BLOCK):
            yield from self._block(asked, hashes[start : start + BLOCK], frame[start:], way[start:])

    def _block(
        self, asked: Film, hashes: Hashes, frame: npt.NDArray[np.int64], way: npt.NDArray[np.int64]
    ) -> Iterator[tuple[int, Anchors]]:
        whose, rows, bits = self._radius.within(hashes, RADIUS)
        told = ~self._common[rows]
        whose, rows, bits = whose[told], rows[told], bits[told]
        owners = self._owner[rows]
        for number in np.unique(owners).tolist():
            mine = np.flatnonzero(owners == number)
            mine = _nearest(mine, whose, bits)
            frames = frame[whose[mine]]
            weight = 1.0 - bits[mine] / (2.0 * RADIUS)
            yield number, Anchors(asked.seconds[frames], self._seconds[rows[mine]], weight, way[whose[mine]], frames)

    def _by_points(self, asked: Film) -> Iterator[tuple[int, Anchors]]:
        if self._local is None:
            return
        seen = asked.seen
        if len(seen) > MOST_SEEN:
            seen = tuple(seen[place] for place in np.linspace(0, len(seen) - 1, MOST_SEEN).round().astype(int))
        for place, one in enumerate(seen):
            for number, found in self._local.find(one.local, CANDIDATES):
                if convincing(found):
                    film, known = self._seen[number]
                    yield film, _of_points(one, known, found, -1 - place)


def _marked(film: Film, shared: npt.NDArray[np.bool_]) -> Film:
    """Return a known film with its common frames marked, and without the local features of those."""
    if not shared.any():
        return film
    rows = np.searchsorted(film.seconds, [one.seconds for one in film.seen], side="right") - 1
    seen = tuple(one for one, row in zip(film.seen, rows.tolist(), strict=True) if row < 0 or not shared[row])
    return replace(film, seen=seen, common=shared)


def _spaced(asked: Film) -> npt.NDArray[np.int64]:
    """Return the rows of frames that are looked up: a few a second, and no more than 2,000."""
    rows, last = [], -np.inf
    for row, at in enumerate(asked.seconds.tolist()):
        if at >= last + ASKED_STEP:
            rows.append(row)
            last = at
    chosen = np.array(rows, np.int64)
    if len(chosen) > MOST_ASKED:
        chosen = chosen[np.linspace(0, len(chosen) - 1, MOST_ASKED).round().astype(int)]
    return chosen


def _nearest(
    mine: npt.NDArray[np.intp], whose: npt.NDArray[np.intp], bits: npt.NDArray[np.uint8]
) -> npt.NDArray[np.intp]:
    """Keep the nearest 64 pairs of each frame."""
    order = mine[np.lexsort((mine, bits[mine], whose[mine]))]
    first = np.searchsorted(whose[order], whose[order], side="left")
    return order[np.arange(len(order)) - first < MOST_PAIRS]


def _of_points(asked: Seen, known: Seen, found: Verified, voter: int) -> Anchors:
    way = way_of(found)
    weight = min(1.0, found.score / SURE_SCORE)
    return Anchors(
        np.array([asked.seconds]), np.array([known.seconds]), np.array([weight]), np.array([way]), np.array([voter])
    )


def convincing(found: Verified) -> bool:
    """Say whether two frames' agreement is worth anything: it is no speck of both, and looks alike as well."""
    area = found.box_known.width * found.box_known.height
    alike = found.correlation is None or found.correlation >= ALIKE
    return found.score >= FAINT_SCORE and area >= SPECK and alike


def way_of(found: Verified) -> int:
    """Return by which of `TRANSFORMS` a known frame went, to the nearest quarter turn, and whether it was inverted."""
    a, b, _, d, e, _ = found.transform
    turn = degrees(atan2(d - b, a + e))
    quarter = round((-turn if found.mirrored else turn) / 90) % 4
    return BY_QUARTER[found.mirrored][quarter] + (INVERTED if found.inverted else 0)


def verified_as(asked: Seen, known: Seen, way: int) -> Verified | None:
    """Return how two frames' points agree where the known one is mirrored or inverted as `way` says."""
    mirrored = way % INVERTED in BY_QUARTER[True]
    return verify_as(asked.local, known.local, mirrored=mirrored, inverted=way >= INVERTED)
