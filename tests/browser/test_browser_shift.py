"""A whole shift at the desk, with the keyboard alone, and without a fault that axe-core knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from qalqan.assess.policy import read_policy
from qalqan.model.cases import AppealState, CaseState, Decision, Outcome
from qalqan.model.roles import Role
from qalqan.store import appeals, cases, decisions
from support import filled
from support.axe import flawless
from support.browsing import Live
from support.cases import open_case
from support.keyboard import add_person, choose, give_factor, log_in, log_out, tab_to, type_into

# The fixtures' server and the browser's pipe need sockets on the loopback interface.
pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]

CLEAR, BLURRED = re.compile("/clear/"), re.compile("/blurred/")
PASSWORD = "a second pair of eyes"
SECRET_REASONS = "WHY-IT-IS-GRAVE: the emblem, and a call."


@dataclass(frozen=True, slots=True)
class Shift:
    """The case that waits in the queue, and who comes to work."""

    case_id: str
    secrets: dict[str, str]
    """Of the second factors, by person."""


@pytest.fixture
def staff(live: Live) -> Shift:
    """Open a case of three members, and let three people work here who each have a second factor."""
    some, items = live.services, live.things.items
    case_id = open_case(some, [items[one] for one in ("exact", "again", "mirrored")])
    secrets = {filled.NAME: give_factor(some, filled.NAME)}
    secrets |= {name: add_person(some, name, PASSWORD, Role.LEAD) for name in ("bobur", "dilnoza")}
    return Shift(case_id, secrets)


@pytest.fixture
def stranger(chromium: Browser) -> Iterator[Page]:
    """Return a page of a browser that nobody has logged in with; the test fails when the page complains."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en", color_scheme="light")
    context.set_default_timeout(20_000)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def look_at_all(page: Page, size: int) -> None:
    """Walk the members with j until each was looked at."""
    for number in range(1, size + 1):
        expect(page.locator("#members-title + .faint")).to_contain_text(f"{number} of {size}")
        if number < size:
            page.keyboard.press("j")
            expect(page.locator("#member-title")).to_contain_text(f"Member {number + 1} of {size}")


def find_grave(page: Page, rationale: str) -> None:
    """Fill in the form: a category that has rules, its first rule, and a removal order."""
    categories = read_policy().categories.values()
    page.keyboard.press("1")
    choose(page, "select[name=category]", next(one.title for one in categories if one.grounds))
    tab_to(page, "select[name=ground]")
    page.keyboard.press("ArrowDown")
    choose(page, "select[name=measure]", "Removal")
    type_into(page, "textarea[name=rationale]", rationale)
    page.keyboard.press("Control+Enter")


def compare(page: Page) -> None:
    """See the matched part drawn on both sides, and both in the clear while r is held."""
    match = page.locator("article.match").first
    expect(match.get_by_role("img", name="The matched part")).to_have_count(2)
    tab_to(page, "article.match [data-hold]")
    pictures = match.locator(".frame img")
    page.keyboard.down("Shift")
    page.keyboard.down("R")
    for side in (0, 1):
        expect(pictures.nth(side)).to_have_attribute("src", CLEAR)
    page.keyboard.up("R")
    page.keyboard.up("Shift")
    for side in (0, 1):
        expect(pictures.nth(side)).to_have_attribute("src", BLURRED)


def standing(live: Live, case_id: str) -> Decision | None:
    """Return what stands on a case, as the store has it."""
    with live.services.store.reading() as tx:
        return decisions.standing(tx, case_id)


def test_a_shift_with_the_keyboard_alone(stranger: Page, live: Live, staff: Shift) -> None:
    """Three people come in with their codes: one decides, takes back, proposes; one agrees; one answers an appeal."""
    case_id = staff.case_id
    log_in(stranger, live.address, filled.NAME, filled.PASSWORD, staff.secrets[filled.NAME])
    flawless(stranger)
    first_person(stranger, live, case_id)
    log_out(stranger)
    flawless(stranger)
    log_in(stranger, live.address, "bobur", PASSWORD, staff.secrets["bobur"])
    second_person(stranger, live, case_id)
    log_out(stranger)
    log_in(stranger, live.address, "dilnoza", PASSWORD, staff.secrets["dilnoza"])
    third_person(stranger, live, case_id)
    log_out(stranger)


