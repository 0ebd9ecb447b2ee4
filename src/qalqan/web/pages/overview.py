"""The first page: what was handed in, and what of it to look at."""

from __future__ import annotations

from fastapi import APIRouter, Response

from qalqan.flow.flood import waiting
from qalqan.store import banks, intake, items
from qalqan.web.pages.scans import scan_rows
from qalqan.web.visits import Visiting

SCANS = 5
router = APIRouter(include_in_schema=False)


@router.get("/")
def overview(visit: Visiting) -> Response:
    """Show the whole store in figures, each a link to its rows."""
    with visit.reading() as tx:
        context = {
            "totals": items.totals(tx),
            "problems": intake.count_problems(tx),
            "banks": banks.every(tx),
            "entries": (entries := banks.counts(tx)),
            "set_aside": waiting(entries),
            "scans": scan_rows(tx, SCANS),
        }
    return visit.page("overview.html", **context)
