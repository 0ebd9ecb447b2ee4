"""The lexicons: all entries, one of them, and what is in force as a file. Changes are in `lexicon_change`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Response
from starlette.responses import StreamingResponse

from qalqan.errors import NotFound
from qalqan.flow.lexicon_changes import Listed, ListFilter, every, matching
from qalqan.flow.lexicon_files import written
from qalqan.i18n import gettext as _
from qalqan.model.words import EntryState, Sense
from qalqan.store import audit, pages
from qalqan.web.lists import PageNumber, Paging
from qalqan.web.visits import Visit, Visiting, plain_text

Sort = Literal["file", "newest", "terms", "language"]
KEY_DIGITS = 12
"""Digits of an entry's key that the audit log keeps."""
Key = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
router = APIRouter(include_in_schema=False)


def wanted_of(
    q: str = "", language: str = "", sense: str = "", entity: str = "", origin: str = "", status: str = ""
) -> ListFilter:
    """Return the filter that an address asks for; a sense or a state that there is not counts as any."""
    return ListFilter(
        language=plain_text(language), sense=Sense(sense) if sense in list(Sense) else None,
        entity=plain_text(entity), origin=plain_text(origin),
        status=EntryState(status) if status in list(EntryState) else None, text=plain_text(q),
    )  # fmt: skip


Wanted = Annotated[ListFilter, Depends(wanted_of)]


@router.get("/lexicon")
def list_entries(visit: Visiting, wanted: Wanted, sort: Sort = "file", page: PageNumber = 1) -> Response:
    """List the entries of the lexicons."""
    listed = every(visit.services)
    found = ordered(matching(listed, wanted), sort)
    paging = Paging(len(found), page)
    context = {
        "rows": found[paging.offset : paging.offset + paging.size],
        "every": len(listed),
        "terms": sum(len(one.entry.terms) for one in found),
        "spoken": sorted({one.entry.language for one in listed}),
        "origins": sorted({one.origin.split(" ", maxsplit=1)[0] for one in listed}),
        "senses": list(Sense),
        "saved": visit.request.query_params.get("saved"),
    }
    return visit.page("lexicon.html", paging=paging, wanted=wanted, sort=sort, **context)


def ordered(found: list[Listed], sort: Sort) -> list[Listed]:
    """Return entries in an order; `file` is that of the files."""
    if sort == "newest":
        return sorted(found, key=lambda one: one.change.at.timestamp() if one.change else 0.0, reverse=True)
    if sort == "terms":
        return sorted(found, key=lambda one: -len(one.entry.terms))
    if sort == "language":
        return sorted(found, key=lambda one: (one.entry.language, one.entry.sense.value))
    return found


@router.get("/lexicon/export")
def export_entries(visit: Visiting, wanted: Wanted) -> Response:
    """Export the entries under the same filter, in the form in which they can be imported elsewhere."""
    found = matching(every(visit.services), wanted)
    with visit.services.store.writing() as tx:
        audit.append(tx, visit.person.name, "lexicon.exported", "yaml", entries=len(found))
    headers = {"Content-Disposition": 'attachment; filename="qalqan-lexicon.yaml"'}
    return StreamingResponse(_yaml(found), media_type="application/yaml", headers=headers)


def _yaml(found: Iterable[Listed]) -> Iterable[str]:
    yield from written(found)


@router.get("/lexicon/{key}")
def show_entry(visit: Visiting, key: Key) -> Response:
    """Show an entry: its terms, the sentences that hold it to them, who changed it."""
    one = entry_of(visit, key)
    with visit.reading() as tx:
        events = [event for event in pages.lexicon_events(tx) if key[:KEY_DIGITS] in event.detail.get("keys", ())]
    saved = visit.request.query_params.get("saved")
    return visit.page("lexicon_entry.html", one=one, entry=one.entry, events=events, saved=saved)


def entry_of(visit: Visit, key: str) -> Listed:
    """Return the entry with this key. Raises NotFound."""
    found = next((one for one in every(visit.services) if one.entry.key == key), None)
    if found is None:
        raise NotFound(_("There is no such entry in the lexicons."), hint=_("The lexicons' page lists them all."))
    return found
