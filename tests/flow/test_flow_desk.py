"""Cases: what comes into one, who holds it, what is decided on it and what follows; on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from qalqan.errors import AlreadyThere, BadValue, NotAllowed
from qalqan.flow import blind, casing, deciding
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.banks import EntryStatus
from qalqan.model.cases import Case, CaseState, Decision, Measure, Outcome, Route
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.review.priority import total
from qalqan.store import audit, banks, cases, decisions, findings, people, views
from qalqan.store.cases import QueueFilter
from qalqan.store.tables_cases import case_items
from qalqan.store.tables_cases import cases as cases_table
from support import filled
from support.cases import open_case
from support.filled import Filled

LAWFUL = Given(Outcome.LAWFUL)
CONTEXT = Given(Outcome.CONTEXT, rationale="A report of the local news.")


@pytest.fixture
def things(services: Services) -> Filled:
    """Fill the store."""
    return filled.fill(services.store)


@pytest.fixture
def aziz(services: Services) -> Person:
    """Add a reviewer."""
    return _person(services, "aziz")


@pytest.fixture
def bobur(services: Services) -> Person:
    """Add another."""
    return _person(services, "bobur")


def _person(services: Services, name: str, role: Role = Role.REVIEWER) -> Person:
    with services.store.writing() as tx:
        return people.add(tx, name, "correct horse battery", role)


def _gathered(services: Services) -> list[Case]:
    list(casing.gather(services, at_once=3))
    with services.store.reading() as tx:
        return cases.page(tx, QueueFilter(), 500)


def _members(services: Services) -> dict[Id, Id]:
    with services.store.reading() as tx:
        return {row.item_id: row.case_id for row in tx.execute(sa.select(case_items))}


def _take(services: Services, person: Person, case_id: Id, *, looking: bool = True) -> None:
    with services.store.writing() as tx:
        cases.claim(tx, case_id, person.name, 20)
        if looking:
            cases.look(tx, case_id, cases.item_ids(tx, case_id), person.name)


def _grave(services: Services) -> Given:
    """Return a decision that needs a second person."""
    named = ((name, one.grounds) for name, one in services.policy.categories.items())
    category, grounds = next((name, some) for name, some in named if some)
    jurisdiction = services.policy.grounds[grounds[0]].jurisdiction
    return Given(
        Outcome.TERRORIST, category, grounds[0], jurisdiction, "It praises an act by name.", Measure.REMOVAL_ORDER
    )


def _state(services: Services, case_id: Id) -> tuple[CaseState, Decision | None]:
    with services.store.reading() as tx:
        return cases.get(tx, case_id).state, decisions.standing(tx, case_id)


@pytest.mark.usefixtures("things")
def test_whatever_was_found_comes_into_one_case_each(services: Services) -> None:
    """Each item of which something stands is in a case, none is in two, and a second walk changes nothing."""
    found = _gathered(services)
    placed = _members(services)
    with services.store.reading() as tx:
        standing = findings.current_assessments(tx, list(placed))
        everything = [one.id for one in cases.page(tx, QueueFilter(), 500)]
    assert found
    assert all(any(one.band is not Band.NOTHING for one in made) for made in standing.values())
    assert sorted(set(placed.values())) == sorted(everything)
    assert Counter(placed.values()) == {one.id: one.size for one in found}
    assert _gathered(services) == found
    assert _members(services) == placed


def test_near_copies_are_one_case_and_others_are_not(services: Services, things: Filled) -> None:
    """The same known picture in two items makes one case; one that shows another is in another."""
    _gathered(services)
    placed = _members(services)
    entries: dict[Id, set[Id]] = {}
    with services.store.reading() as tx:
        for item_id, made in findings.matches_of(tx, list(placed)).items():
            entries[item_id] = {one.entry.id for one in made}
    assert placed[things.items["exact"]] == placed[things.items["again"]]
    tied = [one for one in placed if placed[one] == placed[things.items["exact"]]]
    assert len(tied) < len(placed)


@pytest.mark.usefixtures("things")
def test_a_priority_is_the_sum_of_its_parts_and_orders_the_queue(services: Services) -> None:
    """Nothing but declared points is in it."""
    found = _gathered(services)
    assert [one.priority for one in found] == sorted((one.priority for one in found), reverse=True)
    assert all(one.priority == total(one.parts) for one in found)
    assert {part.part for one in found for part in one.parts} <= {"band", "gravity", "deadline", "spread", "age"}


@pytest.mark.usefixtures("things")
def test_a_case_that_waits_moves_up(services: Services) -> None:
    """After a day, three and seven; once each."""
    before = {one.id: one.priority for one in _gathered(services)}
    assert casing.age(services) == 0
    with services.store.writing() as tx:
        tx.execute(cases_table.update().values(opened_at=now() - timedelta(days=4)))
    assert casing.age(services) == len(before)
    assert casing.age(services) == 0
    with services.store.reading() as tx:
        after = {one.id: one.priority for one in cases.page(tx, QueueFilter(), 500)}
    assert {name: after[name] - before[name] for name in before} == dict.fromkeys(before, 10.0)


@pytest.mark.usefixtures("things")
def test_a_rule_puts_new_cases_into_its_queue(services: Services) -> None:
    """By whatever it asks for; the common queue keeps the others."""
    with services.store.writing() as tx:
        views.add_route(tx, Route(new_id(), 0, "chats", "", "", "telegram", None, "lead", now()))
    found = _gathered(services)
    assert {one.queue for one in found if one.platform == "telegram"} == {"chats"}
    assert {one.queue for one in found if one.platform != "telegram"} == {""}


@pytest.mark.usefixtures("things")
@pytest.mark.parametrize("people_at_once", [2, 8])
def test_two_people_never_hold_the_same_case(services: Services, people_at_once: int) -> None:
    """They take, hold for a moment, let go and take again as fast as they can."""
    wanted = len(_gathered(services))
    holders: dict[Id, str] = {}
    taken: Counter[Id] = Counter()
    clashes: list[str] = []
    lock = threading.Lock()

    def work(name: str) -> None:
        for _ in range(12):
            with services.store.writing() as tx:
                case = cases.claim_next(tx, QueueFilter(), name, 5)
            if case is None:
                continue
            with lock:
                if case.id in holders:
                    clashes.append(f"{name} and {holders[case.id]}")
                holders[case.id] = name
                taken[case.id] += 1
            with services.store.reading() as tx:
                if cases.get(tx, case.id).claimed_by != name:
                    clashes.append(name)
            with lock:
                del holders[case.id]
            with services.store.writing() as tx:
                cases.release(tx, case.id, name)

    with ThreadPoolExecutor(people_at_once) as pool:
        list(pool.map(work, [f"reviewer {number}" for number in range(people_at_once)]))
    assert clashes == []
    assert sum(taken.values()) >= 12
    assert len(taken) <= wanted


def test_a_claim_ends_with_its_time(services: Services, things: Filled) -> None:
    """Until then nobody else may take the case, and its holder may take it for longer."""
    case_id = open_case(services, [things.items["exact"]])
    with services.store.writing() as tx:
        assert cases.claim(tx, case_id, "aziz", 20).claimed_by == "aziz"
        assert cases.claim(tx, case_id, "aziz", 40).claimed_by == "aziz"
        with pytest.raises(AlreadyThere, match="aziz holds this case"):
            cases.claim(tx, case_id, "bobur", 20)
        cases.release(tx, case_id, "bobur")
        assert cases.get(tx, case_id).claimed_by == "aziz"
        tx.execute(cases_table.update().values(claimed_until=now() - timedelta(seconds=1)))
        assert cases.claim(tx, case_id, "bobur", 20).claimed_by == "bobur"


def test_nobody_decides_what_they_do_not_hold_or_have_not_looked_at(
    services: Services, things: Filled, aziz: Person
) -> None:
    """Every item of the case is looked at first."""
    case_id = open_case(services, [things.items["exact"], things.items["again"]])
    with pytest.raises(NotAllowed, match="do not hold"):
        deciding.decide(services, aziz, case_id, LAWFUL)
    _take(services, aziz, case_id, looking=False)
    with services.store.writing() as tx:
        cases.look(tx, case_id, [things.items["exact"], things.items["mirrored"]], aziz.name)
    with pytest.raises(BadValue, match="1 are left"):
        deciding.decide(services, aziz, case_id, LAWFUL)
    viewer = replace(aziz, role=Role.VIEWER)
    with pytest.raises(NotAllowed, match="role"):
        deciding.decide(services, viewer, case_id, LAWFUL)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Given(Outcome.TERRORIST), "category"),
        (Given(Outcome.LAWFUL, measure=Measure.REFERRAL), "measure"),
        (Given(Outcome.CONTEXT, rationale="news"), "rationale"),
        (Given(Outcome.WRONG_MATCH, rationale="It is another picture."), "entry"),
    ],
)
def test_what_the_policy_asks_for_must_be_given(
    services: Services, things: Filled, aziz: Person, given: Given, field: str
) -> None:
    """And the error says in which field it is missing; nothing is decided."""
    case_id = open_case(services, [things.items["exact"]])
    _take(services, aziz, case_id)
    with pytest.raises(BadValue) as missing:
        deciding.decide(services, aziz, case_id, given)
    assert missing.value.field == field
    assert _state(services, case_id) == (CaseState.OPEN, None)


def test_a_decision_is_superseded_and_taken_back_never_changed(
    services: Services, things: Filled, aziz: Person
) -> None:
    """What it superseded stands again, and all of them stay readable."""
    case_id = open_case(services, [things.items["exact"]])
    _take(services, aziz, case_id)
    first = deciding.decide(services, aziz, case_id, LAWFUL)
    with services.store.writing() as tx:
        assert deciding.reopen(tx, [case_id], "qalqan", "Something new was found.") == 1
        assert cases.notes(tx, case_id)[0].text == "Something new was found."
    _take(services, aziz, case_id)
    later = deciding.decide(services, aziz, case_id, CONTEXT)
    assert (later.supersedes, _state(services, case_id)) == (first.id, (CaseState.DECIDED, later))
    deciding.undo(services, aziz, later.id)
    assert _state(services, case_id) == (CaseState.OPEN, first)
    with pytest.raises(AlreadyThere):
        deciding.undo(services, aziz, later.id)
    with services.store.reading() as tx:
        assert decisions.history(tx, case_id) == [later, first]
        assert set(decisions.undone(tx, [first.id, later.id])) == {later.id}


def test_only_ones_own_decision_is_taken_back_but_by_a_lead(
    services: Services, things: Filled, aziz: Person, bobur: Person
) -> None:
    """A lead may take back anybody's."""
    case_id = open_case(services, [things.items["exact"]])
    _take(services, aziz, case_id)
    made = deciding.decide(services, aziz, case_id, LAWFUL)
    with pytest.raises(NotAllowed):
        deciding.undo(services, bobur, made.id)
    deciding.undo(services, _person(services, "lola", Role.LEAD), made.id)
    assert _state(services, case_id) == (CaseState.OPEN, None)


