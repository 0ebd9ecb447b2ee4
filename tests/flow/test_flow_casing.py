"""What comes into one case, when another is opened, and what brings a decided one back; on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from qalqan.errors import QalqanError
from qalqan.flow import appealing, casing, deciding, holding
from qalqan.flow.appealing import Answer, Sent
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.cases import AppealState, CaseState, Decision
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.store import cases, decisions, findings
from qalqan.store import casing as case_ties
from support import made, reviewing

LONG_TEXT = "The water stood at the third step of the mill on the day of the fair."


@pytest.fixture
def people(services: Services) -> dict[str, Person]:
    """Add people, a bank and a webhook."""
    return reviewing.furnish(services.store)


def decided(services: Services, person: Person, case_id: Id, given: Given = reviewing.LAWFUL) -> Decision:
    """Let somebody take a case, look at all of it and decide it."""
    holding.take(services, person, case_id)
    reviewing.look_at_all(services.store, person, case_id)
    return deciding.decide(services, person, case_id, given)


def together(services: Services, *came: reviewing.Arrived) -> bool:
    """Whether items are in one case."""
    return len({reviewing.case_of(services.store, one.item_id) for one in came}) == 1


@pytest.mark.usefixtures("people")
def test_a_file_that_nothing_is_known_of_ties_nothing(services: Services) -> None:
    """A logo beneath many posts would else make one case of them; one that was found in a bank does tie them."""
    logo = made.media("a logo")
    with services.store.writing() as tx:
        plain = [reviewing.come(tx, file="a logo", flagged=False)[0] for _ in range(2)]
        assert casing.place(tx, plain) == 0
    one, other = (reviewing.arrive(services.store) for _ in range(2))
    assert not together(services, one, other)
    found, again = (reviewing.arrive(services.store, file="a known poster") for _ in range(2))
    assert found.entry_id != again.entry_id
    assert together(services, found, again)
    assert logo.sha256 != made.media("a known poster").sha256


@pytest.mark.usefixtures("people")
def test_only_a_confirmed_copy_of_a_known_thing_is_tied_by_it(services: Services) -> None:
    """What is merely near to it may show something else: two that are decide nothing for each other."""
    known = reviewing.arrive(services.store)
    unsure = reviewing.arrive(services.store, near=known.entry_id, verified=False)
    other = reviewing.arrive(services.store, near=known.entry_id, verified=False)
    sure = reviewing.arrive(services.store, near=known.entry_id)
    assert together(services, known, sure)
    assert not together(services, known, unsure)
    assert not together(services, unsure, other)


@pytest.mark.usefixtures("people")
def test_the_same_long_text_ties_and_a_short_one_does_not(services: Services) -> None:
    """However it is written in large and small letters."""
    one, other = (
        reviewing.arrive(services.store, text=LONG_TEXT),
        reviewing.arrive(services.store, text=LONG_TEXT.upper()),
    )
    assert together(services, one, other)
    assert not together(services, *(reviewing.arrive(services.store, text="Good morning") for _ in range(2)))


@pytest.mark.usefixtures("people")
def test_of_more_than_a_case_holds_another_is_opened(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next copies come into that one, in one batch or one by one."""
    monkeypatch.setattr(casing, "LARGEST", 3)
    first = reviewing.arrive(services.store)
    with services.store.writing() as tx:
        ids = [reviewing.come(tx, near=first.entry_id)[0] for _ in range(4)]
        casing.place(tx, ids)
    last = reviewing.arrive(services.store, near=first.entry_id)
    with services.store.reading() as tx:
        found = case_ties.cases_of(tx, [first.item_id, *ids, last.item_id])
        sizes = sorted(one.size for one in cases.by_ids(tx, found.values()).values())
        reviewing.whole(tx, found)
    assert sizes == [3, 3]
    assert reviewing.case_of(services.store, last.item_id) != reviewing.case_of(services.store, first.item_id)


def test_a_new_member_brings_a_decided_case_back(services: Services, people: dict[str, Person]) -> None:
    """The decision stands until it is superseded; only what is new is to be looked at."""
    first = reviewing.arrive(services.store)
    case_id = reviewing.case_of(services.store, first.item_id)
    before = decided(services, people["aziz"], case_id)
    new = reviewing.arrive(services.store, near=first.entry_id)
    assert reviewing.state(services.store, case_id) is CaseState.OPEN
    assert reviewing.deeds(services.store)["case.grown"] == 1
    holding.take(services, people["aziz"], case_id)
    with pytest.raises(QalqanError, match="1 are left"):
        deciding.decide(services, people["aziz"], case_id, reviewing.CONTEXT)
    holding.look(services, people["aziz"], case_id, new.item_id)
    after = deciding.decide(services, people["aziz"], case_id, reviewing.CONTEXT)
    assert (after.supersedes, set(after.item_ids)) == (before.id, {first.item_id, new.item_id})


def test_whoever_works_on_a_decided_case_keeps_it_when_it_grows(services: Services, people: dict[str, Person]) -> None:
    """They took it to decide it anew; what they have typed is not lost."""
    first = reviewing.arrive(services.store)
    case_id = reviewing.case_of(services.store, first.item_id)
    decided(services, people["aziz"], case_id)
    holding.take(services, people["aziz"], case_id)
    reviewing.arrive(services.store, near=first.entry_id)
    with services.store.reading() as tx:
        assert cases.get(tx, case_id).claimed_by == "aziz"
        assert cases.get(tx, case_id).state is CaseState.OPEN


