"""Scans: how far each has come, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from qalqan.errors import NotFound
from qalqan.model.sources import Scan, ScanState, Source
from qalqan.store import audit, intake, pages, scans
from qalqan.store.pages import FoundFilter
from qalqan.store.scans import Progress
from qalqan.web.lists import PageNumber
from qalqan.web.visits import Sending, Visiting

PAGE = 25
PROBLEMS = 10
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A scan as the pages show it."""

    scan: Scan
    progress: Progress
    source: Source | None

    @property
    def running(self) -> bool:
        """Whether it still changes by itself."""
        return self.scan.state.value in scans.UNFINISHED


def scan_rows(tx: sa.Connection, limit: int, offset: int = 0) -> list[ScanRow]:
    """Return scans with their progress, newest first."""
    return rows_of(tx, scans.newest(tx, limit, offset))


def rows_of(tx: sa.Connection, found: list[Scan]) -> list[ScanRow]:
    """Return these scans with their progress and sources."""
    progress = pages.progress_of(tx, [one.id for one in found])
    sources = pages.sources_by_id(tx, [one.source_id for one in found if one.source_id])
    return [ScanRow(one, progress[one.id], sources.get(one.source_id or "")) for one in found]


@router.get("/scans")
def list_scans(visit: Visiting, page: PageNumber = 1) -> Response:
    """List scans, newest first."""
    with visit.reading() as tx:
        rows = scan_rows(tx, PAGE + 1, (page - 1) * PAGE)
    return visit.page("scans.html", scans=rows[:PAGE], page=page, more=len(rows) > PAGE)


@router.get("/progress")
def progress(visit: Visiting) -> Response:
    """Show the newest scans alone: what the overview asks for again while one runs."""
    with visit.reading() as tx:
        rows = scan_rows(tx, 5)
    return visit.page("_progress.html", scans=rows)


@router.get("/scans/{scan_id}")
def show_scan(visit: Visiting, scan_id: UUID) -> Response:
    """Show one scan: its input, how far it is, what it found and what it could not read."""
    with visit.reading() as tx:
        row = rows_of(tx, [_scan(tx, str(scan_id))])[0]
        source_id = row.scan.source_id
        context = {
            "row": row,
            "bands": pages.count_found(tx, FoundFilter(source_id=source_id)),
            "problems": intake.list_problems(tx, PROBLEMS, source_id=source_id),
            "problem_count": intake.count_problems(tx, source_id),
        }
    return visit.page("scan.html", **context)


@router.post("/scans/{scan_id}/cancel")
def cancel(visit: Sending, scan_id: UUID) -> Response:
    """End a scan that still runs: what it has read stays, and the same command goes on with it later."""
    with visit.services.store.writing() as tx:
        scan = _scan(tx, str(scan_id))
        if scans.finish(tx, scan.id, ScanState.CANCELLED):
            audit.append(tx, visit.person.name, "scan.cancelled", scan.id)
    return RedirectResponse(f"/scans/{scan_id}", 303)


def _scan(tx: sa.Connection, scan_id: str) -> Scan:
    scan = scans.get(tx, scan_id)
    if scan is None:
        raise NotFound(f"There is no scan {scan_id}.", hint="The page of scans lists them all.")
    return scan
