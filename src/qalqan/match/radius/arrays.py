"""Names for the arrays that the parts of the index hand to each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint8]
"""(n, 32): one hash a row, 256 bits."""
Words = npt.NDArray[np.uint64]
"""(n, 4): one hash a row as four 64-bit numbers, its bits permuted as `permute` does; the first bit is the highest."""
Ids = npt.NDArray[np.uint64]
"""(n,): what the owner of a hash calls it."""
Found = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.uint8]]
"""Three arrays of one length: which query, which row, how many bits apart; sorted by query, then by row."""
FoundIds = tuple[npt.NDArray[np.intp], Ids, npt.NDArray[np.uint8]]
"""Three arrays of one length: which query, which id, how many bits apart; sorted by query, id, and bits."""


class Postings(NamedTuple):
    """Different hashes in the order of their words, each with the ids that have it."""

    hashes: Words
    starts: npt.NDArray[np.uint32]
    """(n + 1,): where a hash's ids begin; they end where the next one's begin."""
    ids: Ids


class Tables(NamedTuple):
    """For each part of the hashes, which of them have a certain value there. See `tables`."""

    cuts: npt.NDArray[np.int64]
    """(m, 3): each part's first bit, its number of bits, and the first group of its table."""
    groups: npt.NDArray[np.uint64]
    """(g, 2): for sixteen values, where their rows begin (and the place in `crowded`), and how many each has."""
    crowded: npt.NDArray[np.uint32]
    """(c, 17): where the rows of each value begin, for groups with a value that has more than fifteen."""
    rows: npt.NDArray[np.uint32]
    """(m - 1, n): rows in the order of their value, for all parts but the first: the hashes are in its order."""


class Probe(NamedTuple):
    """How all within a radius are found: which values to look up in which table."""

    masks: npt.NDArray[np.int64]
    """(k,): the bits in which a value that is looked up differs from the query's."""
    begins: npt.NDArray[np.int64]
    """(m + 1,): where the masks of each table begin."""


def frozen(array: npt.NDArray[np.generic]) -> None:
    """Make an array read-only, as mapped ones are: compiled loops are compiled once for each kind of array."""
    array.flags.writeable = False
