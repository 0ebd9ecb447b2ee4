"""Scans, their batches, and the processes that walk them: the truth about every job."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from qalqan.model.ids import Id, new_id
from qalqan.model.sources import Batch, BatchState, Scan, ScanState
from qalqan.model.times import now
from qalqan.store import traits
from qalqan.store.records import insert_new, record_of, records_of, row_of
from qalqan.store.tables import batch_items, batches, items, scans, workers

HERE = socket.gethostname()
_BEGIN_LOCK = 0x5153434E  # "QSCN": PostgreSQL lets one transaction at a time begin a scan
UNFINISHED = (ScanState.WAITING.value, ScanState.READING.value, ScanState.WALKING.value)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the batches of a scan have come, in items."""

    batches: int
    batches_done: int
    batches_failed: int
    size: int
    size_done: int


def begin(tx: sa.Connection, source_id: Id, mapping: str | None = None) -> tuple[Scan, bool]:
    """Return the scan of this source that has not come to its end, or a new one; and whether it is new.

    One that had failed or been cancelled is taken up again: its items are in the store, and nobody else would walk
    them. `source_id` None is the walk of all stored items again.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_BEGIN_LOCK)))
    same = scans.c.source_id.is_(None) if source_id is None else scans.c.source_id == source_id
    not_done = sa.select(scans).where(same, scans.c.state != ScanState.DONE.value)
    row = tx.execute(not_done.order_by(scans.c.id.desc())).first()
    if row is not None:
        scan = record_of(Scan, row)
        return (scan if scan.state.value in UNFINISHED else _take_up_again(tx, scan, mapping)), False
    return _new(tx, source_id, mapping), True


def begin_all(tx: sa.Connection) -> Scan:
    """Return a new walk of all stored items again; one under way is cancelled, as it began with older banks."""
    under_way = (scans.c.source_id.is_(None), scans.c.state.in_(UNFINISHED))
    ended = {"state": ScanState.CANCELLED.value, "finished_at": now()}
    tx.execute(scans.update().where(*under_way).values(**ended))
    return _new(tx, None, None)


def begin_since(tx: sa.Connection, since: int) -> Scan:
    """Return a new walk of all stored items, for entries that changed after this version of the banks."""
    return _new(tx, None, None, since)


def walks_again(tx: sa.Connection) -> bool:
    """Say whether a walk of all stored items is under way."""
    query = sa.select(sa.func.count()).where(scans.c.source_id.is_(None), scans.c.state.in_(UNFINISHED))
    return bool(tx.execute(query).scalar_one())


def _new(tx: sa.Connection, source_id: Id | None, mapping: str | None, since: int | None = None) -> Scan:
    scan = Scan(new_id(), source_id, ScanState.WAITING, HERE, mapping, now(), None, None, 0, 0, 0, since)
    tx.execute(scans.insert(), row_of(scan))
    return scan


def _take_up_again(tx: sa.Connection, scan: Scan, mapping: str | None) -> Scan:
    again = replace(
        scan, state=ScanState.WAITING, host=HERE, mapping=mapping, finished_at=None, failure=None, round=scan.round + 1
    )
    tx.execute(scans.update().where(scans.c.id == scan.id).values(row_of(again)))
    return again


def get(tx: sa.Connection, scan_id: Id) -> Scan | None:
    """Return a scan by its id."""
    row = tx.execute(sa.select(scans).where(scans.c.id == scan_id)).first()
    return None if row is None else record_of(Scan, row)


def newest(tx: sa.Connection, limit: int, offset: int = 0) -> list[Scan]:
    """Return scans, newest first."""
    return records_of(Scan, tx.execute(sa.select(scans).order_by(scans.c.id.desc()).limit(limit).offset(offset)))


def unfinished(tx: sa.Connection) -> list[Scan]:
    """Return all scans that are neither done nor given up."""
    return records_of(Scan, tx.execute(sa.select(scans).where(scans.c.state.in_(UNFINISHED)).order_by(scans.c.id)))


def start_reading(tx: sa.Connection, scan_id: Id) -> None:
    """Mark that its input is being read from the start: counts begin at zero again."""
    still = (scans.c.id == scan_id, scans.c.state.in_(UNFINISHED))
    tx.execute(scans.update().where(*still).values(state=ScanState.READING.value, read=0))


def count_read(tx: sa.Connection, scan_id: Id, read: int, added: int) -> None:
    """Add to the counts of records read and items added."""
    values = {"read": scans.c.read + read, "added": scans.c.added + added}
    tx.execute(scans.update().where(scans.c.id == scan_id).values(**values))


def start_walking(tx: sa.Connection, scan_id: Id) -> None:
    """Mark that all of its input is read: only batches are left."""
    only_reading = (scans.c.id == scan_id, scans.c.state.in_(UNFINISHED))
    tx.execute(scans.update().where(*only_reading).values(state=ScanState.WALKING.value))


def finish(tx: sa.Connection, scan_id: Id, state: ScanState, failure: str | None = None) -> bool:
    """End a scan unless it has ended; return whether this call did."""
    still = (scans.c.id == scan_id, scans.c.state.in_(UNFINISHED))
    values = {"state": state.value, "finished_at": now(), "failure": failure}
    return tx.execute(scans.update().where(*still).values(**values)).rowcount > 0


def add_batch(tx: sa.Connection, scan_id: Id, item_ids: Sequence[Id]) -> Batch:
    """Add a batch of these items."""
    batch = Batch(new_id(), scan_id, BatchState.WAITING, len(item_ids), 0)
    tx.execute(batches.insert(), row_of(batch))
    tx.execute(batch_items.insert(), [{"batch_id": batch.id, "item_id": one} for one in item_ids])
    return batch


def batch(tx: sa.Connection, batch_id: Id) -> Batch | None:
    """Return a batch by its id."""
    row = tx.execute(sa.select(batches).where(batches.c.id == batch_id)).first()
    return None if row is None else record_of(Batch, row)


def batch_item_ids(tx: sa.Connection, batch_id: Id) -> list[Id]:
    """Return the ids of a batch's items, in the order in which they were read."""
    query = sa.select(items.c.id).join(batch_items, batch_items.c.item_id == items.c.id)
    return list(tx.execute(query.where(batch_items.c.batch_id == batch_id).order_by(items.c.seq)).scalars())


