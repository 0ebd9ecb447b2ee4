"""Sums of money, and what links are there for: values of signals that hold more than a word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qalqan.errors import BadValue
from qalqan.model.words import Sense

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
LONGEST_ITEM = 60
"""Characters of what a sum is asked for."""
LARGEST = 10**24
"""The largest sum in the smallest unit; what is more is no sum of money."""
MOST_CUES = 6
"""Words that are kept for what a link is there for."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum, or a range of sums, as a text names it."""

    low: int
    """In the currency's smallest unit: cents, tiyin, satoshi, wei; hundredths where the currency is unknown."""
    high: int
    """The same as `low` where it is one sum."""
    currency: str | None
    """ISO 4217 (`USD`, `UZS`) or a coin's ticker (`BTC`, `USDT`); None for a unit that several countries have."""
    item: str | None = None
    """The words beside it that say what it is for."""

    def packed(self) -> str:
        """Return it as a signal's value."""
        return _encode({"currency": self.currency, "high": self.high, "item": self.item, "low": self.low})


def amount_from(value: str) -> Amount:
    """Return what `Amount.packed` made a value of. Raises BadValue for anything else."""
    plain = _object(value)
    try:
        amount = Amount(**plain)
    except TypeError as error:
        raise BadValue(f"A sum's value is damaged: {error}") from error
    whole = type(amount.low) is int and type(amount.high) is int and 0 <= amount.low <= amount.high <= LARGEST
    words = all(one is None or isinstance(one, str) for one in (amount.currency, amount.item))
    if not (whole and words):
        raise BadValue("A sum's value is damaged: it needs whole numbers, a currency and an item")
    return amount


class Use(StrEnum):
    """What a link is there for."""

    PROMOTES = "promotes"
    """The text calls to follow it, to give, to join or to spread it."""
    REPORTS = "reports"
    STUDIES = "studies"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Cue:
    """A term that says what a link is there for, and where it stands."""

    sense: Sense
    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LinkUse:
    """What a link is there for, and the words that say so. Where it stands is the signal's span."""

    link: str
    """In its one form."""
    use: Use
    cues: tuple[Cue, ...] = ()
    """The nearest first, at most six."""

    def packed(self) -> str:
        """Return it as a signal's value."""
        cues = [{"end": cue.end, "sense": cue.sense, "start": cue.start, "term": cue.term} for cue in self.cues]
        return _encode({"cues": cues, "link": self.link, "use": self.use})


def link_use_from(value: str) -> LinkUse:
    """Return what `LinkUse.packed` made a value of. Raises BadValue for anything else."""
    plain = _object(value)
    try:
        cues = tuple(Cue(**{**one, "sense": Sense(one["sense"])}) for one in plain["cues"][:MOST_CUES])
        use = LinkUse(plain["link"], Use(plain["use"]), cues)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadValue(f"A link's use is damaged: {error}") from error
    numbers = all(type(cue.start) is int and type(cue.end) is int and 0 <= cue.start < cue.end for cue in cues)
    if not (numbers and isinstance(use.link, str) and all(isinstance(cue.term, str) for cue in cues)):
        raise BadValue("A link's use is damaged: it needs a link, and terms with their places")
    return use


def _object(value: str) -> dict[str, Any]:
    try:
        plain = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise BadValue(f"The value is damaged: {error}") from error
    if not isinstance(plain, dict):
        raise BadValue("The value is damaged: it is no object")
    return plain
