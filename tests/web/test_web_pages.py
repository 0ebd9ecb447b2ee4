"""What the pages show, and that text from outside stays text."""

from __future__ import annotations

import csv
import io
import json
import re

import jinja2
import pytest
from selectolax.lexbor import LexborHTMLParser

from qalqan.flow.exports import safe_cell
from qalqan.i18n import catalogues, speak
from qalqan.store import audit, banks, scans
from qalqan.web.render import SPOKEN
from qalqan.web.words import defanged, shown
from support.browsing import Browser
from support.filled import HOSTILE, NAME, QUOTED, Filled

PAGES = (
    "/",
    "/found",
    "/items",
    "/banks",
    "/banks/blue-heron",
    "/banks/listed%20links",
    "/scans",
    "/problems",
    "/audit",
    "/about",
    "/names",
    "/lexicon",
    "/lexicon/new",
    "/lexicon/import",
    "/policy",
    "/try",
)


def every_page(things: Filled) -> list[str]:
    """Return the addresses of all pages of the filled store."""
    more = [f"/items/{one}" for one in things.items.values()] + [f"/entries/{one}" for one in things.entries.values()]
    return [*PAGES, *more, *(f"/scans/{one}" for one in things.scans.values())]


def rows(browser: Browser, path: str) -> list[str]:
    """Return the ids of the items that a list shows, in order."""
    return re.findall(r'class="row-title" href="/items/([0-9a-f-]{36})"', browser.get(path))


def test_every_page_is_sound(browser: Browser, things: Filled) -> None:
    """No script or style stands in a page, every picture has words, every id is there once."""
    for path in every_page(things):
        page = LexborHTMLParser(browser.get(path))
        assert not page.css("[style], style, script:not([src])"), path
        sources = [node.attributes.get("src") or "" for node in page.css("img, script")]
        assert all(one.startswith(("/static/", "/media/")) for one in sources), path
        assert all("alt" in node.attributes for node in page.css("img")), path
        ids = [node.attributes["id"] for node in page.css("[id]")]
        assert len(ids) == len(set(ids)), (path, ids)
        assert not any(name.startswith("on") for node in page.css("*") for name in node.attributes), path


def test_text_from_outside_stays_text(browser: Browser, things: Filled) -> None:
    """Hostile names and texts appear as they are and do nothing."""
    for path in every_page(things):
        text = browser.get(path)
        page = LexborHTMLParser(text)
        assert not page.css("svg[onload], img[onerror]"), path
        assert all((node.attributes.get("href") or "/").startswith(("/", "#")) for node in page.css("a")), path
        assert "\u202e" not in text, path
        assert "49 =cmd" not in text, path
    assert HOSTILE in (LexborHTMLParser(browser.get(f"/items/{things.items['hostile']}")).body.text() or "")  # type: ignore[union-attr] # a page has a body


def test_links_are_shown_so_that_nothing_opens_them(browser: Browser, things: Filled) -> None:
    """`hxxps` and `[.]`, and never an href."""
    page = browser.get(f"/items/{things.items['hostile']}")
    assert "hxxps://evil[.]example/a" in page
    assert "javascript[:]alert(document[.]cookie)" in page


def test_what_cannot_be_seen_is_made_visible() -> None:
    """A turned writing order in a file's name cannot hide its ending."""
    assert shown("photo\u202egnp.exe") == "photo⟨U+202E⟩gnp.exe"
    assert shown("two\nlines") == "two lines"
    assert defanged("https://a.b.example/x.y") == "hxxps://a[.]b[.]example/x.y"
    assert defanged("mailto:a@b.example") == "mailto[:]a@b[.]example"


def test_the_overview_counts_and_links(browser: Browser) -> None:
    """Each figure leads to its rows."""
    page = browser.get("/")
    assert "/found?band=known" in page
    assert "20</b> items handed in" in page
    assert "Comparing" in page
    assert 'hx-get="/progress"' in page


def test_an_empty_store_says_the_next_command(stranger: Browser) -> None:
    """Somebody who comes first knows what to do."""
    stranger.log_in()
    for path in ("/", "/found", "/items", "/scans"):
        assert "qalqan scan" in stranger.get(path)
    assert "qalqan bank create" in stranger.get("/banks")


