"""Cases: the queue, who holds which, who has looked at what. Written by `flow.casing` and `flow.deciding`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.model.cases import GRAVE, Case, CaseState, Member
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.store.records import batched, insert_new, record_of, records_of, row_of
from qalqan.store.tables import attachments
from qalqan.store.tables_cases import case_items, case_looks, case_notes, cases, decisions, undone

AT_ONCE = 500
PRESSING = 2000
"""Cases that are looked through for some without files: a bound on how long whoever takes the next one waits."""
TAKEABLE = (CaseState.OPEN, CaseState.SECOND)
"""States in which a case waits for somebody to take it."""
WAITING = (*TAKEABLE, CaseState.APPEALED)
"""States in which a case waits for somebody at all: an appealed one for the answer to its appeal."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which cases to list; what is empty or None means any."""

    queue: str = ""
    language: str = ""
    category: str = ""
    platform: str = ""
    source_id: Id | None = None
    state: CaseState = CaseState.OPEN
    claimed_by: str | None = None
    severity: int | None = None
    """How hard it may be to look at, 0 to 4."""
    fileless: bool = False
    """Only cases on whose items no file hangs, among the most pressing `PRESSING`."""


@dataclass(frozen=True, slots=True)
class Note:
    """Why a case came back."""

    id: Id
    case_id: Id
    by: str
    at: datetime
    text: str


def page(tx: sa.Connection, wanted: QueueFilter, limit: int, offset: int = 0) -> list[Case]:
    """Return cases, the most pressing first and of equals the older; those that others hold are among them."""
    # Ids alone are sorted, by an index; only what is shown is read.
    query = _filtered(sa.select(cases.c.id), wanted).order_by(cases.c.priority.desc(), cases.c.id)
    ids = list(tx.execute(query.limit(limit).offset(offset)).scalars())
    found = by_ids(tx, ids)
    return [found[one] for one in ids]


