"""Words over the API: what was read in an item, whom items name, the lexicons."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from qalqan.assess.why_not import why_not
from qalqan.flow.lexicon_changes import Listed, ListFilter, every, matching
from qalqan.flow.names import named
from qalqan.model.signals import INDICATORS, LANGUAGE, NAME, SAID
from qalqan.model.words import EntryState, Sense
from qalqan.store import findings, signals
from qalqan.store import items as store_items
from qalqan.web.api.common import PREFIX, Limit, Offset
from qalqan.web.api.models import LexiconOut, ListOf, NameOut, ReadOut, SignalOut, WhyNotOut
from qalqan.web.spoken import KINDS
from qalqan.web.visits import Visiting, plain_text

router = APIRouter(prefix=PREFIX, tags=["Words"])


@router.get("/items/{item_id}/read", summary="What was read in an item's words")
def get_read(visit: Visiting, item_id: UUID) -> ReadOut:
    """Words, names, indicators and texts of files with their places, and what kept something from counting."""
    with visit.reading() as tx:
        item = store_items.get(tx, str(item_id)).item
        of_it = signals.of_kinds(tx, [item.id], KINDS).get(item.id, [])
        matches = findings.matches_of(tx, [item.id]).get(item.id, [])
    weighed = [one for one in of_it if one.kind in (SAID, LANGUAGE, *INDICATORS)]
    return ReadOut(
        item=item.id,
        language=next((one.value for one in of_it if one.kind == LANGUAGE and one.media_sha256 is None), None),
        names=list(dict.fromkeys(one.value for one in of_it if one.kind == NAME)),
        signals=[SignalOut.model_validate(one) for one in of_it],
        why_not=[WhyNotOut.model_validate(one) for one in why_not(visit.services.policy, weighed, matches)],
    )


@router.get("/names", summary="Whom stored items name")
def list_names(
    visit: Visiting,
    kind: Annotated[str, Query(description="organisation, outlet, product or person.")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ListOf[NameOut]:
    """Those named by most items first. To be named says nothing: reports and warnings name, too."""
    found = named(visit.services, Sense(kind) if kind in list(Sense) else None)
    rows = [NameOut.model_validate(one) for one in found[offset : offset + limit]]
    return ListOf[NameOut](total=len(found), limit=limit, offset=offset, rows=rows)


@router.get("/lexicon", summary="List the entries of the lexicons")
def list_lexicon(  # noqa: PLR0913 - each is a part of the address
    visit: Visiting,
    *,
    q: Annotated[str, Query(description="In a term, a name or the source, however spelled.")] = "",
    language: Annotated[str, Query(description="uz, ru, …; und for names.")] = "",
    sense: Annotated[str, Query(description="What the terms say: solicit, praise, organisation, news, ….")] = "",
    entity: Annotated[str, Query(description="Only names of this one, by its key.")] = "",
    origin: Annotated[str, Query(description="built-in, hand, or an official list: un, ofac.")] = "",
    status: Annotated[str, Query(description="on or off.")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ListOf[LexiconOut]:
    """Return what comes with the program in its order, then what was added, oldest first."""
    wanted = ListFilter(
        language=plain_text(language), sense=Sense(sense) if sense in list(Sense) else None,
        entity=plain_text(entity), origin=plain_text(origin),
        status=EntryState(status) if status in list(EntryState) else None, text=plain_text(q),
    )  # fmt: skip
    found = matching(every(visit.services), wanted)
    rows = [_out(one) for one in found[offset : offset + limit]]
    return ListOf[LexiconOut](total=len(found), limit=limit, offset=offset, rows=rows)


def _out(one: Listed) -> LexiconOut:
    entry, change = one.entry, one.change
    names = (
        "key", "language", "sense", "strength", "terms", "source", "hits", "misses", "exact", "follows", "entity",
        "name",
    )  # fmt: skip
    last = {"by": change.by, "at": change.at, "reason": change.reason} if change else {}
    return LexiconOut.model_validate(
        {"by": None, "at": None, "reason": None, **{name: getattr(entry, name) for name in names}, **last,
         "origin": one.origin, "status": one.status}
    )  # fmt: skip
