"""Extractor `text`: an item's own text in the form in which texts are compared."""

from __future__ import annotations

from collections.abc import Sequence

from qalqan.errors import BadValue
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Span
from qalqan.model.signals import TEXT
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.normal import normalise

SHORTEST = 20
"""Characters of normalised text: what is shorter says too little to be known again."""
LONGEST = 100_000
"""Characters of normalised text that are compared; the rest is left out."""


class TextExtractor:
    """Normalises an item's text (see `signals.normal`)."""

    manifest = Manifest("text", "1", "Known texts, however they are written", (TEXT,))

    def wants(self, subject: Subject) -> bool:
        """Every item with a text."""
        return subject.item is not None and bool(subject.item.text)

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Return one signal for a text of at least 20 normalised characters, none for a shorter one."""
        if subject.item is None or not subject.item.text:
            return Reading()
        normal = normalise(subject.item.text[: desk.limits.text_chars])
        value = normal.text[:LONGEST].rstrip(" ")
        if len(value) < SHORTEST:
            return Reading()
        span = Span(normal.offsets[0], normal.offsets[len(value)])
        return Reading((Sighting(TEXT, value, span=span),))

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return the text normalised; raises BadValue where too little of it is left."""
        normal = normalise(value).text[:LONGEST].rstrip(" ")
        if len(normal) < SHORTEST:
            msg = f"a known text needs at least {SHORTEST} letters and digits, this one has {len(normal)}"
            raise BadValue(msg)
        return normal

    def examples(self) -> Sequence[Example]:
        """Return harmless sentences, one of them written to slip through."""
        plain = "the quick brown fox jumps over the lazy dog"
        return (
            Example(text="The quick, brown FOX jumps over the lazy dog!", finds=((TEXT, plain),)),
            Example(text="Ｔｈｅ qu\u200bick bro\u00adwn fox — jumps over… the lazy dog", finds=((TEXT, plain),)),
        )
