"""One item: its text, its files, what known things it matches and why that gives its score."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from qalqan.flow import blind
from qalqan.flow.blind import Told
from qalqan.store import cases
from qalqan.web import desk_words
from qalqan.web.lists import PageNumber
from qalqan.web.one_item import told
from qalqan.web.visits import Visiting

router = APIRouter(include_in_schema=False)


@router.get("/items/{item_id}")
def show_item(visit: Visiting, item_id: UUID, page: PageNumber = 1, whole: bool = False) -> Response:  # noqa: FBT001, FBT002 - a part of the address
    """Show an item with all that is known of it."""
    with visit.reading() as tx:
        context = told(tx, visit, str(item_id), page)
        stored = cases.case_of(tx, str(item_id))
        case = blind.as_seen(tx, stored, visit.person.name) if stored else None
        decided = blind.told(tx, case, visit.person.name) if case else Told()
    context |= {"reveals": []} if decided.veiled else {}
    return visit.page("item.html", whole=whole, case=case, standing=decided.standing, words=desk_words, **context)
