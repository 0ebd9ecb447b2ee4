"""A policy in the shadow of the one in force: what it would change, switching it on, going back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, Response, UploadFile
from starlette.responses import RedirectResponse

from qalqan.assess.policy import LONGEST
from qalqan.errors import AlreadyThere, BadValue, NotFound, QalqanError
from qalqan.flow import policies, shadow
from qalqan.flow.handing import compare_again
from qalqan.flow.shadow import Status
from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.model.assessments import Band
from qalqan.model.cases import Outcome
from qalqan.model.items import Item
from qalqan.model.shadow import DIFFERENT, Change, Compared, Decided
from qalqan.store import audit, pages
from qalqan.store import policies as policy_store
from qalqan.store import shadow as shadow_store
from qalqan.web import desk_words
from qalqan.web.lists import ExportFormat, PageNumber, Paging, export
from qalqan.web.visits import Sending, Visit, Visiting, plain_text
from qalqan.web.words import plain_reason

CHANGES = {
    Change.FLAGGED: mark("Newly flagged"),
    Change.CLEARED: mark("No longer flagged"),
    Change.HIGHER: mark("Higher"),
    Change.LOWER: mark("Lower"),
    Change.CATEGORY: mark("Other categories"),
    Change.POINTS: mark("Other points"),
    Change.SAME: mark("The same"),
    Change.FAILED: mark("Could not be weighed"),
}
COLUMNS = (
    "item", "change", "band", "score", "category", "reasons", "other_band", "other_score", "other_category",
    "other_reasons", "case", "outcome",
)  # fmt: skip
SHOWN = 20
"""Turns of policies that are listed."""
SOME = 100
"""Values in which two policies differ that are listed."""
OF_EACH = 500
"""Differences whose decisions are asked for at once."""
Wanted = Literal["", "flagged", "cleared", "higher", "lower", "category", "points"]
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One difference of the list."""

    one: Compared
    item: Item
    case_id: str | None
    outcome: str | None


@router.get("/policy/shadow")
def show(visit: Visiting, change: Wanted = "", page: PageNumber = 1) -> Response:
    """Show what the policy in the shadow would change, and how to switch it on or take it out."""
    return _page(visit, change, page)


def _page(visit: Visit, change: str = "", page: int = 1, fault: QalqanError | None = None) -> Response:
    with visit.reading() as tx:
        found = shadow.status(tx)
        history = policy_store.newest(tx, SHOWN)
        total = (shadow_store.count(tx, found.walk.id, change) if change else found.listed) if found else 0
        paging = Paging(total, page)
        rows = _rows(tx, found, change, paging)
    context = {"found": found, "history": history, "paging": paging, "rows": rows, "change": change, "fault": fault}
    response = visit.page(
        "shadow.html", **context, **_told(visit, found), changes=CHANGES, different=DIFFERENT, bands=list(Band),
        words=desk_words, most=shadow_store.MOST, of_settings=visit.services.policies.of_settings,
    )  # fmt: skip
    response.status_code = fault.status if fault else 200
    return response


def _rows(tx: sa.Connection, found: Status | None, change: str, paging: Paging) -> list[Row]:
    if found is None:
        return []
    return _with_items(tx, shadow_store.page(tx, found.walk.id, change, paging.size, paging.offset))


def _with_items(tx: sa.Connection, some: list[Compared]) -> list[Row]:
    ids = [one.item_id for one in some]
    items, decided = pages.items_by_id(tx, ids), shadow_store.decided_on(tx, ids)
    return [Row(one, items[one.item_id], *decided.get(one.item_id, (None, None))) for one in some]


def _told(visit: Visit, found: Status | None) -> dict[str, Any]:
    """Return what is told beside the list: both tables, and what would change in the policy."""
    if found is None:
        return {"matrix": {}, "decided": [], "outcomes": [], "differing": [], "more": 0}
    matrix: dict[tuple[Band | None, Band | None], int] = {}
    for one in found.counts:
        key = (one.band, one.other_band)
        matrix[key] = matrix.get(key, 0) + one.items
    differing = shadow.would_change(visit.services, found.walk) if found.running else []
    decided, outcomes = _decided(found.decided)
    return {
        "matrix": matrix, "decided": decided, "outcomes": outcomes, "differing": differing[:SOME],
        "more": len(differing) - SOME,
    }  # fmt: skip


