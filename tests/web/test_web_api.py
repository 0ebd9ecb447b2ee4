"""The API: the same records as JSON, and a reference that is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from qalqan.web.api.docs import described, reference, routes
from support.browsing import Browser
from support.filled import Filled

REFERENCE = Path(__file__).parents[2] / "docs" / "api.md"


def test_items_are_listed_searched_and_got(browser: Browser, things: Filled) -> None:
    """By words, band, kind and source, with a total."""
    listed = browser.client.get("/api/v1/items?limit=3").json()
    assert (listed["total"], listed["limit"], len(listed["rows"])) == (20, 3, 3)
    found = browser.client.get("/api/v1/items?band=found&q=clip").json()
    assert [row["id"] for row in found["rows"]] == [things.items["video"]]
    item = browser.client.get(f"/api/v1/items/{things.items['video']}").json()
    assert item["attachments"][0]["name"] == "clip.mp4"
    assert item["assessments"][0]["reasons"][0]["feature"] == "near-video"
    assert item["matches"][0]["interval_query"] == {"start": 58.0, "end": 103.5}


def test_matches_say_what_was_found_where(browser: Browser, things: Filled) -> None:
    """One flat record a match."""
    rows = browser.client.get(f"/api/v1/matches?item={things.items['mirrored']}").json()["rows"]
    assert [(row["kind"], row["bank"], row["label"], row["distance"], row["transform"]) for row in rows] == [
        ("pdq", "blue-heron", "Poster with the emblem", 12.0, "mirrored")
    ]
    assert rows[0]["media"] == things.media["copy"]
    assert browser.client.get("/api/v1/matches?verified=true").json()["total"] == 6


def test_banks_entries_scans_problems_events_and_health(browser: Browser, things: Filled) -> None:
    """All that the pages show."""
    banks = browser.client.get("/api/v1/banks").json()
    assert [(bank["name"], bank["entries"]) for bank in banks] == [
        ("blue-heron", {"active": 5}),
        ("listed links", {"active": 2, "disputed": 1}),
    ]
    entries = browser.client.get("/api/v1/banks/listed links/entries?status=disputed").json()
    assert [row["id"] for row in entries["rows"]] == [things.entries["disputed"]]
    scan = browser.client.get(f"/api/v1/scans/{things.scans['done']}").json()
    assert (scan["state"], scan["compared"], scan["to_compare"]) == ("done", 8, 8)
    assert browser.client.get("/api/v1/problems").json()["rows"][0]["code"] == "input-refused"
    assert browser.client.get("/api/v1/audit").json()[0]["verb"] == "login.ok"
    assert browser.client.get("/api/v1/health").json()["policy"] == browser.services.policy.label


def test_errors_are_json_with_what_to_do_next(browser: Browser) -> None:
    """The short name is the same as on the command line."""
    missing = browser.client.get("/api/v1/banks/none")
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "not-found"
    assert "qalqan bank list" in missing.json()["error"]["hint"]
    assert browser.client.get("/api/v1/items?q=!!").json()["error"]["code"] == "bad-value"
    assert browser.client.get("/api/v1/items?limit=0").status_code == 422
    assert browser.client.get("/api/v1/items?offset=-1").status_code == 422


@pytest.mark.parametrize("place", ["items", "matches", "banks/blue-heron/entries", "scans", "problems", "audit"])
def test_a_number_that_no_database_holds_is_refused(browser: Browser, place: str) -> None:
    """Every number in an address has its bounds."""
    for name in ("before",) if place == "audit" else ("limit", "offset"):
        answer = browser.client.get(f"/api/v1/{place}?{name}={10**22}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad-value")


def test_the_description_lists_every_route(browser: Browser) -> None:
    """Each with a summary and what it says."""
    assert browser.client.get("/api/openapi.json").json() == described()
    page = browser.get("/api/docs")
    for route in routes(described()):
        assert route.summary
        assert route.about
        assert route.path in page


def test_the_reference_is_current() -> None:
    """Write it anew with: python -m qalqan.web.api > docs/api.md."""
    assert REFERENCE.read_text(encoding="utf-8") == reference()
