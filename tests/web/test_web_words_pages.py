"""Words on the console's pages: marked, explained, changed by people, and never more than text."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from qalqan.assess.policy import read_policy
from qalqan.flow import effects
from qalqan.flow.lexicon_changes import every
from qalqan.flow.lexicons import Lexicons
from qalqan.flow.policies import Policies
from qalqan.flow.services import Services
from qalqan.isolate import Isolate
from qalqan.model.assessments import Reason
from qalqan.model.parts import Span
from qalqan.model.words import EntryState, Sense
from qalqan.settings import Settings
from qalqan.signals import kinds
from qalqan.signals.lexicon import built_in
from qalqan.store import Store, audit
from qalqan.web.marks import Mark, marked
from qalqan.web.pages import lexicon_change
from qalqan.web.words import indicator, reason
from support import filled_words
from support.browsing import Browser
from support.filled import Filled

HIT, MISS = "Please join the reed circle tonight.", "They joined the reed circle."


@pytest.fixture
def services(settings: Settings, store: Store) -> Services:
    """Return services with the extractors that read words."""
    isolate = Isolate(settings.limits, 1)
    return Services(settings, store, isolate, (), kinds.built_in(), (), Policies(store, read_policy()), Lexicons(store))


@pytest.fixture
def spoken(browser: Browser, things: Filled) -> Filled:
    """Add items whose words say something."""
    filled_words.add_words(browser.services, things)
    return things


def _item(browser: Browser, things: Filled, name: str) -> LexborHTMLParser:
    return LexborHTMLParser(browser.get(f"/items/{things.items[name]}"))


def _marks(page: LexborHTMLParser, part: str) -> list[str]:
    return [node.text() for node in page.css(f".said mark.word-{part}")]


def _send(browser: Browser, path: str, **fields: str) -> tuple[int, str]:
    response = browser.client.post(path, data={"csrf": browser.token(), **fields})
    return response.status_code, response.headers.get("location") or response.text


def test_an_appeal_is_marked_and_each_reason_leads_to_its_words(browser: Browser, spoken: Filled) -> None:
    """Act and who are marked, each with its label; every place that a reason names is on the page."""
    page = _item(browser, spoken, "appeal")
    assert "Donate" in _marks(page, "act")
    assert "Blue Heron Front" in _marks(page, "who")
    assert all(node.attributes["data-tag"] for node in page.css(".word-tag"))
    places = [node.attributes["href"] or "" for node in page.css(".stands-on a")]
    assert places
    assert all(page.css(place) for place in places)


def test_what_was_read_is_listed_and_opens_nothing(browser: Browser, spoken: Filled) -> None:
    """Names lead to the items that name them; sums are written for people; nothing of it is a link outwards."""
    page = _item(browser, spoken, "appeal")
    text = page.css_first("#read").parent.parent.text() if page.css_first("#read") else ""  # type: ignore[union-attr] # it is there
    assert "Blue Heron Front" in text
    assert "200 USD" in text
    assert page.css('a[href="/items?name=blue-heron-front"]')
    assert not [node for node in page.css("a[href]") if (node.attributes["href"] or "").startswith("http")]


def test_a_categorys_grounds_are_there_for_who_decides(browser: Browser, spoken: Filled) -> None:
    """With whose law each is of."""
    grounds = _item(browser, spoken, "appeal").css_first(".grounds")
    assert grounds is not None
    assert "Germany" in grounds.text()
    assert "129a" in grounds.text()


def test_a_negated_act_is_shown_as_such_and_why_it_did_not_count(browser: Browser, spoken: Filled) -> None:
    """Struck through, with the word “not”; what it would have come to otherwise is said."""
    page = _item(browser, spoken, "negated")
    turned = page.css(".word-turned")
    assert turned
    assert any("not" in (node.attributes.get("data-tag") or "") for node in page.css(".word-turned .word-tag"))
    why = page.css_first("#why-not")
    assert why is not None
    assert "Solicitation of funds (Likely)" in page.text()


def test_a_report_goes_to_a_person_with_its_context(browser: Browser, spoken: Filled) -> None:
    """It stands under its own tab, with the context's words marked."""
    assert spoken.items["report"] in browser.get("/found?band=context")
    page = _item(browser, spoken, "report")
    assert "Police" in " ".join(_marks(page, "context"))
    assert "No flag" in page.text()


