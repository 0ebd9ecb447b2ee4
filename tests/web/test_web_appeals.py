"""Appeals: taken in once, answered by somebody else with reasons, and what a granted one reverses."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from qalqan.errors import AlreadyThere, BadValue, NotAllowed
from qalqan.flow import appealing
from qalqan.flow.appealing import Answer, Sent
from qalqan.flow.services import Services
from qalqan.model.cases import AppealState, CaseState, Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.store import appeals, people
from qalqan.store.records import row_of
from qalqan.store.tables_cases import case_items, cases, decisions
from support.browsing import Browser
from support.filled import Filled

TEXT = "This is a report about the flood, not a call to anything."


@pytest.fixture
def decision(services: Services, things: Filled) -> Decision:
    """Decide a case as 'bakyt', with a second opinion of 'dana'."""
    item_id, case_id, at = next(iter(things.items.values())), new_id(), now()
    case = {
        "id": case_id, "key": case_id.ljust(64, "0"), "state": "decided", "category": "propaganda", "band": "known",
        "score": 100, "size": 1, "severity": 0, "priority": 1.0, "parts": [], "queue": "", "opened_at": at, "aged": 0,
    }  # fmt: skip
    first = Decision(
        new_id(), case_id, "bakyt", at, Outcome.TERRORIST, "propaganda", "", "", "It asks for money.",
        Measure.REMOVAL_ORDER, "first/1", (item_id,),
    )  # fmt: skip
    with services.store.writing() as tx:
        tx.execute(cases.insert(), case)
        tx.execute(case_items.insert(), {"case_id": case_id, "item_id": item_id, "tie": "first", "added_at": at})
        tx.execute(decisions.insert(), row_of(first, standing=True))
        second = row_of(first, standing=False) | {"id": new_id(), "by": "dana", "second_to": first.id}
        tx.execute(decisions.insert(), second)
    return first


def person(services: Services, name: str) -> Person:
    """Add a lead."""
    with services.store.writing() as tx:
        return people.add(tx, name, "correct horse battery", Role.LEAD)


def state_of(services: Services, case_id: Id) -> str:
    """Return a case's state."""
    with services.store.reading() as tx:
        return str(tx.execute(sa.select(cases.c.state).where(cases.c.id == case_id)).scalar_one())


def test_an_appeal_is_taken_in_once_by_its_reference(services: Services, decision: Decision) -> None:
    """Handed in twice it is there once, marks that turn the writing are gone, and its case is appealed."""
    sent = Sent(TEXT + "\u202e", "Reader", "", "R-7", decision.id)
    one, other = (appealing.take_in(services, "amina", sent) for _ in range(2))
    assert one.id == other.id
    assert one.text == TEXT
    assert (one.due - one.received_at).days == services.settings.appeal_days
    assert state_of(services, decision.case_id) == CaseState.APPEALED
    with services.store.reading() as tx:
        assert appeals.count(tx, "open") == 1


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "a\x1b[2J", "a" * (appealing.LONGEST_TEXT + 1)])
def test_a_text_that_is_none_is_refused(services: Services, decision: Decision, text: str) -> None:
    """Empty, too long, or with characters that no text has."""
    with pytest.raises(BadValue):
        appealing.take_in(services, "amina", Sent(text, decision_id=decision.id))


@pytest.mark.parametrize("name", ["bakyt", "dana"])
def test_nobody_answers_who_had_a_part_in_the_decision(services: Services, decision: Decision, name: str) -> None:
    """Neither the decider nor whoever gave the second opinion."""
    appeal = appealing.take_in(services, "amina", Sent(TEXT, item_id=decision.item_ids[0]))
    with pytest.raises(NotAllowed):
        appealing.answer(services, person(services, name), appeal.id, Answer(AppealState.REFUSED, "No."))