def count(tx: sa.Connection, wanted: QueueFilter, most: int | None = None) -> int:
    """Count cases, with `most` no more than so many."""
    counted = sa.select(sa.func.count()).select_from(cases)
    if most is None:
        return int(tx.execute(_filtered(counted, wanted)).scalar_one())
    some = _filtered(sa.select(cases.c.id), wanted).limit(most).subquery()
    return int(tx.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def queues(tx: sa.Connection) -> list[str]:
    """Return the names of the queues that hold cases; the common one has none."""
    # From one name to the next by an index: there are few of them, however many cases.
    first = sa.select(sa.func.min(cases.c.queue).label("name")).where(cases.c.queue > "")
    named = first.cte("named", recursive=True)
    following = sa.select(sa.func.min(cases.c.queue)).where(cases.c.queue > named.c.name).scalar_subquery()
    named = named.union_all(sa.select(following).where(named.c.name.is_not(None)))
    found = tx.execute(sa.select(named.c.name).where(named.c.name.is_not(None)).order_by(named.c.name))
    return [row.name for row in found]


def get(tx: sa.Connection, case_id: Id) -> Case:
    """Return a case. Raises NotFound."""
    row = tx.execute(sa.select(cases).where(cases.c.id == case_id)).first()
    if row is None:
        raise NotFound(f"There is no case {case_id}.", hint="The queue shows them all.")
    return record_of(Case, row)


def locked(tx: sa.Connection, ids: Iterable[Id]) -> dict[Id, Case]:
    """Return these cases; nobody else changes them until the transaction ends.

    Always in the same order, and in their place among what is locked (`audit.append`): two who lock several would else
    wait for each other. Whoever only refers to a case need not wait.
    """
    found: dict[Id, Case] = {}
    for some in batched(sorted(set(ids)), AT_ONCE):
        query = sa.select(cases).where(cases.c.id.in_(some)).order_by(cases.c.id).with_for_update(key_share=True)
        found.update((row.id, record_of(Case, row)) for row in tx.execute(query))
    return found


def case_of(tx: sa.Connection, item_id: Id) -> Case | None:
    """Return the case that an item is in, None where it is in none."""
    row = tx.execute(sa.select(cases).join(case_items).where(case_items.c.item_id == item_id)).first()
    return record_of(Case, row) if row else None


def members(tx: sa.Connection, case_id: Id, limit: int, offset: int = 0) -> list[Member]:
    """Return a case's items, the one that opened it first."""
    query = sa.select(case_items).where(case_items.c.case_id == case_id)
    query = query.order_by(case_items.c.added_at, case_items.c.item_id).limit(limit).offset(offset)
    return records_of(Member, tx.execute(query))


def item_ids(tx: sa.Connection, case_id: Id) -> list[Id]:
    """Return the ids of a case's items."""
    return [one.item_id for one in members(tx, case_id, 100_000)]


def look(tx: sa.Connection, case_id: Id, seen: Iterable[Id], person: str) -> list[Id]:
    """Note that somebody has looked at these members of a case, and return them; what is no member is left out."""
    known = sa.select(case_items.c.item_id).where(case_items.c.case_id == case_id)
    wanted = [row.item_id for row in tx.execute(known.where(case_items.c.item_id.in_(list(seen))))]
    moment = now()
    rows = [{"case_id": case_id, "person": person, "item_id": one, "at": moment} for one in wanted]
    insert_new(tx, case_looks, rows, "case_id", "person", "item_id")
    own = (case_looks.c.case_id == case_id, case_looks.c.person == person, case_looks.c.item_id.in_(wanted))
    tx.execute(case_looks.update().where(*own).values(at=moment))
    return wanted


def looked(tx: sa.Connection, case_id: Id, person: str) -> set[Id]:
    """Return the members of a case that somebody has looked at since it last came back for another look."""
    came_back = _came_back(case_id).scalar_subquery()
    query = sa.select(case_looks.c.item_id).where(case_looks.c.case_id == case_id, case_looks.c.person == person)
    query = query.where(sa.or_(came_back.is_(None), case_looks.c.at > came_back))
    return {row.item_id for row in tx.execute(query)}


def came_back(tx: sa.Connection, case_id: Id) -> datetime | None:
    """Return when a case last came back for another look; None where it never did."""
    at: datetime | None = tx.execute(_came_back(case_id)).scalar_one()
    return at


def _came_back(case_id: Id) -> sa.Select[Any]:
    """Return the question when a case last came back: each time has its note."""
    return sa.select(sa.func.max(case_notes.c.at)).where(case_notes.c.case_id == case_id)


def claim(tx: sa.Connection, case_id: Id, person: str, minutes: int) -> Case:
    """Take a case for so long, or hold it for longer. Raises NotFound, AlreadyThere where somebody else holds it.

    Who may take which is for `flow.holding` to say.
    """
    if not _take(tx, case_id, person, minutes):
        held = get(tx, case_id)
        until = held.claimed_until.isoformat(timespec="minutes") if held.claimed_until else ""
        raise AlreadyThere(f"{held.claimed_by} holds this case until {until}.", hint="Take the next one.")
    return get(tx, case_id)


def claim_next(tx: sa.Connection, wanted: QueueFilter, person: str, minutes: int) -> Case | None:
    """Take the most pressing case that waits and that nobody else holds; None where there is none.

    Nobody gets the case that waits for a second opinion on a proposal of their own.
    """
    if wanted.state not in TAKEABLE:
        return None
    query = _filtered(sa.select(cases.c.id), wanted).where(_free(person))
    if wanted.state is CaseState.SECOND:
        query = query.where(_proposer() != person)
    query = query.order_by(cases.c.priority.desc(), cases.c.id)
    if tx.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, key_share=True)
    case_id = tx.execute(query.limit(1)).scalar()
    return claim(tx, case_id, person, minutes) if case_id else None


def release(tx: sa.Connection, case_id: Id, person: str) -> bool:
    """Let a case go, where somebody holds it; return whether they did."""
    held = cases.update().where(cases.c.id == case_id, cases.c.claimed_by == person)
    return tx.execute(held.values(claimed_by=None, claimed_until=None)).rowcount == 1


def set_state(tx: sa.Connection, case_id: Id, state: CaseState, *, held: bool = False) -> None:
    """Bring a case into a state; nobody holds it then, unless whoever does is to keep it (`held`)."""
    free = {} if held else {"claimed_by": None, "claimed_until": None}
    tx.execute(cases.update().where(cases.c.id == case_id).values({"state": state.value, **free}))


def note(tx: sa.Connection, case_id: Id, by: str, text: str) -> None:
    """Say why a case came back."""
    tx.execute(case_notes.insert(), row_of(Note(new_id(), case_id, by, now(), text)))


