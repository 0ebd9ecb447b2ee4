"""Lexicons at work: which terms stand in a text, where, and how (Aho and Corasick, 1975).

The text is brought to its key (`signals.key`), all parts of all terms are found in it in one pass, parts with words
between them are put together (`signals.places`), and what a term's surroundings say about it is noted
(`signals.scene`).
"""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources

from ahocorasick_rs import BytesAhoCorasick

from qalqan.model.words import Entry
from qalqan.signals.key import key_text, keyed
from qalqan.signals.lexicon_file import read_lexicon
from qalqan.signals.places import Place, Seen, put_together
from qalqan.signals.scene import Hit, Scene
from qalqan.signals.terms import Term, compiled_terms

__all__ = ["Hit", "Lexicon", "built_in"]

_WITHOUT_YO = str.maketrans("ёЁ", "еЕ")
_FLOOD = 2000
"""Places of parts of terms from which on the rarest terms come first."""
_MOST_PLACES = 20_000
"""Places at which terms are looked at in one text."""


class Lexicon:
    """Entries made ready for reading."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.digest = hashlib.sha256(repr(self.entries).encode()).hexdigest()[:8]
        """Eight hexadecimal digits of its content: another lexicon reads otherwise."""
        self._last: tuple[str, list[Hit]] = ("", [])
        with _without_collecting():
            self._compile(compiled_terms(self.entries))

    def _compile(self, terms: Sequence[Term]) -> None:
        numbers: dict[bytes, int] = {}
        for term in terms:
            term.parts = tuple(numbers.setdefault(part.sought, len(numbers)) for part in term.pattern)
        self._whole: list[list[Term]] = [[] for _ in numbers]
        """For each part the terms that are nothing else."""
        self._apart: list[list[tuple[frozenset[int], Term]]] = [[] for _ in numbers]
        """For each part the terms of several parts among which fewest other terms have it, with all their parts."""
        uses = Counter(part for term in terms for part in term.parts)
        for term in terms:
            if len(term.parts) == 1:
                self._whole[term.parts[0]].append(term)
            else:
                self._apart[min(term.parts, key=uses.__getitem__)].append((frozenset(term.parts), term))
        self._automaton = BytesAhoCorasick(list(numbers))

    def read(self, text: str) -> list[Hit]:
        """Return the terms that stand in `text`, by place: at most 1,000, of nested ones of one sense the longest.

        Takes linear time; never raises. The last text's hits are remembered: several extractors ask for them.
        """
        last, hits = self._last
        if text != last:
            hits = self._read(text)
            self._last = (text, hits)
        return list(hits)

    def _read(self, text: str) -> list[Hit]:
        key = key_text(text)
        seen = self._seen(key)
        if "ё" in text or "Ё" in text:  # Russian writes е for it as well, and the two have different keys
            other = key_text(text.translate(_WITHOUT_YO))
            for part, words in self._seen(other).items() if other.count(" ") == key.count(" ") else ():
                seen[part] = sorted({*seen.get(part, ()), *words})
        places = self._places(seen) if seen else []
        return Scene(text, keyed(text)).hits(places) if places else []

    def _seen(self, key: str) -> Seen:
        """Return at which words the parts of terms stand in a key."""
        found = self._automaton.find_matches_as_indexes(f" {key} ".encode(), overlapping=True)
        if not found:
            return {}
        word_at: dict[int, int] = {}
        start = 0
        for number, word in enumerate(key.split(" ")):
            word_at[start] = number
            start += len(word) + 1
        seen: Seen = {}
        for part, start, _ in found:
            seen.setdefault(part, []).append(word_at[start])
        return seen

    def _places(self, seen: Seen) -> list[Place]:
        """Return where whole terms stand; in a flood of them the rarest, up to a bound."""
        terms: list[Term] = []
        there = set(seen)
        for part in seen:
            terms += self._whole[part]
            terms += [term for parts, term in self._apart[part] if parts <= there]
        if sum(map(len, seen.values())) > _FLOOD:
            terms.sort(key=lambda term: min(len(seen[part]) for part in term.parts))
        places: list[Place] = []
        looked_at = 0
        for term in terms:
            places += put_together(term, seen)
            looked_at += min(len(seen[part]) for part in term.parts)
            if looked_at > _MOST_PLACES:
                break
        return places


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep Python from looking for garbage among many new records that are all in use: it would take half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@cache
def built_in() -> Lexicon:
    """Return the lexicons that come with Qalqan. Made once: it takes about half a second."""
    return Lexicon(built_in_entries())


def built_in_entries() -> tuple[Entry, ...]:
    """Return the entries of all built-in files."""
    folder = resources.files("qalqan.signals") / "lexicons"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    with _without_collecting():
        return tuple(entry for file in files for entry in read_lexicon(file))
