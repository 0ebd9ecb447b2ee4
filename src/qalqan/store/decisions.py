"""What people decided: added, superseded and taken back, never changed."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.model.cases import Case, Decision, Undone
from qalqan.model.ids import Id
from qalqan.model.times import now
from qalqan.store.records import batched, insert_new, record_of, records_of, row_of
from qalqan.store.tables import matches
from qalqan.store.tables_cases import case_items, decisions
from qalqan.store.tables_cases import undone as undone_table

AT_ONCE = 500
LIKE_ITEMS = 200
"""Items of a case whose matches are asked for decisions on their like."""


def add(tx: sa.Connection, made: Decision, *, standing: bool) -> None:
    """Keep a decision; with `standing`, it takes the place of the one that it supersedes.

    Raises AlreadyThere where another one stands: somebody else has decided meanwhile.
    """
    if made.supersedes and standing:
        old = decisions.update().where(decisions.c.id == made.supersedes)
        tx.execute(old.values(standing=sa.false()))
    if not standing:
        tx.execute(decisions.insert(), row_of(made, standing=False))
        return
    held = sa.select(decisions.c.id).where(decisions.c.case_id == made.case_id, decisions.c.standing)
    if tx.execute(held).first():
        raise AlreadyThere("This case was decided meanwhile.", hint="Open it again to see how.")
    try:
        with tx.begin_nested():
            tx.execute(decisions.insert(), row_of(made, standing=True))
    except sa.exc.IntegrityError:
        raise AlreadyThere("This case was decided meanwhile.", hint="Open it again to see how.") from None


def let_stand(tx: sa.Connection, made: Decision) -> None:
    """Let a decision stand, in the place of what stood on its case: a proposal agreed with, or what was superseded."""
    tx.execute(decisions.update().where(decisions.c.case_id == made.case_id).values(standing=sa.false()))
    tx.execute(decisions.update().where(decisions.c.id == made.id).values(standing=sa.true()))


def take_back(tx: sa.Connection, decision_id: Id, by: str) -> None:
    """Note that a decision was taken back, once; it stays readable."""
    insert_new(tx, undone_table, [row_of(Undone(decision_id, by, now()))], "decision_id")
    tx.execute(decisions.update().where(decisions.c.id == decision_id).values(standing=sa.false()))


def get(tx: sa.Connection, decision_id: Id) -> Decision:
    """Return a decision. Raises NotFound."""
    row = tx.execute(sa.select(decisions).where(decisions.c.id == decision_id)).first()
    if row is None:
        raise NotFound(f"There is no decision {decision_id}.")
    return record_of(Decision, row)


def standing(tx: sa.Connection, case_id: Id) -> Decision | None:
    """Return the decision that stands on a case."""
    row = tx.execute(sa.select(decisions).where(decisions.c.case_id == case_id, decisions.c.standing)).first()
    return record_of(Decision, row) if row else None


def standing_on(tx: sa.Connection, case_ids: Sequence[Id]) -> dict[Id, Decision]:
    """Return the decision that stands on each of these cases, where one does."""
    found: dict[Id, Decision] = {}
    for some in batched(case_ids, AT_ONCE):
        rows = tx.execute(sa.select(decisions).where(decisions.c.case_id.in_(some), decisions.c.standing))
        found.update((row.case_id, record_of(Decision, row)) for row in rows)
    return found


def standing_on_items(tx: sa.Connection, item_ids: Sequence[Id]) -> list[Decision]:
    """Return the decisions that stand on the cases of these items, the latest first."""
    inside = sa.select(case_items.c.case_id).where(case_items.c.item_id.in_(item_ids)).scalar_subquery()
    query = sa.select(decisions).where(decisions.c.standing, decisions.c.case_id.in_(inside))
    return records_of(Decision, tx.execute(query.order_by(decisions.c.id.desc())))


def history(tx: sa.Connection, case_id: Id) -> list[Decision]:
    """Return all that was decided on a case, the latest first."""
    query = sa.select(decisions).where(decisions.c.case_id == case_id).order_by(decisions.c.id.desc())
    return records_of(Decision, tx.execute(query))


def undone(tx: sa.Connection, ids: Sequence[Id]) -> dict[Id, Undone]:
    """Return which of these decisions were taken back."""
    found: dict[Id, Undone] = {}
    for some in batched(ids, AT_ONCE):
        rows = tx.execute(sa.select(undone_table).where(undone_table.c.decision_id.in_(some)))
        found.update((row.decision_id, record_of(Undone, row)) for row in rows)
    return found


def on_like(tx: sa.Connection, case: Case, limit: int) -> list[Decision]:
    """Return decisions that stand on other cases in which the same known things were found, the latest first."""
    own = sa.select(case_items.c.item_id).where(case_items.c.case_id == case.id).limit(LIKE_ITEMS).scalar_subquery()
    entries = sa.select(matches.c.entry_id).where(matches.c.item_id.in_(own), matches.c.stands).distinct()
    others = sa.select(case_items.c.case_id).join(matches, matches.c.item_id == case_items.c.item_id)
    others = others.where(matches.c.entry_id.in_(entries.scalar_subquery()), case_items.c.case_id != case.id)
    query = sa.select(decisions).where(
        decisions.c.standing, decisions.c.case_id.in_(others.distinct().scalar_subquery())
    )
    return records_of(Decision, tx.execute(query.order_by(decisions.c.id.desc()).limit(limit)))


def cases_near(tx: sa.Connection, entry_id: Id) -> list[Id]:
    """Return the cases in whose items a bank's entry was found."""
    query = sa.select(case_items.c.case_id).join(matches, matches.c.item_id == case_items.c.item_id)
    rows = tx.execute(query.where(matches.c.entry_id == entry_id).distinct().order_by(case_items.c.case_id))
    return [row.case_id for row in rows]
