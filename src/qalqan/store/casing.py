"""Which case an item is in, by what ties it to others: kept in a constant number of queries for a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from qalqan.model.assessments import Band
from qalqan.model.cases import Case
from qalqan.model.ids import Id
from qalqan.store.records import batched, insert_new, on_conflict_nothing, row_of
from qalqan.store.tables import assessments, items
from qalqan.store.tables_cases import case_items, case_ties, cases

AT_ONCE = 5_000
_LOCK = 5_711_005


def alone(tx: sa.Connection) -> None:
    """Wait until no other process puts items into cases: two would else open two cases for one thing."""
    if tx.dialect.name == "postgresql":  # SQLite has one writer at a time
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def cases_of(tx: sa.Connection, item_ids: Sequence[Id]) -> dict[Id, Id]:
    """Return the case of each of these items that is in one."""
    found: dict[Id, Id] = {}
    for some in batched(item_ids, AT_ONCE):
        query = sa.select(case_items.c.item_id, case_items.c.case_id).where(case_items.c.item_id.in_(some))
        found.update({row.item_id: row.case_id for row in tx.execute(query)})
    return found


def tied(tx: sa.Connection, ties: Sequence[str]) -> dict[str, tuple[Id, int]]:
    """Return the case that each tie leads to, and how many items it has."""
    found: dict[str, tuple[Id, int]] = {}
    for some in batched(ties, AT_ONCE):
        query = sa.select(case_ties.c.tie, cases.c.id, cases.c.size).join(cases).where(case_ties.c.tie.in_(some))
        found.update({row.tie: (row.id, row.size) for row in tx.execute(query)})
    return found


def open_cases(tx: sa.Connection, opened: Mapping[str, Case]) -> None:
    """Keep new cases, by their natural keys."""
    insert_new(tx, cases, [row_of(one, key=key, aged=0) for key, one in opened.items()], "key")


def join(tx: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put items into cases; one that is in a case stays there."""
    if rows:
        tx.execute(on_conflict_nothing(tx, case_items, "item_id"), [dict(row) for row in rows])


def lead(tx: sa.Connection, ties: Mapping[str, Id], old: Iterable[str]) -> None:
    """Let ties lead to cases from now on; those of `old` led to one that is full."""
    for some in batched(sorted(old), AT_ONCE):
        tx.execute(case_ties.delete().where(case_ties.c.tie.in_(some)))
    rows = [{"tie": tie, "case_id": case_id} for tie, case_id in sorted(ties.items())]
    if rows:
        tx.execute(on_conflict_nothing(tx, case_ties, "tie"), rows)


def weighed(tx: sa.Connection, case_ids: Sequence[Id]) -> dict[Id, list[Any]]:
    """Return what stands for the members of these cases: rows of case_id, category, score, band."""
    found: dict[Id, list[Any]] = {}
    strongest = (assessments.c.item_id == case_items.c.item_id) & assessments.c.leads
    for some in batched(case_ids, AT_ONCE):
        query = (
            sa.select(case_items.c.case_id, assessments.c.category, assessments.c.score, assessments.c.band)
            .select_from(case_items.outerjoin(assessments, strongest))
            .where(case_items.c.case_id.in_(some))
        )
        for row in tx.execute(query):
            found.setdefault(row.case_id, []).append(row)
    return found


def update(tx: sa.Connection, changed: Sequence[Case]) -> None:
    """Keep what a case is now made of; its state and its claim are left as they are."""
    kept = ("category", "band", "score", "size", "severity", "priority", "parts")
    statement = cases.update().where(cases.c.id == sa.bindparam("case"))
    rows = [{"case": one.id, **{name: value for name, value in row_of(one).items() if name in kept}} for one in changed]
    if rows:
        tx.execute(statement.values({name: sa.bindparam(name) for name in kept}), rows)


def after(tx: sa.Connection, place: int, limit: int) -> list[tuple[int, Id]]:
    """Return places and ids of items after a place of which something was found and that are in no case."""
    inside = sa.exists().where(case_items.c.item_id == items.c.id)
    found = (assessments.c.leads, assessments.c.band != Band.NOTHING.value)
    query = sa.select(items.c.seq, items.c.id).join(assessments, assessments.c.item_id == items.c.id)
    query = query.where(*found, items.c.seq > place, ~inside).order_by(items.c.seq).limit(limit)
    return [(row.seq, row.id) for row in tx.execute(query)]
