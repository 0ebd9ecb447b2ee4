"""The desk: the queue, a case, its decision, the second opinion; and what is never sent."""

from __future__ import annotations

import re

import pytest

from qalqan.assess.policy import read_policy
from qalqan.flow import deciding
from qalqan.flow.deciding import Given
from qalqan.flow.services import Services
from qalqan.model.cases import CaseState, Measure, Outcome
from qalqan.model.ids import Id
from qalqan.model.roles import Role
from qalqan.store import cases, decisions, people
from qalqan.web.pages.decide import faults, given_of
from support import filled
from support.browsing import Browser, make_client
from support.cases import open_case
from support.filled import Filled

OTHER, PASSWORD = "bobur", "a second pair of eyes"
SECRET = "the-reasons-that-nobody-may-see-yet"


@pytest.fixture
def case_id(services: Services, things: Filled) -> Id:
    """Open a case of three items."""
    return open_case(services, [things.items[one] for one in ("exact", "again", "mirrored")], hours=5)


@pytest.fixture
def other(services: Services, things: Filled) -> Browser:  # noqa: ARG001 - the store must be filled first
    """Return the browser of another reviewer."""
    with services.store.writing() as tx:
        people.add(tx, OTHER, PASSWORD, Role.REVIEWER)
    found = Browser(make_client(services), services)
    assert found.log_in(OTHER, PASSWORD) == 303
    return found


def send(browser: Browser, path: str, **data: str) -> tuple[int, str]:
    """Send a form; return the status and where it leads."""
    answer = browser.client.post(path, data={"csrf": browser.token(), **data})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def take(browser: Browser, case_id: Id) -> None:
    """Take a case and look at each member."""
    assert send(browser, f"/cases/{case_id}/claim")[0] == 303
    with browser.services.store.reading() as tx:
        seen = [one.item_id for one in cases.members(tx, case_id, 100)]
    for one in seen:
        assert send(browser, f"/cases/{case_id}/look", item=one)[0] == 303


def under_a_rule() -> tuple[str, str]:
    """Return a category and a rule that a decision in it may stand on."""
    some = ((name, one.grounds) for name, one in read_policy().categories.items())
    return next((name, grounds[0]) for name, grounds in some if grounds)


def grave(case_id: Id, browser: Browser, rationale: str, second: bool = False) -> tuple[int, str]:  # noqa: FBT001, FBT002 - which form
    """Send the form of a removal order."""
    category, ground = under_a_rule()
    form = {
        "outcome": "terrorist", "category": category, "ground": ground, "rationale": rationale,
        "measure": "removal-order",
    }  # fmt: skip
    return send(browser, f"/cases/{case_id}/{'second' if second else 'decide'}", **form)


def test_the_queue_lists_cases_with_all_that_is_asked_of_them(browser: Browser, case_id: Id) -> None:
    """Band, severity, size, due, priority with its parts, and one picture, blurred."""
    html = browser.get("/queue")
    assert f'href="/cases/{case_id}"' in html
    for told in ("3 items", "Severity 2 of 4", "5 hours left", "Its score is", "Priority"):
        assert told in html
    assert "/clear/" not in html


def test_filters_are_in_the_address(browser: Browser, case_id: Id) -> None:
    """What fits is listed, what does not is not."""
    assert case_id in browser.get("/queue?language=ru&platform=telegram")
    assert case_id not in browser.get("/queue?language=uz")
    assert case_id not in browser.get("/queue?state=decided")
    assert "No case fits this filter" in browser.get("/queue?queue=night")


def test_an_empty_queue_says_what_fills_it(browser: Browser) -> None:
    """Nothing waits."""
    assert "Nothing waits" in browser.get("/queue")