def test_found_lists_the_strongest_first_and_one_row_an_item(browser: Browser, things: Filled) -> None:
    """An item with two categories or many matches stands there once."""
    listed = rows(browser, "/found")
    assert len(listed) == len(set(listed)) == 8
    assert set(listed[:2]) == {things.items["exact"], things.items["again"]}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("band=known", {"exact", "again"}),
        ("band=look", {"quoted", "rtl"}),
        ("bank=listed links", {"quoted", "hostile"}),
        ("kind=video-pdq", {"video"}),
        ("kind=pdq&bank=blue-heron", {"exact", "mirrored", "hash-only"}),
        ("category=other-listed", {"hostile"}),
        ("q=листовка", {"exact"}),
        ("q=листов*&band=known", {"exact"}),
        ("q=قومۇشلۇق", {"rtl"}),
        ("bank=no such bank", set()),
        ("band=no-such-band&q=clip", {"video"}),
    ],
)
def test_found_is_filtered_by_its_address(browser: Browser, things: Filled, query: str, names: set[str]) -> None:
    """Every filter is a part of the address, and they go together."""
    assert set(rows(browser, f"/found?{query}")) == {things.items[name] for name in names}


def test_found_by_source_and_newest_first(browser: Browser, things: Filled) -> None:
    """The order is a part of the address, too."""
    assert rows(browser, f"/found?source={things.sources['folder']}") == [things.items["hash-only"]]
    newest = rows(browser, "/found?sort=newest")
    assert newest == sorted(newest, reverse=True)


def test_words_without_a_letter_are_answered_beside_the_field(browser: Browser) -> None:
    """The page stays, the field keeps what was typed."""
    page = browser.get("/found?q=!!!")
    assert "There is no word to look for" in page
    assert 'value="!!!"' in page
    assert "There is no word to look for" in browser.get("/items?q=!!!")


def test_pages_beyond_the_end_are_empty_not_broken(browser: Browser) -> None:
    """A kept address still answers when the list has become shorter."""
    assert rows(browser, "/found?page=999") == []
    assert rows(browser, "/items?page=999") == []


def test_an_item_shows_its_matches_side_by_side(browser: Browser, things: Filled) -> None:
    """Both pictures, the matched parts, how it was turned and what the distance means."""
    page = browser.get(f"/items/{things.items['mirrored']}")
    assert page.count('class="overlay"') == 2
    assert "mirrored" in page
    assert "12 of 256 bits differ" in page
    assert "Clearly a copy" in page


def test_a_video_has_two_timelines(browser: Browser, things: Filled) -> None:
    """Where it is here, and which part of the known recording it is."""
    page = LexborHTMLParser(browser.get(f"/items/{things.items['video']}"))
    lines = page.css(".timeline")
    assert [line.text(deep=True, separator=" ").split()[0] for line in lines] == ["0:58–1:44", "0:12–0:58"]
    fills = [line.css_first(".fill") for line in lines]
    assert [fill.attributes["x"] for fill in fills if fill] == ["308.5", "144.6"]
    assert page.css(".frame-in")


def test_a_quotation_is_marked_in_its_text(browser: Browser, things: Filled) -> None:
    """Exactly the span that matched."""
    page = LexborHTMLParser(browser.get(f"/items/{things.items['quoted']}"))
    assert {node.text() for node in page.css("mark")} == {QUOTED}


def test_a_known_thing_without_its_file_is_said_so(browser: Browser, things: Filled) -> None:
    """Many lists hold hashes only."""
    assert "Only its hash is known" in browser.get(f"/items/{things.items['hash-only']}")


def test_reasons_add_up_to_the_score(browser: Browser, things: Filled) -> None:
    """The table's points, held to 100, are the score."""
    page = LexborHTMLParser(browser.get(f"/items/{things.items['exact']}"))
    points = [int(node.text()) for node in page.css(".reasons td.number")]
    assert points == [100, 95, 100]
    assert "Together 195, held to 100" in page.body.text()  # type: ignore[union-attr] # a page has a body


