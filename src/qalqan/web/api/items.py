"""Items and matches over the API."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from qalqan.store import findings
from qalqan.store import items as store_items
from qalqan.store.findings import MatchFilter
from qalqan.store.items import ItemFilter
from qalqan.web.api.common import PREFIX, Limit, Offset, SourceId, match_out
from qalqan.web.api.models import AssessmentOut, AttachmentOut, ItemOut, ListOf, MatchOut, MediaOut, WholeItemOut
from qalqan.web.visits import Visiting, id_of, plain_text

MATCHES = 100
router = APIRouter(prefix=PREFIX, tags=["Items and matches"])


@router.get("/items", summary="List or search items")
def list_items(  # noqa: PLR0913 - each is a part of the address
    visit: Visiting,
    *,
    q: Annotated[str, Query(description="Words that must all be in it; `heron*` stands for its beginnings.")] = "",
    kind: Annotated[str, Query(description="message, post, page, file or article.")] = "",
    band: Annotated[str, Query(description="known, likely, look, nothing; or found: all but nothing.")] = "",
    category: Annotated[str, Query(description="A category of the policy.")] = "",
    source: SourceId = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ListOf[ItemOut]:
    """Newest first; with a band or category, highest score first."""
    wanted = ItemFilter(plain_text(q), id_of(source), plain_text(kind), plain_text(band), plain_text(category))
    with visit.reading() as tx:
        page = store_items.page(tx, wanted, limit, offset)
    rows = [ItemOut.model_validate(one) for one in page.items]
    return ListOf[ItemOut](total=page.total, more=page.more, limit=limit, offset=offset, rows=rows)


@router.get("/items/{item_id}", summary="One item with its files, assessments and matches")
def get_item(visit: Visiting, item_id: UUID) -> WholeItemOut:
    """Everything about an item but its files' bytes, which the API does not hand out."""
    with visit.reading() as tx:
        found = store_items.get(tx, str(item_id))
        hashes = [one.media_sha256 for one in found.attachments if one.media_sha256]
        media = store_items.media_by_hash(tx, hashes)
        assessments = findings.current_assessments(tx, [found.item.id]).get(found.item.id, [])
        matches = list(findings.list_matches(tx, MatchFilter(item_id=found.item.id), MATCHES))
    return WholeItemOut(
        **ItemOut.model_validate(found.item).model_dump(),
        attachments=[AttachmentOut.model_validate(one) for one in found.attachments],
        media=[MediaOut.model_validate(one) for one in media.values()],
        assessments=[AssessmentOut.model_validate(one) for one in assessments],
        matches=[match_out(one) for one in matches],
    )


@router.get("/matches", summary="List matches")
def list_matches(  # noqa: PLR0913 - each is a part of the address
    visit: Visiting,
    *,
    item: Annotated[str, Query(description="Only of this item (its id).")] = "",
    bank: Annotated[str, Query(description="Only with this bank (its name).")] = "",
    kind: Annotated[str, Query(description="sha256, pdq, video-pdq, text, link, or a plugin's.")] = "",
    verified: Annotated[bool | None, Query(description="Only verified ones, or only others.")] = None,
    source: SourceId = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ListOf[MatchOut]:
    """Newest first."""
    wanted = MatchFilter(id_of(item), plain_text(bank), plain_text(kind), verified, id_of(source))
    with visit.reading() as tx:
        total = findings.count_matches(tx, wanted)
        rows = [match_out(one) for one in findings.list_matches(tx, wanted, limit, offset)]
    return ListOf[MatchOut](total=total, limit=limit, offset=offset, rows=rows)
