"""A share of decided cases is decided again by somebody unknowing; what comes of it is kept, settled, measured."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from qalqan.assess.policy import read_policy
from qalqan.errors import AlreadyThere, BadValue, NotAllowed, NotFound
from qalqan.flow import blind, deciding, holding, quality
from qalqan.flow.deciding import Given
from qalqan.flow.figures import Days
from qalqan.flow.keeper import Keeper
from qalqan.flow.lexicons import Lexicons
from qalqan.flow.policies import Policies
from qalqan.flow.services import Services
from qalqan.isolate import Isolate
from qalqan.model.cases import CaseState, Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.quality import Settled
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import Store, audit, cases, decisions, people
from qalqan.store import quality as stored
from qalqan.store.cases import QueueFilter
from qalqan.store.records import row_of
from qalqan.store.tables_cases import cases as cases_table
from qalqan.store.tables_cases import decisions as decisions_table
from qalqan.store.tables_quality import second_looks
from support import filled
from support.cases import open_case

ANY = QueueFilter()
LAWFUL = Given(Outcome.LAWFUL, rationale="A museum's poster of the river.")
REPORTS = Given(Outcome.CONTEXT, rationale="A report on the river's bridge.")


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    """Return services that draw every decision."""
    isolate = Isolate(settings.limits, 1)
    every = settings.model_copy(update={"blind_share": 1.0})
    yield Services(every, store, isolate, (), (), (), Policies(store, read_policy()), Lexicons(store))
    isolate.close()


@pytest.fixture
def case_id(services: Services) -> Id:
    """Open a case of two items."""
    things = filled.fill(services.store)
    return open_case(services, [things.items[one] for one in ("exact", "again")])


@pytest.fixture
def aziz(services: Services, case_id: Id) -> Person:  # noqa: ARG001 - who the store is filled with
    """Return the reviewer who decides first."""
    return person(services, "aziz")


@pytest.fixture
def dana(services: Services) -> Person:
    """Return another reviewer."""
    return person(services, "dana")


def person(services: Services, name: str, role: Role = Role.REVIEWER) -> Person:
    """Add a person."""
    with services.store.writing() as tx:
        return people.add(tx, name, None, role)


def look_at_all(services: Services, who: Person, case_id: Id) -> None:
    """Look at each item of a case."""
    with services.store.writing() as tx:
        cases.look(tx, case_id, cases.item_ids(tx, case_id), who.name)


def decide(services: Services, who: Person, case_id: Id, given: Given = LAWFUL) -> Decision:
    """Take a case, look at all of it and decide it; then draw."""
    holding.take(services, who, case_id)
    look_at_all(services, who, case_id)
    made = deciding.decide(services, who, case_id, given)
    quality.follow(services)
    return made


def answer(services: Services, who: Person, case_id: Id, given: Given = REPORTS) -> Decision:
    """Take the second look that waits and give it."""
    taken = holding.take_next(services, who, ANY)
    assert taken is not None
    assert taken.id == case_id
    look_at_all(services, who, case_id)
    made = quality.give(services, who, case_id, given)
    assert made is not None
    return made


def lay_down(services: Services, by: str = "bakyt") -> Decision:
    """Store a decided case without items, as if `by` had decided it; for what asks for many."""
    case_id, at = new_id(), now()
    case = {
        "id": case_id, "key": case_id.ljust(64, "0"), "state": "decided", "category": "propaganda", "band": "known",
        "score": 100, "size": 1, "severity": 0, "priority": 1.0, "parts": [], "queue": "", "opened_at": at, "aged": 0,
    }  # fmt: skip
    made = Decision(new_id(), case_id, by, at, Outcome.LAWFUL, None, "", "", "", Measure.NONE, "first/1", ())
    with services.store.writing() as tx:
        tx.execute(cases_table.insert(), case)
        tx.execute(decisions_table.insert(), row_of(made, standing=True))
    return made


def end_claims(services: Services) -> None:
    """Let the time of all second looks run out."""
    with services.store.writing() as tx:
        tx.execute(second_looks.update().values(held_until=now() - timedelta(minutes=1)))


def test_a_decided_case_comes_to_somebody_else_as_a_fresh_one(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """Never to its decider; shown open and theirs, with nothing of what was decided; what stands is not touched."""
    made = decide(services, aziz, case_id)
    assert holding.take_next(services, aziz, ANY) is None
    taken = holding.take_next(services, dana, ANY)
    assert taken is not None
    assert (taken.id, taken.state, taken.claimed_by) == (case_id, CaseState.OPEN, "dana")
    with services.store.reading() as tx:
        case = cases.get(tx, case_id)
        assert blind.as_seen(tx, case, "dana") == taken
        assert blind.as_seen(tx, case, "aziz") == case
        told = blind.told(tx, case, "dana")
        assert (told.history, told.standing, told.veiled) == ([], None, True)
        with pytest.raises(NotFound):
            blind.one(tx, made.id, "dana")
    look_at_all(services, dana, case_id)
    assert quality.give(services, dana, case_id, REPORTS)
    assert quality.give(services, dana, case_id, REPORTS) is None
    with services.store.reading() as tx:
        assert decisions.standing(tx, case_id) == made
        assert [one.case_id for one in stored.disagreements(tx, 10)] == [case_id]
        assert cases.get(tx, case_id).state is CaseState.DECIDED


def test_a_second_look_is_held_to_what_a_decision_is_held_to(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """Every item looked at, and by themselves; reasons and a category where the policy asks for them."""
    decide(services, aziz, case_id)
    holding.take_next(services, dana, ANY)
    with pytest.raises(BadValue, match="2 are left"):
        quality.give(services, dana, case_id, LAWFUL)
    look_at_all(services, dana, case_id)
    with pytest.raises(BadValue):
        quality.give(services, dana, case_id, Given(Outcome.TERRORIST, rationale="Because of what it shows."))
    with pytest.raises(BadValue):
        quality.give(services, dana, case_id, Given(Outcome.CONTEXT))
    assert quality.give(services, dana, case_id, LAWFUL)


def test_an_answer_looks_like_a_decision_and_can_be_taken_back_while_nothing_is_known(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """Their own answer stands for them; undone they hold the case again; once its time is over it is final."""
    decide(services, aziz, case_id)
    made = answer(services, dana, case_id)
    with services.store.reading() as tx:
        told = blind.told(tx, cases.get(tx, case_id), "dana")
        assert quality.answered(tx, made.id, "dana") == told.standing
    assert told.standing is not None
    assert (told.standing.outcome, told.standing.rationale) == (Outcome.CONTEXT, REPORTS.rationale)
    assert quality.take_back(services, aziz, made.id) is None
    assert quality.take_back(services, dana, made.id) == case_id
    assert quality.give(services, dana, case_id, LAWFUL)
    with services.store.reading() as tx:
        assert stored.disagreements(tx, 10) == []
    end_claims(services)
    with services.store.reading() as tx:
        told = blind.told(tx, cases.get(tx, case_id), "dana")
    assert told.standing is not None
    assert told.standing.by == "aziz"
    with pytest.raises(AlreadyThere):
        quality.take_back(services, dana, made.id)


def test_a_look_that_is_let_go_or_runs_out_is_somebody_elses(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """Held for longer it stays theirs; let go it is free; whoever has looked at the case does not get it anew."""
    decide(services, aziz, case_id)
    erlan = person(services, "erlan")
    assert holding.take_next(services, dana, ANY)
    assert holding.take_next(services, erlan, ANY) is None
    assert holding.take(services, dana, case_id).claimed_by == "dana"
    holding.let_go(services, dana, case_id)
    assert holding.take_next(services, erlan, ANY)
    look_at_all(services, erlan, case_id)
    end_claims(services)
    assert quality.give(services, erlan, case_id, LAWFUL) is None
    assert holding.take_next(services, erlan, ANY) is None
    assert holding.take_next(services, dana, ANY)


def test_a_filter_of_the_queue_holds_for_second_looks(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """What does not fit it is not given: it would tell."""
    decide(services, aziz, case_id)
    for wanted in (QueueFilter(language="uz"), QueueFilter(platform="x"), QueueFilter(state=CaseState.SECOND)):
        assert holding.take_next(services, dana, wanted) is None
    assert holding.take_next(services, dana, QueueFilter(language="ru", platform="telegram"))


def test_a_case_that_came_back_is_looked_at_by_nobody_unknowing(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """Who held it holds it no longer, and others may take it as the open case that it is."""
    decide(services, aziz, case_id)
    holding.take_next(services, dana, ANY)
    with services.store.writing() as tx:
        deciding.reopen(tx, [case_id], "lead", quality.DIFFERED)
        assert quality.veils(tx, "dana") == {}
    assert quality.give(services, dana, case_id, LAWFUL) is None
    taken = holding.take_next(services, aziz, ANY)
    assert taken is not None
    assert taken.id == case_id


@pytest.mark.parametrize("people_at_once", [6])
def test_two_people_never_hold_the_same_second_look(services: Services, people_at_once: int) -> None:
    """Six people take and let go as fast as they can: of each case one holds a look at a time, of either sort."""
    made = [lay_down(services) for _ in range(4)]
    lead = person(services, "lead", Role.LEAD)
    for one in made[:2]:
        quality.mark_golden(services, lead, one.case_id, "Agreed on by all.")
    quality.follow(services)
    held: Counter[Id] = Counter()

    def work(who: Person) -> int:
        taken = 0
        for _ in range(12):
            case = holding.take_next(services, who, ANY)
            if case is None:
                continue
            held[case.id] += 1
            taken += 1
            assert held[case.id] == 1, f"{case.id} is held twice"
            held[case.id] -= 1
            holding.let_go(services, who, case.id)
        return taken

    team = [person(services, f"p{n}") for n in range(people_at_once)]
    with ThreadPoolExecutor(people_at_once) as pool:
        assert sum(pool.map(work, team)) > 0


def test_the_log_does_not_tell_who_took_what_until_it_is_given(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """To take a second look is logged as taking any case is."""
    decide(services, aziz, case_id)
    holding.take_next(services, dana, ANY)
    with services.store.reading() as tx:
        newest = audit.newest(tx, 1)[0]
    assert (newest.verb, newest.by, newest.subject, newest.detail) == ("case.claimed", "dana", case_id, {})


def test_a_golden_case_is_mixed_in_for_whoever_decides(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """The answer that was agreed on is what theirs is held to; ended, it comes to nobody any more."""
    lead = person(services, "lead", Role.LEAD)
    with pytest.raises(BadValue, match="decided"):
        quality.mark_golden(services, lead, case_id, "Clear to all.")
    decide(services, aziz, case_id)
    with pytest.raises(BadValue):
        quality.mark_golden(services, lead, case_id, " ")
    golden = quality.mark_golden(services, lead, case_id, "Clear to all.")
    with pytest.raises(AlreadyThere):
        quality.mark_golden(services, lead, case_id, "Clear to all.")
    with services.store.writing() as tx:
        tx.execute(second_looks.delete())
    lay_down(services, "dana")
    lay_down(services, "dana")
    quality.follow(services)
    answer(services, dana, case_id, LAWFUL)
    assert holding.take_next(services, dana, ANY) is None
    found = services.figures.of(services.store, Days.ALL)
    assert (found.golden.same.right, found.golden.cases) == (1, 1)
    assert [(name, share.right, share.of) for name, share in found.people] == [("dana", 1, 1)]
    quality.end_golden(services, lead, golden.id)
    with services.store.reading() as tx:
        assert stored.goldens(tx) == []
    with pytest.raises(NotFound):
        quality.end_golden(services, lead, golden.id)


def test_a_lead_who_gave_neither_answer_settles_a_disagreement(
    services: Services, aziz: Person, dana: Person, case_id: Id
) -> None:
    """The first answer stands, or the case comes back to the queue with a note; either once, and logged."""
    decide(services, aziz, case_id)
    look = answer(services, dana, case_id).id
    with pytest.raises(NotAllowed):
        quality.settle(services, dana, look, Settled.STANDS)
    lead = person(services, "lead", Role.LEAD)
    quality.settle(services, lead, look, Settled.REOPENED)
    with pytest.raises(NotFound):
        quality.settle(services, lead, look, Settled.STANDS)
    with services.store.reading() as tx:
        assert stored.count_disagreements(tx) == 0
        assert cases.get(tx, case_id).state is CaseState.OPEN
        assert [one.text for one in cases.notes(tx, case_id)] == [quality.DIFFERED]
        assert {one.verb for one in audit.newest(tx, 3)} >= {"disagreement.settled", "case.reopened"}


def test_the_share_that_is_drawn_is_the_one_set(services: Services) -> None:
    """Of 4,000 decisions a tenth is drawn, give or take what chance allows, and the same ones each time."""
    ids = [new_id() for _ in range(4000)]
    drawn = [one for one in ids if quality.draws(services, "blind", one, 0.1)]
    assert 300 < len(drawn) < 500
    assert drawn == [one for one in ids if quality.draws(services, "blind", one, 0.1)]
    assert not any(quality.draws(services, "blind", one, 0.0) for one in ids)


def test_a_decision_is_drawn_for_once(services: Services) -> None:
    """However often one looks."""
    lay_down(services)
    assert quality.follow(services) == 1
    assert quality.follow(services) == 0
    with services.store.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(second_looks)).scalar_one() == 1


def test_a_keeper_draws_without_being_asked(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """And has the figures at hand before anybody asks for them."""
    monkeypatch.setattr("qalqan.flow.keeper.QUIET_SECONDS", 0.05)
    lay_down(services)
    keeper = Keeper(services)
    keeper.start()
    try:
        until = time.monotonic() + 20
        while not drawn(services) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        keeper.stop()
    assert drawn(services) == 1


def drawn(services: Services) -> int:
    """Count the second looks that wait."""
    with services.store.reading() as tx:
        return stored.count_waiting(tx)
