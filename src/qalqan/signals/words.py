"""Extractor `words`: what lexicons know in a text, and its language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qalqan.errors import BadValue
from qalqan.model.items import Item
from qalqan.model.manifest import Manifest
from qalqan.model.signals import LANGUAGE, SAID
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.language import language_of
from qalqan.signals.lexicon import Lexicon, built_in

_BY_NAME = -1
"""The sentence of what stands in a name: it stands over all of a text."""
_LONGEST_NAME = 500
"""Characters of a channel's or an author's name that are read."""


class WordsExtractor:
    """Reads names, acts and contexts in an item's text, and in the names of its channel and its author."""

    manifest = Manifest("words", "1", "Names, acts and contexts", (SAID, LANGUAGE))

    def wants(self, subject: Subject) -> bool:
        """Every item that has a text or a name."""
        item = subject.item
        return item is not None and bool(item.text or item.channel or item.author)

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Return what is said, with its places in the text, and the text's language where it can be told."""
        if subject.item is None:
            return Reading()
        reading = self.read_text(subject.item.text or "", desk)
        return replace(reading, sightings=(*reading.sightings, *_in_names(subject.item, desk.lexicon)))

    def read_text(self, text: str, desk: Desk) -> Reading:
        """Return what is said in a text that others read, in a picture or a recording; spans are within it."""
        text = text[: desk.limits.text_chars]
        hits = desk.lexicon.read(text)
        seen = [Sighting(SAID, hit.said.packed(), span=hit.span) for hit in hits]
        language = language_of(text)
        if language:
            seen.append(Sighting(LANGUAGE, language.tag, quality=language.confidence))
        return Reading(tuple(seen))

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - neither kind has one
        """Raise BadValue: a term belongs into a lexicon, and a language is no known thing."""
        raise BadValue("words are no known things: add the term to a lexicon instead")

    def examples(self) -> Sequence[Example]:
        """Return a sentence of each built-in lexicon that must be found."""
        firsts = {entry.language: entry.hits[0] for entry in reversed(built_in().entries) if entry.hits}
        return tuple(Example(text=sentence, finds=((SAID, "*"),)) for sentence in firsts.values())


def _in_names(item: Item, lexicon: Lexicon) -> Iterator[Sighting]:
    for place, name in (("channel", item.channel), ("author", item.author)):
        for hit in lexicon.read((name or "")[:_LONGEST_NAME]):
            yield Sighting(SAID, replace(hit.said, sentence=_BY_NAME, place=place).packed())
