"""What was handed in, by whom, on which legal basis; and what could not be read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qalqan.model.ids import Id


@dataclass(frozen=True, slots=True)
class Source:
    """One input handed in: a folder, an export, an archive. Handing it in again gives the same Source."""

    id: Id
    location: str
    """Where it was found: an absolute path."""
    label: str
    handed_by: str
    legal_basis: str | None
    handed_at: datetime


class ScanState(StrEnum):
    """How far a scan has come."""

    WAITING = "waiting"
    READING = "reading"
    WALKING = "walking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Scan:
    """One walk of a Source, or of all stored items again (`source_id` None) after the banks changed."""

    id: Id
    source_id: Id | None
    state: ScanState
    host: str
    """The machine where its input lies: only processes there can read it. Anyone can walk what they have read."""
    mapping: str | None
    """The declared column mapping of a table (`csv`, `ndjson`), as YAML; None where none was given."""
    started_at: datetime
    finished_at: datetime | None
    failure: str | None
    """Why it failed, in words; None while it has not."""
    read: int
    """Records that the readers handed over so far, known ones included."""
    added: int
    """Items among them that were new."""
    round: int
    """How often it was taken up again after it had failed or been cancelled."""
    since: int | None = None
    """Where all stored items are walked again: only for entries changed after this version of the banks; None: for
    all entries."""


class BatchState(StrEnum):
    """How far a batch has come."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Batch:
    """Some items of a scan that walk the way together; what one durable job handles."""

    id: Id
    scan_id: Id
    state: BatchState
    size: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of an input that could not be read, kept with its reason."""

    id: Id
    source_id: Id
    step: str
    """The room that met it: `sources`, `signals`."""
    where: str
    """The file or record, as the user knows it."""
    code: str
    """The error's short name: `input-refused`, `limit-reached`, …"""
    message: str
    hint: str
    at: datetime
