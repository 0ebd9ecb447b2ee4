"""Whoever decides too late is told why on the page of the case, and what they wrote is still there."""

from __future__ import annotations

import pytest

from qalqan.flow import deciding, holding
from qalqan.flow.services import Services
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.roles import Role
from qalqan.store import cases, decisions, people
from support import filled, reviewing
from support.browsing import Browser
from support.cases import open_case
from support.filled import Filled

WROTE = "Seen <at> the museum's door."


@pytest.fixture
def case_id(services: Services, things: Filled) -> Id:
    """Open a case."""
    return open_case(services, [things.items["exact"]])


@pytest.fixture
def lola(services: Services, things: Filled) -> Person:  # noqa: ARG001 - the store must be filled first
    """Add a lead."""
    with services.store.writing() as tx:
        return people.add(tx, "lola", None, Role.LEAD)


def sent(browser: Browser, path: str, **data: str) -> tuple[int, str]:
    """Send a form; return the status and what it says."""
    answer = browser.client.post(path, data={"csrf": browser.token(), **data})
    return answer.status_code, answer.text


def test_what_was_typed_is_shown_to_whoever_lost_the_case(
    services: Services, browser: Browser, case_id: Id, lola: Person
) -> None:
    """Somebody else took it when its time had run out: nothing is decided twice, and no reasons are lost."""
    assert sent(browser, f"/cases/{case_id}/claim")[0] == 303
    with services.store.writing() as tx:
        cases.release(tx, case_id, filled.NAME)
    holding.take(services, lola, case_id)
    status, html = sent(browser, f"/cases/{case_id}/decide", outcome="lawful", rationale=WROTE)
    assert status == 403
    assert "Not decided." in html
    assert "You do not hold this case" in html
    assert "Seen &lt;at&gt; the museum" in html
    with services.store.reading() as tx:
        assert decisions.standing(tx, case_id) is None


def test_a_second_opinion_that_comes_too_late_says_so(
    services: Services, browser: Browser, case_id: Id, lola: Person
) -> None:
    """The proposal was taken back meanwhile; what it said is shown to nobody for it."""
    holding.take(services, lola, case_id)
    reviewing.look_at_all(services.store, lola, case_id)
    proposal = deciding.decide(services, lola, case_id, reviewing.grave(services))
    deciding.undo(services, lola, proposal.id)
    holding.let_go(services, lola, case_id)
    assert sent(browser, f"/cases/{case_id}/claim")[0] == 303
    status, html = sent(browser, f"/cases/{case_id}/second", outcome="lawful", rationale=WROTE)
    assert status == 409
    assert "No proposal waits here any more" in html
    assert "Seen &lt;at&gt; the museum" in html
