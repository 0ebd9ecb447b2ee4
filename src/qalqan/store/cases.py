"""Cases of the desk: listed by priority, held by one person at a time, looked at member by member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.i18n import gettext as _
from qalqan.model.cases import Case, CaseState, Member
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.store import audit
from qalqan.store.records import on_conflict_nothing, record_of, records_of
from qalqan.store.tables_cases import case_items, case_looks, case_notes, cases, decisions

TRIES = 50
"""How often the next free case is looked for while others take them."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which cases; empty text and None mean any."""

    queue: str = ""
    language: str = ""
    category: str = ""
    platform: str = ""
    source_id: Id | None = None
    state: CaseState = CaseState.OPEN
    claimed_by: str | None = None
    """Only those that this person holds now."""


def page(tx: sa.Connection, wanted: QueueFilter, limit: int, offset: int = 0) -> list[Case]:
    """Return cases, the most pressing first; those that somebody holds are shown with their holder."""
    query = sa.select(cases).where(*_wanted(wanted)).order_by(cases.c.priority.desc(), cases.c.id)
    return [_case(row) for row in tx.execute(query.limit(limit).offset(offset))]


def count(tx: sa.Connection, wanted: QueueFilter) -> int:
    """Count the cases that a filter lists."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(cases).where(*_wanted(wanted))).scalar_one())


def queues(tx: sa.Connection) -> list[str]:
    """Return the names of the queues that hold cases, without the common one."""
    return list(tx.execute(sa.select(cases.c.queue).where(cases.c.queue > "").distinct().order_by("queue")).scalars())


def get(tx: sa.Connection, case_id: Id) -> Case:
    """Return a case. Raises NotFound."""
    row = tx.execute(sa.select(cases).where(cases.c.id == case_id)).first()
    if row is None:
        raise NotFound(f"There is no case {case_id}.")
    return _case(row)


def case_of(tx: sa.Connection, item_id: Id) -> Case | None:
    """Return the case that an item is in; None where it is in none."""
    query = sa.select(cases).join(case_items).where(case_items.c.item_id == item_id)
    row = tx.execute(query).first()
    return _case(row) if row else None


def members(tx: sa.Connection, case_id: Id, limit: int, offset: int = 0) -> list[Member]:
    """Return the items of a case, the one that opened it first."""
    query = sa.select(case_items).where(case_items.c.case_id == case_id)
    ordered = query.order_by(case_items.c.added_at, case_items.c.item_id)
    return records_of(Member, tx.execute(ordered.limit(limit).offset(offset)))


def look(tx: sa.Connection, case_id: Id, item_ids: Sequence[Id], person_name: str) -> None:
    """Note that a person has seen these members. Raises NotFound for an item that is none."""
    inside = set(tx.execute(sa.select(case_items.c.item_id).where(case_items.c.case_id == case_id)).scalars())
    if not set(item_ids) <= inside:
        raise NotFound("This item is no member of the case.")
    moment, key = now(), ("case_id", "person", "item_id")
    for item_id in sorted(set(item_ids)):
        row = {"case_id": case_id, "person": person_name, "item_id": item_id, "at": moment}
        tx.execute(on_conflict_nothing(tx, case_looks, *key), row)
        here = (case_looks.c.case_id == case_id, case_looks.c.person == person_name, case_looks.c.item_id == item_id)
        tx.execute(case_looks.update().where(*here).values(at=moment))


def looked(tx: sa.Connection, case_id: Id, person_name: str) -> set[Id]:
    """Return the members that a person has seen since the case last came back."""
    query = sa.select(case_looks.c.item_id).where(case_looks.c.case_id == case_id, case_looks.c.person == person_name)
    since = back_since(tx, case_id)
    return set(tx.execute(query if since is None else query.where(case_looks.c.at > since)).scalars())


def back_since(tx: sa.Connection, case_id: Id) -> datetime | None:
    """Return when a case last came back for another look at all of it; None where it never did."""
    return tx.execute(sa.select(sa.func.max(case_notes.c.at)).where(case_notes.c.case_id == case_id)).scalar()


def claim(tx: sa.Connection, case_id: Id, person_name: str, minutes: int) -> Case:
    """Give a case to a person for some minutes, or so many more. Raises NotFound; AlreadyThere, naming the holder."""
    if not _take(tx, case_id, person_name, minutes):
        held = get(tx, case_id)
        until = f"{held.claimed_until:%H:%M} UTC" if held.claimed_until else ""
        raise AlreadyThere(
            _("{name} holds this case until {until}.").format(name=held.claimed_by, until=until),
            hint=_("Take another one."),
        )
    audit.append(tx, person_name, "case.claimed", case_id)
    return get(tx, case_id)


def claim_next(tx: sa.Connection, wanted: QueueFilter, person_name: str, minutes: int) -> Case | None:
    """Give a person the most pressing case that nobody holds; None where there is none.

    Of grave proposals, only those on cases on which this person never decided.
    """
    free = sa.or_(cases.c.claimed_until.is_(None), cases.c.claimed_until <= now())
    query = sa.select(cases.c.id).where(*_wanted(wanted), free)
    if wanted.state is CaseState.SECOND:
        own = sa.exists().where(decisions.c.case_id == cases.c.id, decisions.c.by == person_name)
        query = query.where(~own)
    query = query.order_by(cases.c.priority.desc(), cases.c.id).limit(1).with_for_update(skip_locked=True)
    for _try in range(TRIES):
        case_id = tx.execute(query).scalar()
        if case_id is None:
            return None
        if _take(tx, case_id, person_name, minutes):
            audit.append(tx, person_name, "case.claimed", case_id)
            return get(tx, case_id)
    return None


def _take(tx: sa.Connection, case_id: Id, person_name: str, minutes: int) -> bool:
    """Hold a case in one conditional change: the database decides who of several has it."""
    moment = now()
    free = sa.or_(cases.c.claimed_until.is_(None), cases.c.claimed_until <= moment, cases.c.claimed_by == person_name)
    values = {"claimed_by": person_name, "claimed_until": moment + timedelta(minutes=minutes)}
    return bool(tx.execute(cases.update().where(cases.c.id == case_id, free).values(values)).rowcount)


def release(tx: sa.Connection, case_id: Id, person_name: str) -> None:
    """Let go of a case; nothing changes where this person does not hold it."""
    own = (cases.c.id == case_id, cases.c.claimed_by == person_name)
    if tx.execute(cases.update().where(*own).values(claimed_by=None, claimed_until=None)).rowcount:
        audit.append(tx, person_name, "case.released", case_id)


def put(tx: sa.Connection, case_id: Id, state: CaseState) -> None:
    """Set where a case stands; nobody holds it any more."""
    values = {"state": state.value, "claimed_by": None, "claimed_until": None}
    tx.execute(cases.update().where(cases.c.id == case_id).values(values))


def come_back(tx: sa.Connection, case_ids: Sequence[Id], by: str, why: str) -> None:
    """Put cases back into the queue for another look at all of their members, and note why."""
    for case_id in sorted(set(case_ids)):
        put(tx, case_id, CaseState.OPEN)
        note = {"id": new_id(), "case_id": case_id, "by": by, "at": now(), "text": why}
        tx.execute(case_notes.insert(), note)
        audit.append(tx, by, "case.reopened", case_id, why=why)


def notes(tx: sa.Connection, case_id: Id) -> list[tuple[datetime, str, str]]:
    """Return when a case came back, who put it back, and why; oldest first."""
    query = sa.select(case_notes).where(case_notes.c.case_id == case_id).order_by(case_notes.c.at, case_notes.c.id)
    return [(row.at, row.by, row.text) for row in tx.execute(query)]


def _wanted(wanted: QueueFilter) -> list[sa.ColumnElement[bool]]:
    own = {
        cases.c.queue: wanted.queue, cases.c.language: wanted.language, cases.c.category: wanted.category,
        cases.c.platform: wanted.platform, cases.c.source_id: wanted.source_id, cases.c.claimed_by: wanted.claimed_by,
    }  # fmt: skip
    conditions = [cases.c.state == wanted.state.value, *(column == value for column, value in own.items() if value)]
    return [*conditions, cases.c.claimed_until > now()] if wanted.claimed_by else conditions


def _case(row: sa.Row[Any]) -> Case:
    """Return a row's case; a claim that has run out is none."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name for it
    if values["claimed_until"] is not None and values["claimed_until"] <= now():
        values |= {"claimed_by": None, "claimed_until": None}
    return record_of(Case, values)
