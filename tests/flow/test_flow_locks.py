"""Nobody waits for somebody who waits for them: what is locked is locked in one order, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import sqlalchemy as sa

from qalqan.errors import AlreadyThere, BadValue, NotAllowed
from qalqan.flow import appealing, casing, deciding, holding, known
from qalqan.flow.appealing import Answer, Sent
from qalqan.flow.comparing import Compared
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.flow.way import Way
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import AppealState, Outcome
from qalqan.model.ids import Id
from qalqan.model.matches import Match
from qalqan.model.people import Person
from qalqan.store import audit, cases, findings
from qalqan.store import casing as casing_store
from qalqan.store.cases import QueueFilter
from support import desk, filled
from support.filled import Filled

TIMES = 12
RANKS = ("versions", "items", "casing", "cases", "log")
"""What is locked, in the order that `audit.append` declares."""


@pytest.fixture
def store_url(postgres_url: str) -> str:
    """Return the URL of a fresh PostgreSQL database: SQLite has one writer at a time, and nobody to wait for."""
    return postgres_url


@pytest.fixture
def things(services: Services) -> Filled:
    """Fill the store, and put what was found into cases."""
    things = filled.fill(services.store)
    list(casing.gather(services))
    return things


@pytest.fixture
def flooding(services: Services, things: Filled, monkeypatch: pytest.MonkeyPatch) -> list[Match]:
    """Return matches of entries that are set aside each time that they are active."""
    with services.store.reading() as tx:
        found = findings.matches_of(tx, list(things.items.values()))
    matches = [one.match for some in found.values() for one in some if one.match.distance > 0]
    assert matches
    monkeypatch.setattr(findings, "different_things", lambda *_asked: 1_000_000)
    return matches


def settle(services: Services, items: list[Id], matches: list[Match]) -> Callable[[], None]:
    """Return what walks these items as if these matches had just been found."""

    class Stub:
        def compare(self, _items: list[Id], _since: int | None) -> Compared:
            return Compared(matches)

        def close(self) -> None:
            pass

    way = Way(services)
    way.close()
    way._comparer = Stub()  # type: ignore[assignment] # noqa: SLF001 - what it finds is given here
    return lambda: way.settle(items)


def restore(services: Services, entry_ids: set[Id]) -> None:
    """Let entries match again, as a person does."""
    for one in sorted(entry_ids):
        known.change_status(services, one, EntryStatus.ACTIVE, "dana", "It is right.")


def dispute(services: Services, person: Person, case_id: Id, entry_id: Id) -> None:
    """Decide a case as a wrong match, and take that back."""
    with suppress(AlreadyThere, NotAllowed, BadValue):
        desk.take(services, person, case_id)
        why = "It shows another bird."
        given = Given(Outcome.WRONG_MATCH, rationale=why, entry_id=entry_id)
        deciding.undo(services, person, deciding.decide(services, person, case_id, given).id)


def take_and_let_go(services: Services, person: Person) -> None:
    """Take the next case and let it go."""
    with suppress(AlreadyThere):
        taken = holding.take_next(services, person, QueueFilter())
        if taken:
            holding.let_go(services, person, taken.id)


def test_people_and_walks_at_once_never_lock_each_other_out(
    services: Services, things: Filled, flooding: list[Match]
) -> None:
    """Walks that set entries aside, people who restore and dispute them, claims and ageing: PostgreSQL ends none."""
    dana, erlan = desk.somebody(services, "dana"), desk.somebody(services, "erlan")
    items, entries = sorted(things.items.values()), {one.entry_id for one in flooding}
    with services.store.reading() as tx:
        held = casing_store.cases_of(tx, [one.item_id for one in flooding])
    entry_of = {held[one.item_id]: one.entry_id for one in flooding if one.item_id in held}

    def disputes() -> None:
        for case, entry in entry_of.items():
            dispute(services, dana, case, entry)

    deeds: list[Callable[[], object]] = [
        settle(services, items, flooding),
        settle(services, items[::-1], flooding),
        lambda: restore(services, entries),
        disputes,
        lambda: take_and_let_go(services, erlan),
        lambda: casing.age(services),
    ]

    def work(deed: Callable[[], object]) -> None:
        for _ in range(TIMES):
            deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(work, deeds))  # a deadlock is a StoreError here
    with services.store.reading() as tx:
        verbs = {one.verb for one in audit.newest(tx, 10_000)}
        audit.verify(tx)
    assert verbs >= {"bank.entry.quarantined", "bank.entry.active", "entry.disputed", "case.claimed", "case.released"}


@contextmanager
def in_order(engine: sa.Engine) -> Iterator[set[str]]:
    """Fail where a transaction locks something that comes before what it holds; yield what was locked at all."""
    held: dict[int, list[int]] = {}
    seen: set[str] = set()

    def locks(conn: sa.Connection, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:  # noqa: ANN401 - the driver's
        kind = _locked(" ".join(statement.split()), str(parameters))
        if kind is None:
            return
        ours = held.setdefault(id(conn), [])
        seen.add(kind)
        if RANKS.index(kind) not in ours:
            assert not ours or max(ours) < RANKS.index(kind), f"{kind} after {[RANKS[one] for one in ours]}"
            ours.append(RANKS.index(kind))

    def ended(conn: sa.Connection) -> None:
        held.pop(id(conn), None)

    listened = (("before_cursor_execute", locks), ("commit", ended), ("rollback", ended))
    for name, listener in listened:
        sa.event.listen(engine, name, listener)
    try:
        yield seen
    finally:
        for name, listener in listened:
            sa.event.remove(engine, name, listener)


def _locked(statement: str, parameters: str) -> str | None:
    """Return what a statement locks."""
    if "pg_advisory_xact_lock" in statement:
        numbers = {str(casing_store._LOCK): "casing", str(audit._APPEND_LOCK): "log"}  # noqa: SLF001 - whose lock it is
        return next((kind for number, kind in numbers.items() if number in parameters), None)
    if statement.startswith("UPDATE versions") or ("FROM versions" in statement and "FOR UPDATE" in statement):
        return "versions"
    waits = "FOR NO KEY UPDATE" in statement and "SKIP LOCKED" not in statement
    return next((kind for kind in ("items", "cases") if waits and f"FROM {kind} " in statement), None)


def test_everything_is_locked_in_the_declared_order(services: Services, things: Filled, flooding: list[Match]) -> None:
    """Whatever walks, people and leads do, no transaction goes back to what stands before what it holds."""
    dana, erlan = desk.somebody(services, "dana"), desk.somebody(services, "erlan")
    items, entries = sorted(things.items.values()), {one.entry_id for one in flooding}
    text = desk.case_of_texts(services, "The reeds by the lake.")
    with services.store.reading() as tx:
        held = casing_store.cases_of(tx, [flooding[0].item_id])
        item = cases.item_ids(tx, text)[0]
    case_id = held[flooding[0].item_id]
    with in_order(services.store.engine) as seen:
        settle(services, items, flooding)()
        restore(services, entries)
        settle(services, items, flooding)()
        restore(services, entries)
        desk.take(services, dana, case_id)
        wrong = Given(Outcome.WRONG_MATCH, rationale="Another bird.", entry_id=flooding[0].entry_id)
        deciding.decide(services, dana, case_id, wrong)
        desk.take(services, dana, text)
        proposal = deciding.decide(services, dana, text, desk.grave(services))
        deciding.undo(services, dana, proposal.id)
        deciding.decide(services, dana, text, desk.grave(services))
        desk.take(services, erlan, text)
        deciding.second(services, erlan, text, desk.grave(services))
        appeal = appealing.take_in(services, "dana", Sent("It is not.", item_id=item))
        aziz = desk.somebody(services, "aziz")
        appealing.answer(services, aziz, appeal.id, Answer(AppealState.GRANTED, "It reports.", Outcome.CONTEXT))
        take_and_let_go(services, erlan)
    assert seen == set(RANKS)
