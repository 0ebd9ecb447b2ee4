"""A desk in use, for tests of what is said of it: cases in each state that a verb or a page needs."""

from __future__ import annotations

from dataclasses import replace

from qalqan.flow import appealing, deciding, holding, quality
from qalqan.flow.appealing import Sent
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.cases import Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.quality import Second, Sort
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.store import cases, findings, people
from qalqan.store import quality as second_looks
from support import made
from support.cases import open_case

LAWFUL = Given(Outcome.LAWFUL)


def somebody(services: Services, name: str, role: Role = Role.LEAD) -> Person:
    """Add somebody who comes in through a provider: no password takes its time to be hashed."""
    with services.store.writing() as tx:
        return people.add(tx, name, None, role)


def case_of_texts(services: Services, *texts: str) -> Id:
    """Store items of which something was found, and open a case over them."""
    stored = made.stored(services.store, *texts)
    with services.store.writing() as tx:
        findings.add_assessments(tx, [made.assessment(one.id) for one in stored])
    return open_case(services, [one.id for one in stored])


def take(services: Services, person: Person, case_id: Id) -> None:
    """Have somebody take a case and look at all of it."""
    holding.take(services, person, case_id)
    with services.store.writing() as tx:
        cases.look(tx, case_id, cases.item_ids(tx, case_id), person.name)


def grave(services: Services) -> Given:
    """Return a decision that needs a second person."""
    named = ((name, one.grounds) for name, one in services.policy.categories.items())
    category, grounds = next((name, some) for name, some in named if some)
    jurisdiction = services.policy.grounds[grounds[0]].jurisdiction
    why = "It praises an act by name."
    return Given(Outcome.TERRORIST, category, grounds[0], jurisdiction, why, Measure.REMOVAL_ORDER)


def differ(services: Services, first: Decision) -> None:
    """Have somebody look at a decided case a second time, and come to something else."""
    look = Second(new_id(), Sort.BLIND, first.case_id, first.id, None, first.by, None, first.outcome, None, now())
    other = replace(first, by="botir", outcome=Outcome.CONTEXT, rationale="It reports.")
    with services.store.writing() as tx:
        second_looks.add(tx, replace(look, held_by="botir", held_until=now()))
        second_looks.give(tx, replace(look, held_by="botir"), other, 0)


def fill_desk(services: Services) -> dict[str, Id]:
    """Return a case that waits, one that `erlan` holds and has looked at, one that waits for his opinion, an appeal."""
    erlan, dana = somebody(services, "erlan"), somebody(services, "dana")
    there = {
        name: case_of_texts(services, f"The reeds of {name}.") for name in ("CASE", "TAKEN", "PROPOSED", "DECIDED")
    }
    take(services, erlan, there["TAKEN"])
    for name, given in (("PROPOSED", grave(services)), ("DECIDED", LAWFUL)):
        take(services, dana, there[name])
        decided = deciding.decide(services, dana, there[name], given)
    take(services, erlan, there["PROPOSED"])
    quality.mark_golden(services, erlan, there["DECIDED"], "Nobody doubts it.")
    differ(services, decided)
    with services.store.reading() as tx:
        item = cases.item_ids(tx, there["DECIDED"])[0]
    there["DECIDED-ITEM"] = item
    there["APPEAL"] = appealing.take_in(services, "dana", Sent("It is not.", item_id=item)).id
    return there
