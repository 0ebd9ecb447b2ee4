"""The append-only log of everything anyone does, each event holding the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from qalqan.errors import AuditBroken
from qalqan.model.custody import AuditEvent
from qalqan.model.times import now
from qalqan.store.records import record_of, records_of, row_of, streamed
from qalqan.store.tables import audit

FIRST = "0" * 64
_APPEND_LOCK = 0x51415544  # "QAUD": PostgreSQL lets one transaction at a time append


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the whole log found."""

    events: int
    head: str
    """Hash of the newest event: note it elsewhere, and a cut-off end can be told, too."""


def append(tx: sa.Connection, by: str, verb: str, subject: str, /, **detail: Any) -> AuditEvent:  # noqa: ANN401 - any JSON
    """Add one event within the transaction that does what it speaks of: both land or neither.

    From here on nobody else appends until the transaction ends: the log is the last that a transaction locks. Two that
    lock what they share in different orders would wait for each other for ever. The order is: the banks
    (`banks.alone`), items (`findings.add_assessments`), what comes into cases (`casing.alone`), cases (`cases.locked`),
    second looks, the log. What is locked already may be written to after it; what is not may not.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_APPEND_LOCK)))
    last = tx.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, FIRST)
    event = AuditEvent(seq, now(), by, verb, subject, detail, previous, "")
    event = AuditEvent(seq, event.at, by, verb, subject, detail, previous, hash_of(event))
    tx.execute(audit.insert(), row_of(event))
    return event


def hash_of(event: AuditEvent) -> str:
    """Return SHA-256 over the event's canonical JSON: sorted keys, no spaces, UTF-8, all fields but `hash`."""
    body = {
        "at": event.at.isoformat(timespec="microseconds"),
        "by": event.by,
        "detail": event.detail,
        "previous": event.previous,
        "seq": event.seq,
        "subject": event.subject,
        "verb": event.verb,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def verify(tx: sa.Connection, head: str | None = None) -> Checked:
    """Walk the whole log; raise AuditBroken at the first event that does not hold.

    With `head`, a hash noted earlier, also raise where that event is no longer there.
    """
    seq, previous, seen = 0, FIRST, head is None
    with closing(_readable(tx)) as log:
        for event in log:
            seq += 1
            _check(event, seq, previous)
            previous = event.hash
            seen = seen or event.hash == head
    if not seen:
        raise AuditBroken(f"No event has the hash {head}: the log's end was cut off or rewritten.")
    return Checked(seq, previous)


def _check(event: AuditEvent, seq: int, previous: str) -> None:
    if event.seq != seq:
        raise AuditBroken(f"Event {seq} is missing: the log goes on with event {event.seq}.")
    if event.previous != previous:
        raise AuditBroken(f"Event {seq} does not follow on event {seq - 1}: its link to it is another.")
    if event.hash != hash_of(event):
        raise AuditBroken(f"Event {seq} was changed after it was written ({event.verb} by {event.by}).")


def _readable(tx: sa.Connection) -> Generator[AuditEvent]:
    """Yield all events; raise AuditBroken at one that is no event at all any more."""
    last = 0
    try:
        for event in events(tx):
            last = event.seq
            yield event
    except (ValueError, TypeError, msgspec.ValidationError) as error:
        raise AuditBroken(
            f"What follows on event {last} cannot be read: it was changed after it was written."
        ) from error


def events(tx: sa.Connection) -> Iterator[AuditEvent]:
    """Yield all events, oldest first, without holding them all."""
    for row in streamed(tx, sa.select(audit).order_by(audit.c.seq), 1000):
        yield record_of(AuditEvent, row)


def newest(tx: sa.Connection, limit: int, before: int | None = None) -> list[AuditEvent]:
    """Return up to `limit` events older than event `before`, newest first."""
    query = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
    return records_of(AuditEvent, tx.execute(query if before is None else query.where(audit.c.seq < before)))
