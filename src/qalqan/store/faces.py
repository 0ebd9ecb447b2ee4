"""What stands for a case in lists of something else: the item that opened it, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qalqan.model.cases import CaseState, Outcome
from qalqan.model.ids import Id
from qalqan.store.tables_cases import case_items, cases, decisions

FIRST = "first"


def first_items(tx: sa.Connection, case_ids: Sequence[Id]) -> dict[Id, Id]:
    """Return the item that opened each of these cases."""
    query = sa.select(case_items.c.case_id, case_items.c.item_id)
    query = query.where(case_items.c.case_id.in_(case_ids), case_items.c.tie == FIRST)
    return {row.case_id: row.item_id for row in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class Stage:
    """How far an item's case is."""

    case_id: Id
    state: CaseState
    outcome: Outcome | None
    """What it was decided as; None where it is not decided."""


def stages(tx: sa.Connection, item_ids: Sequence[Id]) -> dict[Id, Stage]:
    """Return how far the cases of these items are; of those that are in one."""
    stands = sa.and_(decisions.c.case_id == cases.c.id, decisions.c.standing)
    joined = case_items.join(cases, cases.c.id == case_items.c.case_id).outerjoin(decisions, stands)
    query = sa.select(case_items.c.item_id, cases.c.id, cases.c.state, decisions.c.outcome).select_from(joined)
    found = {}
    for item_id, case_id, state, outcome in tx.execute(query.where(case_items.c.item_id.in_(item_ids))):
        decided = outcome is not None and state == CaseState.DECIDED.value
        found[item_id] = Stage(case_id, CaseState(state), Outcome(outcome) if decided else None)
    return found


def outcomes(tx: sa.Connection, case_ids: Sequence[Id]) -> dict[Id, Outcome]:
    """Return what stands on these cases; of those on which something does."""
    query = sa.select(decisions.c.case_id, decisions.c.outcome).where(decisions.c.standing)
    found = tx.execute(query.where(decisions.c.case_id.in_(case_ids)))
    return {row.case_id: Outcome(row.outcome) for row in found}
