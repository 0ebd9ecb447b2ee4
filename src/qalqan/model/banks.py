"""Known things, who says so, and whether that still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qalqan.model.ids import Id


@dataclass(frozen=True, slots=True)
class Bank:
    """A named collection of known things of one category."""

    id: Id
    name: str
    category: str
    """A category of the policy: `terrorist-content`, `spam`, …"""
    description: str
    created_by: str
    created_at: datetime


class EntryStatus(StrEnum):
    """Whether an entry still matches: only active ones do."""

    ACTIVE = "active"
    DISPUTED = "disputed"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One known thing as one signal of it."""

    id: Id
    bank_id: Id
    kind: str
    """A signal kind: `sha256`, `pdq`, …"""
    value: str
    label: str
    """What it is, in a few words, for people."""
    provenance: str
    """Who says so: a person, a partner's list, a court."""
    status: EntryStatus
    valid_until: datetime | None
    media_sha256: str | None
    """The known file itself, where it was handed in; None where only its hash came."""
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A change of an entry's status: a new row each time, so that nothing is forgotten."""

    id: Id
    entry_id: Id
    status: EntryStatus
    by: str
    at: datetime
    reason: str
