"""The queue: cases that wait for a person, the most pressing first, and who holds which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Form, Response
from starlette.responses import RedirectResponse

from qalqan.errors import BadValue, NotFound
from qalqan.flow import blind, holding, quality
from qalqan.flow import protection as shields
from qalqan.i18n import gettext as _
from qalqan.model.cases import Case, CaseState, Decision, Outcome
from qalqan.model.ids import Id
from qalqan.model.items import Attachment, Item
from qalqan.model.roles import Right
from qalqan.model.times import now
from qalqan.store import cases, decisions, faces, pages, views
from qalqan.store.cases import QueueFilter
from qalqan.store.items import attachments_of
from qalqan.web import desk_words
from qalqan.web.lists import PageNumber, Paging
from qalqan.web.pages.found import by_sort
from qalqan.web.reveal import Shots, thumbnails
from qalqan.web.urls import with_query
from qalqan.web.visits import Sending, Visit, Visiting, id_of, plain_text

SOURCES = 200
NAME = 80
"""Characters of a saved view's name."""
COUNTED = (CaseState.OPEN, CaseState.SECOND, CaseState.APPEALED)
"""States that are work: how many cases are in them is counted."""
ABOUT = 1000
"""Decided cases beyond these are not counted for their tab."""
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case of the list."""

    case: Case
    item: Item | None
    """The item that opened it."""
    name: str | None
    """Its first file's name."""
    shots: Shots | None
    mine: bool
    outcome: Outcome | None = None
    """What it was decided as, where it is decided or appealed."""


def wanted_of(
    queue: str = "",
    language: str = "",
    category: str = "",
    platform: str = "",
    source: str = "",
    state: CaseState = CaseState.OPEN,
    holder: str = "",
) -> QueueFilter:
    """Return the filter that an address asks for. Raises BadValue."""
    return QueueFilter(
        queue=plain_text(queue) or "", language=plain_text(language) or "", category=plain_text(category) or "",
        platform=plain_text(platform) or "", source_id=id_of(source), state=state, claimed_by=plain_text(holder),
    )  # fmt: skip


Wanted = Annotated[QueueFilter, Depends(wanted_of)]


def sent_filter(
    queue: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "",
    platform: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    state: Annotated[CaseState, Form()] = CaseState.OPEN,
) -> QueueFilter:
    """Return the filter that a form carries. Raises BadValue."""
    return wanted_of(queue, language, category, platform, source, state)


Sent = Annotated[QueueFilter, Depends(sent_filter)]


@router.get("/queue")
def show_queue(visit: Visiting, wanted: Wanted, page: PageNumber = 1, done: str = "", none: str = "") -> Response:
    """List the cases under a filter."""
    with visit.reading() as tx:
        moved = blind.moved(tx, visit.person.name)
        counts = {state.value: blind.count(tx, replace(wanted, state=state), moved) for state in COUNTED}
        total = counts.get(wanted.state.value)
        decided = replace(wanted, state=CaseState.DECIDED)
        counts[CaseState.DECIDED.value] = blind.count(tx, decided, moved, ABOUT + 1)
        paging = Paging(blind.count(tx, wanted, moved) if total is None else total, page)
        context = {
            "rows": rows_of(tx, visit, blind.page(tx, wanted, paging.size, paging.offset, moved)),
            "sources": pages.list_sources(tx, SOURCES),
            "views": views.of_person(tx, visit.person.id),
            "queues": [(one, one) for one in cases.queues(tx)],
            "toast": toast_of(tx, visit, id_of(done)),
            "standing": shields.standing(tx, visit.person.id),
        }
    return visit.page(
        "queue.html", wanted=wanted, paging=paging, counts=counts, about=ABOUT, states=list(CaseState),
        words=desk_words, categories=by_sort(visit.services.policy), nothing_free=bool(none),
        reviews=visit.may(Right.REVIEW), now=now(), **context,
    )  # fmt: skip


