"""What somebody is not shown, so that they come to a finding of their own: one rule for pages, API and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from qalqan.flow import deciding, quality
from qalqan.flow.deciding import Asked
from qalqan.flow.quality import Veil
from qalqan.model.cases import Case, CaseState, Decision, Undone
from qalqan.model.ids import Id
from qalqan.store import cases, decision_list, decisions
from qalqan.store.cases import QueueFilter


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told of the decisions on a case; nothing of them where they are to come to their own."""

    history: list[Decision] = field(default_factory=list)
    """All that was decided, the latest first."""
    standing: Decision | None = None
    undone: Mapping[Id, Undone] = field(default_factory=dict)
    asked: Asked | None = None
    """What a second person is asked for."""
    waits_for_other: bool = False
    """One's own proposal waits for a second person."""
    veiled: bool = False
    """They look at it a second time: nothing beside it may tell that anybody else had it before."""


def told(tx: sa.Connection, case: Case, name: str) -> Told:
    """Return what somebody is told of the decisions on a case."""
    veil = quality.veil(tx, name, case.id)
    if veil is not None:
        return _own_alone(veil)
    proposal = deciding.waiting(tx, case)
    if proposal and proposal.by != name:
        return Told(asked=deciding.asked_for(proposal))
    history = decisions.history(tx, case.id)
    gone = decisions.undone(tx, [one.id for one in history])
    return Told(history, decisions.standing(tx, case.id), gone, waits_for_other=proposal is not None)


def _own_alone(veil: Veil) -> Told:
    """Return what somebody is told who gives a second look: their own answer, as if it were the decision."""
    if veil.decision is None:
        return Told(veiled=True)
    waits = veil.case.state is CaseState.SECOND
    return Told([veil.decision], None if waits else veil.decision, waits_for_other=waits, veiled=True)


def as_seen(tx: sa.Connection, case: Case, name: str) -> Case:
    """Return a case as somebody sees it: one that they look at a second time is as it was before it was decided."""
    veil = quality.veil(tx, name, case.id)
    return veil.case if veil else case


def on_like(tx: sa.Connection, case: Case, name: str, limit: int) -> list[Decision]:
    """Return decisions that stand on other cases in which the same was found, but for those not told to somebody."""
    hidden = quality.veils(tx, name)
    found = decisions.on_like(tx, case, limit + len(hidden))
    return [one for one in found if one.case_id not in hidden][:limit]


def unknowing(tx: sa.Connection, case: Case, name: str) -> bool:
    """Whether somebody is to come to their own finding on a case: nothing that was decided on it is told to them.

    A second person on a grave proposal, which is for anybody but whoever made it; and who gives a second look at what
    was decided (`flow.quality`), who is not to know that it was.
    """
    proposal = deciding.waiting(tx, case)
    if proposal is not None or case.state is CaseState.SECOND:
        return proposal is None or proposal.by != name
    return quality.veil(tx, name, case.id) is not None


def one(tx: sa.Connection, decision_id: Id, name: str) -> tuple[Decision, str]:
    """Return a decision and its state, as `decision_list.one`. Raises NotFound, also where it is not told to them."""
    found, state = decision_list.one(tx, decision_id)
    if unknowing(tx, cases.get(tx, found.case_id), name):
        raise decision_list.no_such(decision_id)
    return found, state


def moved(tx: sa.Connection, name: str) -> list[Case]:
    """Return the cases that lists show somebody where they stood before they were decided."""
    return [one.case for one in quality.veils(tx, name).values() if one.case.state is not CaseState.DECIDED]


def page(tx: sa.Connection, wanted: QueueFilter, limit: int, offset: int, moved: Sequence[Case]) -> list[Case]:
    """Return a page of cases as `cases.page`, those that were `moved` where they belong by their priority."""
    found = cases.page(tx, wanted, limit, offset)
    if not moved:
        return found
    here = [one for one in _fitting(moved, wanted) if _within(one, found, limit, offset)]
    away = {one.id for one in moved}
    return sorted([*here, *(one for one in found if one.id not in away)], key=_place)


def count(tx: sa.Connection, wanted: QueueFilter, moved: Sequence[Case], most: int | None = None) -> int:
    """Count cases as `cases.count`, those that were `moved` as they are shown."""
    decided = wanted.state is CaseState.DECIDED
    away = _fitting([replace(one, state=CaseState.DECIDED) for one in moved], wanted) if decided else []
    return cases.count(tx, wanted, most) + len(_fitting(moved, wanted)) - len(away)


def _place(case: Case) -> tuple[float, Id]:
    return -case.priority, case.id


def _within(case: Case, found: Sequence[Case], limit: int, offset: int) -> bool:
    after_first = not offset or (bool(found) and _place(case) > _place(found[0]))
    return after_first and (len(found) < limit or _place(case) < _place(found[-1]))


def _fitting(some: Sequence[Case], wanted: QueueFilter) -> list[Case]:
    names = ("queue", "language", "category", "platform", "source_id", "claimed_by")
    asked = {name: getattr(wanted, name) for name in names if getattr(wanted, name)}
    return [
        one
        for one in some
        if one.state is wanted.state and all(getattr(one, name) == value for name, value in asked.items())
    ]
