"""What somebody is not shown, so that they come to a finding of their own: one rule for pages, API and commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from qalqan.flow import deciding
from qalqan.flow.deciding import Asked
from qalqan.model.cases import Case, CaseState, Decision, Undone
from qalqan.model.ids import Id
from qalqan.store import cases, decision_list, decisions, quality


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


def told(tx: sa.Connection, case: Case, name: str) -> Told:
    """Return what somebody is told of the decisions on a case."""
    proposal = deciding.waiting(tx, case)
    if proposal and proposal.by != name:
        return Told(asked=deciding.asked_for(proposal))
    if unknowing(tx, case, name):
        return Told()
    history = decisions.history(tx, case.id)
    gone = decisions.undone(tx, [one.id for one in history])
    return Told(history, decisions.standing(tx, case.id), gone, waits_for_other=proposal is not None)


def unknowing(tx: sa.Connection, case: Case, name: str) -> bool:
    """Whether somebody is to come to their own finding on a case: nothing that was decided on it is told to them.

    A second person on a grave proposal, which is for anybody but whoever made it; and who gives a second look at what
    was decided (`flow.quality`), who is not to know that it was.
    """
    proposal = deciding.waiting(tx, case)
    if proposal is not None or case.state is CaseState.SECOND:
        return proposal is None or proposal.by != name
    return quality.held(tx, name, case.id) is not None


def one(tx: sa.Connection, decision_id: Id, name: str) -> tuple[Decision, str]:
    """Return a decision and its state, as `decision_list.one`. Raises NotFound, also where it is not told to them."""
    found, state = decision_list.one(tx, decision_id)
    if unknowing(tx, cases.get(tx, found.case_id), name):
        raise decision_list.no_such(decision_id)
    return found, state


def standing(tx: sa.Connection, case: Case, name: str) -> Decision | None:
    """Return the decision that stands on a case; None where there is none, or it is not told to them."""
    return None if unknowing(tx, case, name) else decisions.standing(tx, case.id)