def test_what_comes_while_a_second_person_is_awaited_is_decided_by_nobody(
    services: Services, people: dict[str, Person]
) -> None:
    """The proposal stands for what its maker has seen, and the case comes back for the rest."""
    first = reviewing.arrive(services.store)
    case_id = reviewing.case_of(services.store, first.item_id)
    proposal = decided(services, people["aziz"], case_id, reviewing.grave(services))
    reviewing.arrive(services.store, near=first.entry_id)
    holding.take(services, people["bobur"], case_id)
    reviewing.look_at_all(services.store, people["bobur"], case_id)
    deciding.second(services, people["bobur"], case_id, reviewing.grave(services, "I come to the same."))
    with services.store.reading() as tx:
        assert decisions.standing(tx, case_id) == proposal
    assert proposal.item_ids == (first.item_id,)
    assert reviewing.state(services.store, case_id) is CaseState.OPEN


def test_what_comes_while_an_appeal_is_open_comes_back_after_it(services: Services, people: dict[str, Person]) -> None:
    """It was in no decision."""
    first = reviewing.arrive(services.store)
    case_id = reviewing.case_of(services.store, first.item_id)
    decision = decided(services, people["aziz"], case_id)
    appeal = appealing.take_in(services, "platform", Sent("It was a report.", decision_id=decision.id))
    reviewing.arrive(services.store, near=first.entry_id)
    assert reviewing.state(services.store, case_id) is CaseState.APPEALED
    appealing.answer(services, people["lola"], appeal.id, Answer(AppealState.REFUSED, "We looked."))
    assert reviewing.state(services.store, case_id) is CaseState.OPEN


@pytest.mark.parametrize("lawful", [True, False])
def test_more_found_in_a_case_that_was_let_be_brings_it_back(
    services: Services,
    people: dict[str, Person],
    lawful: bool,  # noqa: FBT001 - a case of the test
) -> None:
    """It was decided on less; one that was found to be terrorist content would be no other by it."""
    first = reviewing.arrive(services.store, band=Band.LOOK)
    case_id = reviewing.case_of(services.store, first.item_id)
    if lawful:
        decided(services, people["aziz"], case_id)
    else:
        decided(services, people["aziz"], case_id, reviewing.grave(services))
        holding.take(services, people["bobur"], case_id)
        reviewing.look_at_all(services.store, people["bobur"], case_id)
        deciding.second(services, people["bobur"], case_id, reviewing.grave(services, "I come to the same."))
    with services.store.writing() as tx:
        old = findings.current_assessments(tx, [first.item_id])[first.item_id][0]
        stronger = made.assessment(first.item_id, 95, band=Band.KNOWN, supersedes=old.id)
        findings.add_assessments(tx, [stronger])
        casing.place(tx, [first.item_id])
    assert reviewing.state(services.store, case_id) is (CaseState.OPEN if lawful else CaseState.DECIDED)


@pytest.mark.usefixtures("people")
def test_others_are_told_once_that_a_case_was_opened(services: Services) -> None:
    """However often its items are weighed, and however often all are gathered."""
    first = reviewing.arrive(services.store)
    reviewing.arrive(services.store, near=first.entry_id)
    with services.store.writing() as tx:
        casing.place(tx, [first.item_id])
    assert list(casing.gather(services)) == []
    assert reviewing.events(services.store) == {"case.opened": 1}


@pytest.mark.usefixtures("people")
def test_copies_that_come_at_once_come_into_one_case(services: Services) -> None:
    """Several processes put items into cases."""
    with services.store.writing() as tx:
        known = reviewing.fresh_entry(tx)
    came: list[reviewing.Arrived] = []
    at_once(*[lambda: came.append(reviewing.arrive(services.store, near=known)) for _ in range(4)])
    with services.store.reading() as tx:
        reviewing.whole(tx, [one.item_id for one in came])
    assert together(services, *came)
    assert reviewing.events(services.store) == {"case.opened": 1}


def test_what_comes_while_its_case_is_decided_is_not_lost(services: Services, people: dict[str, Person]) -> None:
    """Either it is among what is looked at before, or the case comes back for it."""
    first = reviewing.arrive(services.store)
    case_id = reviewing.case_of(services.store, first.item_id)
    came = [first]
    for _ in range(5):
        holding.take(services, people["lola"], case_id)
        reviewing.look_at_all(services.store, people["lola"], case_id)
        at_once(
            lambda: came.append(reviewing.arrive(services.store, near=first.entry_id)),
            lambda: deciding.decide(services, people["lola"], case_id, reviewing.LAWFUL),
        )
        assert reviewing.state(services.store, case_id) is CaseState.OPEN
        with services.store.reading() as tx:
            reviewing.whole(tx, [one.item_id for one in came])


def at_once(*deeds: Callable[[], object]) -> None:
    """Do deeds at once, each in a thread of its own; one that is refused does nothing."""
    start = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        start.wait()
        with suppress(QalqanError):
            deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(do, deeds))
