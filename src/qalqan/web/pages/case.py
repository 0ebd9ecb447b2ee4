"""A case: what it is about, one member after the other, and what was decided on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from qalqan.flow import blind, holding
from qalqan.model.cases import GRAVE, Case, CaseState, Measure, Outcome
from qalqan.model.ids import Id
from qalqan.model.roles import Right
from qalqan.model.times import now
from qalqan.store import appeals, cases
from qalqan.store.neighbours import neighbours
from qalqan.store.quality import golden_of
from qalqan.web import desk_words, members
from qalqan.web.in_step import in_step
from qalqan.web.lists import PageNumber
from qalqan.web.one_item import told
from qalqan.web.pages.found import by_sort
from qalqan.web.pages.queue import toast_of
from qalqan.web.urls import with_query
from qalqan.web.visits import Sending, Visit, Visiting, id_of

AROUND = 5
"""Messages before and after that are shown."""
LIKE = 10
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as somebody filled it in, and what is wrong with it, by field."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/cases/{case_id}")
def show_case(
    visit: Visiting, case_id: UUID, item: str = "", page: PageNumber = 1, done: str = "", *, whole: bool = False
) -> Response:
    """Show a case with one of its members."""
    return case_page(visit, str(case_id), id_of(item), page, done=id_of(done), whole=whole)


def case_page(  # noqa: PLR0913 - the parts of the page
    visit: Visit,
    case_id: Id,
    item_id: Id | None = None,
    page: int = 1,
    *,
    done: Id | None = None,
    whole: bool = False,
    filled: Filled = Filled(),
    status: int = 200,
) -> Response:
    """Return the page of a case; with a form that was not in order, what is wrong beside its fields."""
    with visit.reading() as tx:
        case = blind.as_seen(tx, cases.get(tx, case_id), visit.person.name)
        looked = cases.looked(tx, case_id, visit.person.name)
        at = members.walk(tx, case_id, looked, item_id)
        context = {
            "case": case,
            "toast": toast_of(tx, visit, done),
            "at": at,
            "looked": looked,
            **told(tx, visit, at.current.item_id, page),
            **_decided(tx, visit, case),
        }
        context |= _around(tx, context)
    answer = visit.page(
        "case.html", whole=whole, words=desk_words, now=now(), filled=filled, mine=holds(visit, case),
        **_choices(visit, case), **context,
    )  # fmt: skip
    answer.status_code = status
    return answer


def holds(visit: Visit, case: Case) -> bool:
    """Whether who asks holds a case now."""
    held_until = case.claimed_until
    return case.claimed_by == visit.person.name and held_until is not None and held_until > now()


def _around(tx: sa.Connection, shown: Mapping[str, object]) -> dict[str, object]:
    """Return the messages around the member shown, and its videos in step with the known ones."""
    item, pairs, files = shown["item"], shown["pairs"], shown["files"]
    before, after = neighbours(tx, item, AROUND)  # type: ignore[arg-type] # what `told` returns under this name
    # Two files that agree in their pictures and in their sound are set side by side once.
    once = {(one.match.media_sha256, one.entry.media_sha256): one for one in reversed(pairs)}  # type: ignore[call-overload] # the same
    steps = {
        pair.match.id: in_step(pair.match, pair.entry.media_sha256, files.shots)  # type: ignore[attr-defined] # the same
        for pair in once.values()
    }
    return {"before": before, "after": after, "steps": {name: one for name, one in steps.items() if one}}


def _decided(tx: sa.Connection, visit: Visit, case: Case) -> dict[str, object]:
    """Return what was decided on a case, as far as who asks is to know it, and on its like."""
    told_of = blind.told(tx, case, visit.person.name)
    appealed = case.state is CaseState.APPEALED
    return {
        "history": told_of.history,
        **({"notes": [], "reveals": []} if told_of.veiled else {"notes": cases.notes(tx, case.id)}),
        "undone": told_of.undone,
        "standing": told_of.standing,
        "proposal": told_of.asked,
        "waits_for_other": told_of.waits_for_other,
        "appeal": appeals.first_open(tx, case.id) if appealed else None,
        "may_take": not appealed and (told_of.veiled or holding.may_decide_anew(tx, case, visit.person)),
        "golden": golden_of(tx, case.id) if visit.may(Right.LEAD) and not told_of.veiled else None,
        "may_be_golden": visit.may(Right.LEAD) and not told_of.veiled and case.state is CaseState.DECIDED,
        "like": blind.on_like(tx, case, visit.person.name, LIKE),
    }


def _choices(visit: Visit, case: Case) -> dict[str, object]:
    policy = visit.services.policy
    return {
        "outcomes": list(Outcome), "measures": list(Measure), "categories": by_sort(policy),
        "reviews": visit.may(Right.REVIEW), "then_next": visit.request.cookies.get(THEN_COOKIE, "1") == "1",
        "form_category": case.category, "grave": GRAVE, "leads": visit.may(Right.LEAD),
    }  # fmt: skip


THEN_COOKIE = "qalqan_then_next"
"""Whether somebody wants the next case as soon as one is decided."""


@router.post("/cases/{case_id}/claim")
def claim(visit: Sending, case_id: UUID, item: Annotated[str, Form()] = "") -> Response:
    """Take a case, so that nobody else works on it. Raises AlreadyThere where somebody holds it."""
    holding.take(visit.services, visit.person, str(case_id))
    return _back(str(case_id), id_of(item))


@router.post("/cases/{case_id}/release")
def release(visit: Sending, case_id: UUID) -> Response:
    """Let go of a case that one holds."""
    holding.let_go(visit.services, visit.person, str(case_id))
    return RedirectResponse("/queue", 303)


@router.post("/cases/{case_id}/look")
def look(visit: Sending, case_id: UUID, item: Annotated[str, Form()]) -> Response:
    """Note that who asks has seen a member; then go on to the next one, where a script does not stay on it."""
    seen = id_of(item)
    with visit.writing() as tx:
        cases.look(tx, str(case_id), [seen] if seen else [], visit.person.name)
    by_script = visit.request.headers.get("hx-request") == "true"
    return _back(str(case_id), seen if by_script else None)


def _back(case_id: Id, item_id: Id | None) -> Response:
    return RedirectResponse(with_query(f"/cases/{case_id}", item=item_id), 303)
