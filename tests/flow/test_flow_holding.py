"""Who may take, undo, supersede and answer what, and what they are told where they may not; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from qalqan.errors import AlreadyThere, BadValue, NotAllowed, NotFound
from qalqan.flow import appealing, deciding, holding
from qalqan.flow.appealing import Answer, Sent
from qalqan.flow.services import Services
from qalqan.model.cases import Appeal, AppealState, CaseState, Decision, Outcome
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.times import now
from qalqan.store import cases, decisions
from qalqan.store.cases import QueueFilter
from qalqan.store.tables_cases import case_looks
from qalqan.store.tables_cases import cases as cases_table
from support import reviewing

GRANTED = Answer(AppealState.GRANTED, "It reports.", Outcome.CONTEXT)
REFUSED = Answer(AppealState.REFUSED, "We looked.")


@pytest.fixture
def people(services: Services) -> dict[str, Person]:
    """Add people, a bank and a webhook."""
    return reviewing.furnish(services.store)


@pytest.fixture
def case_id(services: Services, people: dict[str, Person]) -> Id:  # noqa: ARG001 - people must be there first
    """Let two near-copies come into a case."""
    first = reviewing.arrive(services.store)
    reviewing.arrive(services.store, near=first.entry_id)
    return reviewing.case_of(services.store, first.item_id)


@pytest.fixture
def aziz(people: dict[str, Person]) -> Person:
    """Return a reviewer."""
    return people["aziz"]


@pytest.fixture
def bobur(people: dict[str, Person]) -> Person:
    """Return another."""
    return people["bobur"]


@pytest.fixture
def lola(people: dict[str, Person]) -> Person:
    """Return a lead."""
    return people["lola"]


def ready(services: Services, person: Person, case_id: Id) -> None:
    """Let somebody take a case and look at all of it."""
    holding.take(services, person, case_id)
    reviewing.look_at_all(services.store, person, case_id)


def decided(services: Services, person: Person, case_id: Id) -> Decision:
    """Let somebody take a case, look at all of it and decide that it is lawful."""
    ready(services, person, case_id)
    return deciding.decide(services, person, case_id, reviewing.LAWFUL)


def proposed(services: Services, person: Person, case_id: Id) -> Decision:
    """Let somebody propose a grave measure."""
    ready(services, person, case_id)
    return deciding.decide(services, person, case_id, reviewing.grave(services))


def appealed(services: Services, decision: Decision) -> Appeal:
    """Let somebody object to a decision."""
    return appealing.take_in(services, "platform", Sent("It was a report.", decision_id=decision.id))


def stands(services: Services, case_id: Id) -> Decision | None:
    """Return the decision that stands."""
    with services.store.reading() as tx:
        return decisions.standing(tx, case_id)


def test_looks_of_before_a_case_came_back_count_no_longer(services: Services, case_id: Id, aziz: Person) -> None:
    """Something was found that makes it another case: it is looked at anew, by whoever decides it."""
    decided(services, aziz, case_id)
    with services.store.writing() as tx:
        assert deciding.reopen(tx, [case_id], "qalqan", "Something new was found.") == 1
        assert cases.looked(tx, case_id, aziz.name) == set()
    holding.take(services, aziz, case_id)
    with pytest.raises(BadValue, match="2 are left"):
        deciding.decide(services, aziz, case_id, reviewing.LAWFUL)
    reviewing.look_at_all(services.store, aziz, case_id)
    assert deciding.decide(services, aziz, case_id, reviewing.LAWFUL).supersedes


def test_what_was_taken_back_need_not_be_looked_at_again(services: Services, case_id: Id, aziz: Person) -> None:
    """One key undoes a slip; nobody has to see hard things twice for it."""
    deciding.undo(services, aziz, decided(services, aziz, case_id).id)
    assert deciding.decide(services, aziz, case_id, reviewing.CONTEXT).supersedes is None


def test_nobody_is_offered_their_own_proposal(services: Services, case_id: Id, aziz: Person, bobur: Person) -> None:
    """Not as the next case, nor by name; another person is."""
    proposed(services, aziz, case_id)
    waits = QueueFilter(state=CaseState.SECOND)
    assert holding.take_next(services, aziz, waits) is None
    with pytest.raises(NotAllowed, match="somebody else's"):
        holding.take(services, aziz, case_id)
    taken = holding.take_next(services, bobur, waits)
    assert taken is not None
    assert taken.id == case_id


def test_whoever_differed_may_be_second_to_a_later_proposal_of_the_other(
    services: Services, case_id: Id, aziz: Person, bobur: Person
) -> None:
    """The latest proposal counts: who made an earlier one is second to it like anybody."""
    proposed(services, aziz, case_id)
    ready(services, bobur, case_id)
    deciding.second(services, bobur, case_id, reviewing.LAWFUL)
    proposed(services, bobur, case_id)
    assert holding.take_next(services, bobur, QueueFilter(state=CaseState.SECOND)) is None
    ready(services, aziz, case_id)
    deciding.second(services, aziz, case_id, reviewing.grave(services, "I come to the same."))
    standing = stands(services, case_id)
    assert standing is not None
    assert standing.by == bobur.name


def test_a_decided_case_is_taken_anew_by_its_decider_or_a_lead(
    services: Services, case_id: Id, aziz: Person, bobur: Person, lola: Person
) -> None:
    """Who only lets it go again leaves it decided; who decides supersedes."""
    first = decided(services, aziz, case_id)
    with pytest.raises(NotAllowed, match="somebody else's"):
        holding.take(services, bobur, case_id)
    holding.take(services, aziz, case_id)
    holding.let_go(services, aziz, case_id)
    assert reviewing.state(services.store, case_id) is CaseState.DECIDED
    ready(services, lola, case_id)
    later = deciding.decide(services, lola, case_id, reviewing.CONTEXT)
    assert (later.supersedes, stands(services, case_id)) == (first.id, later)
    deciding.undo(services, lola, later.id)
    assert stands(services, case_id) == first


def test_nobody_takes_or_decides_a_case_whose_appeal_is_open(services: Services, case_id: Id, aziz: Person) -> None:
    """Its decider could else forestall whoever answers."""
    appealed(services, decided(services, aziz, case_id))
    with pytest.raises(AlreadyThere, match="appeal"):
        holding.take(services, aziz, case_id)
    assert holding.take_next(services, aziz, QueueFilter(state=CaseState.APPEALED)) is None
    with services.store.writing() as tx:
        cases.claim(tx, case_id, aziz.name, 20)
    with pytest.raises(AlreadyThere, match="appeal"):
        deciding.decide(services, aziz, case_id, reviewing.CONTEXT)


def test_a_decision_is_not_taken_back_while_an_appeal_against_it_is_open(
    services: Services, case_id: Id, aziz: Person, lola: Person
) -> None:
    """The sender waits for an answer; once it is refused, the decision may be taken back."""
    first = decided(services, aziz, case_id)
    appeal = appealed(services, first)
    for person in (aziz, lola):
        with pytest.raises(AlreadyThere, match="appeal against this decision is open"):
            deciding.undo(services, person, first.id)
    appealing.answer(services, lola, appeal.id, REFUSED)
    deciding.undo(services, aziz, first.id)
    assert stands(services, case_id) is None


def test_what_granted_an_appeal_is_superseded_and_not_taken_back(
    services: Services, case_id: Id, aziz: Person, lola: Person
) -> None:
    """Its sender was told: what they objected to does not stand again by one key."""
    appeal = appealed(services, decided(services, aziz, case_id))
    appealing.answer(services, lola, appeal.id, GRANTED)
    made = stands(services, case_id)
    assert made is not None
    with pytest.raises(AlreadyThere, match="granted by this decision"):
        deciding.undo(services, lola, made.id)
    ready(services, lola, case_id)
    assert deciding.decide(services, lola, case_id, reviewing.LAWFUL).supersedes == made.id


def test_nothing_is_taken_back_under_the_hands_of_whoever_holds_the_case(
    services: Services, case_id: Id, aziz: Person, bobur: Person
) -> None:
    """They are named; once they have let go, or their time is over, it is."""
    proposal = proposed(services, aziz, case_id)
    ready(services, bobur, case_id)
    with pytest.raises(AlreadyThere, match="bobur holds this case"):
        deciding.undo(services, aziz, proposal.id)
    with services.store.writing() as tx:
        tx.execute(cases_table.update().values(claimed_until=now() - timedelta(seconds=1)))
    deciding.undo(services, aziz, proposal.id)
    assert reviewing.state(services.store, case_id) is CaseState.OPEN


def test_a_case_that_is_to_come_back_does_so_after_its_second_opinion(
    services: Services, case_id: Id, aziz: Person, bobur: Person
) -> None:
    """What was found meanwhile is not forgotten over it."""
    proposal = proposed(services, aziz, case_id)
    with services.store.writing() as tx:
        assert deciding.reopen(tx, [case_id], "qalqan", "Something new was found.") == 0
    ready(services, bobur, case_id)
    deciding.second(services, bobur, case_id, reviewing.grave(services, "I come to the same."))
    assert stands(services, case_id) == proposal
    assert reviewing.state(services.store, case_id) is CaseState.OPEN


def test_an_appeal_granted_under_a_proposal_ends_the_proposal(
    services: Services, case_id: Id, aziz: Person, bobur: Person, lola: Person
) -> None:
    """Agreed with, it would undo the answer unseen."""
    appeal = appealed(services, decided(services, aziz, case_id))
    with services.store.writing() as tx:
        tx.execute(cases_table.update().values(state=CaseState.OPEN.value))  # it came back before the appeal did
    proposed(services, aziz, case_id)
    ready(services, bobur, case_id)
    appealing.answer(services, lola, appeal.id, GRANTED)
    assert reviewing.state(services.store, case_id) is CaseState.OPEN
    with pytest.raises(NotAllowed):
        deciding.second(services, bobur, case_id, reviewing.grave(services, "I come to the same."))
    standing = stands(services, case_id)
    assert standing is not None
    assert (standing.by, standing.outcome) == (lola.name, Outcome.CONTEXT)


def test_an_appeal_is_returned_by_its_reference_whatever_became_of_it(
    services: Services, case_id: Id, aziz: Person, lola: Person
) -> None:
    """Sent again after it was granted, it is the same one with its answer."""
    first = decided(services, aziz, case_id)
    sent = Sent("It was a report.", reference="R-7", decision_id=first.id)
    appeal = appealing.take_in(services, "platform", sent)
    ended = appealing.answer(services, lola, appeal.id, GRANTED)
    assert appealing.take_in(services, "platform", sent) == ended


def test_nobody_answers_by_what_they_decided_meanwhile(
    services: Services, case_id: Id, aziz: Person, people: dict[str, Person]
) -> None:
    """Who superseded the decision is barred; another may grant the appeal by what stands already."""
    first = decided(services, aziz, case_id)
    with services.store.writing() as tx:
        deciding.reopen(tx, [case_id], "qalqan", "Something new was found.")
    appeal = appealed(services, first)
    ready(services, people["lola"], case_id)
    later = deciding.decide(services, people["lola"], case_id, reviewing.CONTEXT)
    assert reviewing.state(services.store, case_id) is CaseState.APPEALED
    with pytest.raises(NotAllowed, match="part"):
        appealing.answer(services, people["lola"], appeal.id, REFUSED)
    assert appealing.answer(services, people["erlan"], appeal.id, GRANTED).state is AppealState.GRANTED
    assert stands(services, case_id) == later
    assert reviewing.state(services.store, case_id) is CaseState.DECIDED


def test_a_claim_that_ran_out_counts_until_somebody_else_takes_the_case(
    services: Services, case_id: Id, aziz: Person, bobur: Person
) -> None:
    """Nobody loses what they typed for a minute too much; where another holds it, they are told."""
    ready(services, aziz, case_id)
    run_out = cases_table.update().values(claimed_until=now() - timedelta(seconds=1))
    with services.store.writing() as tx:
        tx.execute(run_out)
    first = deciding.decide(services, aziz, case_id, reviewing.LAWFUL)
    deciding.undo(services, aziz, first.id)
    with services.store.writing() as tx:
        tx.execute(run_out)
    holding.take(services, bobur, case_id)
    with pytest.raises(NotAllowed, match="do not hold"):
        deciding.decide(services, aziz, case_id, reviewing.LAWFUL)


def test_who_takes_and_lets_go_is_in_the_log(services: Services, case_id: Id, aziz: Person) -> None:
    """Once each; letting go of what one does not hold is no deed."""
    holding.take_next(services, aziz, QueueFilter())
    holding.let_go(services, aziz, case_id)
    holding.let_go(services, aziz, case_id)
    log = reviewing.deeds(services.store)
    assert (log["case.claimed"], log["case.released"]) == (1, 1)


def test_only_members_of_a_case_are_looked_at(services: Services, case_id: Id, aziz: Person) -> None:
    """What is in another one is none."""
    other = reviewing.arrive(services.store)
    with pytest.raises(NotFound):
        holding.look(services, aziz, case_id, other.item_id)
    with services.store.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(case_looks)).scalar_one() == 0