@pytest.mark.parametrize("agrees", [True, False])
def test_a_grave_measure_needs_a_second_person(
    services: Services,
    things: Filled,
    aziz: Person,
    bobur: Person,
    agrees: bool,  # noqa: FBT001 - a case of the test
) -> None:
    """Who is never the first, and is told neither their reasons nor their name."""
    case_id = open_case(services, [things.items["exact"]])
    _take(services, aziz, case_id)
    grave = _grave(services)
    made = deciding.decide(services, aziz, case_id, grave)
    assert _state(services, case_id) == (CaseState.SECOND, None)
    _take(services, aziz, case_id)
    with pytest.raises(NotAllowed, match="somebody else"):
        deciding.second(services, aziz, case_id, grave)
    with services.store.writing() as tx:
        cases.release(tx, case_id, aziz.name)
        asked = blind.told(tx, cases.get(tx, case_id), bobur.name).asked
    assert asked == deciding.Asked(grave.outcome, grave.category, grave.measure)
    _take(services, bobur, case_id)
    own = replace(grave, rationale="I come to the same.") if agrees else LAWFUL
    second = deciding.second(services, bobur, case_id, own)
    assert second.second_to == made.id
    expected = (CaseState.DECIDED, made) if agrees else (CaseState.OPEN, None)
    assert _state(services, case_id) == expected


