"""What the matches and signals of an item weigh together, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from qalqan.model.ids import Id
from qalqan.model.parts import Box, Interval, Span


class Band(StrEnum):
    """How soon a person should look, from soonest to not at all."""

    KNOWN = "known"
    LIKELY = "likely"
    LOOK = "look"
    CONTEXT = "context"
    """A person, with its context: news, research, … that quote or report."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an assessment has some of its points."""

    feature: str
    """The policy's name for it: `exact-copy`, `near-picture`, …"""
    points: int
    """Points it gave, 0 to 100; an item's points are the sum of its reasons', capped at 100."""
    text: str
    """One plain English sentence with `{names}` for `facts`: a message id of the translations."""
    facts: dict[str, Any]
    match_id: Id | None = None
    span: Span | None = None
    box: Box | None = None
    interval: Interval | None = None
    beside: tuple[Span, ...] = ()
    """Further places in the text that it stands on."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one policy version makes of an item for one category. Never without reasons, never a decision."""

    id: Id
    item_id: Id
    category: str
    score: int
    band: Band
    reasons: tuple[Reason, ...]
    policy: str
    """Name and version of the policy: `first/1`."""
    assessed_at: datetime
    supersedes: Id | None = None
