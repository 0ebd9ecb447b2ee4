"""Whom stored items name."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response

from qalqan.flow.names import NameRow, named
from qalqan.model.words import WHO, Sense
from qalqan.signals.key import key_text
from qalqan.store import audit
from qalqan.web.lists import ExportFormat, PageNumber, Paging, export
from qalqan.web.visits import Visit, Visiting, plain_text

Kind = Literal["", "organisation", "outlet", "product", "person"]
Sort = Literal["items", "newest", "name"]
COLUMNS = ("entity", "name", "kind", "items", "first", "last")
KINDS = [one.value for one in Sense if one in WHO]
router = APIRouter(include_in_schema=False)


@router.get("/names")
def list_names(visit: Visiting, kind: Kind = "", q: str = "", sort: Sort = "items", page: PageNumber = 1) -> Response:
    """List whom stored items name, those named by most items first."""
    found = _found(visit, kind, q, sort)
    paging = Paging(len(found), page)
    rows = found[paging.offset : paging.offset + paging.size]
    return visit.page("names.html", rows=rows, paging=paging, kind=kind, q=q, sort=sort, kinds=KINDS)


def _found(visit: Visit, kind: Kind, q: str, sort: Sort) -> list[NameRow]:
    sought = key_text(plain_text(q) or "")
    found = [
        one for one in named(visit.services, Sense(kind) if kind else None) if sought in key_text(one.name + one.entity)
    ]
    if sort == "newest":
        return sorted(found, key=lambda one: one.last, reverse=True)
    return sorted(found, key=lambda one: one.name.casefold()) if sort == "name" else found


@router.get("/names/export")
def export_names(
    visit: Visiting, form: ExportFormat = "csv", kind: Kind = "", q: str = "", sort: Sort = "items"
) -> Response:
    """Export the list under the same filter."""
    with visit.services.store.writing() as tx:
        audit.append(tx, visit.person.name, "names.exported", form)
    return export("names", COLUMNS, (_row(one) for one in _found(visit, kind, q, sort)), form)


def _row(one: NameRow) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in COLUMNS}
    return {
        **row,
        "kind": one.kind.value if one.kind else None,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
    }
