"""Shingles, three words in a row, and the table of those of all known texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.near_text.loops import gather
from qalqan.model.text_words import Words

SHINGLE: int = 3
"""Words. Two in a row are shared by texts that have only a language in common; of four in a row too few are left where
every fifth word was changed."""
MOST_OWNERS = 256
"""Known texts that are looked at for one shingle, the first ones. More share it where it is a phrase that says nothing,
or where so many versions of one text are known that the first of them will do."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_BUCKETS = 1 << 16

Numbers = npt.NDArray[np.uint64]


def shingles(words: Words) -> Numbers:
    """Return each three words in a row as one number of 48 bits, and 0 where one of them says nothing; (n - 2,)."""
    if len(words) < SHINGLE:
        return np.zeros(0, np.uint64)
    first, second, third = (words[at : len(words) - SHINGLE + 1 + at].astype(np.uint64) for at in range(SHINGLE))
    numbers = first << _HALF | second << np.uint64(16) | third
    numbers[(first == 0) | (second == 0) | (third == 0)] = 0
    return numbers


@dataclass(frozen=True, slots=True)
class Table:
    """The shingles of known texts. Plain arrays, so that they can lie in a file that is mapped."""

    rows: Numbers
    """(n,), rising: 32 mixed bits of a shingle, and below them 32 of the text's number, each pair once."""
    starts: npt.NDArray[np.int64]
    """(65,537,): where the rows begin whose upper 16 bits are this."""

    def votes(self, words: Words) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the known texts that share shingles with `words`, and how many different ones."""
        asked = np.unique(_mixed(shingles(words)))
        owners = np.empty(len(asked) * MOST_OWNERS, np.uint32)
        found = gather(self.rows, self.starts, asked, MOST_OWNERS, owners)
        texts, votes = np.unique(owners[:found], return_counts=True)
        return texts.astype(np.int64), votes.astype(np.int64)


def table_of(texts: Sequence[Words]) -> Table:
    """Return the table of `texts`, numbered from 0."""
    # A word that says nothing between two texts: no shingle reaches from one into the next.
    apart = np.zeros(1, np.uint16)
    line = np.concatenate([part for words in texts for part in (words, apart)] or [apart])
    owners = np.repeat(np.arange(len(texts), dtype=np.uint64), [len(words) + 1 for words in texts])
    numbers = shingles(line)
    told = np.flatnonzero(numbers)
    rows = _mixed(numbers[told]) | owners[told]
    rows.sort()
    rows = rows[np.flatnonzero(np.diff(rows, prepend=rows[:1] ^ np.uint64(1)))]
    bounds = np.arange(_BUCKETS, dtype=np.uint64) << np.uint64(48)
    starts = np.append(np.searchsorted(rows, bounds), len(rows)).astype(np.int64)
    return Table(rows, starts)


def _mixed(numbers: Numbers) -> Numbers:
    """Return the upper 32 bits of each number's product with an odd constant (Knuth, 6.4), the lower ones 0."""
    told: Numbers = numbers[numbers != 0] * _MIX
    return told >> _HALF << _HALF
