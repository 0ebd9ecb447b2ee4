"""Frames that films have in common which have nothing else in common: title cards, test cards, shared intros.

They are learned from the known films themselves. Films that share most of what they show are one film (a bank often
holds a film several times); a frame near to frames of three different films is common and proves nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import Hashes
from qalqan.match.radius.index import RadiusIndex

NEAR = 20
"""Bits within which frames of two films count as the same."""
FILMS = 3
"""Different films that must share a frame."""
SHARED = 0.5
"""Share of the frames of one of two films that makes them one."""
CLOSE = 1.0
"""Seconds between two common frames up to which all between them are common."""
MOST_SAMPLES = 100
"""Frames of each film that are compared with all others."""
MOST_OF_ALL = 60_000


def learned(
    radius: RadiusIndex, hashes: Hashes, owner: npt.NDArray[np.intp], seconds: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Return which of the frames (n, 32), whose films are numbered by `owner` (n,), are common.

    `seconds` (n,) is the time of each in its film.
    """
    common = np.zeros(len(hashes), np.bool_)
    films = int(owner.max()) + 1 if len(owner) else 0
    if films < FILMS:
        return common
    samples = _samples(owner, films)
    whose, rows, _ = radius.within(hashes[samples], NEAR)
    pairs = np.unique(whose.astype(np.int64) * films + owner[rows])
    sample, film = pairs // films, pairs % films
    group = _groups(owner[samples][sample], film, np.bincount(owner[samples], minlength=films))
    told = np.unique(sample * films + group[film])
    shared_by = np.bincount(told // films, minlength=len(samples))
    common[rows[shared_by[whose] >= FILMS]] = True
    return _without_gaps(common, owner, seconds)


def _without_gaps(
    common: npt.NDArray[np.bool_], owner: npt.NDArray[np.intp], seconds: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Return `common` with the frames between common ones that follow each other closely: not all were compared."""
    rows = np.flatnonzero(common)
    before, after = rows[:-1], rows[1:]
    close = (owner[before] == owner[after]) & (seconds[after] - seconds[before] <= CLOSE)
    filled = common.copy()
    for start, end in zip(before[close].tolist(), after[close].tolist(), strict=True):
        filled[start:end] = True
    return filled


def _samples(owner: npt.NDArray[np.intp], films: int) -> npt.NDArray[np.intp]:
    """Return rows spread evenly over each film."""
    each = max(2, min(MOST_SAMPLES, MOST_OF_ALL // films))
    starts = np.searchsorted(owner, np.arange(films + 1))
    spread = [
        start + np.unique(np.linspace(0, end - start - 1, each).round().astype(np.intp))
        for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        if end > start
    ]
    return np.concatenate(spread)


def _groups(
    one: npt.NDArray[np.intp], other: npt.NDArray[np.int64], counts: npt.NDArray[np.intp]
) -> npt.NDArray[np.int64]:
    """Return a number for each film, the same for films of which one shares most of its frames with the other."""
    films = len(counts)
    shared = np.bincount(one * films + other, minlength=films * films) if films * films < 1 << 24 else None
    group = np.arange(films)
    if shared is None:
        keys, numbers = np.unique(one.astype(np.int64) * films + other, return_counts=True)
    else:
        keys, numbers = np.flatnonzero(shared), shared[np.flatnonzero(shared)]
    for key, number in zip(keys.tolist(), numbers.tolist(), strict=True):
        first, second = key // films, key % films
        if first != second and number >= SHARED * counts[first]:
            group[group == group[second]] = group[first]
    return group
