"""A policy in the shadow of the one in force, over the API: what it would change."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from qalqan.errors import NotFound
from qalqan.flow import shadow
from qalqan.flow.shadow import Status
from qalqan.i18n import gettext as _
from qalqan.model.shadow import Compared, Side
from qalqan.store import shadow as shadow_store
from qalqan.web.api.common import PREFIX, Limit, Offset
from qalqan.web.api.models import ListOf
from qalqan.web.visits import Visiting
from qalqan.web.words import plain_reason

BandName = Literal["known", "likely", "look", "context", "nothing"]
ChangeName = Literal["flagged", "cleared", "higher", "lower", "category", "points"]
router = APIRouter(prefix=f"{PREFIX}/policy/shadow", tags=["Policy"])


class ShadowCount(BaseModel):
    """Items that come from one band into another."""

    change: ChangeName | Literal["same", "failed"]
    band: BandName | None = Field(description="Under the policy in force; null for those that could not be weighed.")
    other_band: BandName | None
    items: int


class ShadowDecided(BaseModel):
    """How people decided the listed items of one change."""

    change: ChangeName
    outcome: str | None = Field(description="Null: not decided. Empty: in no case, so nobody is asked.")
    items: int


class ShadowOut(BaseModel):
    """The policy in the shadow, or the last that was there."""

    policy: str
    standing: str = Field(description="The policy in force when it began.")
    running: bool
    switched_on: bool
    begun_at: datetime
    begun_by: str
    ended_at: datetime | None
    ended_by: str | None
    items: int = Field(description="Items weighed, each counted once.")
    waiting: int = Field(description="Items that wait; of more than 10,000, 10,000.")
    older: int = Field(description="Items found before that are still to be weighed.")
    listed: int
    fault: str | None = Field(description="What went wrong last.")
    counts: list[ShadowCount]
    decided: list[ShadowDecided]


class SideOut(BaseModel):
    """What one policy makes of an item."""

    band: BandName
    score: int
    category: str
    reasons: list[str] = Field(description="Those that the other policy does not give.")


class DifferenceOut(BaseModel):
    """An item that would come to something else."""

    item: str
    change: ChangeName
    before: SideOut
    after: SideOut


def out(found: Status) -> ShadowOut:
    """Return a status as the API tells it."""
    walk = found.walk
    counts = [
        ShadowCount(change=one.change.value, band=one.band, other_band=one.other_band, items=one.items)
        for one in found.counts
    ]
    decided = [ShadowDecided(change=one.change.value, outcome=one.outcome, items=one.items) for one in found.decided]
    return ShadowOut(
        policy=walk.label, standing=walk.standing, running=found.running, switched_on=walk.switched_on,
        begun_at=walk.begun_at, begun_by=walk.begun_by, ended_at=walk.ended_at, ended_by=walk.ended_by,
        items=found.total(), waiting=found.waiting, older=walk.left, listed=found.listed, fault=walk.fault,
        counts=counts, decided=decided,
    )  # fmt: skip


def difference_out(one: Compared) -> DifferenceOut:
    """Return a difference as the API tells it."""
    return DifferenceOut(item=one.item_id, change=one.change.value, before=_side(one.before), after=_side(one.after))


def _side(one: Side) -> SideOut:
    reasons = [plain_reason(reason) for reason in one.reasons]
    return SideOut(band=one.band.value, score=one.score, category=one.category, reasons=reasons)


@router.get("", summary="What a policy in the shadow comes to")
def status(visit: Visiting) -> ShadowOut:
    """Tell counts by change and bands, and how people decided the listed items that differ."""
    with visit.reading() as tx:
        found = shadow.status(tx)
    if found is None:
        raise NotFound(_("No policy was in the shadow yet."))
    return out(found)


@router.get("/differences", summary="List what would come to something else")
def list_differences(
    visit: Visiting, change: ChangeName | Literal[""] = "", limit: Limit = 50, offset: Offset = 0
) -> ListOf[DifferenceOut]:
    """List the newest first; at most 10,000 are listed, the others only counted."""
    with visit.reading() as tx:
        walk = shadow_store.last(tx)
        if walk is None:
            return ListOf[DifferenceOut](total=0, limit=limit, offset=offset, rows=[])
        rows = [difference_out(one) for one in shadow_store.page(tx, walk.id, change, limit, offset)]
        total = shadow_store.count(tx, walk.id, change)
    return ListOf[DifferenceOut](total=total, limit=limit, offset=offset, rows=rows)
