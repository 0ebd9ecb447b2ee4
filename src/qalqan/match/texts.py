"""Matcher `text`: known texts, whole or within others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ahocorasick_rs import AhoCorasick

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Span
from qalqan.model.signals import TEXT, Signal

SHORTEST = 20
"""Characters of a known text that is looked for within others; a shorter one must be equal."""


class TextMatcher:
    """Finds known normalised texts as whole words of a normalised text (Aho and Corasick, 1975).

    `distance` is the share of the query's characters that the known text does not cover: 0 where they are equal, and
    only then it counts as verified. `span_query` counts characters of the signal's value, the normalised text; who
    holds the raw text finds the raw characters by the offsets that normalising it again gives.
    """

    manifest = Manifest("text", "1", "Known texts, whole or quoted", (TEXT,))
    stages = (Stage("text", 0.05, "The known text, whole or quoted, through spelling tricks."),)

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an automaton over the entries' texts."""
        return TextIndex(entries)

    def examples(self) -> Sequence[Example]:
        """Return a known sentence, alone, in company, and as part of longer words."""
        known = "the heron flies at dawn"
        return (
            Example(TEXT, known, found=(known, f"they say {known} every day"), not_found=(f"{known}s", "the heron")),
        )


class TextIndex:
    """The known texts, each once however many entries have it."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        self._entries: defaultdict[str, list[BankEntry]] = defaultdict(list)
        for entry in entries:
            self._entries[entry.value].append(entry)
        self._texts = [text for text in self._entries if len(text) >= SHORTEST]
        # A space on both sides makes the automaton find whole words only.
        self._automaton = AhoCorasick([f" {text} " for text in self._texts])

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each entry whose text a signal has, where it stands first."""
        for signal in signals:
            for text, start in self._known_within(signal.value).items():
                yield from self._findings(signal, text, start)

    def _known_within(self, value: str) -> dict[str, int]:
        found = {value: 0} if value in self._entries else {}
        for number, start, _ in self._automaton.find_matches_as_indexes(f" {value} ", overlapping=True):
            found.setdefault(self._texts[number], start)
        return found

    def _findings(self, signal: Signal, text: str, start: int) -> Iterator[Finding]:
        span = Span(start, start + len(text))
        distance = 1 - len(text) / len(signal.value) if signal.value else 0.0
        for entry in self._entries[text]:
            yield Finding(signal, entry, distance, verified=text == signal.value, span_query=span)