def test_where_the_same_file_was_seen(browser: Browser, things: Filled) -> None:
    """An item links to others that carry its file."""
    assert f"/items/{things.items['again']}" in browser.get(f"/items/{things.items['exact']}")


def test_an_entry_keeps_its_history(browser: Browser, things: Filled) -> None:
    """Who disputed it, when and why."""
    page = browser.get(f"/entries/{things.entries['disputed']}")
    assert "The owner showed that it is another site now" in page
    assert "Disputed" in page


def test_a_scan_can_be_cancelled(browser: Browser, things: Filled) -> None:
    """By a form with the session's token; what was read stays."""
    path = f"/scans/{things.scans['running']}"
    assert browser.client.post(f"{path}/cancel", data={"csrf": browser.token(path)}).status_code == 303
    with browser.services.store.reading() as tx:
        scan = scans.get(tx, things.scans["running"])
    assert scan is not None
    assert scan.state.value == "cancelled"
    assert "Cancelled after" in browser.get(path)


def test_the_audit_log_is_checked_on_demand(browser: Browser) -> None:
    """The button walks the whole log and says what it found."""
    answer = browser.client.post("/audit", data={"csrf": browser.token("/audit")})
    assert "events hold together" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/nope", "/items/abc", "/items/01a20275-4519-746f-ac8c-7398fe1178d1", "/banks/none", "/scans/x", "/entries/1"],
)
def test_what_is_not_there_is_a_plain_404(browser: Browser, path: str) -> None:
    """For a mistyped address as for a record that is gone."""
    answer = browser.client.get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/found?source=x", "/found?page=0", "/found?q=a%00b", "/items?source=%27", "/problems?source=1",
        *(f"/{one}?page={10**22}" for one in ("found", "items", "problems", "scans", "banks/blue-heron")),
        f"/audit?before={10**22}", "/audit?before=0", "/scans?page=-1",
    ],
)  # fmt: skip
def test_a_senseless_address_is_a_plain_422(browser: Browser, path: str) -> None:
    """It says that the request is wrong, and nothing breaks on either database."""
    assert browser.client.get(path).status_code == 422


