"""How well people and the program decide: second looks, golden cases, agreement, precision, policies in the shadow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from qalqan.model.cases import Measure, Outcome
from qalqan.model.ids import Id


class Sort(StrEnum):
    """Why a case is shown once more to somebody who does not know that it is."""

    BLIND = "blind"
    """Somebody else has decided it."""
    GOLDEN = "golden"
    """A lead has marked it, with the answer that was agreed on."""


class Settled(StrEnum):
    """What a lead made of two answers that differ."""

    STANDS = "stands"
    """The first answer stands."""
    REOPENED = "reopened"
    """The case came back to the queue."""


@dataclass(frozen=True, slots=True)
class Golden:
    """A case with an agreed answer, marked by a lead."""

    id: Id
    case_id: Id
    outcome: Outcome
    category: str | None
    note: str
    by: str
    at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Second:
    """A second look at a case: what is expected is what was decided, or agreed on, before."""

    id: Id
    sort: Sort
    case_id: Id
    decision_id: Id | None
    """The decision that is looked at again; None for a golden case."""
    golden_id: Id | None
    first_by: str
    """Who decided first; a lead's name for a golden case. Never given it themselves."""
    meant_for: str | None
    """Whom a golden case is for; None where anybody else will do."""
    expected: Outcome
    expected_category: str | None
    made_at: datetime
    held_by: str | None = None
    held_until: datetime | None = None
    by: str | None = None
    at: datetime | None = None
    outcome: Outcome | None = None
    category: str | None = None
    rationale: str = ""
    agrees: bool | None = None
    ground: str | None = None
    jurisdiction: str | None = None
    measure: Measure | None = None
    """What they asked for. It is not acted upon: the first decision stands."""
    entry_id: Id | None = None
    settled_by: str | None = None
    """The lead who has looked at a disagreement."""
    settled_at: datetime | None = None
    settled_as: Settled | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people's answers on one case."""

    sort: Sort
    first: str
    """The first answer: an outcome, and the category where it is terrorist content."""
    second: str
    category: str
    """Of the case, as it was opened."""
    language: str | None
    at: datetime
    """When the second answer was given."""
    by: str
    """Who gave it."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some were right, with the interval that holds the true share 95 times in 100 (Wilson)."""

    right: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The share that was right; None of nothing."""
        return self.right / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Precision:
    """How often something that spoke for terrorist content was right, by the decisions that stand."""

    name: str
    decided: Share
    """Of decided cases in which it spoke: those decided as terrorist content. Undecidable ones are left out."""
    outcomes: dict[str, int]
    """Cases by what was decided."""


@dataclass(frozen=True, slots=True)
class ShadowWalk:
    """A policy that is weighed beside the one in force, from when on, and how far."""

    id: Id
    key: str
    """Over both policies' whole content."""
    policy: str
    standing: str
    """The policy in force meanwhile."""
    begun_at: datetime
    seen_at: datetime
    """Up to when findings were weighed."""
    weighed: int
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShadowDifference:
    """An item that comes to something else under the policy in the shadow."""

    walk_id: Id
    item_id: Id
    kind: str
    """`band`, `category` or `score`: the greatest that differs."""
    band: str
    category: str
    score: int
    other_band: str
    other_category: str
    other_score: int
    reasons: list[dict[str, Any]]
    other_reasons: list[dict[str, Any]]
    at: datetime
