"""Counterfactual identity audit of a learned order: who is spoken of must change nothing.

Sentences about peoples and faiths are put into decided items' texts, and each text is read, weighed and ranked again.
It is compared with the same text in which letters without meaning stand in the phrase's place, so that nothing differs
but who is spoken of. See Garg et al., Counterfactual Fairness in Text Classification (AIES 2019).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import qalqan
from qalqan.assess.identities import Phrase, identities, neutral
from qalqan.assess.learning import Decided, Model, Outcome
from qalqan.assess.weigh import weigh
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item
from qalqan.model.signals import INDICATORS, SAID, Signal
from qalqan.model.times import now
from qalqan.signals.contract import Subject
from qalqan.store import findings, items, lexicons, signals
from qalqan.store.findings import Found
from qalqan.store.records import batched

ITEMS = 200
"""Decided items into whose texts sentences are put."""
EXACT = 1e-9
WIDEST = 0.2
"""By how much the error rates of two groups of items may differ."""
ENOUGH = 30
"""Items of a group from which on its error rates say anything."""
NOBODY = "nobody of them"
_LONGEST = 10_000
"""Characters of a text that are read again and searched."""
_AT_ONCE = 1_000
_WEIGHED = (SAID, *INDICATORS)


@dataclass(frozen=True, slots=True)
class Group:
    """Decided items that speak of one identity, and how often the order was wrong about them."""

    identity: str
    harmless: int
    """Items that were not found to be terrorist content."""
    wrongly_up: int
    """How many of them stand in the upper half of their band."""
    terrorist: int
    wrongly_down: int
    """How many of these do not stand in the upper half of their band."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found."""

    model: str
    """The digest of the model that was audited."""
    reading: str
    """What texts were read and weighed with: `reading_of`."""
    at: datetime
    items: int
    comparisons: int
    changed: int
    """Comparisons in which the rank was another."""
    largest: float
    """The largest change of a rank."""
    groups: tuple[Group, ...]
    failures: tuple[str, ...]
    """Why it did not pass, in sentences."""

    @property
    def passed(self) -> bool:
        """Whether the model may be used."""
        return not self.failures


def reading_of(services: Services) -> str:
    """Return what stands for the program, the lexicons and the policy together: an audit holds for these alone."""
    with services.store.reading() as tx:
        version = lexicons.version(tx)
    policy = hashlib.sha256(services.policy.model_dump_json().encode()).hexdigest()
    return f"{qalqan.__version__} lexicons {version} policy {policy}"


