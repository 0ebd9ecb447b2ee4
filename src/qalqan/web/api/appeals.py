"""Appeals over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from qalqan.errors import NotFound, TooOften
from qalqan.flow import appealing
from qalqan.flow.uploads import LONGEST_WORD
from qalqan.i18n import gettext as _
from qalqan.model.cases import Appeal
from qalqan.model.roles import Right
from qalqan.store import appeals, tries
from qalqan.store.tries import Bound
from qalqan.web.api.common import PREFIX, Limit, Offset
from qalqan.web.api.models import ListOf
from qalqan.web.visits import Calling, Visit, Visiting

OFTEN = Bound(600, 600)
"""Appeals that one login may hand in: one a second, six hundred at once."""
router = APIRouter(prefix=PREFIX, tags=["Appeals"])


class AppealIn(BaseModel):
    """An appeal: against a decision, or against what was decided on an item, by its id or by your own name for it."""

    text: str = Field(min_length=1, max_length=appealing.LONGEST_TEXT, description="What the sender objects to.")
    decision: UUID | None = None
    item: UUID | None = None
    platform: str = Field(default="", max_length=LONGEST_WORD, description="As in POST /items, with `item_reference`.")
    item_reference: str = Field(
        default="", max_length=LONGEST_WORD, description="Your own name for the item, as in POST /items."
    )
    sender: str = Field(default="", max_length=appealing.LONGEST_NAME)
    contact: str = Field(default="", max_length=appealing.LONGEST_NAME)
    reference: str = Field(
        default="", max_length=appealing.LONGEST_NAME, description="Your own: handed in twice, it is there once."
    )


class AppealOut(BaseModel):
    """An appeal and its answer. Who decided is not told."""

    id: str
    decision: str
    case: str
    reference: str
    state: Literal["open", "granted", "refused", "withdrawn"]
    received_at: datetime
    due: datetime
    decided_at: datetime | None
    reasons: str | None


def _out(one: Appeal) -> AppealOut:
    return AppealOut(
        id=one.id, decision=one.decision_id, case=one.case_id, reference=one.reference, state=one.state.value,
        received_at=one.received_at, due=one.due, decided_at=one.decided_at, reasons=one.reasons,
    )  # fmt: skip


@router.post("/appeals", summary="Hand in an appeal", status_code=201)
def hand_in(visit: Calling, body: AppealIn) -> AppealOut:
    """Idempotent by your reference: the same one again answers with what is there."""
    with visit.writing() as tx:
        free = tries.take(tx, {f"appeals:{visit.person.id}": OFTEN})
    if not free:
        raise TooOften(_("Too many appeals at once."), hint=_("Try again in a minute."))
    named = (str(body.decision) if body.decision else None, str(body.item) if body.item else None)
    called = (body.platform or visit.person.name, body.item_reference)
    sent = appealing.Sent(body.text, body.sender, body.contact, body.reference, *named, *called)
    return _out(appealing.take_in(visit.services, visit.person.name, sent))


@router.get("/appeals", summary="List appeals")
def list_appeals(
    visit: Visiting,
    state: Literal["", "open", "granted", "refused", "withdrawn"] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ListOf[AppealOut]:
    """Open ones first, the one that is due first before the others; your own, unless you have the right `appeals`."""
    whose = _whose(visit)
    with visit.reading() as tx:
        rows = [_out(one) for one in appeals.page(tx, state, limit, offset, whose)]
        return ListOf[AppealOut](total=appeals.count(tx, state, whose), limit=limit, offset=offset, rows=rows)


def _whose(visit: Visit) -> str | None:
    """Return whose appeals somebody may see: their own, or, with the right to answer them, anybody's (None)."""
    return None if visit.may(Right.APPEALS) else visit.person.name


@router.get("/appeals/{appeal_id}", summary="One appeal and its answer")
def get_appeal(visit: Visiting, appeal_id: UUID) -> AppealOut:
    """Ask for it until its state is not open any more, or have a webhook tell you."""
    with visit.reading() as tx:
        found = appeals.get(tx, str(appeal_id))
    if found.taken_by != (_whose(visit) or found.taken_by):
        raise NotFound(f"There is no appeal {appeal_id}.", hint="GET /api/v1/appeals lists your own.")
    return _out(found)
