"""Second looks at decided cases and golden cases: drawn, held by somebody, given, settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.model.cases import CaseState, Decision
from qalqan.model.ids import Id
from qalqan.model.quality import Golden, Second, Settled, Sort
from qalqan.model.times import now
from qalqan.store.cases import QueueFilter
from qalqan.store.records import insert_new, key_of, record_of, records_of, row_of
from qalqan.store.tables_cases import case_looks, cases, decisions
from qalqan.store.tables_quality import draws, golden_cases, second_looks

AT_ONCE = 5
"""Looks of which one is taken: whoever takes at the same moment may have the first of them."""
_GIVEN = ("by", "at", "outcome", "category", "agrees", "ground", "jurisdiction", "measure", "entry_id")


def undrawn(tx: sa.Connection, limit: int) -> list[Decision]:
    """Return standing decisions that were not drawn for yet, newest first."""
    query = sa.select(decisions).outerjoin(draws, draws.c.decision_id == decisions.c.id)
    free = query.where(decisions.c.standing, draws.c.decision_id.is_(None)).order_by(decisions.c.id.desc())
    return records_of(Decision, tx.execute(free.limit(limit)))


def note_draw(tx: sa.Connection, decision_id: Id, *, blind: bool, golden: bool) -> bool:
    """Write down what was drawn for a decision; return False where somebody has drawn for it already."""
    row = {"decision_id": decision_id, "blind": blind, "golden": golden, "at": now()}
    return bool(insert_new(tx, draws, [row], "decision_id"))


def add(tx: sa.Connection, look: Second) -> bool:
    """Keep a second look that is to be given; return False where it is there."""
    key = key_of(look.sort.value, look.decision_id, look.golden_id, look.meant_for)
    return bool(insert_new(tx, second_looks, [row_of(look, key=key)], "key"))


def get(tx: sa.Connection, look_id: Id) -> Second:
    """Return a second look. Raises NotFound."""
    found = of(tx, look_id)
    if found is None:
        raise NotFound(f"There is no second look {look_id}.")
    return found


def of(tx: sa.Connection, look_id: Id) -> Second | None:
    """Return a second look, None where there is none of this id."""
    row = tx.execute(sa.select(second_looks).where(second_looks.c.id == look_id)).first()
    return record_of(Second, row) if row else None


def veiled(tx: sa.Connection, name: str) -> list[Second]:
    """Return the second looks that somebody holds, or has given so lately that they may still take them back.

    Where a case came back to the queue meanwhile nothing is veiled any more: others may hold it.
    """
    query = sa.select(second_looks).join(cases, cases.c.id == second_looks.c.case_id)
    mine = (second_looks.c.held_by == name, second_looks.c.held_until > now())
    query = query.where(*mine, cases.c.state == CaseState.DECIDED.value).order_by(second_looks.c.id)
    return records_of(Second, tx.execute(query))


def held(tx: sa.Connection, name: str, case_id: Id | None = None) -> Second | None:
    """Return the second look that somebody holds now, on one case or on any."""
    mine = (one for one in veiled(tx, name) if one.at is None and case_id in (None, one.case_id))
    return next(mine, None)


def take(tx: sa.Connection, name: str, minutes: int, wanted: QueueFilter) -> Second | None:
    """Give somebody a second look that waits at a case under a filter, for so many minutes; None where none does.

    Nobody gets a case that they decided, or have looked at: they may know what was decided.
    """
    query = sa.select(second_looks.c.id, second_looks.c.case_id).join(cases, cases.c.id == second_looks.c.case_id)
    query = query.outerjoin(decisions, decisions.c.id == second_looks.c.decision_id)
    query = query.outerjoin(golden_cases, golden_cases.c.id == second_looks.c.golden_id)
    query = query.where(*_free(), *_for(name), *_fitting(wanted), *_in_force())
    for row in tx.execute(query.order_by(second_looks.c.id).limit(AT_ONCE)).all():
        if not _lock(tx, row.case_id):
            continue
        ours = second_looks.update().where(second_looks.c.id == row.id, *_free())
        if tx.execute(ours.values(held_by=name, held_until=now() + timedelta(minutes=minutes))).rowcount:
            return held(tx, name, row.case_id)
    return None


def _free() -> tuple[sa.ColumnElement[bool], ...]:
    """Return what says that nobody holds a look, nor another one at the same case."""
    others = second_looks.alias()
    elsewhere = sa.exists().where(
        others.c.case_id == second_looks.c.case_id, others.c.held_until > now(), others.c.at.is_(None)
    )
    return second_looks.c.at.is_(None), ~elsewhere


def _for(name: str) -> tuple[sa.ColumnElement[bool], ...]:
    others = second_looks.alias()
    seen = sa.exists().where(case_looks.c.case_id == second_looks.c.case_id, case_looks.c.person == name)
    decided = sa.select(decisions.c.id).where(decisions.c.case_id == second_looks.c.case_id, decisions.c.by == name)
    given = sa.exists().where(others.c.case_id == second_looks.c.case_id, others.c.by == name)
    meant = sa.or_(second_looks.c.meant_for.is_(None), second_looks.c.meant_for == name)
    mine = decided.correlate(second_looks).exists()
    return meant, second_looks.c.first_by != name, ~seen, ~mine, ~given


def _fitting(wanted: QueueFilter) -> tuple[sa.ColumnElement[bool], ...]:
    parts = {
        cases.c.queue: wanted.queue, cases.c.language: wanted.language, cases.c.category: wanted.category,
        cases.c.platform: wanted.platform, cases.c.source_id: wanted.source_id,
    }  # fmt: skip
    return tuple(column == value for column, value in parts.items() if value)


def _in_force() -> tuple[sa.ColumnElement[bool], ...]:
    """Return what says that the case is still as it was drawn: decided so, or golden."""
    stands = sa.or_(second_looks.c.decision_id.is_(None), decisions.c.standing)
    golden = sa.or_(second_looks.c.golden_id.is_(None), golden_cases.c.ended_at.is_(None))
    return cases.c.state == CaseState.DECIDED.value, stands, golden


def _lock(tx: sa.Connection, case_id: Id) -> bool:
    """Let nobody else take a look at this case meanwhile, nor bring it back; return False where somebody else does.

    It does not wait for them: cases are tried in no order of theirs. SQLite has one writer at a time.
    """
    query = sa.select(cases.c.id).where(cases.c.id == case_id).with_for_update(skip_locked=True, key_share=True)
    return tx.execute(query).first() is not None


def hold_on(tx: sa.Connection, look: Second, minutes: int) -> None:
    """Let whoever holds a second look hold it for so many minutes from now."""
    _change(tx, look, held_until=now() + timedelta(minutes=minutes))


def let_go(tx: sa.Connection, look: Second) -> None:
    """Let a second look be anybody's again."""
    _change(tx, look, held_by=None, held_until=None)


