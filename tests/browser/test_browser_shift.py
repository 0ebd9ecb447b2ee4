"""A whole shift at the desk, with the keyboard alone, and without a fault that axe-core knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from qalqan.assess.policy import read_policy
from qalqan.model.cases import CaseState
from qalqan.model.roles import Role
from qalqan.store import cases, decisions, people
from support import filled
from support.browsing import Live
from support.cases import open_case

# The fixtures' server and the browser's pipe need sockets on the loopback interface.
pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
OTHER, PASSWORD = "bobur", "a second pair of eyes"


def flawless(page: Page) -> None:
    """Fail where axe-core finds anything at all that is serious."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    found = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in result["violations"]]
    assert len(result["passes"]) > 10, "axe looked at nothing"
    assert found == [], page.url


def tab_to(page: Page, selector: str) -> None:
    """Walk with Tab until the focus is on what is wanted."""
    for _ in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {selector}")


def look_at_all(page: Page, size: int) -> None:
    """Walk the members with j until each was looked at."""
    for number in range(1, size + 1):
        expect(page.locator("#members-title + .faint")).to_contain_text(f"{number} of {size}")
        if number < size:
            page.keyboard.press("j")
            expect(page.locator("#member-title")).to_contain_text(f"Member {number + 1} of {size}")


def under_a_rule(page: Page) -> None:
    """Choose a category that has rules, its first rule, and a removal order."""
    categories = read_policy().categories.values()
    tab_to(page, "select[name=category]")
    page.keyboard.type(next(one.title for one in categories if one.grounds))
    tab_to(page, "select[name=ground]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "select[name=measure]")
    page.keyboard.type("Removal")


@pytest.fixture(scope="module")
def shift(live: Live) -> dict[str, str]:
    """Open two cases, one of three members, and let somebody else work here too."""
    with live.services.store.writing() as tx:
        people.add(tx, OTHER, PASSWORD, Role.REVIEWER)
    some, things = live.services, live.things
    return {
        "poster": open_case(some, [things.items[one] for one in ("exact", "again", "mirrored")]),
        "clip": open_case(some, [things.items["video"]]),
    }


def test_a_shift_with_the_keyboard_alone(page: Page, chromium: Browser, live: Live, shift: dict[str, str]) -> None:
    """Take a case, compare, look at each member, decide, undo; propose something grave; somebody else agrees."""
    # 1. The queue, and the keys that there are.
    page.goto(f"{live.address}/queue")
    flawless(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("take the next case")
    page.keyboard.press("Escape")
    # 2. The next case; its members one by one.
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/cases/"))
    case_id = page.url.rsplit("/", 1)[1].split("?")[0]
    assert case_id == shift["poster"]
    expect(page.locator(".case-line")).to_contain_text("You hold it")
    flawless(page)
    look_at_all(page, 3)
    # 3. Decide, without going on; take it back with one key.
    page.keyboard.press("2")
    tab_to(page, "textarea[name=rationale]")
    page.keyboard.type("A poster that the museum shows; 2 and 3 are letters here.")
    tab_to(page, "input[name=then]")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Decided")
    flawless(page)
    page.keyboard.press("u")
    page.wait_for_url(re.compile(f"/cases/{case_id}"))
    expect(page.get_by_role("status").first).to_contain_text("taken back")
    # 4. Something grave.
    page.keyboard.press("c")
    expect(page.locator("form[data-decide]")).to_be_visible()
    page.keyboard.press("1")
    under_a_rule(page)
    tab_to(page, "textarea[name=rationale]")
    page.keyboard.type("WHY-IT-IS-GRAVE: the emblem, and a call.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("[?]done="))
    with live.services.store.reading() as tx:
        assert cases.get(tx, case_id).state is CaseState.SECOND
    # 5. Somebody else, who sees neither whose proposal it is nor why.
    second_opinion(chromium, live, case_id)
    with live.services.store.reading() as tx:
        standing = decisions.standing(tx, case_id)
    assert standing is not None


def second_opinion(chromium: Browser, live: Live, case_id: str) -> None:
    """Give the second opinion as another person, with the keyboard alone."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    page = context.new_page()
    page.goto(f"{live.address}/login")
    page.get_by_label("Name").fill(OTHER)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live.address}/")
    page.goto(f"{live.address}/cases/{case_id}")
    page.keyboard.press("c")
    expect(page.locator("form[data-decide]")).to_be_visible()
    assert "WHY-IT-IS-GRAVE" not in page.content()
    assert not re.search(rf"\b{filled.NAME}\b", page.locator("#decide").inner_text())
    flawless(page)
    look_at_all(page, 3)
    page.keyboard.press("1")
    under_a_rule(page)
    tab_to(page, "textarea[name=rationale]")
    page.keyboard.type("The emblem with its call; my own finding.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".case-side")).to_contain_text("WHY-IT-IS-GRAVE")
    flawless(page)
    context.close()


def test_two_videos_move_in_step(page: Page, live: Live, shift: dict[str, str]) -> None:
    """One arrow moves both."""
    page.goto(f"{live.address}/cases/{shift['clip']}")
    flawless(page)
    said = page.locator("[data-instep] output")
    expect(said).to_have_text("Still 1 of 3")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Still 2 of 3")
    shown = page.locator("[data-instep] .frame.is-step .frame-at")
    assert shown.all_inner_texts() == ["1:20", "0:30"]


def test_the_desk_works_without_a_script(chromium: Browser, live: Live, page: Page) -> None:
    """Take a case, look at its member, and see what the form asks for, by plain forms."""
    plain = chromium.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    there = plain.new_page()
    there.goto(f"{live.address}/cases/{open_case(live.services, [live.things.items['quoted']])}")
    there.get_by_role("button", name=re.compile("Take this case")).click()
    there.get_by_role("button", name="I have looked at it").click()
    expect(there.locator("#members-title + .faint")).to_contain_text("1 of 1")
    there.get_by_role("button", name="Decide").click()
    expect(there.get_by_role("alert")).to_contain_text("Not decided yet")
    expect(there.locator("#error-outcome")).to_be_visible()
    there.get_by_role("button", name=re.compile("Let go")).click()
    expect(there).to_have_url(f"{live.address}/queue")
    plain.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_of_the_desk_has_a_fault(
    page: Page, live: Live, shift: dict[str, str], scheme: str, width: int
) -> None:
    """Names, contrast, order, at both widths and in both themes; none scrolls sideways."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for place in ("/queue", f"/cases/{shift['poster']}", f"/cases/{shift['clip']}"):
        page.goto(live.address + place)
        flawless(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
