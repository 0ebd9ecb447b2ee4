"""Who has seen enough hard material for a day is offered work without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qalqan.flow import protection as shields
from qalqan.model.ids import Id
from qalqan.model.protection import Shield
from qalqan.model.times import now
from qalqan.store import cases, people, protection
from support import filled
from support.browsing import Browser
from support.cases import open_case
from support.filled import Filled


@pytest.fixture
def waiting(browser: Browser, things: Filled) -> dict[str, Id]:
    """Let three cases wait: a picture's, the most pressing; one of which nothing hard is known; a text's."""
    browser.log_in()
    hard, gentle, text = (
        open_case(browser.services, [things.items[name]], severity=severity)
        for name, severity in (("exact", 4), ("mirrored", 0), ("quoted", 3))
    )
    return {"hard": hard, "gentle": gentle, "text": text}


def reach_bound(browser: Browser) -> None:
    """Have who is logged in look at something extreme for longer than a day allows."""
    shields.set_floor(browser.services, filled.NAME, replace(Shield(), day_minutes=1))
    with browser.services.store.writing() as tx:
        person_id = people.by_name(tx, filled.NAME).id
        protection.begin(tx, person_id, 4, 90, now() - timedelta(seconds=100))
        protection.settle(tx, person_id, now())


def take_next(browser: Browser) -> str:
    """Return where taking the next case leads to."""
    sent = {"csrf": browser.token("/queue"), "state": "open"}
    return browser.client.post("/queue/next", data=sent).headers["location"]


def others_hold(browser: Browser, case_id: Id) -> None:
    """Have somebody else hold a case."""
    with browser.services.store.writing() as tx:
        cases.release(tx, case_id, filled.NAME)
        cases.claim(tx, case_id, "dilnoza", 20)


def test_the_most_pressing_comes_first_below_the_bound(browser: Browser, waiting: dict[str, Id]) -> None:
    """However hard it is."""
    assert take_next(browser) == f"/cases/{waiting['hard']}"
    assert "gentle" not in browser.get("/queue")


def test_at_the_bound_gentle_cases_come_then_texts_then_none(browser: Browser, waiting: dict[str, Id]) -> None:
    """The hard one is left to others, and the page says why."""
    reach_bound(browser)
    page = browser.get("/queue")
    assert "That is enough hard material for today." in page
    assert "Take the next gentle case" in page
    for wanted in ("gentle", "text"):
        assert take_next(browser) == f"/cases/{waiting[wanted]}"
        others_hold(browser, waiting[wanted])
    assert take_next(browser) == "/queue?none=1"
    assert "No gentle case is free" in browser.get("/queue?none=1")


def test_what_comes_after_a_decision_is_gentle_too(browser: Browser, waiting: dict[str, Id]) -> None:
    """Also where the next case follows by itself."""
    reach_bound(browser)
    assert take_next(browser) == f"/cases/{waiting['gentle']}"
    place = f"/cases/{waiting['gentle']}"
    with browser.services.store.writing() as tx:
        cases.look(tx, waiting["gentle"], cases.item_ids(tx, waiting["gentle"]), filled.NAME)
    sent = {"csrf": browser.token(place), "outcome": "lawful", "then": "1", "rationale": "It is a landscape."}
    answer = browser.client.post(f"{place}/decide", data=sent)
    assert answer.headers["location"].startswith(f"/cases/{waiting['text']}?done=")
