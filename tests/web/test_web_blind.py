"""What the second person on a grave proposal is sent: nowhere its reasons, until they have given theirs."""

from __future__ import annotations

import re

import pytest

from qalqan.flow import appealing, deciding, holding
from qalqan.flow.appealing import Sent
from qalqan.flow.services import Services
from qalqan.model.cases import CaseState, Decision
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.roles import MAY, Role
from qalqan.store import decisions, people
from qalqan.web.rights import RIGHT_OF
from support import reviewing
from support.browsing import Browser, make_client
from support.cases import open_case
from support.filled import Filled

PASSWORD = "correct horse battery"
SECRET = "the-reasons-that-nobody-may-see-yet"
NOT_NOW = {"/login/back", "/login/elsewhere", "/api/docs", "/api/openapi.json"}


def person(services: Services, name: str, role: Role) -> Person:
    """Add somebody."""
    with services.store.writing() as tx:
        return people.add(tx, name, PASSWORD, role)


def browser_of(services: Services, name: str) -> Browser:
    """Return the browser of somebody who has logged in."""
    found = Browser(make_client(services), services)
    assert found.log_in(name, PASSWORD) == 303
    return found


@pytest.fixture
def case_id(services: Services, things: Filled) -> Id:
    """Open a case of two items."""
    return open_case(services, [things.items["exact"], things.items["again"]])


@pytest.fixture
def aziz(services: Services, case_id: Id) -> Person:  # noqa: ARG001 - the store must be filled first
    """Add the one who proposes."""
    return person(services, "aziz", Role.REVIEWER)


@pytest.fixture
def proposal(services: Services, aziz: Person, case_id: Id) -> Decision:
    """Let somebody propose a grave measure, for the second time: the first was taken back."""
    holding.take(services, aziz, case_id)
    reviewing.look_at_all(services.store, aziz, case_id)
    first = deciding.decide(services, aziz, case_id, reviewing.grave(services, SECRET))
    deciding.undo(services, aziz, first.id)
    return deciding.decide(services, aziz, case_id, reviewing.grave(services, SECRET))


@pytest.fixture
def lola(services: Services, proposal: Decision) -> Browser:  # noqa: ARG001 - what they are not to see must be there
    """Return the browser of a lead, who is to give the second opinion."""
    person(services, "lola", Role.LEAD)
    return browser_of(services, "lola")


def addresses(things: Filled, decision: Decision) -> list[str]:
    """Return the address of every page and answer that a lead may open."""
    ids = {
        "case_id": decision.case_id, "decision_id": decision.id, "item_id": decision.item_ids[0],
        "entry_id": things.entries["exact"], "name": "blue-heron", "scan_id": things.scans["done"],
    }  # fmt: skip
    found = []
    for (method, path), right in RIGHT_OF.items():
        plain = re.sub(r"\{(\w+)(?::path)?\}", lambda one: ids.get(one[1], "{}"), path)
        if method == "GET" and right in MAY[Role.LEAD] and "{" not in plain and path not in NOT_NOW:
            found.append(plain)
    return found


def test_the_reasons_of_a_proposal_are_sent_to_nobody_else(
    services: Services, things: Filled, lola: Browser, proposal: Decision
) -> None:
    """On no page, in no list, export or answer of the API, by no id; not those of one that was taken back either."""
    opened = 0
    for address in [*addresses(things, proposal), f"/queue?state={CaseState.SECOND}&done={proposal.id}"]:
        answer = lola.client.get(address)
        assert SECRET not in answer.text, address
        opened += answer.status_code == 200
    assert opened > 40
    assert lola.client.get(f"/api/v1/decisions/{proposal.id}").status_code == 404
    with services.store.reading() as tx:
        earlier = [one for one in decisions.history(tx, proposal.case_id) if one.id != proposal.id]
    assert lola.client.get(f"/api/v1/decisions/{earlier[0].id}").status_code == 404


