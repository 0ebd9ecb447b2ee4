"""A policy in the shadow of the one in force: what it would make of items, and what was in force when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qalqan.model.assessments import Band, Reason
from qalqan.model.ids import Id

FLAGS = frozenset({Band.KNOWN, Band.LIKELY, Band.LOOK})
"""Bands that flag an item; the others do not."""


class Change(StrEnum):
    """What another policy would change for an item."""

    FLAGGED = "flagged"
    """It would be flagged, and is not."""
    CLEARED = "cleared"
    """It would no longer be flagged."""
    HIGHER = "higher"
    LOWER = "lower"
    CATEGORY = "category"
    """It would stay in its band, in another category, or with other ones beside it."""
    POINTS = "points"
    """It would have other points, and stay in its band and category."""
    SAME = "same"
    FAILED = "failed"
    """It could not be weighed."""


DIFFERENT = (Change.FLAGGED, Change.CLEARED, Change.HIGHER, Change.LOWER, Change.CATEGORY, Change.POINTS)
"""The changes that are listed, those that matter most first."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One policy's time in the shadow."""

    id: Id
    label: str
    """Its name and version."""
    standing: str
    """Those of the policy that was in force when it began."""
    text: str
    """The policy, as it was handed in."""
    begun_by: str
    begun_at: datetime
    left: int
    """So many items found before are still to be weighed."""
    place: int | None = None
    """The next of those are stored below this place; None before the first."""
    ended_by: str | None = None
    ended_at: datetime | None = None
    switched_on: bool = False
    fault: str | None = None
    """What went wrong last."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two policies makes of an item: of its strongest assessment, if it has one."""

    band: Band = Band.NOTHING
    category: str = ""
    score: int = 0
    reasons: tuple[Reason, ...] = ()
    """Those that the other does not give."""


@dataclass(frozen=True, slots=True)
class Compared:
    """An item under both policies."""

    item_id: Id
    change: Change
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Count:
    """How many items come from one band into another; both are None for those that could not be weighed."""

    change: Change
    band: Band | None
    other_band: Band | None
    items: int


@dataclass(frozen=True, slots=True)
class Decided:
    """How many of the listed items of a change have come to an outcome."""

    change: Change
    outcome: str | None
    """None: not decided. Empty: in no case, so nobody is asked."""
    items: int


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy that somebody put in force."""

    turn: int
    """1 for the first, and so on; the last one is in force."""
    label: str
    text: str | None
    """None: the one of the settings."""
    by: str
    at: datetime
