"""Known things, who says so, and whether that still stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qalqan.model.ids import Id


@dataclass(frozen=True, slots=True)
class BankRules:
    """How one bank is compared: which stages run, how near is near, and what protects it from its own mistakes."""

    radius: int = 31
    """Bits of 256 within which two hashes count as near, 0 to 31."""
    quality: int = 50
    """The PDQ quality, 50 to 100, below which a picture is not compared by its hash: plain ones are near to all."""
    stages: tuple[str, ...] = ()
    """Names of the stages that run on it; none named: all of them."""
    negative: bool = False
    """Whether it holds what must never match: logos, flags, blank pages, maps. What one of its entries explains is no
    finding of any other bank."""
    flood: int = 100
    """Different files within a day, not identical to it, after which an entry is set aside until a person looks; 0 for
    never."""

    def runs(self, stage: str) -> bool:
        """Say whether a stage runs on this bank."""
        return not self.stages or stage in self.stages


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
    rules: BankRules = field(default_factory=BankRules)


class EntryStatus(StrEnum):
    """Whether an entry still matches: only active ones do."""

    ACTIVE = "active"
    DISPUTED = "disputed"
    RETIRED = "retired"
    QUARANTINED = "quarantined"
    """Set aside by the program, as it suddenly matched very many different things; a person restores or retires it."""


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
