"""The functional suite: sentences of thirteen languages, harmful and harmless, through reading and weighing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qalqan.assess.policy import Policy
from qalqan.assess.policy_words import Sort
from qalqan.assess.weigh import weigh
from qalqan.isolate import Isolate
from qalqan.model.assessments import Assessment, Band
from qalqan.model.ids import new_id
from qalqan.model.limits import Limits
from qalqan.model.signals import Signal
from qalqan.model.words import Entry, Sense, Strength
from qalqan.signals.contract import Desk, Extractor, Subject
from qalqan.signals.indicators.extractor import IndicatorExtractor
from qalqan.signals.lexicon import Lexicon, built_in_entries
from qalqan.signals.links import LinkExtractor
from qalqan.signals.words import WordsExtractor
from support import made

FOLDER = Path(__file__).parents[1] / "functional"
LANGUAGES = ("ar", "de", "en", "fr", "kk", "ky", "nl", "ru", "tg", "tk", "tr", "ug", "uz")
FILLED = {
    "{wallet}": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "{handle}": "@heron_desk",
    "{invite}": "https://t.me/+AbCdEfGhIjKlMnOp",
    "{link}": "https://example.org/issue",
}
"""What stands in the sentences' places."""
NAMES = {
    "group": Sense.ORGANISATION, "brigade": Sense.ORGANISATION, "outlet": Sense.OUTLET, "magazine": Sense.PRODUCT,
    "leader": Sense.PERSON,
}  # fmt: skip
FLAGS = (Sort.TERRORIST, Sort.OTHER, Sort.UNSURE, Sort.LISTED)


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence and what it must come to."""

    language: str
    functionality: str
    text: str
    expect: str | None
    """The category of a harmful one; None for a harmless one."""
    context: str | None = None

    @property
    def id(self) -> str:
        """Name it."""
        return f"{self.language}-{self.functionality}-{'harmful' if self.expect else 'harmless'}"


@cache
def functionalities() -> dict[str, dict[str, str]]:
    """Return what each functionality asks."""
    content = yaml.safe_load((FOLDER / "functionalities.yaml").read_text("utf-8"))
    return {one["id"]: one for one in content["functionalities"]}


@cache
def suite(language: str) -> dict[str, Any]:
    """Return a language's file."""
    loaded: dict[str, Any] = yaml.load((FOLDER / "suite" / f"{language}.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return loaded


def cases(language: str) -> list[Case]:
    """Return a language's sentences with their places filled."""
    return cases_of(language, suite(language)["cases"])


def cases_of(language: str, pairs: dict[str, dict[str, str]]) -> list[Case]:
    """Return pairs of sentences, by functionality, with their places filled."""
    found = []
    for name, pair in pairs.items():
        asked = functionalities()[name]
        found.append(Case(language, name, filled(pair["harmful"]), asked["expect"]))
        found.append(Case(language, name, filled(pair["harmless"]), None, asked["context"]))
    return found


def filled(text: str) -> str:
    """Put harmless values into a sentence's places."""
    for place, value in FILLED.items():
        text = text.replace(place, value)
    return text


def invented(language: str) -> list[Entry]:
    """Return the invented names of a language as entries."""
    return [
        Entry(
            sense=NAMES[role], strength=Strength.STRONG, language="und", terms=tuple(one["terms"]), source="invented",
            entity=f"{role}-{language}", name=one["name"],
        )
        for role, one in suite(language)["names"].items()
    ]  # fmt: skip


@cache
def lexicon() -> Lexicon:
    """Return the built-in lexicons with the invented names of all languages."""
    return Lexicon([*built_in_entries(), *(entry for one in LANGUAGES for entry in invented(one))])


class Read:
    """Reads and weighs texts as the way does, without a store."""

    def __init__(self, policy: Policy, lexicon: Lexicon, extractors: Sequence[Extractor] = ()) -> None:
        self._policy = policy
        self._desk = Desk(Limits(), Isolate(Limits(), 1), lexicon)
        self._extractors = extractors or (LinkExtractor(), WordsExtractor(), IndicatorExtractor())

    def signals(self, text: str, channel: str | None = None) -> list[Signal]:
        """Return the signals of a text."""
        item = made.item(new_id(), text=text, channel=channel, author=None, links=())
        subject = Subject(item=item)
        return [
            Signal(new_id(), one.kind, one.value, "x/1", None, item.id, one.span, one.box, one.interval, one.quality)
            for extractor in self._extractors
            if extractor.wants(subject)
            for one in extractor.read(subject, self._desk).sightings
        ]

    def assessments(self, text: str, channel: str | None = None) -> list[Assessment]:
        """Return what a text comes to."""
        return weigh(self._policy, new_id(), (), (), self.signals(text, channel))


def flags(policy: Policy, found: Iterable[Assessment]) -> list[str]:
    """Return the categories in which a text is flagged: all but contexts, from the lowest band on."""
    return [one.category for one in found if policy.sort_of(one.category) in FLAGS and one.band is not Band.NOTHING]


def is_right(policy: Policy, case: Case, found: Sequence[Assessment]) -> bool:
    """Whether a harmful one came to its category or to “not enough to say”, the one that is more cautious."""
    flagged = flags(policy, found)
    return case.expect in flagged or "not-enough" in flagged
