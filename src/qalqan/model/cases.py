"""People decide: cases, decisions, second opinions, appeals, disputes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from qalqan.model.assessments import Band
from qalqan.model.ids import Id


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    SECOND = "second"
    """A grave measure was proposed: somebody else gives an opinion first."""
    DECIDED = "decided"
    APPEALED = "appealed"


class Outcome(StrEnum):
    """What a person decided. All but the first leave the thing where it is, and are as complete as the first."""

    TERRORIST = "terrorist"
    LAWFUL = "lawful"
    NOT_ENOUGH = "not-enough"
    CONTEXT = "news-research-counter"
    WRONG_MATCH = "wrong-match"


class Measure(StrEnum):
    """What a decision asks for beyond the finding itself. The grave ones need a second person."""

    NONE = "none"
    REFERRAL = "referral"
    REMOVAL_ORDER = "removal-order"
    ACCOUNT = "account"
    AUTHORITIES = "authorities"


GRAVE = frozenset({Measure.REMOVAL_ORDER, Measure.ACCOUNT, Measure.AUTHORITIES})


@dataclass(frozen=True, slots=True)
class Points:
    """One part of a priority, and why."""

    part: str
    """`band`, `gravity`, `deadline`, `spread`, `age`."""
    points: float
    text: str
    """One plain English sentence with `{names}` for `facts`: a message id of the translations."""
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """Near-copies that one decision will serve."""

    id: Id
    state: CaseState
    category: str
    band: Band
    score: int
    size: int
    """Items in it."""
    severity: int
    """How hard it may be to look at, 0 to 4: announced before any picture."""
    priority: float
    parts: tuple[Points, ...]
    """What the priority is made of; their points sum to it."""
    language: str | None
    platform: str | None
    source_id: Id | None
    """Of the item that opened it."""
    queue: str
    """The queue that a routing rule put it in; empty for the common one."""
    opened_at: datetime
    due: datetime | None
    claimed_by: str | None = None
    claimed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """An item of a case, and what ties it to the others."""

    case_id: Id
    item_id: Id
    tie: str
    """`first`, `same-file`, `near-copy`, `same-text`, `same-link`."""
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A named person's decision on a case. Superseded by another one, never overwritten."""

    id: Id
    case_id: Id
    by: str
    at: datetime
    outcome: Outcome
    category: str | None
    """The policy's category, where the outcome is terrorist content."""
    ground: str
    """The rule it stands on, of the policy's category; empty where none is asked for."""
    jurisdiction: str
    rationale: str
    measure: Measure
    policy: str
    """Name and version of the policy it was decided under."""
    item_ids: tuple[Id, ...]
    """The items that it serves: those of the case that were looked at."""
    supersedes: Id | None = None
    second_to: Id | None = None
    """The proposal that this is a second opinion on, given without having seen its rationale."""
    entry_id: Id | None = None
    """The bank entry that matched wrongly."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision that was taken back: the decision stays readable, and stands no longer."""

    decision_id: Id
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class View:
    """A filter of the queue that somebody keeps under a name."""

    id: Id
    person_id: Id
    name: str
    wanted: dict[str, str]
    """The parts of the queue's address."""
    at: datetime

    @property
    def query(self) -> str:
        """The filter as the query of an address."""
        return urlencode(self.wanted)


@dataclass(frozen=True, slots=True)
class Route:
    """A rule that puts new cases into a queue: the first of them whose every part fits; an empty part fits all."""

    id: Id
    ordinal: int
    queue: str
    language: str
    category: str
    platform: str
    source_id: Id | None
    by: str
    at: datetime


class AppealState(StrEnum):
    """How far an appeal is."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Appeal:
    """Somebody objects to a decision; somebody else than its decider answers, with reasons."""

    id: Id
    decision_id: Id
    case_id: Id
    sender: str
    """Who appeals, as they give it: a name or a reference, never checked against anything."""
    contact: str
    text: str
    reference: str
    """Of whoever handed it in: handed in twice, it is there once."""
    state: AppealState
    received_at: datetime
    due: datetime
    taken_by: str
    decided_by: str | None = None
    decided_at: datetime | None = None
    reasons: str | None = None
