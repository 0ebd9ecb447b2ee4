"""What could not be read, and why."""

from __future__ import annotations

from fastapi import APIRouter, Response

from qalqan.store import audit, intake, pages
from qalqan.web.lists import ExportFormat, PageNumber, Paging, export
from qalqan.web.visits import Visiting, id_of

COLUMNS = ("at", "step", "where", "code", "message", "hint", "source_id")
EXPORTED = 100_000
router = APIRouter(include_in_schema=False)


@router.get("/problems")
def list_problems(visit: Visiting, source: str = "", page: PageNumber = 1) -> Response:
    """List problems, newest first."""
    source_id = id_of(source)
    with visit.reading() as tx:
        paging = Paging(intake.count_problems(tx, source_id), page)
        rows = intake.list_problems(tx, paging.size, paging.offset, source_id)
        sources = pages.list_sources(tx, 200)
    names = {one.id: one.label for one in sources}
    return visit.page("problems.html", rows=rows, paging=paging, sources=sources, names=names, source=source_id)


@router.get("/problems/export")
def export_problems(visit: Visiting, form: ExportFormat = "csv", source: str = "") -> Response:
    """Export problems."""
    with visit.reading() as tx:
        rows = intake.list_problems(tx, EXPORTED, source_id=id_of(source))
    with visit.services.store.writing() as tx:
        audit.append(tx, visit.person.name, "problems.exported", form)
    return export("problems", COLUMNS, ({name: getattr(row, name) for name in COLUMNS} for row in rows), form)
