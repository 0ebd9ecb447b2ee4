"""A picture is in the clear only while somebody holds a key or a button: in a real Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from qalqan.store import people, protection
from support import filled
from support.browsing import Live

# The fixtures' server and the browser's pipe need sockets on the loopback interface.
pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]

CLEAR, BLURRED = re.compile("/clear/"), re.compile("/blurred/")
BYTES = """one => fetch(one.src).then(answer => answer.arrayBuffer()).then(
    bytes => Array.from(new Uint8Array(bytes)).join())"""


def first_picture(page: Page, live: Live, item: str = "mirrored") -> Locator:
    """Open an item; return its match's first picture, which is blurred."""
    page.goto(f"{live.address}/items/{live.things.items[item]}")
    picture = page.locator("article.match img").first
    expect(picture).to_have_attribute("src", BLURRED)
    return picture


def hold_r(page: Page, picture: Locator) -> None:
    """Press r with the first match's first button in focus, and wait until the picture is clear."""
    page.locator("article.match [data-hold]").first.focus()
    page.keyboard.down("r")
    expect(picture).to_have_attribute("src", CLEAR)


def test_holding_r_shows_it_and_the_release_hides_it_at_once(page: Page, live: Live) -> None:
    """Other bytes come while it is held; what stays in the page afterwards is the blurred one alone."""
    picture = first_picture(page, live)
    before = picture.evaluate(BYTES)
    hold_r(page, picture)
    assert picture.evaluate(BYTES) != before
    assert page.locator("article.match figure.is-held").count() == 1
    page.keyboard.up("r")
    assert picture.get_attribute("src") is not None
    expect(picture).to_have_attribute("src", BLURRED)
    assert "/clear/" not in page.content()
    assert picture.evaluate("one => one.complete && one.naturalWidth > 0")


def test_a_key_that_repeats_asks_once(page: Page, live: Live) -> None:
    """The log gets one event for one look."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/reveal") else None)
    picture = first_picture(page, live)
    hold_r(page, picture)
    for _ in range(5):
        page.keyboard.down("r")
    page.keyboard.up("r")
    expect(picture).to_have_attribute("src", BLURRED)
    assert len(asked) == 1


def test_a_short_tap_shows_nothing_afterwards(page: Page, live: Live) -> None:
    """What arrives after the release is thrown away."""
    picture = first_picture(page, live)
    page.locator("article.match [data-hold]").first.focus()
    page.keyboard.press("r")
    page.wait_for_timeout(500)
    expect(picture).to_have_attribute("src", BLURRED)


@pytest.mark.parametrize(
    "event",
    [
        "window.dispatchEvent(new Event('blur'))",
        (
            "Object.defineProperty(document, 'hidden', { value: true, configurable: true }), "
            "document.dispatchEvent(new Event('visibilitychange'))"
        ),
        "document.dispatchEvent(new MouseEvent('contextmenu'))",
        "document.dispatchEvent(new PointerEvent('pointercancel'))",
    ],
    ids=["window loses focus", "page is hidden", "menu opens", "pointer is taken away"],
)
def test_whatever_takes_the_eyes_away_hides_it(page: Page, live: Live, event: str) -> None:
    """Somebody steps up, another window comes, a menu opens: it is blurred before the key is let go."""
    picture = first_picture(page, live)
    hold_r(page, picture)
    page.evaluate(f"() => {{ {event}; }}")
    expect(picture).to_have_attribute("src", BLURRED)


def test_the_button_is_held_by_pointer_space_and_enter(page: Page, live: Live) -> None:
    """Each shows while it is down, and not longer."""
    picture = first_picture(page, live)
    button = page.locator("article.match [data-hold]").first
    button.hover()
    page.mouse.down()
    expect(picture).to_have_attribute("src", CLEAR)
    page.mouse.up()
    expect(picture).to_have_attribute("src", BLURRED)
    for key in (" ", "Enter"):
        button.focus()
        page.keyboard.down(key)
        expect(picture).to_have_attribute("src", CLEAR)
        page.keyboard.up(key)
        expect(picture).to_have_attribute("src", BLURRED)


def test_who_cannot_hold_gets_five_seconds(page: Page, live: Live) -> None:
    """By a button of its own, and by a click without a press, as a screen reader makes it."""
    picture = first_picture(page, live)
    page.clock.install()
    for click in (
        page.get_by_role("button", name="Show for 5 s").first.click,
        lambda: page.locator("article.match [data-hold]").first.evaluate("one => one.click()"),
    ):
        page.locator("article.match").first.scroll_into_view_if_needed()
        click()
        shown = page.locator("figure.is-held img").first
        expect(shown).to_have_attribute("src", CLEAR)
        page.clock.run_for(5_100)
        expect(page.locator("figure.is-held")).to_have_count(0)
    expect(picture).to_have_attribute("src", BLURRED)


def test_with_shift_both_sides_are_shown(page: Page, live: Live) -> None:
    """Known and candidate side by side, for as long as the keys are held."""
    first_picture(page, live)
    pictures = page.locator("article.match").first.locator("img")
    page.locator("article.match [data-hold]").first.focus()
    page.keyboard.down("Shift")
    page.keyboard.down("R")
    expect(pictures.nth(0)).to_have_attribute("src", CLEAR)
    expect(pictures.nth(1)).to_have_attribute("src", CLEAR)
    page.keyboard.up("R")
    page.keyboard.up("Shift")
    expect(pictures.nth(0)).to_have_attribute("src", BLURRED)
    expect(pictures.nth(1)).to_have_attribute("src", BLURRED)


def test_severity_stands_before_the_picture_for_everybody(page: Page, live: Live) -> None:
    """In words that a screen reader reads first; the clear picture has a text of its own."""
    picture = first_picture(page, live)
    told = page.locator("article.match figure").first.locator(".shot-severity")
    expect(told).to_contain_text("Extreme: may show violence itself")
    hold_r(page, picture)
    expect(picture).to_have_attribute("alt", "Picture in the clear")
    page.keyboard.up("r")
    expect(picture).to_have_attribute("alt", "Blurred picture")


def test_the_time_that_was_held_is_on_ones_own_page(page: Page, live: Live) -> None:
    """Counted from the reveal to the release."""
    picture = first_picture(page, live)
    with live.services.store.reading() as tx:
        person_id = next(one.id for one in people.every(tx) if one.name == filled.NAME)
        before = protection.today(tx, person_id)
    hold_r(page, picture)
    page.wait_for_timeout(1200)
    with page.expect_response(re.compile("/media/hidden")):
        page.keyboard.up("r")
    with live.services.store.reading() as tx:
        passed = protection.today(tx, person_id) - before
    assert 1.0 < passed < 20.0