def test_a_granted_appeal_reverses_the_decision(services: Services, decision: Decision) -> None:
    """Another decision stands, without a measure; the first stays readable; a second answer is refused."""
    appeal = appealing.take_in(services, "amina", Sent(TEXT, decision_id=decision.id))
    lead = person(services, "erlan")
    given = Answer(AppealState.GRANTED, "It reports.", Outcome.CONTEXT)
    ended = appealing.answer(services, lead, appeal.id, given)
    with services.store.reading() as tx:
        standing, first = appeals.standing(tx, decision.case_id), appeals.decision(tx, decision.id)
    assert standing is not None
    assert (standing.outcome, standing.supersedes, standing.measure) == (Outcome.CONTEXT, decision.id, Measure.NONE)
    assert (first, ended.state, ended.decided_by) == (decision, AppealState.GRANTED, "erlan")
    assert state_of(services, decision.case_id) == CaseState.DECIDED
    letter = appealing.letter(ended, first, standing)
    assert "It reports." in letter
    assert not {"bakyt", "dana", "erlan"} & set(letter.split())
    with pytest.raises(AlreadyThere):
        appealing.answer(services, lead, appeal.id, given)


def test_an_answer_states_reasons_and_a_granted_one_another_outcome(services: Services, decision: Decision) -> None:
    """Without them nothing is written."""
    appeal = appealing.take_in(services, "amina", Sent(TEXT, decision_id=decision.id))
    lead = person(services, "erlan")
    for given in (
        Answer(AppealState.REFUSED, " "),
        Answer(AppealState.GRANTED, "Yes."),
        Answer(AppealState.GRANTED, "Yes.", Outcome.TERRORIST, "propaganda"),
    ):
        with pytest.raises(BadValue):
            appealing.answer(services, lead, appeal.id, given)
    with services.store.reading() as tx:
        assert appeals.get(tx, appeal.id).state is AppealState.OPEN


def test_a_withdrawn_appeal_leaves_the_decision(services: Services, decision: Decision) -> None:
    """The case is decided again, and there is nothing to answer."""
    appeal = appealing.take_in(services, "amina", Sent(TEXT, decision_id=decision.id))
    assert appealing.withdraw(services, "amina", appeal.id).state is AppealState.WITHDRAWN
    assert state_of(services, decision.case_id) == CaseState.DECIDED


def test_the_desk_takes_in_and_answers(browser: Browser, services: Services, decision: Decision) -> None:
    """A form takes it in, another one answers it, and the answer is there as a text."""
    csrf = {"csrf": browser.token()}
    made = browser.client.post("/appeals", data={**csrf, "decision": decision.id, "text": TEXT, "sender": "<b>R"})
    assert made.status_code == 303
    place = made.headers["location"]
    assert "&lt;b&gt;R" in browser.get("/appeals")
    without = browser.client.post(f"{place}/answer", data={**csrf, "state": "refused"})
    assert without.status_code == 422
    answered = browser.client.post(f"{place}/answer", data={**csrf, "state": "refused", "reasons": "It stands."})
    assert answered.status_code == 303
    letter = browser.client.get(f"{place}/letter")
    assert "It stands." in letter.text
    assert letter.headers["content-type"].startswith("text/plain")
    with services.store.reading() as tx:
        assert appeals.page(tx, "refused", 10)[0].decided_by == "amina"


def test_the_api_takes_in_and_tells(browser: Browser, decision: Decision) -> None:
    """The same reference answers with the same appeal; who decided is not told."""
    body = {"item": decision.item_ids[0], "text": TEXT, "reference": "R-1"}
    headers = {"x-csrf-token": browser.token()}
    one, other = (browser.client.post("/api/v1/appeals", json=body, headers=headers) for _ in range(2))
    assert (one.status_code, other.json()) == (201, one.json())
    told = browser.client.get(f"/api/v1/appeals/{one.json()['id']}").json()
    assert (told["state"], told["decision"]) == ("open", decision.id)
    assert "bakyt" not in str(told)
    assert browser.client.get("/api/v1/appeals?state=open").json()["total"] == 1
    assert browser.client.post("/api/v1/appeals", json={"text": TEXT}, headers=headers).status_code == 422
