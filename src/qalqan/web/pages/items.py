"""All items, found in or not."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from qalqan.errors import BadValue
from qalqan.model.items import Item
from qalqan.store import audit, findings, pages
from qalqan.store import items as store_items
from qalqan.store.items import ItemFilter, Page
from qalqan.web.lists import ExportFormat, PageNumber, Paging, export
from qalqan.web.visits import Visit, Visiting, id_of, plain_text

SOURCES = 200
EXPORTED = 100_000
HAS = (
    "name", "link", "handle", "invite", "mail", "phone", "hashtag", "amount", "wallet", "payment", "picture-text",
    "subtitle", "speech", "qr",
)  # fmt: skip
"""What was read in items, to choose by."""
COLUMNS = ("id", "kind", "origin", "platform", "channel", "author", "posted_at", "text", "collected_at")
router = APIRouter(include_in_schema=False)


def wanted_of(q: str = "", kind: str = "", source: str = "", name: str = "", has: str = "") -> ItemFilter:
    """Return the filter that an address asks for. Raises BadValue."""
    return ItemFilter(
        query=plain_text(q), kind=plain_text(kind), source_id=id_of(source), names=plain_text(name), has=plain_text(has)
    )


Wanted = Annotated[ItemFilter, Depends(wanted_of)]


@router.get("/items")
def list_items(visit: Visiting, wanted: Wanted, page: PageNumber = 1) -> Response:
    """List items, newest first, by the words in them."""
    problem, stretch = "", Page([], 0)
    with visit.reading() as tx:
        try:
            stretch = store_items.page(tx, wanted, Paging(0, page).size, Paging(0, page).offset)
        except BadValue as bad:
            problem = bad.message
        found, paging = stretch.items, Paging(stretch.total, page, more=stretch.more)
        ids = [one.id for one in found]
        context = {
            "hung_on": store_items.attachments_of(tx, ids),
            "assessments": findings.current_assessments(tx, ids),
            "sources": pages.list_sources(tx, SOURCES),
            "called": _called(visit, wanted.names) if wanted.names else "",
            "kinds": HAS,
        }
    return visit.page("items.html", rows=found, paging=paging, wanted=wanted, problem=problem, **context)


def _called(visit: Visit, entity: str) -> str:
    """Return how reports call somebody; the key itself where the lexicon does not know it any more."""
    entries = visit.services.lexicons.current().entries
    return next((one.name for one in entries if one.entity == entity and one.name), entity)


@router.get("/items/export")
def export_items(visit: Visiting, wanted: Wanted, form: ExportFormat = "csv") -> Response:
    """Export up to 100,000 items under the same filter."""
    with visit.reading() as tx:
        found = store_items.page(tx, wanted, EXPORTED).items
    with visit.services.store.writing() as tx:
        audit.append(tx, visit.person.name, "items.exported", form)
    return export("items", COLUMNS, map(_row, found), form)


def _row(item: Item) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in COLUMNS}
    return {**row, "kind": item.kind.value, "posted_at": item.posted_at and item.posted_at.isoformat()}
