"""kill -9 in the middle of a deed of the desk, and a full disk: all of it is done or nothing, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from qalqan.app import opened
from qalqan.errors import QalqanError, StoreError
from qalqan.flow import appealing, casing, deciding, holding
from qalqan.flow.appealing import Answer, Sent
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import AppealState, CaseState, Outcome
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.settings import Settings
from qalqan.store import Store, audit, decisions
from qalqan.store.columns import metadata
from qalqan.store.tables import audit as audit_table
from support import reviewing
from support.killing import killed_at

MOST = 120
"""Statements of the longest deed, and more."""
STEPS = {"sqlite": 1, "postgresql": 3}
"""Every statement on the one, every third on the other, which starts more slowly."""
Deed = Callable[[Services], object]


@pytest.fixture
def people(services: Services) -> dict[str, Person]:
    """Add people, a bank and a webhook."""
    return reviewing.furnish(services.store)


@pytest.fixture
def known(services: Services, people: dict[str, Person]) -> reviewing.Arrived:  # noqa: ARG001 - people must be there first
    """Let something come in."""
    return reviewing.arrive(services.store)


@pytest.fixture
def case_id(services: Services, known: reviewing.Arrived, people: dict[str, Person]) -> Id:
    """Let somebody hold a case of two, all of which they have looked at."""
    reviewing.arrive(services.store, near=known.entry_id)
    case_id = reviewing.case_of(services.store, known.item_id)
    holding.take(services, people["aziz"], case_id)
    reviewing.look_at_all(services.store, people["aziz"], case_id)
    return case_id


def taken_down(store: Store) -> dict[str, list[str]]:
    """Return all that the store holds, and check its audit log."""
    with store.reading() as tx:
        audit.verify(tx)
        names = sorted(sa.inspect(tx).get_table_names())
        tables = [metadata.tables[name] for name in names if name in metadata.tables]
        return {one.name: sorted(map(repr, tx.execute(sa.select(one)))) for one in tables}


def all_or_nothing(services: Services, deed: Deed) -> None:
    """Kill a deed at each of its statements: nothing of it is there. Then kill it when it is done: all of it is.

    Done again it is refused, or changes nothing.
    """
    before = taken_down(services.store)
    number, step = 1, STEPS[services.store.engine.dialect.name]
    while killed_at(services, number, deed):
        assert taken_down(services.store) == before, f"killed at statement {number}"
        number += step
        assert number < MOST
    after = taken_down(services.store)
    assert number > 3
    assert after != before
    with suppress(QalqanError):
        deed(services)
    assert taken_down(services.store) == after


def log_since(services: Services, seq: int) -> list[str]:
    """Return the verbs of the audit log after an event."""
    with services.store.reading() as tx:
        return list(tx.execute(sa.select(audit_table.c.verb).where(audit_table.c.seq > seq)).scalars())


def seq(services: Services) -> int:
    """Return the number of the newest event."""
    with services.store.reading() as tx:
        return audit.newest(tx, 1)[0].seq


def test_killed_while_a_wrong_match_is_decided(
    services: Services, known: reviewing.Arrived, case_id: Id, people: dict[str, Person]
) -> None:
    """The decision, the dispute, what comes back and what others are told land together."""
    other = reviewing.arrive(services.store, near=known.entry_id, verified=False)
    elsewhere = reviewing.case_of(services.store, other.item_id)
    holding.take(services, people["lola"], elsewhere)
    reviewing.look_at_all(services.store, people["lola"], elsewhere)
    deciding.decide(services, people["lola"], elsewhere, reviewing.LAWFUL)
    wrong = Given(Outcome.WRONG_MATCH, rationale="It is another picture.", entry_id=known.entry_id)
    start = seq(services)
    all_or_nothing(services, lambda here: deciding.decide(here, people["aziz"], case_id, wrong))
    assert sorted(log_since(services, start)) == ["case.decided", "case.reopened", "entry.disputed"]
    assert reviewing.status_of(services.store, known.entry_id) is EntryStatus.DISPUTED
    assert reviewing.state(services.store, elsewhere) is CaseState.OPEN
    assert reviewing.events(services.store)["decision.made"] == 2


def test_killed_while_a_grave_measure_is_proposed_and_agreed_with(
    services: Services, case_id: Id, people: dict[str, Person]
) -> None:
    """There is one proposal, one second opinion, and one decision that others are told of."""
    grave = reviewing.grave(services)
    start = seq(services)
    all_or_nothing(services, lambda here: deciding.decide(here, people["aziz"], case_id, grave))
    holding.take(services, people["bobur"], case_id)
    reviewing.look_at_all(services.store, people["bobur"], case_id)
    own = replace(grave, rationale="I come to the same.")
    all_or_nothing(services, lambda here: deciding.second(here, people["bobur"], case_id, own))
    assert log_since(services, start) == ["case.proposed", "case.claimed", "case.seconded"]
    assert reviewing.events(services.store)["decision.made"] == 1
    assert reviewing.state(services.store, case_id) is CaseState.DECIDED


def test_killed_while_a_decision_is_taken_back(services: Services, case_id: Id, people: dict[str, Person]) -> None:
    """What it superseded stands again, or it still stands itself."""
    first = deciding.decide(services, people["aziz"], case_id, reviewing.LAWFUL)
    holding.take(services, people["aziz"], case_id)
    later = deciding.decide(services, people["aziz"], case_id, reviewing.CONTEXT)
    all_or_nothing(services, lambda here: deciding.undo(here, people["aziz"], later.id))
    with services.store.reading() as tx:
        assert decisions.standing(tx, case_id) == first


def test_killed_while_an_appeal_is_granted(services: Services, case_id: Id, people: dict[str, Person]) -> None:
    """The answer and the decision that follows from it land together."""
    first = deciding.decide(services, people["aziz"], case_id, reviewing.LAWFUL)
    sent = Sent("It was a report.", reference="R-7", decision_id=first.id)
    all_or_nothing(services, lambda here: appealing.take_in(here, "platform", sent))
    appeal = appealing.take_in(services, "platform", sent)
    granted = Answer(AppealState.GRANTED, "It reports.", Outcome.CONTEXT)
    all_or_nothing(services, lambda here: appealing.answer(here, people["lola"], appeal.id, granted))
    with services.store.reading() as tx:
        standing = decisions.standing(tx, case_id)
    assert standing is not None
    assert (standing.supersedes, standing.by) == (first.id, "lola")
    assert reviewing.state(services.store, case_id) is CaseState.DECIDED


def test_killed_while_items_are_put_into_cases(
    services: Services, known: reviewing.Arrived, case_id: Id, people: dict[str, Person]
) -> None:
    """A decided case comes back with its new member, and a new case is told of once."""
    deciding.decide(services, people["aziz"], case_id, reviewing.LAWFUL)
    with services.store.writing() as tx:
        ids = [reviewing.come(tx, near=known.entry_id)[0], reviewing.come(tx)[0]]

    def put(here: Services) -> None:
        with here.store.writing() as tx:
            casing.place(tx, ids)

    all_or_nothing(services, put)
    assert reviewing.state(services.store, case_id) is CaseState.OPEN
    assert reviewing.events(services.store)["case.opened"] == 2


@pytest.mark.usefixtures("people")
def test_killed_again_and_again_while_all_is_gathered(services: Services) -> None:
    """Each start goes on where the last one ended; at the end every item is in one case."""
    with services.store.writing() as tx:
        known = reviewing.fresh_entry(tx)
        ids = [reviewing.come(tx, near=known if n % 2 else None)[0] for n in range(8)]
    number, kills = 1, 0
    while killed_at(services, number, lambda here: list(casing.gather(here, at_once=2))):
        number, kills = number + 5, kills + 1
        assert kills < MOST
    with services.store.reading() as tx:
        reviewing.whole(tx, ids)
    assert kills > 5
    assert reviewing.events(services.store) == {"case.opened": 5}
    assert list(casing.gather(services)) == []


def test_a_full_disk_is_said_and_nothing_is_half_decided(tiny_disk: Path) -> None:
    """Once there is space, the same deed goes through."""
    with opened(Settings(home=tiny_disk / "home"), create=True) as services:
        aziz = reviewing.furnish(services.store)["aziz"]
        case_id = reviewing.case_of(services.store, reviewing.arrive(services.store).item_id)
        holding.take(services, aziz, case_id)
        reviewing.look_at_all(services.store, aziz, case_id)
        before = taken_down(services.store)
        ballast = tiny_disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as full:
            while full.write(bytes(512)):
                pass
        reasons = replace(reviewing.LAWFUL, rationale="A report. " * 4_000)
        with pytest.raises(StoreError):
            deciding.decide(services, aziz, case_id, reasons)
        assert taken_down(services.store) == before
        ballast.unlink()
        made = deciding.decide(services, aziz, case_id, reasons)
        with services.store.reading() as tx:
            assert decisions.standing(tx, case_id) == made
