"""The desk's parts in a real Chromium: two videos in step, and all of it without a script."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from qalqan.flow import protection
from qalqan.model.people import Person
from qalqan.model.protection import WEAKEST, Shield
from qalqan.store import people
from support import filled
from support.browsing import Live
from support.cases import open_case

# The fixtures' server and the browser's pipe need sockets on the loopback interface.
pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def clip(live: Live) -> str:
    """Open a case over a video; return its page's address."""
    return f"{live.address}/cases/{open_case(live.services, [live.things.items['video']])}"


def test_two_videos_move_in_step(page: Page, clip: str) -> None:
    """One arrow moves both."""
    page.goto(clip)
    said = page.locator("[data-instep] output")
    expect(said).to_have_text("Still 1 of 3")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Still 2 of 3")
    shown = page.locator("[data-instep] .frame.is-step .frame-at")
    assert shown.all_inner_texts() == ["1:20", "0:30"]


def test_a_form_that_is_not_in_order_begins_at_its_first_mistake(chromium: Browser, page: Page, live: Live) -> None:
    """Whoever decides by keyboard is where something is to be put right."""
    # In a browser of its own: the console notes each answer that is no success.
    another = chromium.new_context(storage_state=page.context.storage_state(), locale="en")
    there = another.new_page()
    there.goto(f"{live.address}/cases/{open_case(live.services, [live.things.items['rtl']])}")
    there.keyboard.press("c")
    expect(there.locator("#members-title + .faint")).to_contain_text("1 of 1")
    there.locator("textarea[name=rationale]").focus()
    there.keyboard.press("Control+Enter")
    expect(there.get_by_role("alert")).to_contain_text("Not decided yet")
    expect(there.locator("input[data-outcome='1']")).to_be_focused()
    there.keyboard.press("Space")
    there.locator("select[name=category]").select_option("")
    there.keyboard.press("Control+Enter")
    expect(there.locator("select[name=category]")).to_be_focused()
    another.close()


def people_of(live: Live) -> Person:
    """Return who is logged in."""
    with live.services.store.reading() as tx:
        return people.by_name(tx, filled.NAME)


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


def test_single_letters_can_be_switched_off(page: Page, live: Live, clip: str) -> None:
    """By the list of keys, which a button opens too; Enter and arrows go on, and all comes back."""
    page.goto(f"{live.address}/queue")
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch single-letter keys off").press("Enter")
    page.wait_for_url(f"{live.address}/queue")
    expect(page.locator("html")).to_have_attribute("data-keys", "off")
    for key in ("?", "/", "n", "j", "q", "c"):
        page.keyboard.press(key)
    expect(page).to_have_url(f"{live.address}/queue")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("[data-row].is-here")).to_have_count(0)
    page.goto(clip)
    page.keyboard.press("r")
    assert "/clear/" not in page.content()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-instep] output")).to_have_text("Still 2 of 3")
    page.locator(".side").get_by_role("button", name="Keyboard").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("are switched off in this browser")
    page.get_by_role("button", name="Switch single-letter keys on").press("Enter")
    page.wait_for_url(re.compile("/cases/"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_videos_are_leafed_through_only_where_nobody_wants_stills(page: Page, live: Live, clip: str) -> None:
    """As the organisation has it there is no such button; where it is allowed, it begins when it is pressed."""
    page.goto(clip)
    expect(page.locator("[data-instep] output")).to_have_text("Still 1 of 3")
    expect(page.locator("[data-play]")).to_have_count(0)
    assert page.locator("video, audio").count() == 0
    protection.set_floor(live.services, "amina", replace(Shield(), stills=False))
    page.goto(clip)
    said = page.locator("[data-instep] output")
    page.wait_for_timeout(1000)
    expect(said).to_have_text("Still 1 of 3")
    page.keyboard.press("p")
    expect(page.locator("[data-play]")).to_have_attribute("aria-pressed", "true")
    expect(said).to_have_text("Still 3 of 3")
    expect(page.locator("[data-play]")).to_have_attribute("aria-pressed", "false")
    protection.set_own(live.services, people_of(live), replace(WEAKEST, stills=True))
    page.goto(clip)
    expect(page.locator("[data-play]")).to_have_count(0)