def test_text_read_in_a_picture_says_that_a_machine_read_it(browser: Browser, spoken: Filled) -> None:
    """With its words marked, under the file's name."""
    page = _item(browser, spoken, "sign")
    assert "read by machine, may be wrong" in page.text()
    assert "Donate" in _marks(page, "act")


def test_the_list_shows_the_words_an_item_is_found_for(browser: Browser, spoken: Filled) -> None:  # noqa: ARG001 - it holds an appeal
    """Around the first reason's place, with the category where no known thing stands."""
    page = LexborHTMLParser(browser.get("/found?category=solicitation"))
    titles = [node.text() for node in page.css(".row-title mark")]
    assert "Donate" in titles
    assert "Solicitation of funds" in (page.css_first(".row-known") or page).text()


def test_words_from_outside_stay_text(browser: Browser, spoken: Filled) -> None:
    """In marks, lists and names of channels."""
    for path in (f"/items/{spoken.items['hostile-words']}", "/found", "/names"):
        page = LexborHTMLParser(browser.get(path))
        assert not page.css("img[src=x], [onerror]"), path
        assert all((node.attributes.get("src") or "").startswith("/static/") for node in page.css("script")), path


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_every_page_of_words_speaks_every_language(browser: Browser, spoken: Filled, language: str) -> None:
    """No page breaks in another language, and every id is there once."""
    browser.client.cookies.set("qalqan_language", language)
    key = next(one.entry.key for one in every(browser.services))
    for path in (
        "/lexicon", f"/lexicon/{key}", "/lexicon/new", f"/lexicon/new?like={key}", "/lexicon/import", "/policy", "/try",
        "/names", "/items?name=blue-heron-front", *(f"/items/{one}" for one in spoken.items.values()),
    ):  # fmt: skip
        page = LexborHTMLParser(browser.get(path))
        ids = [node.attributes["id"] for node in page.css("[id]")]
        assert len(ids) == len(set(ids)), (path, ids)


def test_items_are_listed_by_whom_they_name(browser: Browser, spoken: Filled) -> None:
    """The page of names counts them and leads there."""
    page = browser.get("/names")
    assert "Blue Heron Front" in page
    listed = browser.get("/items?name=blue-heron-front")
    assert spoken.items["appeal"] in listed
    assert spoken.items["plain-1"] not in listed
    assert "blue-heron-front" in browser.get("/names/export?form=csv")


def test_the_lexicon_is_filtered_by_its_address(browser: Browser, spoken: Filled) -> None:  # noqa: ARG001 - it holds an entry by hand
    """By language, sense, origin, state and words; what is added stands beside what comes with the program."""
    assert "Blue Heron Front" in browser.get("/lexicon?origin=hand")
    assert "Blue Heron Front" not in browser.get("/lexicon?origin=built-in&q=heron")
    assert "Nothing fits this filter" in browser.get("/lexicon?language=xx")
    page = LexborHTMLParser(browser.get("/lexicon?language=de&sense=solicit"))
    cells = [node.text() for node in page.css('td[data-label="Language"]')]
    assert cells
    assert set(cells) == {"German"}
    assert "Blue Heron Front" in browser.get("/lexicon/export?origin=hand")


def test_an_entry_is_added_only_after_its_effect_was_shown(browser: Browser, things: Filled) -> None:  # noqa: ARG001 - a filled store
    """The preview saves nothing; saving notes who did it."""
    fields = {
        "deed": "add", "sense": "recruit", "language": "en", "terms": "join the reed circle", "hits": HIT,
        "misses": MISS, "reason": "seen at the lake",
    }  # fmt: skip
    before = len(every(browser.services))
    status, page = _send(browser, "/lexicon/preview", **fields)
    assert status == 200
    assert "Nothing is saved yet" in page
    assert len(every(browser.services)) == before
    status, place = _send(browser, "/lexicon/save", **fields)
    assert status == 303
    assert "seen at the lake" in browser.get(place)
    with browser.services.store.reading() as tx:
        assert audit.newest(tx, 1)[0].verb == "lexicon.added"


