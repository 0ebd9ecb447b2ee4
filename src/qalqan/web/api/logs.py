"""Scans, problems, the audit log and the program's health over the API."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter

from qalqan import __version__
from qalqan.errors import NotFound
from qalqan.store import audit, banks, intake, scans
from qalqan.web.api.common import PREFIX, Limit, Offset, SourceId
from qalqan.web.api.models import EventOut, Health, ListOf, ProblemOut, ScanOut
from qalqan.web.lists import EventNumber
from qalqan.web.pages.scans import ScanRow, rows_of, scan_rows
from qalqan.web.visits import Visiting, id_of

router = APIRouter(prefix=PREFIX, tags=["Scans and logs"])


@router.get("/scans", summary="List scans with their progress")
def list_scans(visit: Visiting, limit: Limit = 50, offset: Offset = 0) -> list[ScanOut]:
    """Newest first."""
    with visit.reading() as tx:
        return [_scan_out(one) for one in scan_rows(tx, limit, offset)]


@router.get("/scans/{scan_id}", summary="One scan with its progress")
def get_scan(visit: Visiting, scan_id: UUID) -> ScanOut:
    """How far a scan is."""
    with visit.reading() as tx:
        scan = scans.get(tx, str(scan_id))
        if scan is None:
            raise NotFound(f"There is no scan {scan_id}.", hint="GET /api/v1/scans lists them all.")
        return _scan_out(rows_of(tx, [scan])[0])


def _scan_out(row: ScanRow) -> ScanOut:
    scan = row.scan
    return ScanOut(
        id=scan.id, source_id=scan.source_id, source=row.source.location if row.source else None,
        state=scan.state.value, started_at=scan.started_at, finished_at=scan.finished_at, failure=scan.failure,
        read=scan.read, added=scan.added, compared=row.progress.size_done, to_compare=row.progress.size,
    )  # fmt: skip


@router.get("/problems", summary="List what could not be read")
def list_problems(visit: Visiting, source: SourceId = "", limit: Limit = 50, offset: Offset = 0) -> ListOf[ProblemOut]:
    """Newest first."""
    with visit.reading() as tx:
        total = intake.count_problems(tx, id_of(source))
        found = intake.list_problems(tx, limit, offset, id_of(source))
    rows = [ProblemOut.model_validate(one) for one in found]
    return ListOf[ProblemOut](total=total, limit=limit, offset=offset, rows=rows)


@router.get("/audit", summary="Read the audit log")
def list_events(
    visit: Visiting,
    before: EventNumber | None = None,
    limit: Limit = 50,
) -> list[EventOut]:
    """Newest first; go on with the last number as `before`."""
    with visit.reading() as tx:
        return [EventOut.model_validate(one) for one in audit.newest(tx, limit, before)]


@router.get("/health", summary="Whether the program and its store answer")
def health(visit: Visiting) -> Health:
    """Return the version, the policy, and a number that is raised whenever the banks change."""
    with visit.reading() as tx:
        tx.execute(sa.select(1))
        version = banks.version(tx)
    return Health(status="ok", version=__version__, policy=visit.services.policy.label, banks_version=version)
