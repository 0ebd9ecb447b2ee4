"""Second looks at decided cases, golden cases, and what standing decisions say of features and banks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.model.cases import Decision, Outcome
from qalqan.model.ids import Id
from qalqan.model.quality import Golden, Pair, Second, Sort
from qalqan.model.times import now
from qalqan.store.records import insert_new, key_of, record_of, records_of, row_of, streamed
from qalqan.store.tables import assessments, bank_entries, banks, matches
from qalqan.store.tables_cases import case_items, cases, decisions
from qalqan.store.tables_quality import draws, golden_cases, second_looks


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


def held(tx: sa.Connection, name: str, case_id: Id | None = None) -> Second | None:
    """Return the second look that somebody holds now, on one case or on any."""
    query = sa.select(second_looks).where(second_looks.c.held_by == name, second_looks.c.held_until > now())
    query = query.where(second_looks.c.at.is_(None)).order_by(second_looks.c.id).limit(1)
    row = tx.execute(query if case_id is None else query.where(second_looks.c.case_id == case_id)).first()
    return record_of(Second, row) if row else None


def take(tx: sa.Connection, name: str, minutes: int) -> Second | None:
    """Give somebody a second look that waits, for so many minutes; None where none is for them.

    Nobody gets a case on which they made a decision of any kind.
    """
    parts = sa.select(decisions.c.id).where(decisions.c.case_id == second_looks.c.case_id, decisions.c.by == name)
    looks = second_looks.alias()
    given = sa.select(looks.c.id).where(looks.c.case_id == second_looks.c.case_id, looks.c.by == name)
    free = (
        second_looks.c.at.is_(None),
        sa.or_(second_looks.c.held_until.is_(None), second_looks.c.held_until < now()),
        sa.or_(second_looks.c.meant_for.is_(None), second_looks.c.meant_for == name),
        second_looks.c.first_by != name,
        ~parts.exists(),
        ~given.exists(),
    )
    until = now() + timedelta(minutes=minutes)
    for row in tx.execute(sa.select(second_looks.c.id).where(*free).order_by(second_looks.c.id).limit(5)).all():
        ours = second_looks.update().where(second_looks.c.id == row.id, second_looks.c.at.is_(None), free[1])
        if tx.execute(ours.values(held_by=name, held_until=until)).rowcount:
            return held(tx, name)
    return None


def give(tx: sa.Connection, look: Second, outcome: Outcome, category: str | None, rationale: str) -> bool:
    """Write what somebody answers who holds a second look; return whether it is what was expected.

    Raises AlreadyThere where they hold it no longer.
    """
    agrees = (outcome, category) == (look.expected, look.expected_category)
    values = {"by": look.held_by, "at": now(), "outcome": outcome.value, "category": category, "agrees": agrees}
    ours = (second_looks.c.id == look.id, second_looks.c.at.is_(None), second_looks.c.held_by == look.held_by)
    if not tx.execute(second_looks.update().where(*ours).values(**values, rationale=rationale)).rowcount:
        raise AlreadyThere("You hold this case no longer.")
    return agrees


def disagreements(tx: sa.Connection, limit: int) -> list[Second]:
    """Return second looks that came to something else, and that no lead has looked at, oldest first."""
    wanted = (second_looks.c.agrees.is_(False), second_looks.c.settled_at.is_(None))
    return records_of(
        Second, tx.execute(sa.select(second_looks).where(*wanted).order_by(second_looks.c.id).limit(limit))
    )


def settle(tx: sa.Connection, look_id: Id, by: str) -> None:
    """Note that a lead has looked at a disagreement. Raises NotFound."""
    ours = (second_looks.c.id == look_id, second_looks.c.agrees.is_(False), second_looks.c.settled_at.is_(None))
    if not tx.execute(second_looks.update().where(*ours).values(settled_by=by, settled_at=now())).rowcount:
        raise NotFound(f"There is no disagreement {look_id} to look at.")


def add_golden(tx: sa.Connection, golden: Golden) -> None:
    """Keep a golden case. Raises AlreadyThere where its case is one, NotFound where there is no such case."""
    if tx.execute(sa.select(cases.c.id).where(cases.c.id == golden.case_id)).first() is None:
        raise NotFound(f"There is no case {golden.case_id}.")
    if any(one.case_id == golden.case_id for one in goldens(tx)):
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


def pairs(tx: sa.Connection) -> list[Pair]:
    """Return the two answers of every second look that was given."""
    query = sa.select(second_looks, cases.c.category.label("of_case"), cases.c.language).join(
        cases, cases.c.id == second_looks.c.case_id
    )
    given = query.where(second_looks.c.at.is_not(None)).order_by(second_looks.c.id)
    return [
        Pair(
            Sort(row.sort), answer(row.expected, row.expected_category), answer(row.outcome, row.category),
            row.of_case, row.language,
        )
        for row in tx.execute(given)
    ]  # fmt: skip


def answer(outcome: str, category: str | None) -> str:
    """Return an outcome with its category as one answer."""
    return f"{outcome}: {category}" if category else outcome


def count_waiting(tx: sa.Connection) -> int:
    """Count second looks that nobody has given yet."""
    query = sa.select(sa.func.count()).select_from(second_looks).where(second_looks.c.at.is_(None))
    return int(tx.execute(query).scalar_one())


def by_bank(tx: sa.Connection) -> list[tuple[str, str, int]]:
    """Return bank, outcome and cases decided so in which one of its entries was found."""
    return _found_by(tx, banks.c.name)


def by_matcher(tx: sa.Connection) -> list[tuple[str, str, int]]:
    """Return kind of match, outcome and cases decided so in which it was found."""
    return _found_by(tx, matches.c.kind)


def _found_by(tx: sa.Connection, what: sa.ColumnElement[str]) -> list[tuple[str, str, int]]:
    query = (
        sa.select(what, decisions.c.outcome, sa.func.count(sa.distinct(decisions.c.case_id)))
        .select_from(decisions)
        .join(case_items, case_items.c.case_id == decisions.c.case_id)
        .join(matches, matches.c.item_id == case_items.c.item_id)
        .join(bank_entries, bank_entries.c.id == matches.c.entry_id)
        .join(banks, banks.c.id == bank_entries.c.bank_id)
        # A match that a wrong-match decision took back still counts against its bank.
        .where(decisions.c.standing)
        .group_by(what, decisions.c.outcome)
        .order_by(what, decisions.c.outcome)
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(query)]


def reasons_of_decided(tx: sa.Connection) -> Iterator[tuple[Id, str, list[dict[str, object]]]]:
    """Yield case, outcome and reasons of each assessment of an item whose case is decided, case by case."""
    query = (
        sa.select(decisions.c.case_id, decisions.c.outcome, assessments.c.reasons)
        .join(case_items, case_items.c.case_id == decisions.c.case_id)
        .join(assessments, assessments.c.item_id == case_items.c.item_id)
        .where(decisions.c.standing, assessments.c.current)
        .order_by(decisions.c.case_id)
    )
    for row in streamed(tx, query, 1000):
        yield row.case_id, row.outcome, row.reasons
