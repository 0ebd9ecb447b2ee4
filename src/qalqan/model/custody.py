"""The two append-only chains: what happened to a piece of evidence, and what anyone did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qalqan.model.ids import Id


@dataclass(frozen=True, slots=True)
class CustodyEvent:
    """Who did what to an exhibit, when and why. Holds the hash of the event before it."""

    id: Id
    exhibit: str
    """SHA-256 of the exhibit's bytes."""
    by: str
    at: datetime
    verb: str
    reason: str
    tool: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing anyone did. `hash` is SHA-256 over the canonical JSON of all other fields."""

    seq: int
    at: datetime
    by: str
    verb: str
    """Dotted, past tense: `scan.started`, `bank.entry.retired`, `media.revealed`."""
    subject: str
    detail: dict[str, Any]
    previous: str
    """Hash of the event before it; 64 zeros for the first."""
    hash: str
