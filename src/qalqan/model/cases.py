"""People decide: cases and decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qalqan.model.ids import Id


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    """Items that one decision will serve."""

    id: Id
    state: CaseState
    item_ids: tuple[Id, ...]
    category: str
    opened_at: datetime


class Outcome(StrEnum):
    """What a person decided. The last two are as complete as the first."""

    VIOLATES = "violates"
    LAWFUL = "lawful"
    NOT_ENOUGH = "not-enough-to-say"


@dataclass(frozen=True, slots=True)
class Decision:
    """A named person's decision on a case. Superseded by another one, never overwritten."""

    id: Id
    case_id: Id
    by: str
    at: datetime
    outcome: Outcome
    ground: str
    """The rule it stands on, with its version."""
    rationale: str
    supersedes: Id | None = None
