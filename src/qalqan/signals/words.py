"""Extractor `words`: what lexicons know in a text, and its language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qalqan.errors import BadValue
from qalqan.model.items import Item
from qalqan.model.manifest import Manifest
from qalqan.model.signals import LANGUAGE, NAME, SAID
from qalqan.model.words import ACTS, WHO, Sense, Strength
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.language import language_of
from qalqan.signals.lexicon import Hit, Lexicon, built_in

_TURNING = (Sense.NEGATION, Sense.AGAINST)
"""Cues that have done their work: what they turn round says so itself."""
_BY_NAME = -1
"""The sentence of what stands in a name: it stands over all of a text."""
_LONGEST_NAME = 500
"""Characters of a channel's or an author's name that are read."""


class WordsExtractor:
    """Reads names, acts and contexts in an item's text, and in the names of its channel and its author."""

    manifest = Manifest("words", "1", "Names, acts and contexts", (SAID, NAME, LANGUAGE))

    def wants(self, subject: Subject) -> bool:
        """Every item that has a text or a name."""
        item = subject.item
        return item is not None and bool(item.text or item.channel or item.author)

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Return what is said, with its places in the text, and the text's language where it can be told."""
        if subject.item is None:
            return Reading()
        reading = self.read_text(subject.item.text or "", desk)
        by_name = _in_names(
            subject.item, desk.lexicon, named={one.value for one in reading.sightings if one.kind == NAME}
        )
        return replace(reading, sightings=(*reading.sightings, *by_name))

    def read_text(self, text: str, desk: Desk) -> Reading:
        """Return what is said in a text that others read, in a picture or a recording; spans are within it."""
        text = text[: desk.limits.text_chars]
        hits = _worth_keeping(desk.lexicon.read(text))
        seen = [Sighting(SAID, hit.said.packed(), span=hit.span) for hit in hits]
        seen += _named(hits)
        language = language_of(text)
        if language:
            seen.append(Sighting(LANGUAGE, language.tag, quality=language.confidence))
        return Reading(tuple(seen))

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - neither kind has one
        """Raise BadValue: a term belongs into a lexicon, and a language is no known thing."""
        raise BadValue("words are no known things: add the term to a lexicon instead")

    def examples(self) -> Sequence[Example]:
        """Return a sentence of each built-in lexicon that must be found."""
        firsts = {
            entry.language: entry.hits[0]
            for entry in reversed(built_in().entries)
            if entry.hits and entry.sense in ACTS | WHO
        }
        return tuple(Example(text=sentence, finds=((SAID, "*"),)) for sentence in firsts.values())


def _worth_keeping(hits: Sequence[Hit]) -> list[Hit]:
    """Leave out what weighs nothing: a context without an act, and cues that have already turned their acts round."""
    acts = any(hit.said.sense in ACTS for hit in hits)
    return [hit for hit in hits if hit.said.sense in WHO or (acts and hit.said.sense not in _TURNING)]


def _named(hits: Sequence[Hit]) -> list[Sighting]:
    """Return each entity once, where it is named first."""
    first: dict[str, Sighting] = {}
    for hit in hits:
        if hit.said.entity:
            first.setdefault(hit.said.entity, Sighting(NAME, hit.said.entity, span=hit.span))
    return list(first.values())


def _in_names(item: Item, lexicon: Lexicon, named: set[str]) -> Iterator[Sighting]:
    """Yield who is named in the channel's and the author's names; whoever is `named` in the text is not told again.

    Nothing else of a name is read: a channel does not become a news agency by calling itself one.
    """
    for place, name in (("channel", item.channel), ("author", item.author)):
        for hit in lexicon.read((name or "")[:_LONGEST_NAME]):
            if hit.said.sense in WHO and hit.said.strength is Strength.STRONG:
                yield Sighting(SAID, replace(hit.said, sentence=_BY_NAME, place=place).packed())
                if hit.said.entity and hit.said.entity not in named:
                    named.add(hit.said.entity)
                    yield Sighting(NAME, hit.said.entity)
