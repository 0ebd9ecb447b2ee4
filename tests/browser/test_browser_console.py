"""The console in a real Chromium, as somebody uses it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qalqan.i18n import LANGUAGES
from qalqan.store import audit
from support import filled
from support.browsing import Live

# The fixtures' server and the browser's pipe need sockets on the loopback interface.
pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]

WIDTHS = (1280, 390)


def test_from_the_list_to_a_match_in_the_clear(page: Page, live: Live) -> None:
    """Blurred first; shown in the clear while the button is held; the audit log says who looked."""
    page.get_by_role("link", name="Found").first.click()
    page.get_by_role("link", name=re.compile("Koʻk qoʻton")).click()
    match = page.locator("article.match")
    picture = match.locator("img").first
    expect(picture).to_have_attribute("src", re.compile("/blurred/"))
    match.get_by_role("button", name="Reveal").first.hover()
    page.mouse.down()
    expect(picture).to_have_attribute("src", re.compile("/clear/"))
    expect(match.locator("img").nth(1)).to_have_attribute("src", re.compile("/blurred/"))
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 640
    page.mouse.up()
    expect(picture).to_have_attribute("src", re.compile("/blurred/"))
    page.reload()
    expect(page.locator("#who-looked")).to_contain_text("amina")
    page.goto(f"{live.address}/audit")
    expect(page.locator("tbody tr").first).to_contain_text("media.revealed")
    with live.services.store.reading() as tx:
        assert audit.newest(tx, 1)[0].subject == live.things.media["copy"]


def test_it_works_without_javascript(chromium: Browser, context: BrowserContext, page: Page, live: Live) -> None:
    """The page comes back with the picture revealed."""
    assert page.url
    plain = chromium.new_context(java_script_enabled=False, storage_state=context.storage_state())
    there = plain.new_page()
    there.goto(f"{live.address}/items/{live.things.items['video']}")
    there.get_by_role("button", name="Reveal").first.click()
    expect(there.locator("article.match img").first).to_have_attribute("src", re.compile("/clear/"))
    plain.close()


def test_the_keyboard_walks_opens_reveals_and_helps(page: Page, live: Live) -> None:
    """`j`, `k`, Enter, `r`, `/` and `?`."""
    page.goto(f"{live.address}/found")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    rows = page.locator("[data-row]")
    expect(rows.nth(1)).to_have_class(re.compile("is-here"))
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class(re.compile("is-here"))
    page.keyboard.down("r")
    expect(rows.nth(0).locator("img")).to_have_attribute("src", re.compile("/clear/"))
    page.keyboard.up("r")
    expect(rows.nth(0).locator("img")).to_have_attribute("src", re.compile("/blurred/"))
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("jjj")
    expect(page.locator("[data-search]")).to_have_value("jjj")
    page.goto(f"{live.address}/found")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/items/"))


def test_filters_move_without_loading_the_page_anew(page: Page, live: Live) -> None:
    """The list changes, the address with it."""
    page.goto(f"{live.address}/found")
    page.get_by_label("Match").select_option("video-pdq")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert "kind=video-pdq" in page.url


def test_progress_moves_by_itself(page: Page, live: Live) -> None:
    """The overview asks again while a scan runs."""
    with page.expect_response(re.compile("/progress$"), timeout=10_000) as answer:
        page.goto(live.address)
    assert answer.value.status == 200


def test_times_are_the_readers_with_utc_on_hover(page: Page, live: Live) -> None:
    """08:00 UTC and a few hours is the afternoon in Tashkent."""
    page.goto(f"{live.address}/items/{live.things.items['exact']}")
    posted = page.locator(".facts time").first
    moment = posted.get_attribute("datetime") or ""
    hour = (int(moment[11:13]) + 5) % 24
    expect(posted).to_contain_text(f"{hour:02}:00")
    expect(posted).to_have_attribute("title", re.compile(r"UTC$"))


@pytest.mark.parametrize("width", WIDTHS)
def test_the_longest_file_name_scrolls_no_page_sideways(page: Page, live: Live, width: int) -> None:
    """255 bytes without a space: on its item, in the reasons, where else it was seen, in scans and problems."""
    if "long" not in live.things.items:
        with live.services.store.writing() as tx:
            filled.add_long_name(tx, live.services.store, live.things)
    page.set_viewport_size({"width": width, "height": 800})
    item, entry, scan = live.things.items["long"], live.things.entries["long"], live.things.scans["long"]
    wide = {}
    for place in (
        "/",
        "/found",
        "/items",
        "/scans",
        "/problems",
        "/audit",
        f"/items/{item}",
        f"/entries/{entry}",
        f"/scans/{scan}",
    ):
        page.goto(live.address + place)
        wide[place] = page.evaluate("document.documentElement.scrollWidth")
    assert {place: found for place, found in wide.items() if found > width} == {}


def test_parameters_of_the_api_are_not_broken_on_a_telephone(page: Page, live: Live) -> None:
    """A name in two lines is two names."""
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live.address}/api/docs")
    heights = page.locator(".parameters td:first-child code").evaluate_all(
        "all => all.map(one => one.getClientRects().length)"
    )
    assert set(heights) == {1}


def test_the_switches_hold_their_words_in_every_language(page: Page, live: Live) -> None:
    """No word runs over its button."""
    for language in LANGUAGES:
        page.set_extra_http_headers({"accept-language": language})
        page.goto(live.address)
        over = page.locator(".side .segments button").evaluate_all(
            "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
        )
        assert over == [], language


def test_dark_and_light_are_the_readers_choice(page: Page, live: Live) -> None:
    """By the system, and by a button that holds over pages."""
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    assert dark != light
    page.locator(".side").get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.goto(f"{live.address}/banks")
    assert page.evaluate(ground) == light


def test_text_from_right_to_left_keeps_to_itself(page: Page, live: Live) -> None:
    """An Uyghur text runs from the right; the page around it does not."""
    page.goto(f"{live.address}/items/{live.things.items['rtl']}")
    said = page.locator(".said").first
    assert said.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert page.locator("body").evaluate("one => getComputedStyle(one).direction") == "ltr"
