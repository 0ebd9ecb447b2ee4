"""Decisions over the API: what stands, what stood, by what it is asked for; never a proposal that waits."""

from __future__ import annotations

from typing import Any

import pytest

from qalqan.flow import deciding, holding
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.cases import Decision
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.roles import Role
from qalqan.store import people
from support import reviewing
from support.browsing import Browser
from support.cases import open_case
from support.filled import Filled


@pytest.fixture
def aziz(services: Services, things: Filled) -> Person:  # noqa: ARG001 - the store must be filled first
    """Add a reviewer."""
    with services.store.writing() as tx:
        return people.add(tx, "aziz", None, Role.REVIEWER)


def decided(services: Services, person: Person, case_id: Id, given: Given = reviewing.LAWFUL) -> Decision:
    """Let somebody decide a case."""
    holding.take(services, person, case_id)
    reviewing.look_at_all(services.store, person, case_id)
    return deciding.decide(services, person, case_id, given)


def asked(browser: Browser, query: str = "") -> Any:  # noqa: ANN401 - any JSON
    """Return what the list answers."""
    answer = browser.client.get(f"/api/v1/decisions{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def state(browser: Browser, made: Decision) -> str:
    """Return a decision's state as it is told."""
    return str(browser.client.get(f"/api/v1/decisions/{made.id}").json()["state"])


def test_what_stands_is_listed_newest_first(services: Services, things: Filled, browser: Browser, aziz: Person) -> None:
    """With all that a platform acts on: outcome, measure, and the items that it serves."""
    ids = [open_case(services, [things.items[one]]) for one in ("exact", "again", "mirrored")]
    made = [decided(services, aziz, case_id) for case_id in ids]
    listed = asked(browser)
    assert listed["total"] == 3
    assert [one["id"] for one in listed["rows"]] == [one.id for one in reversed(made)]
    first = listed["rows"][-1]
    assert (first["outcome"], first["measure"], first["state"]) == ("lawful", "none", "standing")
    assert first["item_ids"] == [things.items["exact"]]
    assert [one["id"] for one in asked(browser, "?limit=1&offset=1")["rows"]] == [made[1].id]


def test_the_list_is_narrowed(services: Services, things: Filled, browser: Browser, aziz: Person) -> None:
    """By outcome, by item, by time; what is no value of these is refused."""
    one = decided(services, aziz, open_case(services, [things.items["exact"]]))
    other = decided(services, aziz, open_case(services, [things.items["again"]]), reviewing.CONTEXT)
    assert [row["id"] for row in asked(browser, "?outcome=news-research-counter")["rows"]] == [other.id]
    assert [row["id"] for row in asked(browser, f"?item={things.items['exact']}")["rows"]] == [one.id]
    assert asked(browser, f"?item={new_id()}")["total"] == 0
    after = other.at.isoformat().replace("+00:00", "Z")
    assert [row["id"] for row in asked(browser, f"?since={after}")["rows"]] == [other.id]
    for wrong in ("?outcome=x", "?since=yesterday", "?item=1", "?limit=0"):
        assert browser.client.get(f"/api/v1/decisions{wrong}").status_code == 422, wrong


def test_what_stood_is_told_one_by_one(services: Services, things: Filled, browser: Browser, aziz: Person) -> None:
    """Superseded, undone and standing; lists hold only what stands."""
    case_id = open_case(services, [things.items["exact"]])
    first = decided(services, aziz, case_id)
    later = decided(services, aziz, case_id, reviewing.CONTEXT)
    assert (state(browser, first), state(browser, later)) == ("superseded", "standing")
    assert [one["id"] for one in asked(browser)["rows"]] == [later.id]
    deciding.undo(services, aziz, later.id)
    assert (state(browser, first), state(browser, later)) == ("standing", "undone")
    assert browser.client.get(f"/api/v1/decisions/{new_id()}").status_code == 404


def test_a_proposal_is_told_when_it_stands(services: Services, things: Filled, browser: Browser, aziz: Person) -> None:
    """Until somebody else agrees it is no decision, and what it would supersede still stands."""
    case_id = open_case(services, [things.items["exact"]])
    before = decided(services, aziz, case_id)
    proposal = decided(services, aziz, case_id, reviewing.grave(services))
    assert [one["id"] for one in asked(browser)["rows"]] == [before.id]
    assert browser.client.get(f"/api/v1/decisions/{proposal.id}").status_code == 404
    with services.store.writing() as tx:
        bobur = people.add(tx, "bobur", None, Role.REVIEWER)
    holding.take(services, bobur, case_id)
    reviewing.look_at_all(services.store, bobur, case_id)
    deciding.second(services, bobur, case_id, reviewing.grave(services, "I come to the same."))
    (told,) = asked(browser)["rows"]
    assert (told["id"], told["supersedes"], told["measure"]) == (proposal.id, before.id, "removal-order")
    assert (state(browser, before), state(browser, proposal)) == ("superseded", "standing")
