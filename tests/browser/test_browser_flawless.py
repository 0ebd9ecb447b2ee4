"""No page of the console has a fault that axe-core knows, nor is one wider than the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from qalqan.flow import appealing, deciding, webhooks
from qalqan.flow.appealing import Sent
from qalqan.flow.deciding import Given
from qalqan.model.cases import Decision, Measure, Outcome, Route
from qalqan.model.ids import Id, new_id
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.store import cases, people, views
from qalqan.web.rights import OPEN, RIGHT_OF
from support import filled, filled_words
from support.axe import flawless
from support.browsing import Live
from support.cases import open_case

# The fixtures' server and the browser's pipe need sockets on the loopback interface.
pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]

OTHER, PASSWORD = "bobur", "a second pair of eyes"
NO_PAGE = re.compile(
    r"^/api/(v1/|.*json$)|/export$|^/media/|/letter$|[.]svg$|^/(healthz|progress)$|^/login/(else|back)"
)
"""What answers with data, a file or a part of a page, or leads to another site."""
ROUTES = sorted(path for method, path in RIGHT_OF if method == "GET" and not NO_PAGE.search(path))
ITEMS = ("mirrored", "video", "quoted", "rtl", "hostile", "hash-only", "appeal", "negated", "rtl-words", "sign")


@pytest.fixture(scope="module")
def places(live: Live) -> dict[str, list[str]]:
    """Fill the desk; return the addresses of what has a name or an id in its own, and more of some others."""
    some, things = live.services, live.things
    filled_words.add_words(some, things)
    with some.store.writing() as tx:
        people.add(tx, OTHER, PASSWORD, Role.REVIEWER)
        views.add(tx, people.by_name(tx, filled.NAME).id, "Uyghur, nearly late", {"language": "ug"})
        views.add_route(tx, Route(new_id(), 0, "uyghur", "ug", "", "", None, filled.NAME, now()))
    webhooks.add(some, filled.NAME, "https://platform.example/told/" + "w" * 120)
    worked_at, appeal = _desk(live)
    key = filled_words.HERON.key
    return {
        "/appeals": ["/appeals", "/appeals?state=granted"],
        "/appeals/{appeal_id}": [f"/appeals/{appeal}"],
        "/banks/{name:path}": ["/banks/blue-heron", f"/banks/{quote('listed links')}"],
        "/cases/{case_id}": [f"/cases/{one}" for one in worked_at],
        "/entries/{entry_id}": [f"/entries/{things.entries[one]}" for one in ("near", "text", "disputed")],
        "/found": ["/found", "/found?band=context", "/found?q=nothing-of-that-name"],
        "/items": ["/items", "/items?name=blue-heron-front"],
        "/items/{item_id}": [f"/items/{things.items[one]}" for one in ITEMS],
        "/lexicon/new": ["/lexicon/new", f"/lexicon/new?like={key}"],
        "/lexicon/{key}": [f"/lexicon/{key}"],
        "/queue": ["/queue", "/queue?state=decided", "/queue?language=tg"],
        "/scans/{scan_id}": [f"/scans/{one}" for one in things.scans.values()],
    }


def _desk(live: Live) -> tuple[list[Id], Id]:
    """Return a case that is held, one that waits for a second person, a decided and an appealed one; and the appeal."""
    some, items = live.services, live.things.items
    held = open_case(some, [items["exact"], items["again"]], hours=-3)
    with some.store.writing() as tx:
        cases.claim(tx, held, filled.NAME, 20)
    asked = open_case(some, [items["video"]], severity=4)
    _decide(live, asked, OTHER, Outcome.TERRORIST, Measure.REMOVAL_ORDER)
    done, objected = open_case(some, [items["rtl"]], severity=0), open_case(some, [items["quoted"]], hours=40)
    _decide(live, done, filled.NAME, Outcome.LAWFUL)
    made = _decide(live, objected, OTHER, Outcome.NOT_ENOUGH)
    sent = Sent("Это наш музей: плакат висит в зале.", "Lakeside Museum", "museum@lake.example", "", made.id)
    return [held, asked, done, objected], appealing.take_in(some, filled.NAME, sent).id


def _decide(live: Live, case_id: Id, name: str, outcome: Outcome, measure: Measure = Measure.NONE) -> Decision:
    some = live.services
    with some.store.writing() as tx:
        person = people.by_name(tx, name)
        cases.claim(tx, case_id, name, 20)
        cases.look(tx, case_id, cases.item_ids(tx, case_id), name)
    policy = some.policy
    category = next(one for one, what in policy.categories.items() if what.grounds)
    ground = policy.categories[category].grounds[0]
    why = "ئۇنىڭدا بەلگە بار: it bears the emblem."
    given = Given(outcome, rationale=why)
    if outcome is Outcome.TERRORIST:
        given = Given(outcome, category, ground, policy.grounds[ground].jurisdiction, why, measure)
    return deciding.decide(some, person, case_id, given)


@pytest.fixture(scope="module")
def inside(chromium: Browser, live: Live, places: dict[str, list[str]]) -> Iterator[Page]:
    """Return a page of an admin who is logged in, for all the tests here; they fail when it complains of anything."""
    assert places
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en", timezone_id="Asia/Tashkent")
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live.address}/login")
    page.get_by_label("Name").fill(filled.NAME)
    page.get_by_label("Password").fill(filled.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live.address}/")
    yield page
    context.close()
    assert complaints == []


def hold(page: Page, *, whole: bool = False) -> None:
    """Hold the page that is open to both widths and both schemes, with everything on it opened.

    What differs by width and by scheme is the frame around a page: on one page, as a `whole`, all four are looked at;
    on the others each width in one scheme.
    """
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    for width, height, scheme in ((390, 800, "dark"), (1280, 900, "light")):
        page.set_viewport_size({"width": width, "height": height})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{page.url} is {wide} wide at {width}"
        flawless(page, *(() if whole else (scheme,)))


def test_every_page_is_looked_at(places: dict[str, list[str]]) -> None:
    """A page that is new, and has an id in its address, needs one here."""
    assert [one for one in ROUTES if "{" in one and one not in places] == []
    assert set(places) <= set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_is_without_a_fault(inside: Page, live: Live, places: dict[str, list[str]], route: str) -> None:
    """Names, contrast (WCAG 2.2 AA), order, labels, in light and dark, at a desk and on a telephone."""
    for place in places.get(route, [route]):
        answer = inside.goto(live.address + place)
        assert answer is not None
        assert answer.ok, place
        hold(inside, whole=route in {"/", "/queue"})


@pytest.mark.parametrize("path", sorted(path for method, path in OPEN if method == "GET" and not NO_PAGE.search(path)))
def test_the_door_is_without_a_fault(chromium: Browser, live: Live, path: str) -> None:
    """What somebody sees who is not logged in yet."""
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(live.address + path)
    hold(page, whole=True)
    context.close()
