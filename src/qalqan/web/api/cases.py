"""Cases of the review desk over the API: to read. Decided they are by people, at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from qalqan.flow import blind
from qalqan.model.cases import Case, CaseState
from qalqan.store import cases
from qalqan.store.cases import QueueFilter
from qalqan.web.api.common import PREFIX, Limit, Offset, SourceId
from qalqan.web.api.models import ListOf
from qalqan.web.visits import Visiting, id_of, plain_text

MEMBERS = 500
router = APIRouter(prefix=PREFIX, tags=["Cases"])


class PointsOut(BaseModel):
    """One part of a priority; the points of all parts sum to it."""

    model_config = ConfigDict(from_attributes=True)

    part: str
    points: float
    text: str
    facts: dict[str, Any]


class CaseOut(BaseModel):
    """Near-copies that one decision will serve."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    state: str
    category: str
    band: str
    score: int
    size: int
    severity: int
    priority: float
    parts: list[PointsOut]
    language: str | None
    platform: str | None
    source_id: str | None
    queue: str
    opened_at: datetime
    due: datetime | None
    claimed_by: str | None
    claimed_until: datetime | None


class MemberOut(BaseModel):
    """An item of a case, and what ties it to the others."""

    model_config = ConfigDict(from_attributes=True)

    item_id: str
    tie: str
    added_at: datetime


class StandingOut(BaseModel):
    """The decision that stands for a case."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    by: str
    at: datetime
    outcome: str
    category: str | None
    ground: str
    jurisdiction: str
    measure: str
    policy: str


class WholeCaseOut(CaseOut):
    """A case with its members and the decision that stands; none while a second opinion is awaited."""

    members: list[MemberOut]
    decision: StandingOut | None


@router.get("/cases", summary="List cases")
def list_cases(  # noqa: PLR0913 - each is a part of the address
    visit: Visiting,
    *,
    state: Annotated[CaseState, Query(description="open, second, decided or appealed.")] = CaseState.OPEN,
    queue: Annotated[str, Query(description="Only of this queue.")] = "",
    category: Annotated[str, Query(description="A category of the policy.")] = "",
    language: Annotated[str, Query(description="A language's tag: uz-Latn, ru, …")] = "",
    platform: Annotated[str, Query(description="Only of this platform.")] = "",
    source: SourceId = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ListOf[CaseOut]:
    """Highest priority first."""
    wanted = QueueFilter(
        queue=plain_text(queue) or "", language=plain_text(language) or "", category=plain_text(category) or "",
        platform=plain_text(platform) or "", source_id=id_of(source), state=state,
    )  # fmt: skip
    with visit.reading() as tx:
        moved = blind.moved(tx, visit.person.name)
        total, found = blind.count(tx, wanted, moved), blind.page(tx, wanted, limit, offset, moved)
    rows = [CaseOut.model_validate(one) for one in found]
    return ListOf[CaseOut](total=total, limit=limit, offset=offset, rows=rows)


@router.get("/cases/{case_id}", summary="One case with its members and the decision that stands")
def get_case(visit: Visiting, case_id: UUID) -> WholeCaseOut:
    """Up to 500 members, the one that opened it first."""
    with visit.reading() as tx:
        case: Case = blind.as_seen(tx, cases.get(tx, str(case_id)), visit.person.name)
        members = cases.members(tx, case.id, MEMBERS, 0)
        standing = blind.told(tx, case, visit.person.name).standing
    return WholeCaseOut(
        **CaseOut.model_validate(case).model_dump(),
        members=[MemberOut.model_validate(one) for one in members],
        decision=StandingOut.model_validate(standing) if standing else None,
    )