def _change(tx: sa.Connection, look: Second, **values: object) -> None:
    ours = (second_looks.c.id == look.id, second_looks.c.held_by == look.held_by)
    tx.execute(second_looks.update().where(*ours).values(**values))


def give(tx: sa.Connection, look: Second, made: Decision, minutes: int) -> bool:
    """Write what somebody answers who holds a second look; return whether it is what was expected.

    For so many minutes they may take it back. Raises AlreadyThere where they hold it no longer.
    """
    agrees = (made.outcome, made.category) == (look.expected, look.expected_category)
    row = row_of(made)
    values = {name: row[name] for name in _GIVEN if name in row} | {"agrees": agrees, "rationale": made.rationale}
    ours = (second_looks.c.id == look.id, second_looks.c.at.is_(None), second_looks.c.held_by == look.held_by)
    until = made.at + timedelta(minutes=minutes)
    if not tx.execute(second_looks.update().where(*ours).values(**values, held_until=until)).rowcount:
        raise AlreadyThere("You hold this case no longer.")
    return agrees


def take_back(tx: sa.Connection, look: Second, minutes: int) -> None:
    """Let a second look be as if it had not been given: whoever gave it holds it again."""
    gone: dict[str, Any] = dict.fromkeys(_GIVEN)
    _change(tx, look, **gone, rationale="", held_until=now() + timedelta(minutes=minutes))


def count_waiting(tx: sa.Connection) -> int:
    """Count blind second looks that nobody has given yet, at cases that are still decided so."""
    query = sa.select(sa.func.count()).select_from(second_looks)
    query = query.join(decisions, decisions.c.id == second_looks.c.decision_id)
    waits = (second_looks.c.at.is_(None), second_looks.c.sort == Sort.BLIND.value, decisions.c.standing)
    return int(tx.execute(query.where(*waits)).scalar_one())


