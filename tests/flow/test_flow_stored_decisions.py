"""An order is learned from what was decided here and stands, and audited on the very same decisions."""

from __future__ import annotations

import pytest

from qalqan.assess.learning import Outcome as Learned
from qalqan.errors import UsageError
from qalqan.flow import deciding, decisions, holding, quality
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.cases import Outcome
from qalqan.model.ids import Id
from qalqan.store import cases
from qalqan.store.cases import QueueFilter
from support import desk

CONTEXT = Given(Outcome.CONTEXT, rationale="A report of the local news.")


def items_of(services: Services, case_id: Id) -> set[Id]:
    """Return the items of a case."""
    with services.store.reading() as tx:
        return set(cases.item_ids(tx, case_id))


def learned(found: decisions.Decisions) -> dict[Id, Learned]:
    """Return the outcome of each item."""
    return {one.item_id: one.outcome for one in found.decided}


def test_only_what_stands_is_learned_from(services: Services) -> None:
    """Of a decision that was superseded the later one, of one that was taken back nothing, of a proposal nothing."""
    aziz, bobur = desk.somebody(services, "aziz"), desk.somebody(services, "bobur")
    names = ("stands", "superseded", "undone", "proposed", "seconded")
    case = {name: desk.case_of_texts(services, f"The {name} reeds.", f"The {name} lake.") for name in names}
    given = {name: desk.grave(services) if name in ("proposed", "seconded") else desk.LAWFUL for name in names}
    made = {}
    for name in names:
        desk.take(services, aziz, case[name])
        made[name] = deciding.decide(services, aziz, case[name], given[name])
    deciding.undo(services, aziz, made["undone"].id)
    desk.take(services, aziz, case["superseded"])
    deciding.decide(services, aziz, case["superseded"], CONTEXT)
    desk.take(services, bobur, case["seconded"])
    deciding.second(services, bobur, case["seconded"], desk.grave(services))
    wanted = {"stands": Learned.LAWFUL, "superseded": Learned.CONTEXT, "seconded": Learned.TERRORIST}
    expected = {item: outcome for name, outcome in wanted.items() for item in items_of(services, case[name])}
    assert learned(decisions.stored_decisions(services)) == expected


def test_a_second_look_teaches_nothing(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever decides a case once more without knowing it changes nothing of what stands, nor of what is learned."""
    monkeypatch.setattr(quality, "draws", lambda *_asked: True)
    aziz, bobur = desk.somebody(services, "aziz"), desk.somebody(services, "bobur")
    case = desk.case_of_texts(services, "The reeds by the lake.")
    desk.take(services, aziz, case)
    deciding.decide(services, aziz, case, desk.LAWFUL)
    quality.follow(services)
    taken = holding.take_next(services, bobur, QueueFilter())
    assert taken is not None
    desk.take(services, bobur, case)
    assert quality.give(services, bobur, taken.id, CONTEXT)
    assert learned(decisions.stored_decisions(services)) == dict.fromkeys(items_of(services, case), Learned.LAWFUL)


def test_the_audit_takes_what_was_learned_from_while_people_go_on(services: Services) -> None:
    """What is decided after the learning is no part of it."""
    with pytest.raises(UsageError):
        decisions.learned_from(services)
    aziz = desk.somebody(services, "aziz")
    first, later = (desk.case_of_texts(services, f"The {name} reeds.") for name in ("first", "later"))
    desk.take(services, aziz, first)
    deciding.decide(services, aziz, first, desk.LAWFUL)
    taken = decisions.stored_decisions(services)
    desk.take(services, aziz, later)
    deciding.decide(services, aziz, later, desk.LAWFUL)
    assert learned(decisions.learned_from(services)) == learned(taken)
    assert len(decisions.stored_decisions(services).decided) == 2


def test_the_newest_are_taken_where_there_are_too_many(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was decided first is left out."""
    aziz = desk.somebody(services, "aziz")
    both = [desk.case_of_texts(services, f"The {name} reeds.") for name in ("first", "later")]
    for one in both:
        desk.take(services, aziz, one)
        deciding.decide(services, aziz, one, desk.LAWFUL)
    monkeypatch.setattr(decisions, "MOST", 1)
    assert set(learned(decisions.stored_decisions(services))) == items_of(services, both[1])
