"""A share of decided cases is decided again by somebody else, unknowing; what comes of it is measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qalqan.assess.policy import read_policy
from qalqan.flow import quality
from qalqan.flow.lexicons import Lexicons
from qalqan.flow.services import Services
from qalqan.isolate import Isolate
from qalqan.model.cases import Case, CaseState, Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.quality import Golden
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import Store, people
from qalqan.store import quality as stored
from qalqan.store.records import record_of, row_of
from qalqan.store.tables_cases import case_items, cases, decisions
from support import filled


@pytest.fixture
def services(settings: Settings, store: Store) -> Iterator[Services]:
    """Return services that draw every decision."""
    isolate = Isolate(settings.limits, 1)
    every = settings.model_copy(update={"blind_share": 1.0})
    yield Services(every, store, isolate, (), (), (), read_policy(), Lexicons(store))
    isolate.close()


def person(services: Services, name: str) -> Person:
    """Add a reviewer."""
    with services.store.writing() as tx:
        return people.add(tx, name, "correct horse battery", Role.REVIEWER)


def decided(services: Services, item_id: Id | None = None, outcome: Outcome = Outcome.LAWFUL) -> Decision:
    """Decide a case as 'bakyt'."""
    case_id, at = new_id(), now()
    case = {
        "id": case_id, "key": case_id.ljust(64, "0"), "state": "decided", "category": "propaganda", "band": "known",
        "score": 100, "size": 1, "severity": 0, "priority": 1.0, "parts": [], "queue": "", "opened_at": at, "aged": 0,
    }  # fmt: skip
    made = Decision(new_id(), case_id, "bakyt", at, outcome, None, "", "", "", Measure.NONE, "first/1", ())
    with services.store.writing() as tx:
        tx.execute(cases.insert(), case)
        if item_id:
            tx.execute(case_items.insert(), {"case_id": case_id, "item_id": item_id, "tie": "first", "added_at": at})
        tx.execute(decisions.insert(), row_of(made, standing=True))
    return made


def test_a_decided_case_comes_to_somebody_else_as_a_fresh_one(services: Services) -> None:
    """Never to its decider; shown open and theirs; answered once, and what stands is not touched."""
    made, bakyt, dana = decided(services), person(services, "bakyt"), person(services, "dana")
    assert quality.take_blind(services, bakyt, 30) is None
    assert quality.take_blind(services, dana, 30) == made.case_id
    with services.store.reading() as tx:
        case = record_of(Case, tx.execute(cases.select()).one())
        fresh = quality.as_fresh(tx, case, "dana")
        assert quality.as_fresh(tx, case, "bakyt") is None
    assert fresh is not None
    assert (fresh.state, fresh.claimed_by, case.state) == (CaseState.OPEN, "dana", CaseState.DECIDED)
    assert quality.give(services, dana, made.case_id, Outcome.CONTEXT, None, "It reports.")
    assert not quality.give(services, dana, made.case_id, Outcome.CONTEXT, None, "It reports.")
    assert quality.take_blind(services, dana, 30) is None
    with services.store.reading() as tx:
        assert stored.undrawn(tx, 10) == []
        [unlike] = stored.disagreements(tx, 10)
        assert record_of(Decision, tx.execute(decisions.select().where(decisions.c.standing)).one()) == made
    quality.settle(services, person(services, "erlan"), unlike.id)
    with services.store.reading() as tx:
        assert stored.disagreements(tx, 10) == []


def test_two_people_never_hold_the_same_second_look(services: Services) -> None:
    """What one holds is nobody else's till the time runs out; then it is."""
    made, dana, erlan = decided(services), person(services, "dana"), person(services, "erlan")
    assert quality.take_blind(services, dana, 30) == made.case_id
    assert quality.take_blind(services, erlan, 30) is None
    assert not quality.give(services, erlan, made.case_id, Outcome.LAWFUL, None, "")


def test_a_golden_case_is_mixed_in_for_whoever_decides(services: Services) -> None:
    """The answer that was agreed on is what theirs is held to."""
    golden_case, lead, bakyt = decided(services), person(services, "lead"), person(services, "bakyt")
    with services.store.writing() as tx:
        for one in stored.undrawn(tx, 10):
            stored.note_draw(tx, one.id, blind=False, golden=False)
        tx.execute(decisions.update().values(by="somebody"))
    golden = Golden(new_id(), golden_case.case_id, Outcome.LAWFUL, None, "", "lead", now())
    quality.mark_golden(services, lead, golden)
    decided(services)
    assert quality.take_blind(services, bakyt, 30) == golden_case.case_id
    assert quality.give(services, bakyt, golden_case.case_id, Outcome.LAWFUL, None, "")
    with services.store.reading() as tx:
        assert quality.measured(tx).golden.same.right == 1


def test_the_share_that_is_drawn_is_the_one_set(services: Services) -> None:
    """Of 4,000 decisions a tenth is drawn, give or take what chance allows, and the same ones each time."""
    ids = [new_id() for _ in range(4000)]
    drawn = [one for one in ids if quality.draws(services, "blind", one, 0.1)]
    assert 300 < len(drawn) < 500
    assert drawn == [one for one in ids if quality.draws(services, "blind", one, 0.1)]
    assert not any(quality.draws(services, "blind", one, 0.0) for one in ids)


def test_precision_is_counted_from_decisions_that_stand(services: Services) -> None:
    """Each feature, bank and kind of match that spoke in decided cases, with the share that was right."""
    things = filled.fill(services.store)
    outcomes = [Outcome.TERRORIST, Outcome.WRONG_MATCH, Outcome.NOT_ENOUGH, Outcome.LAWFUL]
    for number, item_id in enumerate(things.items.values()):
        decided(services, item_id, outcomes[number % 4])
    with services.store.reading() as tx:
        found = quality.measured(tx)
    for some in (found.features, found.banks, found.matchers):
        assert some
        for one in some:
            assert one.decided.of == sum(one.outcomes.values()) - one.outcomes.get("not-enough", 0)
            assert one.decided.right == one.outcomes.get("terrorist", 0)
            assert 0 <= one.decided.low <= one.decided.high <= 1