_UNSETTLED = (second_looks.c.agrees.is_(False), second_looks.c.settled_at.is_(None))


def disagreements(tx: sa.Connection, limit: int, offset: int = 0) -> list[Second]:
    """Return second looks that came to something else, and that no lead has looked at, oldest first."""
    query = sa.select(second_looks).where(*_UNSETTLED).order_by(second_looks.c.id)
    return records_of(Second, tx.execute(query.limit(limit).offset(offset)))


def count_disagreements(tx: sa.Connection) -> int:
    """Count second looks that came to something else, and that no lead has looked at."""
    query = sa.select(sa.func.count()).select_from(second_looks)
    return int(tx.execute(query.where(*_UNSETTLED)).scalar_one())


def settle(tx: sa.Connection, look_id: Id, by: str, how: Settled) -> None:
    """Note what a lead made of a disagreement. Raises NotFound where there is none that waits."""
    ours = (second_looks.c.id == look_id, *_UNSETTLED)
    values = {"settled_by": by, "settled_at": now(), "settled_as": how.value}
    if not tx.execute(second_looks.update().where(*ours).values(values)).rowcount:
        raise NotFound(f"There is no disagreement {look_id} to look at.")


def add_golden(tx: sa.Connection, golden: Golden) -> None:
    """Keep a golden case, which whoever calls has locked.

    Raises AlreadyThere where its case is one, NotFound where there is no such case.
    """
    if tx.execute(sa.select(cases.c.id).where(cases.c.id == golden.case_id)).first() is None:
        raise NotFound(f"There is no case {golden.case_id}.")
    if golden_of(tx, golden.case_id):
        raise AlreadyThere("This case is a golden one already.")
    tx.execute(golden_cases.insert(), row_of(golden))


def end_golden(tx: sa.Connection, golden_id: Id, at: datetime) -> None:
    """Mix a golden case in no more. Raises NotFound."""
    ours = (golden_cases.c.id == golden_id, golden_cases.c.ended_at.is_(None))
    if not tx.execute(golden_cases.update().where(*ours).values(ended_at=at)).rowcount:
        raise NotFound(f"There is no golden case {golden_id}.")


def goldens(tx: sa.Connection) -> list[Golden]:
    """Return the golden cases that are mixed in, oldest first."""
    query = sa.select(golden_cases).where(golden_cases.c.ended_at.is_(None)).order_by(golden_cases.c.id)
    return records_of(Golden, tx.execute(query))


def golden_of(tx: sa.Connection, case_id: Id) -> Golden | None:
    """Return what makes a case a golden one; None where nothing does."""
    query = sa.select(golden_cases).where(golden_cases.c.case_id == case_id, golden_cases.c.ended_at.is_(None))
    row = tx.execute(query).first()
    return record_of(Golden, row) if row else None


def has_looked(tx: sa.Connection, case_id: Id, name: str) -> bool:
    """Whether somebody has looked at any member of a case."""
    query = sa.select(case_looks.c.item_id).where(case_looks.c.case_id == case_id, case_looks.c.person == name)
    return tx.execute(query.limit(1)).first() is not None


def firsts(tx: sa.Connection, some: Sequence[Second]) -> dict[Id, Decision]:
    """Return the decisions that these second looks are held to."""
    ids = [one.decision_id for one in some if one.decision_id]
    rows = tx.execute(sa.select(decisions).where(decisions.c.id.in_(ids)))
    return {one.id: one for one in records_of(Decision, rows)}


def goldens_by_id(tx: sa.Connection, ids: Sequence[Id]) -> dict[Id, Golden]:
    """Return these golden cases, those that have ended among them."""
    rows = tx.execute(sa.select(golden_cases).where(golden_cases.c.id.in_(ids)))
    return {one.id: one for one in records_of(Golden, rows)}


def golden_results(tx: sa.Connection) -> dict[Id, tuple[int, int]]:
    """Return how many came to what was agreed on, and how many gave an answer, for each golden case that has some."""
    right = sa.func.sum(sa.case((second_looks.c.agrees, 1), else_=0))
    query = sa.select(second_looks.c.golden_id, right.label("right"), sa.func.count().label("given"))
    query = query.where(second_looks.c.golden_id.is_not(None), second_looks.c.at.is_not(None))
    return {row.golden_id: (int(row.right), row.given) for row in tx.execute(query.group_by(second_looks.c.golden_id))}