def test_the_preview_tells_which_items_would_move(browser: Browser, spoken: Filled) -> None:
    """With what they are and what they would be."""
    entry = next(one for one in every(browser.services) if one.origin == "hand").entry
    status, page = _send(browser, "/lexicon/preview", deed="off", key=entry.key, reason="too wide")
    assert status == 200
    assert spoken.items["appeal"] in page
    assert re.search(r"\d stored items would come to something else", page)


def test_a_preview_that_takes_too_long_says_how_far_it_came(
    browser: Browser, spoken: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found so far is told, with the command that has all the time."""
    monkeypatch.setattr(lexicon_change, "SECONDS", -1.0)
    monkeypatch.setattr(effects, "AT_ONCE", 5)
    page = _send(browser, "/lexicon/preview", deed="off", key=filled_words.HERON.key, reason="too wide")[1]
    assert f"5 of {len(spoken.items)} stored items looked at" in page
    assert "There was no time for all of them" in page


def test_an_entry_that_fails_its_own_sentences_is_refused_beside_its_form(browser: Browser, things: Filled) -> None:  # noqa: ARG001 - see above
    """What was typed stays in the form."""
    status, page = _send(
        browser, "/lexicon/preview", deed="add", sense="recruit", language="en", terms="join the reed circle",
        hits="Nothing of it is here.",
    )  # fmt: skip
    assert status == 422
    assert "Nothing of it is here." in page
    assert 'role="alert"' in page


def test_what_comes_with_the_program_is_switched_off_and_on_with_a_reason(browser: Browser, things: Filled) -> None:  # noqa: ARG001 - see above
    """Off needs a reason; both are in the history."""
    key = next(one.key for one in built_in().entries if one.sense is Sense.PRAISE)
    assert _send(browser, "/lexicon/preview", deed="off", key=key)[0] == 422
    assert _send(browser, "/lexicon/save", deed="off", key=key, reason="too wide")[0] == 303
    state = {one.entry.key: one.status for one in every(browser.services)}
    assert state[key] is EntryState.OFF
    assert "too wide" in browser.get(f"/lexicon/{key}")
    assert _send(browser, "/lexicon/save", deed="on", key=key, reason="narrowed")[0] == 303
    assert "narrowed" in browser.get(f"/lexicon/{key}")


def test_an_edited_entry_takes_the_old_ones_place(browser: Browser, spoken: Filled) -> None:  # noqa: ARG001 - it holds an entry by hand
    """The old one is off, the new one on."""
    old = next(one for one in every(browser.services) if one.origin == "hand").entry
    fields = {"deed": "add", "key": old.key, "sense": "organisation", "language": "und", "terms": "Grey Heron Front"}
    fields |= {"entity": "blue-heron-front", "name": "Blue Heron Front", "reason": "its new name"}
    assert _send(browser, "/lexicon/save", **fields)[0] == 303
    state = {one.entry.terms: one.status for one in every(browser.services) if one.origin == "hand"}
    assert state[old.terms] is EntryState.OFF
    assert state["Grey Heron Front",] is EntryState.ON


def test_a_file_is_imported_after_its_effect_was_shown(browser: Browser, things: Filled) -> None:  # noqa: ARG001 - see above
    """The file waits for its form, and is gone when that was sent."""
    table = "language,sense,terms\nen,recruit,join the reed circle|come to the reed circle\n"
    fields = {"csrf": browser.token(), "deed": "import", "form": "csv"}
    response = browser.client.post("/lexicon/import", data=fields, files={"file": ("reeds.csv", table.encode())})
    assert response.status_code == 200, response.text[:500]
    upload = LexborHTMLParser(response.text).css_first('input[name="upload"]')
    assert upload is not None
    sha256 = upload.attributes["value"] or ""
    status, place = _send(browser, "/lexicon/save", deed="import", form="csv", upload=sha256, filename="reeds.csv")
    assert (status, place) == (303, "/lexicon?saved=1")
    assert not list((browser.services.settings.home / "imports").iterdir())
    assert "import of reeds.csv" in browser.get(f"/lexicon/{_newest(browser)}")


def _newest(browser: Browser) -> str:
    return every(browser.services)[-1].entry.key


@pytest.mark.parametrize("table", [b"", b"colour\nred\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_lexicon_is_refused_beside_its_form(browser: Browser, things: Filled, table: bytes) -> None:  # noqa: ARG001 - see above
    """In plain words."""
    fields = {"csrf": browser.token(), "deed": "import", "form": "csv"}
    response = browser.client.post("/lexicon/import", data=fields, files={"file": ("x.csv", table)})
    assert response.status_code == 422
    assert 'role="alert"' in response.text


@pytest.mark.parametrize("path", ["/lexicon/preview", "/lexicon/save", "/try"])
def test_no_form_of_words_works_without_the_sessions_token(browser: Browser, things: Filled, path: str) -> None:  # noqa: ARG001 - see above
    """Another site cannot send it."""
    assert browser.client.post(path, data={"deed": "add", "text": "x", "csrf": "wrong"}).status_code == 403


@pytest.mark.parametrize(("path", "status"), [("/lexicon/" + "0" * 64, 404), ("/lexicon/abc", 404)])
def test_an_entry_that_is_not_there_is_a_plain_404(browser: Browser, path: str, status: int) -> None:
    """As everywhere."""
    assert browser.client.get(path).status_code == status


def test_a_text_is_tried_and_explained_and_nothing_is_stored(browser: Browser, spoken: Filled) -> None:  # noqa: ARG001 - it holds a name
    """What it comes to, its words marked, and why not more."""
    status, page = _send(browser, "/try", text="Never donate to the Blue Heron Front. <b>x</b>")
    assert status == 200
    assert "It comes to nothing" in page
    assert "A negation turns" in page
    assert "<b>x</b>" not in page
    assert "Solicitation of funds" in _send(browser, "/try", text=filled_words.APPEAL)[1]
    assert browser.client.get("/items?q=x").status_code == 200


def test_the_policy_says_what_weighs_and_what_never_does(browser: Browser) -> None:
    """All categories, features and contexts of the policy in force are there."""
    page = browser.get("/policy")
    policy = browser.services.policy
    assert all(one.title in page for one in policy.categories.values())
    assert "Faith, its words and its strictness" in page
    assert policy.words is not None
    assert all(str(one.points) in page for one in policy.words.features.values())
    assert 'href="/policy"' in browser.get("/about")


def test_the_api_tells_what_was_read_and_why_not(browser: Browser, spoken: Filled) -> None:
    """Signals with their places, names, and what kept something from counting; reasons with their spans."""
    read = browser.client.get(f"/api/v1/items/{spoken.items['negated']}/read").json()
    assert read["names"] == ["blue-heron-front"]
    assert read["why_not"][0]["cause"] == "negated"
    assert all("span" in one for one in read["signals"])
    item = browser.client.get(f"/api/v1/items/{spoken.items['appeal']}").json()
    first = item["assessments"][0]["reasons"][0]
    assert item["text"][first["span"]["start"] : first["span"]["end"]].lower() == "donate"
    assert first["beside"]


def test_the_api_lists_lexicons_and_names(browser: Browser, spoken: Filled) -> None:  # noqa: ARG001 - it holds a name
    """Under the same filters as the pages."""
    found = browser.client.get("/api/v1/lexicon?origin=hand").json()
    assert [one["entity"] for one in found["rows"]] == ["blue-heron-front"]
    assert browser.client.get("/api/v1/names").json()["rows"][0]["entity"] == "blue-heron-front"


def test_marks_that_overlap_show_what_counts_and_lose_nothing() -> None:
    """One mark at a place, its label once, behind its last piece."""
    text = "never donate to them"
    context = Mark(Span(0, 12), "context", "warns", 1)
    act = Mark(Span(6, 15), "act", "asks", 2, counts=True)
    cut = marked(text, [context, act])
    assert "".join(piece.text for piece in cut) == text
    assert [piece.text for piece in cut if piece.mark] == ["never ", "donate to"]
    assert [piece.starts for piece in cut if piece.mark] == [(1,), (2,)]


def test_what_an_indicator_holds_opens_nothing() -> None:
    """Links and mail addresses are taken apart, in reasons as well."""
    assert indicator("mail", "desk@reeds.example") == "desk[@]reeds[.]example"
    assert indicator("link", "https://reeds.example/a") == "hxxps://reeds[.]example/a"
    told = reason(Reason("with-contact", 6, "Get in touch: {value}.", {"value": "https://reeds.example/a"}))
    assert "hxxps://reeds[.]example" in told