def first_person(page: Page, live: Live, case_id: str) -> None:
    """Take a case, look at each member, compare, decide, undo; then propose something grave."""
    # 1. The queue, and the keys that there are.
    tab_to(page, "a[href='/queue']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live.address}/queue")
    flawless(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("take the next case")
    flawless(page)
    page.keyboard.press("Escape")
    # 2. The next case: its members one by one, and both sides of the last one's match.
    page.keyboard.press("n")
    page.wait_for_url(f"{live.address}/cases/{case_id}")
    expect(page.locator(".case-line")).to_contain_text("You hold it")
    flawless(page)
    look_at_all(page, 3)
    compare(page)
    # 3. Decide, without going on; take it back with one key.
    page.keyboard.press("2")
    type_into(page, "textarea[name=rationale]", "A poster that the museum shows; 2 and 3 are letters here.")
    tab_to(page, "input[name=then]")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Decided")
    flawless(page)
    page.keyboard.press("u")
    page.wait_for_url(re.compile(f"/cases/{case_id}"))
    expect(page.get_by_role("status").first).to_contain_text("taken back")
    assert standing(live, case_id) is None
    # 4. Something grave.
    page.keyboard.press("c")
    expect(page.locator("form[data-decide]")).to_be_visible()
    find_grave(page, SECRET_REASONS)
    page.wait_for_url(re.compile("[?]done="))
    with live.services.store.reading() as tx:
        assert cases.get(tx, case_id).state is CaseState.SECOND


def second_person(page: Page, live: Live, case_id: str) -> None:
    """Give a finding of one's own without having seen whose proposal it is, nor why; then take in an appeal."""
    # 1. The case that waits for a second opinion.
    page.goto(f"{live.address}/queue?state=second")
    page.keyboard.press("n")
    page.wait_for_url(f"{live.address}/cases/{case_id}")
    assert "WHY-IT-IS-GRAVE" not in page.content()
    assert not re.search(rf"\b{filled.NAME}\b", page.locator("#decide").inner_text())
    flawless(page)
    # 2. The same finding: now both stand there to be read.
    look_at_all(page, 3)
    find_grave(page, "The emblem with its call; my own finding.")
    expect(page.locator(".case-side")).to_contain_text("WHY-IT-IS-GRAVE")
    flawless(page)
    made = standing(live, case_id)
    assert made is not None
    assert made.by == filled.NAME
    # 3. A letter comes in about it.
    tab_to(page, "a[href^='/appeals?decision=']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/appeals[?]decision="))
    flawless(page)
    type_into(page, "input[name=sender]", "Lakeside Museum")
    type_into(page, "textarea[name=text]", "The poster hangs in our hall, beside what was written about it.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/appeals/[0-9a-f-]{36}$"))
    expect(page.locator("main")).to_contain_text("You had a part in this decision")
    flawless(page)


def third_person(page: Page, live: Live, case_id: str) -> None:
    """Answer the appeal: it is granted, and another decision stands."""
    # 1. Where it is due first.
    page.goto(f"{live.address}/appeals")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/appeals/[0-9a-f-]{36}$"))
    flawless(page)
    # 2. The answer, with its reasons.
    tab_to(page, "input[name=state]")
    page.keyboard.press("ArrowDown")
    choose(page, "select[name=outcome]", "News")
    type_into(page, "textarea[name=reasons]", "It stands in an exhibition that explains it.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Granted")
    flawless(page)
    # 3. What stands now, and that the old one is still to be read.
    made = standing(live, case_id)
    assert made is not None
    assert made.outcome is Outcome.CONTEXT
    assert made.by == "dilnoza"
    page.goto(f"{live.address}/cases/{case_id}")
    expect(page.locator(".case-side")).to_contain_text("WHY-IT-IS-GRAVE")
    flawless(page)
    with live.services.store.reading() as tx:
        assert [one.state for one in appeals.page(tx, "", 10, 0)] == [AppealState.GRANTED]
