"""Lexicons at work: which terms stand in a text, where, and how (Aho and Corasick, 1975).

The text is brought to its key (`signals.key`), all parts of all terms are found in it in one pass, parts with words
between them are put together (`signals.places`), and what a term's surroundings say about it is noted
(`signals.scene`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
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

_MOST_PLACES = 20_000
"""Places at which terms are looked at in one text. Where there are more, the rarest terms come first."""


class Lexicon:
    """Entries made ready for reading."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self.digest = hashlib.sha256(repr(self.entries).encode()).hexdigest()[:8]
        """Eight hexadecimal digits of its content: another lexicon reads otherwise."""
        numbers: dict[bytes, int] = {}
        self._whole: defaultdict[int, list[Term]] = defaultdict(list)
        self._apart: defaultdict[int, list[Term]] = defaultdict(list)
        """Terms of several parts, by the longest of them."""
        for term in compiled_terms(self.entries):
            parts = tuple(numbers.setdefault(part.sought, len(numbers)) for part in term.pattern)
            term.parts = parts
            if len(parts) == 1:
                self._whole[parts[0]].append(term)
            else:
                longest = max(range(len(parts)), key=lambda part, term=term: len(term.pattern[part].key))  # type: ignore[misc]  # mypy does not infer a default's type
                self._apart[parts[longest]].append(term)
        self._automaton = BytesAhoCorasick(list(numbers))

    def read(self, text: str) -> list[Hit]:
        """Return the terms that stand in `text`, by place: at most 1,000, of nested ones of one sense the longest.

        Takes linear time; never raises.
        """
        seen = self._seen(key_text(text))
        if "ё" in text or "Ё" in text:  # Russian writes е for it as well, and the two have different keys
            for part, words in self._seen(key_text(text.replace("ё", "е").replace("Ё", "Е"))).items():
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
        """Return where whole terms stand; the rarest first, up to a bound."""
        terms = [(len(seen[part]), term) for part in seen.keys() & self._whole.keys() for term in self._whole[part]]
        for part in seen.keys() & self._apart.keys():
            terms += [
                (min(len(seen[one]) for one in term.parts), term)
                for term in self._apart[part]
                if all(one in seen for one in term.parts)
            ]
        terms.sort(key=lambda one: one[0])
        places: list[Place] = []
        looked_at = 0
        for count, term in terms:
            looked_at += count
            if looked_at > _MOST_PLACES and places:
                break
            places += put_together(term, seen)
        return places


@cache
def built_in() -> Lexicon:
    """Return the lexicons that come with Qalqan. Made once: it takes about half a second."""
    return Lexicon(built_in_entries())


def built_in_entries() -> tuple[Entry, ...]:
    """Return the entries of all built-in files."""
    folder = resources.files("qalqan.signals") / "lexicons"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(entry for file in files for entry in read_lexicon(file))
