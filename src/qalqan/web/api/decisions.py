"""Decisions over the API: to read. They are made by people, at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from qalqan.flow import blind, quality
from qalqan.model.cases import Decision, Outcome
from qalqan.store import decision_list
from qalqan.store.decision_list import DecisionFilter
from qalqan.web.api.common import PREFIX, Limit, Offset
from qalqan.web.api.models import ListOf
from qalqan.web.visits import Visiting, id_of, plain_text

router = APIRouter(prefix=PREFIX, tags=["Decisions"])


class DecisionOut(BaseModel):
    """What a named person decided on a case, for the items that it serves."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    case_id: str
    state: str
    """standing, undone or superseded."""
    by: str
    at: datetime
    outcome: str
    category: str | None
    ground: str
    jurisdiction: str
    rationale: str
    measure: str
    policy: str
    item_ids: list[str]
    supersedes: str | None


@router.get("/decisions", summary="List the decisions that stand")
def list_decisions(  # noqa: PLR0913 - each is a part of the address
    visit: Visiting,
    *,
    since: Annotated[AwareDatetime | None, Query(description="Only those made then or later (ISO 8601).")] = None,
    outcome: Annotated[Outcome | None, Query(description="Only of this outcome.")] = None,
    item: Annotated[str, Query(description="Only those that serve this item (its id).")] = "",
    category: Annotated[str, Query(description="Only of this category of the policy.")] = "",
    person: Annotated[str, Query(description="Only those that this person made.")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ListOf[DecisionOut]:
    """Newest first. A proposal that waits for a second opinion is not among them."""
    with visit.reading() as tx:
        hidden = tuple(quality.veils(tx, visit.person.name))
        named = (plain_text(category), plain_text(person))
        wanted = DecisionFilter(since, outcome.value if outcome else None, id_of(item), hidden, *named)
        total = decision_list.count(tx, wanted)
        found = decision_list.page(tx, wanted, limit, offset)
    rows = [_out(one, "standing") for one in found]
    return ListOf[DecisionOut](total=total, limit=limit, offset=offset, rows=rows)


@router.get("/decisions/{decision_id}", summary="One decision")
def get_decision(visit: Visiting, decision_id: UUID) -> DecisionOut:
    """Also one that was undone or superseded since."""
    with visit.reading() as tx:
        return _out(*blind.one(tx, str(decision_id), visit.person.name))


def _out(made: Decision, state: str) -> DecisionOut:
    names = (name for name in DecisionOut.model_fields if name != "state")
    return DecisionOut(state=state, **{name: getattr(made, name) for name in names})
