"""Deciding a case, the second opinion on a grave proposal, and taking a decision back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Response
from starlette.responses import RedirectResponse

from qalqan.assess.policy import Policy
from qalqan.errors import AlreadyThere, BadValue, NotAllowed
from qalqan.flow import deciding, holding, quality
from qalqan.flow.deciding import Given
from qalqan.i18n import gettext as _
from qalqan.model.cases import Decision, Measure, Outcome
from qalqan.store import decisions
from qalqan.store.cases import QueueFilter
from qalqan.web.pages.case import THEN_COOKIE, Filled, case_page
from qalqan.web.pages.look import YEAR
from qalqan.web.urls import with_query
from qalqan.web.visits import Sending, Visit, id_of, plain_text

RATIONALE = 4000
"""Characters of a rationale."""
router = APIRouter(include_in_schema=False)


def sent(  # noqa: PLR0913 - each is a field of the form
    *,
    outcome: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "",
    ground: Annotated[str, Form()] = "",
    jurisdiction: Annotated[str, Form()] = "",
    rationale: Annotated[str, Form()] = "",
    measure: Annotated[str, Form()] = "none",
    entry: Annotated[str, Form()] = "",
    item: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "",
) -> dict[str, str]:
    """Return the form as it was sent."""
    return {
        "outcome": outcome, "category": category, "ground": ground, "jurisdiction": jurisdiction,
        "rationale": rationale, "measure": measure, "entry": entry, "item": item, "then": then,
    }  # fmt: skip


Sent = Annotated[dict[str, str], Depends(sent)]


@router.post("/cases/{case_id}/decide")
def decide(visit: Sending, case_id: UUID, form: Sent) -> Response:
    """Decide a case, and go on to the next one where that is wanted."""
    return _deal(visit, str(case_id), form, second=False)


@router.post("/cases/{case_id}/second")
def second(visit: Sending, case_id: UUID, form: Sent) -> Response:
    """Give a second opinion on a proposal whose reasons one has not seen; both are shown afterwards."""
    return _deal(visit, str(case_id), form, second=True)


def _deal(visit: Visit, case_id: str, form: dict[str, str], *, second: bool) -> Response:
    errors, status = faults(form, visit.services.policy), BadValue.status
    if not errors:
        try:
            given = given_of(form, visit.services.policy)
            made = _given(visit, case_id, given, second=second)
        except (BadValue, NotAllowed, AlreadyThere) as bad:  # what was typed is shown, whatever it comes too late for
            errors, status = {getattr(bad, "field", "") or "form": bad.message}, bad.status
        else:
            return _onward(visit, made.id, case_id, form, stay=second)
    filled = Filled(form, errors)
    return case_page(visit, case_id, id_of(form["item"]), filled=filled, status=status)


def _given(visit: Visit, case_id: str, given: Given, *, second: bool) -> Decision:
    """Return what somebody decides, or answers who looks at a case a second time without knowing it."""
    if second:
        return deciding.second(visit.services, visit.person, case_id, given)
    answer = quality.give(visit.services, visit.person, case_id, given)
    return answer or deciding.decide(visit.services, visit.person, case_id, given)


def faults(form: dict[str, str], policy: Policy) -> dict[str, str]:
    """Return what is wrong with a form, by field: what can be told without looking at the case."""
    found = {}
    if form["outcome"] not in set(Outcome):
        found["outcome"] = _("Choose what you decide.")
    if form["measure"] not in set(Measure):
        found["measure"] = _("Choose one of these.")
    if form["ground"] and form["ground"] not in policy.grounds:
        found["ground"] = _("Choose a rule of the list.")
    if form["jurisdiction"] and form["jurisdiction"] not in policy.jurisdictions:
        found["jurisdiction"] = _("Choose a jurisdiction of the list.")
    if len(form["rationale"]) > RATIONALE or "\0" in form["rationale"]:
        found["rationale"] = _("This is too long, or holds a character that no text has.")
    if form["outcome"] == Outcome.TERRORIST and form["category"] not in policy.categories:
        found["category"] = _("Choose a category.")
    return found


def given_of(form: dict[str, str], policy: Policy) -> Given:
    """Return what a form decides. What an outcome has no use for is left out; a rule names its jurisdiction itself."""
    outcome = Outcome(form["outcome"])
    terrorist = outcome is Outcome.TERRORIST
    ground = policy.grounds.get(form["ground"]) if terrorist else None
    jurisdiction = form["jurisdiction"] or (ground.jurisdiction if ground else "")
    return Given(
        outcome=outcome,
        category=form["category"] if terrorist else None,
        ground=form["ground"] if terrorist else "",
        jurisdiction=jurisdiction if terrorist else "",
        rationale=plain_text(form["rationale"], RATIONALE) or "",
        measure=Measure(form["measure"]) if terrorist else Measure.NONE,
        entry_id=id_of(form["entry"]) if outcome is Outcome.WRONG_MATCH else None,
    )


def _onward(visit: Visit, decision_id: str, case_id: str, form: dict[str, str], *, stay: bool) -> Response:
    """Return the way on from a decision: the next case where that is wanted, else the queue."""
    place = "/queue"
    if stay:
        place = f"/cases/{case_id}"
    elif form["then"]:
        case = holding.take_next(visit.services, visit.person, QueueFilter())
        place = f"/cases/{case.id}" if case else place
    response = RedirectResponse(with_query(place, done=decision_id), 303)
    if not stay:
        secure = visit.services.settings.secure_cookies
        wants = "1" if form["then"] else "0"
        response.set_cookie(THEN_COOKIE, wants, max_age=YEAR, httponly=True, samesite="lax", secure=secure)
    return response


@router.post("/decisions/{decision_id}/undo")
def undo(visit: Sending, decision_id: UUID) -> Response:
    """Take a decision back, and show its case."""
    case_id = quality.take_back(visit.services, visit.person, str(decision_id))
    if case_id is None:
        deciding.undo(visit.services, visit.person, str(decision_id))
        with visit.reading() as tx:
            case_id = decisions.get(tx, str(decision_id)).case_id
    return RedirectResponse(with_query(f"/cases/{case_id}", undone="1"), 303)