def test_the_next_case_is_taken_by_one_person_only(browser: Browser, other: Browser, case_id: Id) -> None:
    """The other one is told that nothing is free, and who holds it."""
    assert send(browser, "/queue/next") == (303, f"/cases/{case_id}")
    assert "none=1" in send(other, "/queue/next")[1]
    assert send(other, f"/cases/{case_id}/claim")[0] == 409
    assert filled.NAME in other.get("/queue")


def test_views_are_kept_and_forgotten(browser: Browser, other: Browser) -> None:
    """Each person's own."""
    assert send(browser, "/queue/views", name="Night <b>", language="ru")[0] == 303
    html = browser.get("/queue")
    assert "/queue?language=ru" in html
    assert "Night &lt;b&gt;" in html
    assert "Night" not in other.get("/queue")
    view = re.search(r"/queue/views/([0-9a-f-]+)/delete", html)
    assert view
    assert send(other, f"/queue/views/{view[1]}/delete")[0] == 404
    assert send(browser, f"/queue/views/{view[1]}/delete")[0] == 303
    assert "Night" not in browser.get("/queue")


def test_members_are_looked_at_one_by_one(browser: Browser, case_id: Id, things: Filled) -> None:
    """The first that was not looked at is shown next; nothing is final before all were."""
    send(browser, f"/cases/{case_id}/claim")
    assert "0 of 3 looked at" in browser.get(f"/cases/{case_id}")
    send(browser, f"/cases/{case_id}/look", item=things.items["exact"])
    html = browser.get(f"/cases/{case_id}")
    assert "1 of 3 looked at" in html
    assert "Member 2 of 3" in html
    status, text = send(browser, f"/cases/{case_id}/decide", outcome="lawful", rationale="A museum's poster.")
    assert status == 422
    assert "Not decided yet" in text


def test_what_is_wrong_stands_beside_its_field(browser: Browser, case_id: Id) -> None:
    """And what was typed is kept."""
    take(browser, case_id)
    status, text = send(browser, f"/cases/{case_id}/decide", outcome="terrorist", category="", rationale="Kept <words>")
    assert status == 422
    assert 'id="error-category"' in text
    assert "Kept &lt;words&gt;" in text


def test_a_decision_is_given_and_taken_back(browser: Browser, case_id: Id) -> None:
    """The toast of the queue undoes it; the history keeps both."""
    take(browser, case_id)
    status, place = send(browser, f"/cases/{case_id}/decide", outcome="lawful", rationale="A museum's poster.")
    assert (status, place.startswith("/queue?done=")) == (303, True)
    undo = re.search(r'action="(/decisions/[0-9a-f-]+/undo)"', browser.get(place))
    assert undo
    assert "A museum" in browser.get(f"/cases/{case_id}")
    assert send(browser, undo[1])[0] == 303
    html = browser.get(f"/cases/{case_id}")
    assert "Taken back by" in html
    with browser.services.store.reading() as tx:
        assert cases.get(tx, case_id).state is CaseState.OPEN


def test_the_second_person_is_sent_neither_the_reasons_nor_the_name(
    browser: Browser, other: Browser, case_id: Id
) -> None:
    """Not in the page, not over the API; once theirs is given, both are shown."""
    take(browser, case_id)
    assert grave(case_id, browser, SECRET)[0] == 303
    assert send(other, f"/cases/{case_id}/claim")[0] == 303
    html = other.get(f"/cases/{case_id}")
    assert "Removal order" in html
    decision = html[html.index('id="decide"') : html.index("</aside>")]
    assert SECRET not in html
    assert SECRET not in other.get(f"/api/v1/cases/{case_id}")
    assert filled.NAME not in decision.replace(f"<bdi>{filled.NAME}</bdi></dd>", "")  # who handed the item in
    take(other, case_id)
    assert grave(case_id, other, "My own reasons, the same end.", second=True)[0] == 303
    html = other.get(f"/cases/{case_id}")
    assert SECRET in html
    assert "My own reasons" in html