def _decided(found: tuple[Decided, ...]) -> tuple[list[tuple[Change, list[int]]], list[str | None]]:
    """Return a row for each change with the numbers under each outcome that there is: not decided, in no case."""
    numbers = {(one.change, one.outcome): one.items for one in found}
    outcomes = [one for one in (*Outcome, None, "") if any(key[1] == one for key in numbers)]
    changes = [one for one in DIFFERENT if any(key[0] is one for key in numbers)]
    return [(change, [numbers.get((change, one), 0) for one in outcomes]) for change in changes], outcomes


@router.get("/policy/shadow/export")
def export_list(visit: Visiting, change: Wanted = "", form: ExportFormat = "csv") -> Response:
    """Export the listed differences under the same filter."""
    with visit.writing() as tx:
        audit.append(tx, visit.person.name, "policy.shadow-exported", form)
    return export("shadow", COLUMNS, _exported(visit, change), form)


def _exported(visit: Visit, change: str) -> Iterator[dict[str, Any]]:
    with visit.reading() as tx, visit.reading() as beside:
        walk, some = shadow_store.last(tx), []
        for one in shadow_store.every(tx, walk.id, change) if walk else ():
            some.append(one)
            if len(some) == OF_EACH:
                yield from map(_exported_row, _with_items(beside, some))
                some = []
        yield from map(_exported_row, _with_items(beside, some))


def _exported_row(row: Row) -> dict[str, Any]:
    before, after = row.one.before, row.one.after
    reasons = ("; ".join(plain_reason(reason) for reason in side.reasons) for side in (before, after))
    return {
        "item": row.item.id, "change": row.one.change.value, "band": before.band.value, "score": before.score,
        "category": before.category, "reasons": next(reasons), "other_band": after.band.value,
        "other_score": after.score, "other_category": after.category, "other_reasons": next(reasons),
        "case": row.case_id, "outcome": row.outcome,
    }  # fmt: skip


@router.post("/policy/shadow/start")
def start(
    visit: Sending,
    file: UploadFile | None = None,
    text: Annotated[str, Form()] = "",
    older: Annotated[int, Form(ge=0, le=shadow.MOST_OLDER)] = 0,
) -> Response:
    """Put a policy into the shadow, from a file or as it was pasted."""
    try:
        name, content = _handed(file, text)
        shadow.start(visit.services, visit.person.name, content, name, older)
    except (BadValue, AlreadyThere) as wrong:
        return _page(visit, fault=wrong)
    return RedirectResponse("/policy/shadow", 303)


def _handed(file: UploadFile | None, text: str) -> tuple[str, str]:
    """Return a name and the text of what was handed in. Raises BadValue."""
    if file is None or not file.size:
        if not text.strip():
            raise BadValue(_("Choose a file, or paste the policy."))
        return _("that was pasted"), text
    try:
        content = file.file.read(4 * LONGEST + 1).decode()  # no character has more than four bytes
    except UnicodeDecodeError as error:
        raise BadValue(_("This is no text in UTF-8.")) from error
    return plain_text((file.filename or "")[:300]) or _("that was sent"), content


@router.post("/policy/shadow/stop")
def stop(visit: Sending) -> Response:
    """Take the policy out of the shadow."""
    try:
        shadow.stop(visit.services, visit.person.name)
    except NotFound as wrong:
        return _page(visit, fault=wrong)
    return RedirectResponse("/policy/shadow", 303)


@router.post("/policy/shadow/on")
def switch_on(
    visit: Sending, *, confirmed: Annotated[str, Form()] = "", again: Annotated[bool, Form()] = False
) -> Response:
    """Put the policy in the shadow in force, when its name was typed."""
    try:
        shadow.switch_on(visit.services, visit.person.name, confirmed)
    except (BadValue, NotFound) as wrong:
        return _page(visit, fault=wrong)
    return _done(visit, again=again)


@router.post("/policy/back")
def go_back(
    visit: Sending, *, turn: Annotated[int, Form(ge=0, le=2**31 - 1)], again: Annotated[bool, Form()] = False
) -> Response:
    """Put an earlier policy in force again."""
    try:
        policies.go_back(visit.services.store, visit.services.policies, visit.person.name, turn)
    except (BadValue, NotFound) as wrong:
        return _page(visit, fault=wrong)
    return _done(visit, again=again)


def _done(visit: Visit, *, again: bool) -> Response:
    if again:
        return RedirectResponse(f"/scans/{compare_again(visit.services, visit.person.name).id}", 303)
    return RedirectResponse("/policy", 303)