def test_an_unforeseen_error_has_an_id_and_no_insides(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page tells what the log's entry is called, not what went wrong inside."""
    monkeypatch.setattr("qalqan.web.pages.overview.items.totals", lambda _tx: 1 / 0)
    answer = browser.client.get("/")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7", answer.text)
    assert answer.headers["content-security-policy"]


def test_every_answer_carries_the_security_headers(browser: Browser) -> None:
    """Pages, errors and files alike; nothing but static files may be cached."""
    for path in ("/", "/nope", "/static/console.css", "/api/v1/health", "/found/export"):
        headers = browser.client.get(path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert (headers["cache-control"] == "no-store") is not path.startswith("/static/")


def test_a_csv_export_starts_no_formula(browser: Browser, things: Filled) -> None:
    """Whatever a cell begins with, a spreadsheet takes it for text."""
    text = browser.get("/found/export?form=csv&band=known").lstrip("\ufeff")
    table = list(csv.DictReader(io.StringIO(text)))
    assert {row["item"] for row in table} == {things.items["exact"], things.items["again"]}
    assert table[0]["reason"].startswith("The file “poster")
    assert [safe_cell(bad)[0] for bad in ("=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1")] == ["'"] * 7
    assert [safe_cell(good) for good in ("a=b", -1, None, "5")] == ["a=b", "-1", "", "5"]


def test_ndjson_exports_are_one_record_a_line(browser: Browser) -> None:
    """Of findings, items, problems, entries and events."""
    for path, count in (("/found", 8), ("/items", 20), ("/problems", 1), ("/banks/blue-heron", 5)):
        lines = browser.get(f"{path}/export?form=ndjson").splitlines()
        assert [type(json.loads(line)) for line in lines] == [dict] * count
    events = [json.loads(line) for line in browser.get("/audit/export?form=ndjson").splitlines()]
    assert [event["verb"] for event in events[:2]] == ["scan.started", "login.ok"]


def test_every_export_is_in_the_audit_log(browser: Browser) -> None:
    """Who took out what: the list, or which bank, and in which form."""
    for path in ("/found", "/items", "/problems", "/banks/blue-heron", "/audit"):
        browser.get(f"{path}/export?form=ndjson")
    with browser.services.store.reading() as tx:
        events = [(one.verb, one.by, one.subject) for one in reversed(audit.newest(tx, 5))]
    assert events == [
        ("found.exported", NAME, "ndjson"),
        ("items.exported", NAME, "ndjson"),
        ("problems.exported", NAME, "ndjson"),
        ("bank.exported", NAME, "blue-heron"),
        ("audit.exported", NAME, "ndjson"),
    ]


@pytest.mark.parametrize("path", ["/found/export", "/items/export"])
def test_an_export_by_words_without_a_letter_is_refused_before_it_begins(browser: Browser, path: str) -> None:
    """A plain 422 instead of a file that breaks off, and nothing in the log."""
    assert browser.client.get(f"{path}?q=%22").status_code == 422
    with browser.services.store.reading() as tx:
        assert audit.newest(tx, 1)[0].verb == "login.ok"


def test_the_language_is_the_readers(browser: Browser) -> None:
    """A cookie before the browser's wish, the browser's wish before the setting."""
    assert '<html lang="ru"' in browser.get("/", **{"accept-language": "kk;q=0.9, ru-RU;q=0.8, en;q=0.1"})
    assert '<html lang="en"' in browser.get("/", **{"accept-language": "ja"})
    data = {"csrf": browser.token(), "language": "uz", "theme": "dark", "back": "/about"}
    assert browser.client.post("/look", data=data).headers["location"] == "/about"
    page = browser.get("/", **{"accept-language": "ru"})
    assert '<html lang="uz" data-theme="dark"' in page
    browser.client.post("/look", data={"csrf": browser.token(), "language": "xx", "theme": "pink"})
    assert '<html lang="uz" data-theme="dark"' in browser.get("/")


def test_no_language_stays_for_the_next_reader(browser: Browser, things: Filled) -> None:
    """One template speaks to one reader in English and to the next in Russian, its constant words included."""
    path = f"/items/{things.items['exact']}"
    assert "Same file · Picture" in browser.get(path, **{"accept-language": "en"})
    russian = browser.get(path, **{"accept-language": "ru"})
    assert "Same file" not in russian
    assert "Тот же файл · " in russian


def test_every_filter_that_speaks_is_asked_anew() -> None:
    """Jinja works out a plain filter of a constant when it compiles; these are none."""
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update(SPOKEN)
    constants = {"title_of": "'sha256'|title_of('kind')", "number": "1234.5|number", "size": "1500|size"}
    for name, used in constants.items():
        template = environment.from_string("{{ " + used + " }}")
        speak("en")
        english = template.render()
        speak("ru")
        assert template.render() != english, name
    assert all(hasattr(one, "jinja_pass_arg") for one in SPOKEN.values())


def test_every_page_speaks_every_language(browser: Browser, things: Filled) -> None:
    """No translation breaks a page."""
    for language in catalogues.LANGUAGES:
        for path in every_page(things):
            assert f'<html lang="{language}"' in browser.get(path, **{"accept-language": language})


def test_a_banks_name_may_hold_what_an_address_sets_apart(browser: Browser) -> None:
    """A slash, a question mark or a hash in it is quoted in every link, and the link leads to the bank."""
    name = "a/b?c#d%"
    with browser.services.store.writing() as tx:
        banks.create(tx, name, "other-listed", NAME)
    place = "/banks/a%2Fb%3Fc%23d%25"
    assert f'href="{place}"' in browser.get("/banks")
    assert f'href="{place}"' in browser.get("/")
    assert "a/b?c#d%" in browser.get(place)
    assert browser.get(f"{place}/export").startswith("\ufeffid,kind")
    assert browser.client.get(f"/api/v1{place}").json()["name"] == name
    assert browser.client.get(f"/api/v1{place}/entries").json()["total"] == 0