def test_nobody_is_second_to_themselves(browser: Browser, case_id: Id) -> None:
    """Who proposed sees that it waits, and no form."""
    take(browser, case_id)
    assert grave(case_id, browser, SECRET)[0] == 303
    html = browser.get(f"/cases/{case_id}")
    assert "waits for a second person" in html
    assert "data-decide" not in html
    assert grave(case_id, browser, "Me again.", second=True)[0] in (403, 409, 422)


def test_a_form_says_what_it_lacks() -> None:
    """Told without looking at the case; what an outcome has no use for is left out of the decision."""
    policy = read_policy()
    empty = dict.fromkeys(("outcome", "category", "ground", "jurisdiction", "rationale", "entry", "item", "then"), "")
    assert set(faults({**empty, "measure": "none"}, policy)) == {"outcome"}
    wild = {**empty, "measure": "x", "outcome": "terrorist", "ground": "x", "jurisdiction": "x", "rationale": "\0"}
    assert set(faults(wild, policy)) == {"measure", "ground", "jurisdiction", "rationale", "category"}
    lawful = {**empty, "outcome": "lawful", "measure": "account", "category": "terrorist-content", "rationale": "so"}
    given = given_of(lawful, policy)
    assert (given.outcome, given.category, given.measure) == (Outcome.LAWFUL, None, Measure.NONE)
    category = next(name for name, one in policy.categories.items() if one.grounds)
    ground = policy.categories[category].grounds[0]
    meant = given_of({**lawful, "outcome": "terrorist", "category": category, "ground": ground}, policy)
    assert meant.jurisdiction == policy.grounds[ground].jurisdiction


def test_cases_over_the_api(browser: Browser, case_id: Id) -> None:
    """Listed, and one with its members."""
    listed = browser.client.get("/api/v1/cases?language=ru").json()
    assert [one["id"] for one in listed["rows"]] == [case_id]
    whole = browser.client.get(f"/api/v1/cases/{case_id}").json()
    assert [one["tie"] for one in whole["members"]] == ["first", "same-file", "same-file"]
    assert sum(one["points"] for one in whole["parts"]) == whole["priority"]
    assert whole["decision"] is None


def test_an_item_leads_to_its_case(browser: Browser, case_id: Id, things: Filled) -> None:
    """And says what was decided."""
    assert f"/cases/{case_id}" in browser.get(f"/items/{things.items['again']}")
    take(browser, case_id)
    send(browser, f"/cases/{case_id}/decide", outcome="lawful", rationale="A museum's poster.")
    assert "Lawful" in browser.get(f"/items/{things.items['again']}")


def test_decisions_of_a_person_bear_their_name(browser: Browser, case_id: Id, services: Services) -> None:
    """Given through the flow or through the page, it is the same record."""
    take(browser, case_id)
    with services.store.reading() as tx:
        person = people.by_name(tx, filled.NAME)
    made = deciding.decide(services, person, case_id, Given(Outcome.LAWFUL, rationale="A museum's poster."))
    with services.store.reading() as tx:
        assert decisions.standing(tx, case_id) == made
    assert f'id="decision-{made.id}"' in browser.get(f"/cases/{case_id}")


def test_rules_route_new_cases_and_are_a_leads(browser: Browser, other: Browser) -> None:
    """Added behind the others, deleted again; a reviewer may not."""
    assert "There is no rule yet" in browser.get("/queue/rules")
    assert send(browser, "/queue/rules", queue="night", language="ru")[0] == 303
    html = browser.get("/queue/rules")
    assert "night" in html
    rule = re.search(r"/queue/rules/([0-9a-f-]+)/delete", html)
    assert rule
    assert send(other, f"/queue/rules/{rule[1]}/delete")[0] == 403
    assert send(browser, f"/queue/rules/{rule[1]}/delete")[0] == 303
    assert "There is no rule yet" in browser.get("/queue/rules")
    assert send(browser, "/queue/rules", queue="all")[0] == 422