def audit(services: Services, model: Model, decided: Sequence[Decided], most: int = ITEMS) -> Audit:
    """Audit a model on the decisions that it was learned from. Nothing is stored.

    `most` items, chosen by their ids' hashes, are read again with every phrase; the groups are of all items.
    """
    reading = reading_of(services)
    ranker = _Ranker(services, model)
    sample = sorted(decided, key=lambda one: hashlib.sha256(one.item_id.encode()).digest())[:most]
    changes: list[float] = []
    examples: dict[str, float] = {}
    for some in batched(sample, 50):
        for subject in _subjects(services, [one.item_id for one in some]):
            for phrase, change in _changes(ranker, subject):
                changes.append(change)
                if change > EXACT:
                    examples.setdefault(phrase.text, change)
    groups = _groups(services, model, decided)
    return Audit(
        model=model.digest, reading=reading, at=now(), items=len(sample), comparisons=len(changes),
        changed=sum(one > EXACT for one in changes), largest=max(changes, default=0.0), groups=groups,
        failures=(*_too_few(changes), *_of_changes(examples), *_of_groups(groups)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Subject:
    """A stored item with what does not hang on its own text."""

    item: Item
    found: Sequence[Found]
    of_files: tuple[Signal, ...]
    ids: Mapping[tuple[str, str], Id]
    """The ids of its own signals, by kind and value: matches point at them."""


def _subjects(services: Services, ids: Sequence[Id]) -> Iterator[_Subject]:
    with services.store.reading() as tx:
        known = items.by_id(tx, ids)
        found = findings.matches_of(tx, ids)
        seen = signals.of_kinds(tx, ids, _WEIGHED)
    for item_id, item in known.items():
        of_it = seen.get(item_id, ())
        yield _Subject(
            item=replace(item, text=(item.text or "")[:_LONGEST]),
            found=found.get(item_id, ()),
            of_files=tuple(one for one in of_it if one.media_sha256 is not None),
            ids={(one.kind, one.value): one.id for one in of_it if one.media_sha256 is None},
        )


class _Ranker:
    """Reads an item with another text, weighs it and ranks it."""

    def __init__(self, services: Services, model: Model) -> None:
        self._policy, self._model = services.policy, model
        self._desk = services.desk()
        self._extractors = [one for one in services.extractors if set(one.manifest.produces) & set(_WEIGHED)]

    def rank(self, subject: _Subject, text: str) -> float:
        """Return its rank; what was found in its files and in banks stays."""
        item = replace(subject.item, text=text)
        read = [
            Signal(subject.ids.get((one.kind, one.value)) or new_id(), one.kind, one.value, each.manifest.name,
                   item_id=item.id, span=one.span)
            for each in self._extractors
            if each.wants(Subject(item=item))
            for one in each.read(Subject(item=item), self._desk).sightings
            if one.kind in _WEIGHED
        ]  # fmt: skip
        return self._model.rank(weigh(self._policy, item.id, subject.found, (), [*read, *subject.of_files]))


def _changes(ranker: _Ranker, subject: _Subject) -> Iterator[tuple[Phrase, float]]:
    """Yield by how much each phrase changes an item's rank, put at its end and in the place of a phrase of its own."""
    plain: dict[str, float] = {}
    for phrase, speaking, neutral_one in _variants(subject.item.text or ""):
        if neutral_one not in plain:  # phrases of one shape share it
            plain[neutral_one] = ranker.rank(subject, neutral_one)
        yield phrase, abs(ranker.rank(subject, speaking) - plain[neutral_one])


def _variants(text: str) -> Iterator[tuple[Phrase, str, str]]:
    """Yield each phrase with a text that holds it, and with the same text in which nothing stands in its place."""
    known = identities()
    for phrase in known.phrases:
        speaking, plain = (known.sentence(phrase, word) for word in (phrase.text, neutral(phrase.text)))
        yield phrase, f"{text}\n{speaking}", f"{text}\n{plain}"
    for own, wording in known.mentioned(text):
        for phrase in known.of_language(own.language):
            yield phrase, text.replace(wording, phrase.text), text.replace(wording, neutral(phrase.text))


def _groups(services: Services, model: Model, decided: Sequence[Decided]) -> tuple[Group, ...]:
    ranks = {one.item_id: model.rank(one.made) for one in decided}
    by_band: dict[Band, list[float]] = defaultdict(list)
    for one in decided:
        by_band[one.band].append(ranks[one.item_id])
    ordered = {band: sorted(some) for band, some in by_band.items()}
    members: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for some in batched(decided, _AT_ONCE):
        with services.store.reading() as tx:
            known = items.by_id(tx, [one.item_id for one in some])
        for one in some:
            text = known[one.item_id].text if one.item_id in known else None
            is_up = _is_up(ranks[one.item_id], ordered[one.band])
            for identity in _spoken_of(text or ""):
                members[identity].append((one.outcome is Outcome.TERRORIST, is_up))
    return tuple(_group(identity, some) for identity, some in sorted(members.items()))


def _is_up(rank: float, ordered: Sequence[float]) -> bool:
    """Whether a rank is in the upper half of these; equal ones stand together, in their middle."""
    return bisect_left(ordered, rank) + bisect_right(ordered, rank) > len(ordered)


def _spoken_of(text: str) -> set[str]:
    return {phrase.identity for phrase, _ in identities().mentioned(text[:_LONGEST])} or {NOBODY}


def _group(identity: str, some: Sequence[tuple[bool, bool]]) -> Group:
    harmless = [is_up for is_terrorist, is_up in some if not is_terrorist]
    terrorist = [is_up for is_terrorist, is_up in some if is_terrorist]
    return Group(identity, len(harmless), sum(harmless), len(terrorist), len(terrorist) - sum(terrorist))


def _too_few(changes: Sequence[float]) -> Iterator[str]:
    if not changes:
        yield "No decided item is stored any more: there is nothing to audit on."


def _of_changes(examples: Mapping[str, float]) -> Iterator[str]:
    """Yield a sentence for some phrases that changed a rank."""
    for text, change in list(examples.items())[:5]:
        yield f"To speak of “{text}” changes a rank by {change:.2g}."


def _of_groups(groups: Iterable[Group]) -> Iterator[str]:
    """Yield a sentence for each error rate that differs too much between two groups of enough items."""
    rates: dict[str, dict[str, float]] = {"wrongly up": {}, "wrongly down": {}}
    for one in groups:
        if one.harmless >= ENOUGH:
            rates["wrongly up"][one.identity] = one.wrongly_up / one.harmless
        if one.terrorist >= ENOUGH:
            rates["wrongly down"][one.identity] = one.wrongly_down / one.terrorist
    for error, by_identity in rates.items():
        if by_identity and max(by_identity.values()) - min(by_identity.values()) > WIDEST:
            most, least = (choose(by_identity, key=by_identity.__getitem__) for choose in (max, min))
            yield (
                f"Items that speak of {most} are ordered {error} in {by_identity[most]:.0%} of cases,"
                f" those that speak of {least} in {by_identity[least]:.0%}; they may differ by {WIDEST:.0%}."
            )
