"""Appeals that programs hand in: with the right to hand in items, of their own, and by their own names for things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest

from qalqan.errors import BadValue, NotFound
from qalqan.flow import appealing
from qalqan.flow.appealing import Sent
from qalqan.flow.services import Services
from qalqan.flow.uploads import Upload, hand_in_upload
from qalqan.model.cases import Decision, Measure, Outcome
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.roles import Right, Role
from qalqan.model.times import now
from qalqan.store import decisions, findings, people, tokens
from qalqan.store.tries import Bound
from qalqan.web.api import appeals as api
from support import made
from support.browsing import make_client
from support.cases import open_case

TEXT = "This is a report about the flood, not a call to anything."


@dataclass(frozen=True)
class Program:
    """A program that shows a token."""

    call: Callable[..., httpx.Response]
    person: Person

    def hand_in(self, **body: str) -> httpx.Response:
        """Hand in an appeal."""
        return self.call("POST", "/api/v1/appeals", json={"text": TEXT, **body})

    def get(self, place: str) -> Any:  # noqa: ANN401 - any JSON
        """Return the answer's JSON."""
        return self.call("GET", place).json()


def program(services: Services, name: str, *scopes: Right, role: Role = Role.ADMIN) -> Program:
    """Make somebody, and a token of theirs."""
    with services.store.writing() as tx:
        person = people.add(tx, name, "correct horse battery", role)
        shown, _ = tokens.add(tx, person, "a program", scopes, 30)
    client, headers = make_client(services), {"authorization": f"Bearer {shown}"}
    return Program(lambda method, place, **more: client.request(method, place, headers=headers, **more), person)


def decided(services: Services, item_id: Id) -> Decision:
    """Decide a case over an item."""
    with services.store.writing() as tx:
        findings.add_assessments(tx, [made.assessment(item_id, 90)])
    case_id = open_case(services, [item_id])
    fresh = Decision(
        new_id(), case_id, "bakyt", now(), Outcome.NOT_ENOUGH, None, "", "", "", Measure.NONE, "first/1", (item_id,)
    )
    with services.store.writing() as tx:
        decisions.add(tx, fresh, standing=True)
    return fresh


@pytest.fixture
def item(services: Services) -> Id:
    """Store an item that a platform has handed in."""
    return hand_in_upload(services, Upload("lake.example", "post/17", "Tea at four."), "lake")[0]


def test_whoever_hands_in_items_hands_in_appeals(services: Services, item: Id) -> None:
    """A token with that one scope does, and reads the answer; one that only looks does not."""
    decision = decided(services, item)
    lake, looking = program(services, "lake", Right.HAND_IN), program(services, "reed", Right.LOOK)
    answer = lake.hand_in(decision=decision.id, reference="R-1")
    assert (answer.status_code, answer.json()["state"]) == (201, "open")
    assert lake.get(f"/api/v1/appeals/{answer.json()['id']}") == answer.json()
    assert looking.hand_in(decision=decision.id).status_code == 403


def test_a_program_sees_its_own_appeals_only(services: Services, item: Id) -> None:
    """Somebody else's are not there for it; with the right to answer appeals all are."""
    decision = decided(services, item)
    lake, reed = program(services, "lake", Right.HAND_IN), program(services, "reed", Right.HAND_IN)
    lead = program(services, "dana", Right.HAND_IN, Right.APPEALS)
    appeal = lake.hand_in(decision=decision.id).json()["id"]
    assert [one.get("/api/v1/appeals")["total"] for one in (lake, reed, lead)] == [1, 0, 1]
    assert reed.call("GET", f"/api/v1/appeals/{appeal}").status_code == 404
    assert lead.get(f"/api/v1/appeals/{appeal}")["id"] == appeal


def test_a_platform_names_an_item_as_it_has_handed_it_in(services: Services, item: Id) -> None:
    """By its own name for it: what stands on any version of the item is what is appealed."""
    decision = decided(services, item)
    hand_in_upload(services, Upload("lake.example", "post/17", "Tea at five."), "lake")
    lake = program(services, "lake", Right.HAND_IN)
    named = {"platform": "lake.example", "item_reference": "post/17"}
    assert lake.hand_in(**named).json()["decision"] == decision.id
    assert lake.hand_in(**{**named, "item_reference": "post/18"}).status_code == 404
    assert lake.hand_in(**{**named, "platform": "reed.example"}).status_code == 404
    assert lake.hand_in(platform="lake.example").status_code == 422


def test_an_appeal_needs_a_decision_that_stands(services: Services, item: Id) -> None:
    """What nobody has decided yet cannot be appealed, however it is named."""
    assert item
    with pytest.raises(NotFound):
        appealing.take_in(services, "lake", Sent(TEXT, platform="lake.example", item_reference="post/17"))
    with pytest.raises(BadValue):
        appealing.take_in(services, "lake", Sent(TEXT, platform="lake.example"))


def test_too_many_appeals_at_once_are_answered_429(
    services: Services, item: Id, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As rates are: the program waits and sends the rest."""
    decision = decided(services, item)
    monkeypatch.setattr(api, "OFTEN", Bound(2, 120))
    lake = program(services, "lake", Right.HAND_IN)
    answers = [lake.hand_in(decision=decision.id, reference=f"R-{n}") for n in range(3)]
    assert [one.status_code for one in answers] == [201, 201, 429]
    assert answers[-1].json()["error"]["code"] == "too-often"


def test_decisions_are_narrowed_by_category_and_person(services: Services, item: Id) -> None:
    """Over the API as on a terminal; a name that nobody has finds nothing."""
    decision = decided(services, item)
    reader = program(services, "reed", Right.LOOK)
    asked = {
        "person=bakyt": [decision.id],
        "person=dana": [],
        "category=praise": [],
        "outcome=not-enough": [decision.id],
    }
    for query, found in asked.items():
        assert [one["id"] for one in reader.get(f"/api/v1/decisions?{query}")["rows"]] == found
    assert reader.call("GET", "/api/v1/decisions?person=%00").status_code == 422
