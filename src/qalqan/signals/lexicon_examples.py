"""Holds entries of a lexicon to their own sentences: what must be found in them, and what must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qalqan.model.words import Entry, Sense
from qalqan.signals.lexicon import Lexicon
from qalqan.signals.lexicon_file import GAP

Fault = tuple[Entry, str]
"""An entry and what is wrong with it, as a sentence."""


def failing(entries: Iterable[Entry], beside: Iterable[Entry] = ()) -> Iterator[Fault]:
    """Yield what does not hold: each term alone, each sentence of an entry; most sets of entries yield nothing.

    An entry is read by itself with the negations of its language, those of `entries` and of `beside`.
    """
    chosen = list(entries)
    negations: dict[str, list[Entry]] = {}
    for one in {each.key: each for each in (*beside, *chosen) if each.sense is Sense.NEGATION}.values():
        negations.setdefault(one.language, []).append(one)
    for entry in chosen:
        others = [] if entry.sense is Sense.NEGATION else negations.get(entry.language, [])
        yield from ((entry, fault) for fault in _faults(entry, Lexicon([entry, *others])))


def _faults(entry: Entry, lexicon: Lexicon) -> Iterator[str]:
    for term in entry.terms:
        if not _says(lexicon, GAP.sub(" ", term).replace("*", "")):
            yield f"The term “{term}” is not found where it stands alone."
    for sentence in entry.hits:
        if not _says(lexicon, sentence):
            yield f"Nothing is found in “{sentence}”, where something must be."
    for sentence in entry.misses:
        if _says(lexicon, sentence):
            yield f"Something is found in “{sentence}”, where nothing may be."


def _says(lexicon: Lexicon, text: str) -> bool:
    """Whether the lexicon's first entry says something in a text, not turned round."""
    return any(hit.entry == 0 and not hit.said.negated for hit in lexicon.read(text))
