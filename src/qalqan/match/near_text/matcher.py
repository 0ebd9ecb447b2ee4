"""Matcher `near-text`: how much two texts must share to be a match, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Span
from qalqan.model.signals import Signal
from qalqan.model.text_words import TEXT_WORDS, Words, packed, unpacked

if TYPE_CHECKING:  # numba takes half a second to load
    from qalqan.match.near_text.overlap import Overlap

HALF = 0.5
"""Share of either text's words that makes one the other, edited."""
QUOTED = 0.4
"""Share of the known text's words that is enough whatever else the query says."""
PART = 0.25
"""Share of the known text's words that is enough where half of the query is of it: it was shortened."""
AROUND = 0.2
"""Share of the query's words that may stand before and behind what it has of the known text. Who edits a text changes
it throughout; who puts words around it may be quoting it."""
FEWEST_WORDS = 10
"""Shared words of both, and"""
FEWEST_RUNS = 4
"""different shared runs of three words: a phrase or two is no text."""
MOST_CANDIDATES = 64
"""Known texts that are compared word by word with one query, those first that share most of what they could."""


class NearTextMatcher:
    """Finds known texts that were edited, shortened, put in another order, or into another text.

    Texts come as the words of their keys, so that spelling tricks and scripts are gone already. Three words in a row
    are a shingle (Broder, 1997). An index of all shingles of all known texts tells which of them share four and more
    with a query; no sample of them is taken, as MinHash does, so nothing is missed by chance. Then the two texts are
    compared word by word within one passage: see `overlap`.

    It is a match where four tenths of the known text's words are there, or a quarter of them and they are half of the
    query. It is verified where half of either is of the other, and at most a fifth of the query stands around it: the
    text itself, edited. What is not verified is a quotation or a part.
    `distance` is the share of the known text's words that are not there, `score` the share of the query's that are.
    `span_query` counts words of the signal's value.
    """

    manifest = Manifest("near-text", "1", "Known texts that were edited, shortened or put into others", (TEXT_WORDS,))
    stages = (Stage("near-text", 0.5, "The known text, edited, in another order, a part of it, or within another."),)

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an index over all shingles of the entries."""
        return NearTextIndex(entries)

    def examples(self) -> Sequence[Example]:
        """Return forty words, the same with every sixth one changed, a half of them in company, and other words."""
        known = list(range(1, 41))
        edited = [number + 100 if number % 6 == 0 else number for number in known]
        within = [*range(200, 260), *known[:24], *range(300, 360)]
        found = tuple(packed(words) for words in (known, edited, known[20:], within))
        other = (packed(range(500, 540)), packed([*known[:9], *range(500, 540)]))
        return (Example(TEXT_WORDS, packed(known), found=found, not_found=other),)


class NearTextIndex:
    """The shingles of all known texts. An entry whose value cannot be read is never found."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        from qalqan.match.near_text.shingles import table_of

        alike: dict[str, list[BankEntry]] = {}
        for entry in entries:
            alike.setdefault(entry.value, []).append(entry)
        readable = [(same, words) for value, same in alike.items() if (words := _words_of(value)) is not None]
        self._entries = [same for same, _ in readable]
        """Those of one known text, text by text: several banks may know the same."""
        self._texts = [words for _, words in readable]
        self._lengths = np.array([np.count_nonzero(words) for words in self._texts], np.int64)
        self._table = table_of(self._texts)

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each known text that shares enough with a signal, the one that shares most first."""
        from qalqan.match.near_text.overlap import overlap

        for signal in signals:
            words = _words_of(signal.value)
            if words is None or not self._entries:
                continue
            for text in self._candidates(words):
                yield from self._findings(signal, words, text, overlap(words, self._texts[text]))

    def _candidates(self, words: Words) -> list[int]:
        """Return the known texts that may share enough, the most promising first."""
        texts, votes = self._table.votes(words)
        lengths = self._lengths[texts]
        shares = votes / np.minimum(lengths, np.count_nonzero(words))
        enough = np.flatnonzero(votes >= FEWEST_RUNS)
        order = enough[np.argsort(-shares[enough], kind="stable")]
        return [int(text) for text in texts[order[:MOST_CANDIDATES]]]

    def _findings(self, signal: Signal, words: Words, text: int, shared: Overlap) -> Iterator[Finding]:
        length = int(np.count_nonzero(words))
        of_known, of_query = shared.known / int(self._lengths[text]), shared.query / length
        few = min(shared.known, shared.query) < FEWEST_WORDS or shared.different < FEWEST_RUNS
        if few or not (of_known >= QUOTED or (of_known >= PART and of_query >= HALF)):
            return
        within = int(np.count_nonzero(words[shared.start : shared.end])) / length
        verified = of_known >= HALF and of_query >= HALF and within >= 1 - AROUND
        span = Span(shared.start, shared.end)
        for entry in self._entries[text]:
            yield Finding(signal, entry, 1 - of_known, verified, span_query=span, score=of_query)


def _words_of(value: str) -> Words | None:
    """Return the words of a value; None for one from a store or a partner's list that is damaged or says too little."""
    try:
        return unpacked(value)
    except ValueError:
        return None
