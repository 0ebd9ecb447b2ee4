"""Extractor `text`: an item's own text in the two forms in which texts are compared.

As normalised characters, in which known texts are found whole, and as the words of its key, in which they are found
edited, shortened, in another order or script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qalqan.errors import BadValue
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Span
from qalqan.model.signals import TEXT
from qalqan.model.text_words import FEWEST, FEWEST_DIFFERENT, MOST, TEXT_WORDS, packed, unpacked, word_number
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.formulas import formula_words
from qalqan.signals.key import keyed
from qalqan.signals.normal import normalise

SHORTEST = 20
"""Characters of normalised text: what is shorter says too little to be known again."""
LONGEST = 100_000
"""Characters of normalised text that are compared; the rest is left out."""


class TextExtractor:
    """Normalises an item's text (see `signals.normal`), and numbers the words of its key (see `signals.key`)."""

    manifest = Manifest("text", "2", "Known texts, however they are written", (TEXT, TEXT_WORDS))

    def wants(self, subject: Subject) -> bool:
        """Every item with a text."""
        return subject.item is not None and bool(subject.item.text)

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Return a text of at least 20 normalised characters, and the words of one that has at least 12."""
        if subject.item is None or not subject.item.text:
            return Reading()
        text = subject.item.text[: desk.limits.text_chars]
        return Reading((*_normal(text), *_words(text)))

    def read_text(self, text: str, desk: Desk) -> Reading:
        """Return the words of a text that others read, in a picture or a recording: few are read without a mistake."""
        words = _words(text[: desk.limits.text_chars])
        return Reading(tuple(replace(one, span=None) for one in words))

    def canonical(self, kind: str, value: str) -> str:
        """Return the text normalised, or its words numbered; raises BadValue where too little of it is left."""
        if kind == TEXT_WORDS:
            return _known_words(value)
        normal = normalise(value).text[:LONGEST].rstrip(" ")
        if len(normal) < SHORTEST:
            msg = f"a known text needs at least {SHORTEST} letters and digits, this one has {len(normal)}"
            raise BadValue(msg)
        return normal

    def examples(self) -> Sequence[Example]:
        """Return harmless sentences, written to slip through, and one in two scripts."""
        plain = "the quick brown fox jumps over the lazy dog"
        latin = "bugun havo ochiq bozorda odam koʻp va bolalar daryo boʻyida oʻynab yuribdi"
        cyrillic = "Бугун ҳаво очиқ, бозорда одам кўп ва болалар дарё бўйида ўйнаб юрибди"
        words = _known_words(latin)
        return (
            Example(text="The quick, brown FOX jumps over the lazy dog!", finds=((TEXT, plain),)),
            Example(text="Ｔｈｅ qu\u200bick bro\u00adwn fox — jumps over… the lazy dog", finds=((TEXT, plain),)),
            Example(text=cyrillic, finds=((TEXT_WORDS, words),)),
        )


def _normal(text: str) -> Iterator[Sighting]:
    normal = normalise(text)
    value = normal.text[:LONGEST].rstrip(" ")
    if len(value) >= SHORTEST:
        yield Sighting(TEXT, value, span=Span(normal.offsets[0], normal.offsets[len(value)]))


def _words(text: str) -> Iterator[Sighting]:
    found = keyed(text)
    value = _numbered(found.words[:MOST])
    if _says_something(value):
        end = found.ends[min(len(found.words), MOST) - 1]
        yield Sighting(TEXT_WORDS, value, span=Span(found.starts[0], end))


def _numbered(words: Sequence[str]) -> str:
    """Return words packed, those of greetings and prayers as ones that say nothing."""
    silent = formula_words(words)
    return packed(0 if said else word_number(word) for word, said in zip(words, silent, strict=True))


def _known_words(value: str) -> str:
    """Return a packed value as it is, and those of a text in letters. Raises BadValue where they say too little."""
    if _says_something(value):
        return value
    numbered = _numbered(keyed(value).words[:MOST])
    if not _says_something(numbered):
        msg = f"a text known by its words needs at least {FEWEST}, {FEWEST_DIFFERENT} of them different"
        raise BadValue(msg, hint="Greetings and prayers do not count.")
    return numbered


def _says_something(value: str) -> bool:
    try:
        unpacked(value)
    except ValueError:
        return False
    return True
