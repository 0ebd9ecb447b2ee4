"""How much of two texts is the same, and where: the measure that decides, whatever found the two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.near_text.loops import best_window
from qalqan.match.near_text.shingles import SHINGLE, Numbers, shingles
from qalqan.model.text_words import Words

STRETCH = 1.5
SLACK = 8
"""Words. The shorter text's words must stand in one passage of the longer that is at most half again as long, and
these words: what a long text has of any other, here and there, is its language."""


Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a query and a known text share within one passage of the longer of the two."""

    query: int
    """Words of the query that stand in a run of three or more that the known text has, too."""
    known: int
    """Words of the known text of which the same is true."""
    different: int
    """Different runs of three words that both have."""
    start: int
    end: int
    """From the first to behind the last of the query's words."""


def overlap(query: Words, known: Words) -> Overlap:
    """Return what two texts share."""
    if len(query) <= len(known):
        of_query, of_known, different = _shared(query, known)
    else:
        of_known, of_query, different = _shared(known, query)
    places = np.flatnonzero(of_query)
    start, end = (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)
    return Overlap(len(places), int(of_known.sum()), different, start, end)


def _shared(short: Words, long: Words) -> tuple[Mask, Mask, int]:
    """Return which words of both stand in shared runs, and how many different runs there are."""
    runs, weights = np.unique(shingles(short), return_counts=True)
    own = _places(runs, shingles(short))
    weights[runs == 0] = 0
    ids = _places(runs, shingles(long))
    width = int(STRETCH * len(short)) + SLACK - SHINGLE + 1
    first = best_window(ids, weights, width) if len(ids) > width else 0
    passage = ids[first : first + width]
    found = np.zeros(len(runs), np.bool_)
    found[passage[passage >= 0]] = True
    of_long = np.zeros(len(long), np.bool_)
    of_long[first : first + len(passage) + SHINGLE - 1] = _words(passage >= 0)
    return _words((own >= 0) & found[own]), of_long, int(found.sum())


def _places(runs: Numbers, among: Numbers) -> npt.NDArray[np.int64]:
    """Return where in `runs` each shingle stands, −1 where it does not or says nothing."""
    places = np.minimum(np.searchsorted(runs, among), len(runs) - 1)
    return np.where((runs[places] == among) & (among != 0), places, -1)


def _words(shared: Mask) -> Mask:
    """Return which words lie in a shared run, for the places at which such runs begin."""
    words = np.zeros(len(shared) + SHINGLE - 1, np.bool_)
    for at in range(SHINGLE):
        words[at : at + len(shared)] |= shared
    return words