def rows_of(tx: sa.Connection, visit: Visit, found: Sequence[Case]) -> list[QueueRow]:
    """Return what the list shows of these, in a fixed number of queries."""
    first = faces.first_items(tx, [one.id for one in found])
    by_id, hung_on = pages.items_by_id(tx, list(first.values())), attachments_of(tx, list(first.values()))
    files = {item_id: _first_file(hung) for item_id, hung in hung_on.items()}
    shown, outcomes = thumbnails(tx, visit, [one for one in files.values() if one]), _outcomes(tx, visit, found)
    rows = []
    for one in found:
        item_id = first.get(one.id, "")
        name = next((file.name for file in hung_on.get(item_id, ())), None)
        mine = one.claimed_by == visit.person.name
        shots = shown.get(files.get(item_id) or "")
        rows.append(QueueRow(one, by_id.get(item_id), name, shots, mine, outcomes.get(one.id)))
    return rows


def _outcomes(tx: sa.Connection, visit: Visit, found: Sequence[Case]) -> dict[Id, Outcome]:
    """Return what the decided ones of these were decided as; one that the reader looked at unknowingly as they did."""
    ended = [one.id for one in found if one.state in (CaseState.DECIDED, CaseState.APPEALED)]
    if not ended:
        return {}
    own = {name: one.decision for name, one in quality.veils(tx, visit.person.name).items()}
    outcomes = {name: outcome for name, outcome in faces.outcomes(tx, ended).items() if name not in own}
    return outcomes | {name: one.outcome for name, one in own.items() if one}


def _first_file(hung_on: Sequence[Attachment]) -> str | None:
    return next((one.media_sha256 for one in hung_on if one.media_sha256), None)


def toast_of(tx: sa.Connection, visit: Visit, decision_id: Id | None) -> Decision | None:
    """Return the decision that was just given by who asks, while it can be taken back with one key."""
    if decision_id is None:
        return None
    answer = quality.answered(tx, decision_id, visit.person.name)
    if answer is not None:
        return answer
    try:
        found = decisions.get(tx, decision_id)
    except NotFound:  # a second look's answer, which is final by now
        return None
    return found if found.by == visit.person.name and not decisions.undone(tx, [found.id]) else None


@router.post("/queue/next")
def take_next(visit: Sending, wanted: Sent) -> Response:
    """Give who asks the most pressing case that nobody holds, and open it."""
    case = holding.take_next(visit.services, visit.person, wanted)
    if case is None:
        return RedirectResponse(with_query("/queue", **query_of(wanted), none="1"), 303)
    return RedirectResponse(f"/cases/{case.id}", 303)


def query_of(wanted: QueueFilter) -> dict[str, str | None]:
    """Return a filter as the parts of an address."""
    return {
        "queue": wanted.queue, "language": wanted.language, "category": wanted.category, "platform": wanted.platform,
        "source": wanted.source_id, "state": wanted.state.value if wanted.state is not CaseState.OPEN else None,
        "holder": wanted.claimed_by,
    }  # fmt: skip


@router.post("/queue/views")
def save_view(visit: Sending, wanted: Sent, name: Annotated[str, Form()] = "") -> Response:
    """Keep a filter under a name of one's own. Raises BadValue, AlreadyThere."""
    called = plain_text(name, NAME)
    if called is None:
        raise BadValue(_("Give the view a name."))
    with visit.writing() as tx:
        views.add(tx, visit.person.id, called, {part: value for part, value in query_of(wanted).items() if value})
    return RedirectResponse(with_query("/queue", **query_of(wanted)), 303)


@router.post("/queue/views/{view_id}/delete")
def delete_view(visit: Sending, view_id: UUID) -> Response:
    """Forget a view of one's own. Raises NotFound."""
    with visit.writing() as tx:
        views.delete(tx, visit.person.id, str(view_id))
    return RedirectResponse("/queue", 303)
