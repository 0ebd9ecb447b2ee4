"""Words in a real Chromium: what is marked, where reasons lead, how a change is looked at before it is saved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from support import filled_words
from support.browsing import Live

# The fixtures' server and the browser's pipe need sockets on the loopback interface.
pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def spoken(live: Live) -> Live:
    """Add items whose words say something."""
    filled_words.add_words(live.services, live.things)
    return live


def test_a_reason_leads_to_its_words_and_a_word_to_what_it_says(page: Page, spoken: Live) -> None:
    """Forth and back by links alone; the list opens by itself."""
    page.goto(f"{spoken.address}/items/{spoken.things.items['appeal']}")
    page.locator(".stands-on a").first.click()
    expect(page.locator(".place:target")).to_have_count(1)
    page.locator(".said mark.word-act a").first.click()
    expect(page.locator("tr:target")).to_be_visible()


def test_an_entry_is_switched_off_after_its_effect_was_shown(page: Page, spoken: Live) -> None:
    """What would move is listed; leaving the page saves nothing."""
    page.goto(f"{spoken.address}/lexicon/{filled_words.HERON.key}")
    page.get_by_label("Reason").fill("too wide")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    expect(page.get_by_role("heading", name="would come to something else")).to_be_visible()
    page.get_by_role("link", name="Do not").click()
    page.goto(f"{spoken.address}/lexicon/{filled_words.HERON.key}")
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()


def test_a_text_from_right_to_left_keeps_its_order_beside_its_tags(page: Page, spoken: Live) -> None:
    """The text runs from the right, the tags from the left."""
    page.goto(f"{spoken.address}/items/{spoken.things.items['rtl-words']}")
    said = page.locator(".said").first
    assert said.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert page.locator(".word-tag").first.evaluate("one => getComputedStyle(one).direction") == "ltr"