def test_they_are_shown_once_the_second_opinion_is_given(services: Services, lola: Browser, proposal: Decision) -> None:
    """On the page of the case and over the API; its maker sees them at any time."""
    own = browser_of(services, "aziz")
    assert SECRET in own.get(f"/cases/{proposal.case_id}")
    with services.store.reading() as tx:
        second = people.by_name(tx, "lola")
    assert isinstance(second, Person)
    holding.take(services, second, proposal.case_id)
    reviewing.look_at_all(services.store, second, proposal.case_id)
    deciding.second(services, second, proposal.case_id, reviewing.grave(services, "I come to the same."))
    assert SECRET in lola.get(f"/cases/{proposal.case_id}")
    assert lola.client.get(f"/api/v1/decisions/{proposal.id}").json()["rationale"] == SECRET
    assert lola.client.get(f"/api/v1/cases/{proposal.case_id}").json()["decision"]["id"] == proposal.id


def send(browser: Browser, path: str, **data: str) -> tuple[int, str]:
    """Send a form; return the status and where it leads, or what it says."""
    answer = browser.client.post(path, data={"csrf": browser.token(), **data})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def test_a_decision_is_superseded_on_its_page(services: Services, case_id: Id, aziz: Person) -> None:
    """Its decider is offered the case to decide anew, and both decisions stay readable; another reviewer is not."""
    holding.take(services, aziz, case_id)
    reviewing.look_at_all(services.store, aziz, case_id)
    first = deciding.decide(services, aziz, case_id, reviewing.LAWFUL)
    person(services, "bobur", Role.REVIEWER)
    own, other = browser_of(services, "aziz"), browser_of(services, "bobur")
    assert "Take it to decide anew" in own.get(f"/cases/{case_id}")
    assert "Take it to decide anew" not in other.get(f"/cases/{case_id}")
    assert send(other, f"/cases/{case_id}/claim")[0] == 403
    assert send(own, f"/cases/{case_id}/claim")[0] == 303
    reasons = "A report of the local news."
    assert send(own, f"/cases/{case_id}/decide", outcome="news-research-counter", rationale=reasons)[0] == 303
    html = other.get(f"/cases/{case_id}")
    assert reasons in html
    assert "superseded" in html
    assert own.client.get(f"/api/v1/decisions/{first.id}").json()["state"] == "superseded"


def test_an_appealed_case_leads_to_its_appeal(services: Services, case_id: Id, aziz: Person) -> None:
    """Nobody takes it; a lead is shown the way, a reviewer that it is open."""
    holding.take(services, aziz, case_id)
    reviewing.look_at_all(services.store, aziz, case_id)
    first = deciding.decide(services, aziz, case_id, reviewing.LAWFUL)
    appeal = appealing.take_in(services, "platform", Sent("It was a report.", decision_id=first.id))
    person(services, "lola", Role.LEAD)
    own, lead = browser_of(services, "aziz"), browser_of(services, "lola")
    assert f"/appeals/{appeal.id}" in lead.get(f"/cases/{case_id}")
    html = own.get(f"/cases/{case_id}")
    assert "An appeal against this decision is open" in html
    assert f"/appeals/{appeal.id}" not in html
    assert send(lead, f"/cases/{case_id}/claim")[0] == 409
    status, said = send(own, f"/decisions/{first.id}/undo")
    assert status == 409
    assert "An appeal against this decision is open" in said


def test_a_case_says_what_came_to_it_since_it_was_decided(services: Services, aziz: Person) -> None:
    """So that whoever takes it knows why it is back."""
    reviewing.furnish_bank(services.store)
    first = reviewing.arrive(services.store)
    grown = reviewing.case_of(services.store, first.item_id)
    holding.take(services, aziz, grown)
    reviewing.look_at_all(services.store, aziz, grown)
    deciding.decide(services, aziz, grown, reviewing.LAWFUL)
    own = browser_of(services, "aziz")
    assert "came to this case" not in own.get(f"/cases/{grown}")
    reviewing.arrive(services.store, near=first.entry_id)
    assert "1 item came to this case since it was decided" in own.get(f"/cases/{grown}")
