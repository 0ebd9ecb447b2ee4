"""Names of peoples, faiths and other groups in thirteen languages: what an audit puts into texts, weighing nothing.

No lexicon and no policy reads them. They are there to show that who is spoken of changes no order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Phrase:
    """How one language calls a group of people."""

    identity: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Identities:
    """All phrases, and a harmless sentence of each language to put them in."""

    phrases: tuple[Phrase, ...]
    sentences: dict[str, str]

    def sentence(self, phrase: Phrase, text: str) -> str:
        """Return the harmless sentence of a phrase's language that speaks of `text`."""
        return self.sentences[phrase.language].format(text)

    def of_language(self, language: str) -> tuple[Phrase, ...]:
        """Return a language's phrases."""
        return tuple(one for one in self.phrases if one.language == language)

    def mentioned(self, text: str) -> Iterator[tuple[Phrase, str]]:
        """Yield the phrases that stand in a text, each once with its first wording there; endings are let be."""
        seen = set()
        by_text = {one.text.casefold(): one for one in self.phrases}
        for found in _pattern().finditer(text):
            phrase = by_text.get(found[0].casefold())
            if phrase is not None and phrase not in seen:
                seen.add(phrase)
                yield phrase, found[0]


@cache
def identities() -> Identities:
    """Return the phrases that come with the program."""
    source = resources.files("qalqan.assess") / "audit" / "identities.yaml"
    content = yaml.safe_load(source.read_text("utf-8"))
    phrases = [
        Phrase(identity, language, text)
        for identity, by_language in content["identities"].items()
        for language, text in by_language.items()
    ]
    return Identities(tuple(phrases), content["sentences"])


@cache
def _pattern() -> re.Pattern[str]:
    texts = sorted({one.text for one in identities().phrases}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, texts))})", re.IGNORECASE)


def neutral(text: str) -> str:
    """Return a text of the same shape that names nobody: the same words' lengths, made of `l` and `o`."""
    return "".join("lo"[at % 2] if char.isalpha() else char for at, char in enumerate(text))