def notes(tx: sa.Connection, case_id: Id) -> list[Note]:
    """Return why a case came back, the latest first."""
    query = sa.select(case_notes).where(case_notes.c.case_id == case_id).order_by(case_notes.c.id.desc())
    return records_of(Note, tx.execute(query))


def by_ids(tx: sa.Connection, ids: Iterable[Id]) -> dict[Id, Case]:
    """Return these cases."""
    found: dict[Id, Case] = {}
    for some in batched(sorted(set(ids)), AT_ONCE):
        found.update((row.id, record_of(Case, row)) for row in tx.execute(sa.select(cases).where(cases.c.id.in_(some))))
    return found


def change(tx: sa.Connection, case: Case, aged: int | None = None) -> None:
    """Keep what has changed of a case by its members; its state and who holds it are left as they are."""
    names = ("category", "band", "score", "size", "severity", "priority", "parts", "due")
    row = row_of(case)
    more = {} if aged is None else {"aged": aged}
    tx.execute(cases.update().where(cases.c.id == case.id).values({name: row[name] for name in names} | more))


def ageing(tx: sa.Connection, steps: Sequence[timedelta], limit: int) -> list[tuple[Case, int]]:
    """Return open cases that have waited for longer than their priority says, with the step they have reached."""
    moment = now()
    found: list[tuple[Case, int]] = []
    for reached in range(len(steps), 0, -1):
        older = sa.select(cases).where(cases.c.opened_at <= moment - steps[reached - 1], cases.c.aged < reached)
        states = [one.value for one in WAITING]
        rows = tx.execute(older.where(cases.c.state.in_(states)).order_by(cases.c.id).limit(limit))
        seen = {case.id for case, _ in found}
        found += [(one, reached) for one in records_of(Case, rows) if one.id not in seen]
    return found[:limit]


def _take(tx: sa.Connection, case_id: Id, person: str, minutes: int) -> bool:
    """Take a case in one conditional step, so that of two people who try at once one is told no."""
    until = now() + timedelta(minutes=minutes)
    free = cases.update().where(cases.c.id == case_id, _free(person))
    return tx.execute(free.values(claimed_by=person, claimed_until=until)).rowcount == 1


def _proposer() -> sa.ScalarSelect[str]:
    """Return the question who made the proposal that waits on a case: the latest grave one that was not taken back."""
    grave = decisions.c.measure.in_([one.value for one in GRAVE])
    made = (decisions.c.case_id == cases.c.id, decisions.c.second_to.is_(None), grave)
    gone = sa.exists().where(undone.c.decision_id == decisions.c.id)
    latest = sa.select(decisions.c.by).where(*made, ~gone).order_by(decisions.c.id.desc()).limit(1)
    return latest.correlate(cases).scalar_subquery()


def _free(person: str) -> sa.ColumnElement[bool]:
    unheld = sa.or_(cases.c.claimed_by.is_(None), cases.c.claimed_until <= now())
    return sa.or_(unheld, cases.c.claimed_by == person)


def _filtered(query: sa.Select[Any], wanted: QueueFilter) -> sa.Select[Any]:
    conditions = {
        cases.c.queue: wanted.queue, cases.c.language: wanted.language, cases.c.category: wanted.category,
        cases.c.platform: wanted.platform, cases.c.source_id: wanted.source_id, cases.c.claimed_by: wanted.claimed_by,
    }  # fmt: skip
    query = query.where(cases.c.state == wanted.state.value)
    if wanted.claimed_by is None and not wanted.fileless:  # those walk few, by indexes of their own
        query = query.with_hint(cases, "INDEXED BY ix_cases_listed", "sqlite")
    query = query.where(*(column == value for column, value in conditions.items() if value))
    if wanted.severity is not None:
        query = query.where(cases.c.severity == wanted.severity)
    return query.where(*_without_files(replace(wanted, fileless=False))) if wanted.fileless else query


def _without_files(wanted: QueueFilter) -> tuple[sa.ColumnElement[bool], ...]:
    pressing = _filtered(sa.select(cases.c.id), wanted).order_by(cases.c.priority.desc(), cases.c.id).limit(PRESSING)
    hung = sa.select(sa.literal(1)).select_from(
        case_items.join(attachments, attachments.c.item_id == case_items.c.item_id)
    )
    hung = hung.where(case_items.c.case_id == cases.c.id, attachments.c.media_sha256.is_not(None))
    return cases.c.id.in_(sa.select(pressing.subquery().c.id)), ~hung.correlate(cases).exists()