def since(tx: sa.Connection, batch_id: Id) -> int | None:
    """Return the version of the banks after which entries count for a batch; None where all of them do."""
    query = sa.select(scans.c.since).join(batches, batches.c.scan_id == scans.c.id)
    return tx.execute(query.where(batches.c.id == batch_id)).scalar()


def count_attempt(tx: sa.Connection, batch_id: Id) -> None:
    """Count one more beginning of a batch."""
    tx.execute(batches.update().where(batches.c.id == batch_id).values(attempts=batches.c.attempts + 1))


def end_batch(tx: sa.Connection, batch_id: Id, state: BatchState) -> None:
    """Mark a batch as done or failed; what its items hold is noted for lists."""
    traits.note(tx, batch_item_ids(tx, batch_id))
    tx.execute(batches.update().where(batches.c.id == batch_id).values(state=state.value))


def waiting_batches(tx: sa.Connection, limit: int, scan_id: Id | None = None) -> list[Batch]:
    """Return batches that are not done, oldest first, of scans that have not ended."""
    query = (
        sa.select(batches).join(scans).where(batches.c.state == BatchState.WAITING.value, scans.c.state.in_(UNFINISHED))
    )
    if scan_id is not None:
        query = query.where(batches.c.scan_id == scan_id)
    return records_of(Batch, tx.execute(query.order_by(batches.c.id).limit(limit)))


def progress(tx: sa.Connection, scan_id: Id) -> Progress:
    """Return how far a scan's batches have come."""
    query = sa.select(batches.c.state, sa.func.count(), sa.func.coalesce(sa.func.sum(batches.c.size), 0))
    rows = tx.execute(query.where(batches.c.scan_id == scan_id).group_by(batches.c.state)).all()
    by_state = {state: (number, int(size)) for state, number, size in rows}
    done, failed = (by_state.get(state.value, (0, 0)) for state in (BatchState.DONE, BatchState.FAILED))
    numbers, sizes = ([pair[i] for pair in by_state.values()] for i in (0, 1))
    return Progress(sum(numbers), done[0], failed[0], sum(sizes), done[1] + failed[1])


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that walks batches."""

    id: str
    host: str
    pid: int
    born: float
    """When the process started, seconds since 1970: a later process may get the same number."""


def worker_seen(tx: sa.Connection, worker: Worker) -> None:
    """Note that a worker lives."""
    row = row_of(worker, seen=now())
    if not insert_new(tx, workers, [row], "id"):
        tx.execute(workers.update().where(workers.c.id == worker.id).values(seen=row["seen"]))


def workers_known(tx: sa.Connection) -> list[Worker]:
    """Return all workers that have not been given up."""
    return records_of(Worker, tx.execute(sa.select(workers)))


def workers_silent(tx: sa.Connection, seconds: float) -> set[str]:
    """Return the ids of workers not seen for so long."""
    return set(tx.execute(sa.select(workers.c.id).where(workers.c.seen < now() - timedelta(seconds=seconds))).scalars())


def forget_worker(tx: sa.Connection, worker_id: str) -> None:
    """Give a worker up, or let it go."""
    tx.execute(workers.delete().where(workers.c.id == worker_id))
