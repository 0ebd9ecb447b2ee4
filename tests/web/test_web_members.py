"""A case's members: one is shown, a stretch of them listed, and all of them can be reached."""

from __future__ import annotations

import re

import pytest

from qalqan.model.ids import Id
from qalqan.store import intake
from qalqan.web.members import LISTED
from support.browsing import Browser
from support.cases import open_case
from support.filled import Filled
from support.made import new_item

SIZE = 2 * LISTED + 20


@pytest.fixture
def many(browser: Browser, things: Filled) -> tuple[Id, list[Id]]:
    """Open a case of more members than are listed at once; return it, and its members in their order."""
    texts = [f"The same leaflet, handed on for the {number}th time" for number in range(SIZE - 1)]
    made = [new_item(things.sources["export"], f"more.json#message/{n}", text) for n, text in enumerate(texts)]
    with browser.services.store.writing() as tx:
        intake.add_items(tx, made)
    ids = [things.items["quoted"], *(one.item.id for one in made)]
    return open_case(browser.services, ids), sorted(ids)


def listed(page: str) -> list[Id]:
    """Return the members that a page lists."""
    return re.findall(r'id="m-\d+" href="/cases/[0-9a-f-]+\?item=([0-9a-f-]+)"', page)


def way(page: str, rel: str) -> Id:
    """Return the member that a button leads to."""
    found = re.search(rf'rel="{rel}" href="/cases/[0-9a-f-]+\?item=([0-9a-f-]+)"', page)
    assert found
    return found[1]


def test_the_list_goes_on_in_stretches(browser: Browser, many: tuple[Id, list[Id]]) -> None:
    """The stretch that the shown one is in, with ways to those before and after."""
    case_id, ids = many
    first = browser.get(f"/cases/{case_id}")
    assert listed(first) == ids[:LISTED]
    assert "1 to 50 of 120" in first
    assert "Those after" in first
    assert "Those before" not in first
    last = browser.get(f"/cases/{case_id}?item={ids[-1]}")
    assert listed(last) == ids[2 * LISTED :]
    assert "101 to 120 of 120" in last
    assert "Those after" not in last


def test_next_and_previous_cross_from_one_stretch_to_the_other(browser: Browser, many: tuple[Id, list[Id]]) -> None:
    """By the buttons that j and k press."""
    case_id, ids = many
    at = browser.get(f"/cases/{case_id}?item={ids[LISTED - 1]}")
    assert way(at, "next") == ids[LISTED]
    after = browser.get(f"/cases/{case_id}?item={ids[LISTED]}")
    assert listed(after) == ids[LISTED : 2 * LISTED]
    assert way(after, "prev") == ids[LISTED - 1]


def test_a_case_opens_at_the_first_member_that_was_not_looked_at(browser: Browser, many: tuple[Id, list[Id]]) -> None:
    """Also where it is far down the list."""
    case_id, ids = many
    token = browser.token(f"/cases/{case_id}")
    for one in ids[: LISTED + 3]:
        browser.client.post(f"/cases/{case_id}/look", data={"csrf": token, "item": one})
    page = browser.get(f"/cases/{case_id}")
    assert f"Member {LISTED + 4} of {SIZE}" in page
    assert f"{LISTED + 3} of {SIZE} looked at" in page


def test_a_small_case_says_nothing_of_stretches(browser: Browser, things: Filled) -> None:
    """All of its members stand there."""
    case_id = open_case(browser.services, [things.items["exact"], things.items["again"]])
    page = browser.get(f"/cases/{case_id}")
    assert len(listed(page)) == 2
    assert "Those after" not in page
