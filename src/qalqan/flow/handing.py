"""Handing things in, and waiting until they are walked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from qalqan.errors import BadValue, NotFound, UsageError
from qalqan.flow.intake import read_mapping
from qalqan.flow.services import Services
from qalqan.model.ids import Id
from qalqan.model.sources import Scan, ScanState
from qalqan.store import audit, banks, intake, items, scans
from qalqan.store.scans import Progress

LOOK_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Who hands something in, and on what ground it is held."""

    by: str
    legal_basis: str | None = None
    label: str | None = None
    mapping: str | None = None


def hand_in(services: Services, path: Path, handed: HandedIn) -> Scan:
    """Note what lies at `path` as handed in and return its scan, which the jobs will walk.

    One that has not come to its end is taken up again. Raises NotFound, and BadValue for a broken mapping.
    """
    location = path.resolve()
    if not location.exists():
        raise NotFound(f"There is nothing at {path}.", hint="Check the path.")
    try:
        str(location).encode()
    except UnicodeEncodeError as error:
        hint = "Rename it, or hand in the folder above it: names within a folder may be anything."
        raise BadValue(f"The path {str(location)!a} is no text in UTF-8.", hint=hint) from error
    read_mapping(handed.mapping)
    with services.store.writing() as tx:
        if items.first(tx) is None:  # all that will be stored is compared with the banks as they are then
            banks.note_compared(tx, banks.version(tx))
        source = intake.ensure_source(tx, str(location), handed.label or location.name, handed.by, handed.legal_basis)
        scan, is_new = scans.begin(tx, source.id, handed.mapping)
        audit.append(tx, handed.by, "scan.started" if is_new else "scan.resumed", scan.id, location=str(location))
    return scan


def compare_again(services: Services, by: str) -> Scan:
    """Begin the walk of all stored items again, after the banks or the policy have changed."""
    with services.store.writing() as tx:
        banks.note_compared(tx, banks.version(tx))
        return again(tx, scans.begin_all(tx), by, services.settings.batch_size, "all items")


def again(tx: sa.Connection, scan: Scan, by: str, size: int, what: str) -> Scan:
    """Give a walk of all stored items its batches, `size` items each, and begin it.

    All of it lands with the transaction or none, so a process that dies leaves no walk that nobody would end.
    """
    ids = items.ids_after(tx, None, size)
    while ids:
        scans.add_batch(tx, scan.id, ids)
        scans.count_read(tx, scan.id, len(ids), 0)
        ids = items.ids_after(tx, ids[-1], size)
    scans.start_walking(tx, scan.id)
    audit.append(tx, by, "scan.started", scan.id, location=what)
    return scan


def cancel(services: Services, scan_id: Id, by: str) -> None:
    """End a scan; what it has found stays. Raises NotFound, UsageError where it has ended already."""
    with services.store.writing() as tx:
        if scans.get(tx, scan_id) is None:
            raise NotFound(f"There is no scan {scan_id}.", hint="qalqan scans lists them.")
        if not scans.finish(tx, scan_id, ScanState.CANCELLED):
            raise UsageError(f"The scan {scan_id} has ended already.")
        audit.append(tx, by, "scan.cancelled", scan_id)


def look_until_done(services: Services, scan_id: Id) -> Iterator[tuple[Scan, Progress]]:
    """Yield how far a scan has come, several times a second, until it has ended."""
    while True:
        with services.store.reading() as tx:
            scan, progress = scans.get(tx, scan_id), scans.progress(tx, scan_id)
        if scan is None:
            raise NotFound(f"There is no scan {scan_id}.")
        yield scan, progress
        if scan.state.value not in scans.UNFINISHED:
            return
        time.sleep(LOOK_SECONDS)