def test_of_two_people_who_decide_at_once_one_is_told(services: Services, things: Filled, aziz: Person) -> None:
    """The database holds that one decision at most stands."""
    case_id = open_case(services, [things.items["exact"]])
    _take(services, aziz, case_id)
    done: list[str] = []

    def work(_number: int) -> None:
        try:
            done.append(deciding.decide(services, aziz, case_id, LAWFUL).id)
        except (AlreadyThere, NotAllowed):
            done.append("told")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert done.count("told") == 3
    with services.store.reading() as tx:
        assert len(decisions.history(tx, case_id)) == 1


def test_a_wrong_match_disputes_the_entry_and_brings_back_what_it_decided(
    services: Services, things: Filled, aziz: Person
) -> None:
    """Decided cases in which it was found come back; who did it, and by which decision, is kept."""
    ids = [things.items["exact"], things.items["again"]]
    one, other = (open_case(services, [item_id]) for item_id in ids)
    entry_id = _shared(services, ids)
    _take(services, aziz, other)
    earlier = deciding.decide(services, aziz, other, LAWFUL)
    _take(services, aziz, one)
    wrong = Given(Outcome.WRONG_MATCH, rationale="It is another picture.", entry_id=entry_id)
    made = deciding.decide(services, aziz, one, wrong)
    assert _state(services, one) == (CaseState.DECIDED, made)
    assert _state(services, other) == (CaseState.OPEN, earlier)
    with services.store.reading() as tx:
        assert banks.entry(tx, entry_id).status is EntryStatus.DISPUTED
        verbs = [event.verb for event in audit.newest(tx, 50)]
    assert {"entry.disputed", "case.decided", "case.reopened"} <= set(verbs)


def _shared(services: Services, ids: Sequence[Id]) -> Id:
    with services.store.reading() as tx:
        made = findings.matches_of(tx, ids)
    return next(iter(set.intersection(*({one.entry.id for one in made[item_id]} for item_id in ids))))
