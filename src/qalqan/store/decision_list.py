"""Decisions as platforms ask for them: what stands, what stood; never a proposal that waits for its second opinion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.model.cases import Decision
from qalqan.model.ids import Id
from qalqan.store.records import record_of, records_of, streamed
from qalqan.store.tables_cases import case_items, decisions, undone

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions to list; None means any."""

    since: datetime | None = None
    outcome: str | None = None
    item_id: Id | None = None
    hidden: tuple[Id, ...] = ()
    """Cases whose decisions are not told to who asks."""
    category: str | None = None
    by: str | None = None
    """The name of whoever decided."""


def page(tx: sa.Connection, wanted: DecisionFilter, limit: int, offset: int) -> list[Decision]:
    """Return standing decisions, newest first."""
    query = _filtered(sa.select(decisions), wanted).order_by(decisions.c.id.desc()).limit(limit).offset(offset)
    return records_of(Decision, tx.execute(query))


def each(tx: sa.Connection, wanted: DecisionFilter) -> Iterator[Decision]:
    """Yield standing decisions, newest first, without holding them all."""
    query = _filtered(sa.select(decisions), wanted).order_by(decisions.c.id.desc())
    for row in streamed(tx, query, AT_ONCE):
        yield record_of(Decision, row)


def count(tx: sa.Connection, wanted: DecisionFilter) -> int:
    """Count standing decisions."""
    return int(tx.execute(_filtered(sa.select(sa.func.count()).select_from(decisions), wanted)).scalar_one())


def one(tx: sa.Connection, decision_id: Id) -> tuple[Decision, str]:
    """Return a decision and its state: `standing`, `undone` or `superseded`. Raises NotFound, also for a proposal."""
    row = tx.execute(sa.select(decisions).where(decisions.c.id == decision_id)).first()
    state = None if row is None else _state(tx, row)
    if row is None or state is None:
        raise no_such(decision_id)
    return record_of(Decision, row), state


def no_such(decision_id: Id) -> NotFound:
    """Return what is said of a decision that is not there, or not told."""
    return NotFound(f"There is no decision {decision_id}.", hint="GET /api/v1/decisions lists those that stand.")


def _state(tx: sa.Connection, row: sa.Row[Any]) -> str | None:
    if row.standing:
        return "standing"
    if tx.execute(sa.select(undone.c.decision_id).where(undone.c.decision_id == row.id)).first():
        return "undone"
    later = tx.execute(sa.select(decisions.c.id).where(decisions.c.supersedes == row.id)).first()
    return "superseded" if later else None


def _filtered(query: sa.Select[Any], wanted: DecisionFilter) -> sa.Select[Any]:
    query = query.where(decisions.c.standing)
    if wanted.hidden:
        query = query.where(decisions.c.case_id.not_in(wanted.hidden))
    if wanted.since is not None:
        query = query.where(decisions.c.at >= wanted.since)
    asked = {"outcome": wanted.outcome, "category": wanted.category, "by": wanted.by}
    query = query.where(*(decisions.c[name] == value for name, value in asked.items() if value is not None))
    if wanted.item_id is None:
        return query
    its_cases = sa.select(case_items.c.case_id).where(case_items.c.item_id == wanted.item_id)
    serves = sa.cast(decisions.c.item_ids, sa.Text()).contains(wanted.item_id, autoescape=True)
    return query.where(decisions.c.case_id.in_(its_cases), serves)
