"""Why an item is in no category, or in no higher band: what would have counted, had one thing been otherwise.

Each answer is found by weighing again with that one thing changed, so that it says what the policy does and not what
somebody believes that it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from qalqan.assess.policy import Policy
from qalqan.assess.policy_words import Sort
from qalqan.assess.weigh import weigh
from qalqan.errors import BadValue
from qalqan.model.assessments import Band
from qalqan.model.ids import new_id
from qalqan.model.signals import SAID, Signal
from qalqan.model.words import ACTS, CONTEXTS, WHO, Said, Sense, Strength, said_from
from qalqan.store.findings import Found

MOST_TERMS = 5
"""Terms that one answer names."""
MOST_ACTS = 200
"""Acts of one text that are asked about."""


class Cause(StrEnum):
    """What kept something from counting."""

    NEGATED = "negated"
    QUOTED = "quoted"
    CONTEXT = "context"
    NOBODY = "nobody"
    WEAK = "weak"
    APART = "apart"
    NO_ACT = "no-act"


TEXTS = {
    Cause.NEGATED: "A negation turns “{terms}” round. Without it: {would}.",
    Cause.QUOTED: "“{terms}” stands within quotation marks. Without them: {would}.",
    Cause.CONTEXT: "Words of context (“{terms}”) stand close. Without them: {would}.",
    Cause.NOBODY: "It says “{terms}”, and nobody is named. With a name beside it: {would}.",
    Cause.WEAK: "“{terms}” is common and says little by itself. If it were a strong term: {would}.",
    Cause.APART: "“{terms}” stands too far from any name. With the name beside it: {would}.",
    Cause.NO_ACT: "It names “{terms}”, and asks for, praises, threatens, … nothing: a name alone says nothing.",
}
"""One plain English sentence a cause: message ids of the translations."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One thing that kept an item from a category or a band."""

    cause: Cause
    terms: tuple[str, ...]
    would: tuple[tuple[str, Band], ...] = ()
    """Categories and bands that it would come to otherwise, and does not."""

    @property
    def text(self) -> str:
        """One plain sentence with the names of `facts`."""
        return TEXTS[self.cause]

    @property
    def facts(self) -> dict[str, str]:
        """What the sentence speaks of."""
        return {
            "terms": "”, “".join(self.terms),
            "would": ", ".join(f"{category} ({band.value})" for category, band in self.would),
        }


@dataclass(frozen=True, slots=True)
class _Heard:
    """A signal, and what is said in it."""

    signal: Signal
    said: Said

    def but(self, **otherwise: Any) -> Signal:  # noqa: ANN401 - any field of Said
        """Return the signal as it would be if some of it were otherwise."""
        return replace(self.signal, value=replace(self.said, **otherwise).packed())


def why_not(policy: Policy, signals: Sequence[Signal], found: Sequence[Found] = ()) -> tuple[WhyNot, ...]:
    """Return what kept an item from counting, or from counting more; none where nothing of the sort stands in it."""
    heard = list(_heard(signals))[:MOST_ACTS]
    rest = [one for one in signals if one.kind != SAID]
    is_now = _outcome(policy, signals, found)

    def otherwise(change: Callable[[_Heard], Signal | None], *more: Signal) -> tuple[tuple[str, Band], ...]:
        changed = [made for one in heard if (made := change(one)) is not None]
        return _new(is_now, _outcome(policy, [*rest, *changed, *more], found))

    answers = [
        *_turned(heard, otherwise),
        *_in_context(heard, otherwise),
        *_unpaired(heard, otherwise),
    ]
    if not any(one.said.sense in ACTS for one in heard) and (names := _terms(heard, WHO)):
        answers.append(WhyNot(Cause.NO_ACT, names))
    return tuple(one for one in answers if one.would or one.cause is Cause.NO_ACT)


_Otherwise = Callable[..., tuple[tuple[str, Band], ...]]


def _heard(signals: Sequence[Signal]) -> Iterator[_Heard]:
    for one in signals:
        if one.kind == SAID:
            try:
                yield _Heard(one, said_from(one.value))
            except BadValue:  # a damaged row weighs nothing either
                continue


def _turned(heard: Sequence[_Heard], otherwise: _Otherwise) -> Iterator[WhyNot]:
    """Say what is turned round by a negation, and what only stands within quotation marks."""
    negated = _terms([one for one in heard if one.said.negated], ACTS)
    if negated:
        yield WhyNot(Cause.NEGATED, negated, otherwise(lambda one: one.but(negated=False)))
    quoted = _terms([one for one in heard if one.said.quoted and not one.said.negated], ACTS)
    if quoted:
        yield WhyNot(Cause.QUOTED, quoted, otherwise(lambda one: one.but(quoted=False)))


def _in_context(heard: Sequence[_Heard], otherwise: _Otherwise) -> Iterator[WhyNot]:
    contexts = _terms(heard, CONTEXTS)
    if contexts:
        yield WhyNot(Cause.CONTEXT, contexts, otherwise(lambda one: None if one.said.sense in CONTEXTS else one.signal))


def _unpaired(heard: Sequence[_Heard], otherwise: _Otherwise) -> Iterator[WhyNot]:
    """Say of acts what they lack: somebody named, somebody named close by, a strong term."""
    acts = [one for one in heard if one.said.sense in ACTS and not one.said.negated]
    named = {one.said.strength for one in heard if one.said.sense in WHO}
    strength = Strength.WEAK if named == {Strength.WEAK} else Strength.STRONG
    beside = [_somebody(one, strength) for one in acts]
    if acts and not named:
        yield WhyNot(Cause.NOBODY, _terms(acts, ACTS), otherwise(lambda one: one.signal, *beside))
    if acts and named:
        weak = _terms([one for one in heard if one.said.strength is Strength.WEAK], ACTS | WHO)
        yield WhyNot(Cause.WEAK, weak, otherwise(_if_strong))
        yield WhyNot(Cause.APART, _terms(acts, ACTS), otherwise(lambda one: one.signal, *beside))


def _if_strong(one: _Heard) -> Signal:
    return one.but(strength=Strength.STRONG) if one.said.sense in ACTS | WHO else one.signal


def _somebody(act: _Heard, strength: Strength) -> Signal:
    """Return somebody named right beside an act."""
    said = Said(Sense.ORGANISATION, "somebody", strength, "und", act.said.sentence, "somebody", "somebody")
    return replace(act.signal, id=new_id(), value=said.packed())


def _terms(heard: Sequence[_Heard], senses: frozenset[Sense]) -> tuple[str, ...]:
    terms = [one.said.name or one.said.term for one in heard if one.said.sense in senses]
    return tuple(dict.fromkeys(terms))[:MOST_TERMS]


def _outcome(policy: Policy, signals: Sequence[Signal], found: Sequence[Found]) -> dict[str, Band]:
    """Return the flags that an item comes to; a context is none."""
    made = weigh(policy, "an item", found, (), signals)
    return {
        one.category: one.band
        for one in made
        if one.band is not Band.NOTHING and policy.sort_of(one.category) is not Sort.CONTEXT
    }


def _new(is_now: dict[str, Band], would_be: dict[str, Band]) -> tuple[tuple[str, Band], ...]:
    order = list(Band)
    return tuple(
        (category, band)
        for category, band in would_be.items()
        if category not in is_now or order.index(band) < order.index(is_now[category])
    )
