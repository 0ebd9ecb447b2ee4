"""The audit log: everything anyone did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response

from qalqan.errors import AuditBroken
from qalqan.store import audit
from qalqan.web.lists import EventNumber, ExportFormat, export
from qalqan.web.visits import Sending, Visit, Visiting

PAGE = 50
COLUMNS = ("seq", "at", "by", "verb", "subject", "detail", "previous", "hash")
router = APIRouter(include_in_schema=False)


@router.get("/audit")
def list_events(visit: Visiting, before: EventNumber | None = None) -> Response:
    """List events, newest first."""
    return _page(visit, before)


def _page(visit: Visit, before: int | None = None, **checked: object) -> Response:
    with visit.reading() as tx:
        events = audit.newest(tx, PAGE + 1, before)
    return visit.page(
        "audit.html", events=events[:PAGE], more=len(events) > PAGE, **{"checked": None, "broken": None, **checked}
    )


@router.post("/audit")
def verify(visit: Sending) -> Response:
    """Check the whole log, link by link."""
    try:
        with visit.reading() as tx:
            checked = audit.verify(tx)
    except AuditBroken as broken:
        return _page(visit, broken=broken.message)
    return _page(visit, checked=checked)


@router.get("/audit/export")
def export_events(visit: Visiting, form: ExportFormat = "ndjson") -> Response:
    """Export the whole log, oldest first; its last event is this export."""
    with visit.services.store.writing() as tx:
        audit.append(tx, visit.person.name, "audit.exported", form)
    return export("audit", COLUMNS, _rows(visit), form)


def _rows(visit: Visit) -> Iterator[dict[str, Any]]:
    with visit.reading() as tx:
        for event in audit.events(tx):
            row = {name: getattr(event, name) for name in COLUMNS}
            yield {**row, "at": event.at.isoformat()}
