"""Appeals: the list with what is due, one taken in at the desk, one answered."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response
from starlette.responses import PlainTextResponse, RedirectResponse

from qalqan.errors import AlreadyThere, BadValue, NotFound
from qalqan.flow import appealing
from qalqan.flow.appealing import OUTCOMES, Answer, Sent
from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.model.cases import AppealState, Outcome
from qalqan.model.times import now
from qalqan.store import appeals
from qalqan.web import desk_words
from qalqan.web.lists import PageNumber, Paging
from qalqan.web.pages.found import by_sort
from qalqan.web.visits import Sending, Visit, Visiting, id_of

STATES = {
    AppealState.OPEN: mark("Open"),
    AppealState.GRANTED: mark("Granted"),
    AppealState.REFUSED: mark("Refused"),
    AppealState.WITHDRAWN: mark("Withdrawn"),
}
State = Annotated[Literal["", "open", "granted", "refused", "withdrawn"], Query()]
router = APIRouter(include_in_schema=False)


@router.get("/appeals")
def list_appeals(visit: Visiting, state: State = "open", page: PageNumber = 1, decision: str = "") -> Response:
    """List appeals, the one that is due first before the others, with a form to take one in."""
    return _list(visit, state, page, {"decision": id_of(decision) or ""}, "")


def _list(visit: Visit, state: str, page: int, form: dict[str, str], fault: str) -> Response:
    moment = now()
    with visit.reading() as tx:
        paging = Paging(appeals.count(tx, state), page)
        rows = appeals.page(tx, state, paging.size, paging.offset)
        late = appeals.count_overdue(tx, moment)
    shown = {"rows": rows, "paging": paging, "late": late, "state": state, "states": STATES, "moment": moment}
    return _with_fault(visit.page("appeals.html", form=form, fault=fault, **shown), fault)


def _with_fault(response: Response, fault: str) -> Response:
    """Return a page; one that says what is wrong with a form is no success."""
    if fault:
        response.status_code = 422
    return response


@router.post("/appeals")
def take_in(
    visit: Sending,
    decision: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    sender: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
    reference: Annotated[str, Form()] = "",
) -> Response:
    """Take in an appeal that came by letter, mail or telephone."""
    form = {"decision": decision, "text": text, "sender": sender, "contact": contact, "reference": reference}
    try:
        sent = Sent(text, sender, contact, reference, id_of(decision.strip()))
        kept = appealing.take_in(visit.services, visit.person.name, sent)
    except (BadValue, NotFound) as bad:
        return _list(visit, "open", 1, form, bad.message)
    return RedirectResponse(f"/appeals/{kept.id}", 303)


@router.get("/appeals/{appeal_id}")
def show(visit: Visiting, appeal_id: UUID) -> Response:
    """Show an appeal, and the form to answer it to whoever had no part in the decision."""
    return _one(visit, str(appeal_id), {}, "")


def _one(visit: Visit, appeal_id: str, form: dict[str, str], fault: str) -> Response:
    with visit.reading() as tx:
        appeal = appeals.get(tx, appeal_id)
        first = appeals.decision(tx, appeal.decision_id)
        barred = visit.person.name in appealing.barred(tx, appeal)
        letter = appealing.letter(appeal, first, appeals.standing(tx, appeal.case_id))
    shown = {"appeal": appeal, "first": first, "barred": barred, "letter": letter, "states": STATES, "moment": now()}
    choices = {"outcomes": OUTCOMES, "categories": by_sort(visit.services.policy), "words": desk_words}
    return _with_fault(visit.page("appeal.html", form=form, fault=fault, **choices, **shown), fault)


@router.post("/appeals/{appeal_id}/answer")
def answer(
    visit: Sending,
    appeal_id: UUID,
    state: Annotated[str, Form()] = "",
    reasons: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "",
) -> Response:
    """Answer an appeal; granted, another decision stands from now on."""
    form = {"state": state, "reasons": reasons, "outcome": outcome, "category": category}
    try:
        appealing.answer(visit.services, visit.person, str(appeal_id), _given(form))
    except (BadValue, AlreadyThere) as bad:
        return _one(visit, str(appeal_id), form, bad.message)
    return RedirectResponse(f"/appeals/{appeal_id}", 303)


def _given(form: dict[str, str]) -> Answer:
    """Return what a form answers. Raises BadValue."""
    state, outcome = form["state"], form["outcome"]
    if state not in set(AppealState) or (outcome and outcome not in set(Outcome)):
        raise BadValue(_("Choose how you answer."))
    return Answer(AppealState(state), form["reasons"], Outcome(outcome) if outcome else None, form["category"] or None)


@router.post("/appeals/{appeal_id}/withdraw")
def withdraw(visit: Sending, appeal_id: UUID) -> Response:
    """End an appeal that its sender takes back."""
    appealing.withdraw(visit.services, visit.person.name, str(appeal_id))
    return RedirectResponse(f"/appeals/{appeal_id}", 303)


@router.get("/appeals/{appeal_id}/letter")
def letter(visit: Visiting, appeal_id: UUID) -> Response:
    """Return the answer for the sender as a text, in the language of the console."""
    with visit.reading() as tx:
        appeal = appeals.get(tx, str(appeal_id))
        standing = appeals.standing(tx, appeal.case_id)
        text = appealing.letter(appeal, appeals.decision(tx, appeal.decision_id), standing)
    headers = {"Content-Disposition": f'attachment; filename="answer-{appeal.id}.txt"'}
    return PlainTextResponse(text, headers=headers)
