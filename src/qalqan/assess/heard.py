"""What was said in an item, sorted for weighing: who, acts, contexts, and how near they stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from qalqan.errors import BadValue
from qalqan.model.parts import Box, Interval, Span
from qalqan.model.signals import SAID, Signal
from qalqan.model.words import ACTS, CONTEXTS, WHO, Said, Sense, Strength, said_from
from qalqan.store.findings import Found

BY_NAME = -1
"""The sentence of what stands in the channel's or the author's name: it stands over everything."""


class Near(IntEnum):
    """How near two things stand."""

    APART = 0
    FAR = 1
    CLOSE = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """Something said, and where."""

    said: Said
    owner: str | None
    """The file whose text it stands in; None for the item's own."""
    span: Span | None = None
    box: Box | None = None
    interval: Interval | None = None
    known: bool = False
    """Whether it is a known indicator instead of a name."""

    @property
    def strong(self) -> bool:
        """Whether it says something by itself."""
        return self.said.strength is Strength.STRONG


@dataclass(slots=True)
class Speech:
    """All that was said in an item."""

    acts: list[Heard] = field(default_factory=list)
    who: list[Heard] = field(default_factory=list)
    opposed: list[Heard] = field(default_factory=list)
    """Who is named as an enemy, or as who did harm."""
    contexts: list[Heard] = field(default_factory=list)
    beside: list[Heard] = field(default_factory=list)
    indicators: list[Signal] = field(default_factory=list)
    lengths: dict[str | None, int] = field(default_factory=dict)
    """Each text's number of sentences, as far as something was said in them."""

    def near(self, one: Heard, other: Heard, near: int, short: int) -> Near:
        """Return how near two things stand: `near` sentences are close, in a text of `short` nothing is apart."""
        if BY_NAME in (one.said.sentence, other.said.sentence):
            return Near.CLOSE
        if one.owner != other.owner:
            return Near.FAR
        if abs(one.said.sentence - other.said.sentence) <= near:
            return Near.CLOSE
        return Near.FAR if self.lengths.get(one.owner, 0) <= short else Near.APART


def speech(signals: Iterable[Signal], found: Sequence[Found] = ()) -> Speech:
    """Return what was said in an item by its signals; known indicators among its matches count as who is meant."""
    heard = Speech()
    for one in signals:
        if one.kind == SAID:
            _add(heard, one)
        else:
            heard.indicators.append(one)
    by_id = {one.id: one for one in heard.indicators}
    heard.who += [_known(one, by_id[one.match.signal_id]) for one in found if one.match.signal_id in by_id]
    return heard


def _add(heard: Speech, signal: Signal) -> None:
    try:
        said = said_from(signal.value)
    except BadValue:
        return  # a damaged row weighs nothing; the item is read anew with the next reading
    one = Heard(said, signal.media_sha256, signal.span, signal.box, signal.interval)
    heard.lengths[one.owner] = max(heard.lengths.get(one.owner, 0), said.sentence + 1)
    if said.sense in WHO:
        (heard.opposed if said.negated else heard.who).append(one)
    elif said.negated:
        return
    elif said.sense in ACTS:
        heard.acts.append(one)
    elif said.sense in CONTEXTS:
        heard.contexts.append(one)
    elif said.sense not in (Sense.NEGATION, Sense.AGAINST):
        heard.beside.append(one)


def _known(found: Found, signal: Signal) -> Heard:
    """Return a known indicator as somebody meant. It stands close to everything in its text: it has no sentence."""
    said = Said(
        sense=Sense.ORGANISATION, term=signal.value, strength=Strength.STRONG, language="und", sentence=BY_NAME,
        entity=found.entry.id, name=found.entry.label, place=found.bank,
    )  # fmt: skip
    return Heard(said, signal.media_sha256, signal.span, signal.box, signal.interval, known=True)
