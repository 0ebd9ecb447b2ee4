"""Equal hashes become one with a list of ids: a thousand copies of a frame cost a query no more than one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qalqan.match.radius.arrays import Ids, Postings, Words, frozen

MOST = (1 << 32) - 2
"""Rows of one index: places in it are 32 bits wide."""


def fold(words: Words, ids: Ids) -> Postings:
    """Sort (n, 4) words and fold the equal ones; their ids in rising order. Raises ValueError for too many."""
    if len(words) > MOST:
        raise ValueError(f"An index holds at most {MOST:,} hashes, not {len(words):,}.")
    order = _order(words, ids)
    words, ids = words[order], ids[order]
    new = np.ones(len(words), bool)
    new[1:] = (words[1:] != words[:-1]).any(axis=1)
    starts = np.append(np.flatnonzero(new), len(words)).astype(np.uint32)
    postings = Postings(words if new.all() else words[new], starts, ids)
    for array in postings:
        frozen(array)
    return postings


def unfold(postings: Postings) -> tuple[Words, Ids]:
    """Return the words and ids that were folded, in the order of the words."""
    return np.repeat(postings.hashes, np.diff(postings.starts), axis=0), postings.ids


def _order(words: Words, ids: Ids) -> npt.NDArray[np.intp]:
    """Return the order of the words, the first most significant. Only ties of the first need a look at the others."""
    order = np.argsort(words[:, 0])
    first = words[order, 0]
    same = first[1:] == first[:-1]
    tied = np.zeros(len(words), bool)
    tied[1:] |= same
    tied[:-1] |= same
    places = np.flatnonzero(tied)
    rows = order[places]
    order[places] = rows[np.lexsort((ids[rows], *words[rows].T[::-1]))]
    return order
