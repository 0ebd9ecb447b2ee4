"""Second looks at the desk, of which nothing sent tells; and the pages, exports and API of quality for leads."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from qalqan.flow import quality
from qalqan.flow.services import Services
from qalqan.model.ids import Id
from qalqan.model.roles import Role
from qalqan.store import cases, people
from qalqan.store.cases import QueueFilter
from support.browsing import Browser, make_client
from support.cases import open_case
from support.filled import Filled

PASSWORD = "a second pair of eyes"
SECRET = "reasons-of-whoever-was-first"
SECOND = "It reports on the river, my own reasons."


@pytest.fixture
def services(services: Services) -> Services:
    """Draw every decision."""
    object.__setattr__(services, "settings", services.settings.model_copy(update={"blind_share": 1.0}))
    return services


@pytest.fixture
def case_id(services: Services, things: Filled) -> Id:
    """Open a case of two items."""
    return open_case(services, [things.items[one] for one in ("exact", "again")])


@pytest.fixture
def dana(services: Services, things: Filled) -> Browser:  # noqa: ARG001 - the store must be filled first
    """Return the browser of a reviewer."""
    return logged_in(services, "dana", Role.REVIEWER)


@pytest.fixture
def lead(services: Services, things: Filled) -> Browser:  # noqa: ARG001 - the store must be filled first
    """Return the browser of a lead."""
    return logged_in(services, "lead", Role.LEAD)


def logged_in(services: Services, name: str, role: Role) -> Browser:
    """Add a person and log them in."""
    with services.store.writing() as tx:
        people.add(tx, name, PASSWORD, role)
    found = Browser(make_client(services), services)
    assert found.log_in(name, PASSWORD) == 303
    return found


def send(browser: Browser, path: str, **data: str) -> tuple[int, str]:
    """Send a form; return the status and where it leads."""
    answer = browser.client.post(path, data={"csrf": browser.token(), **data})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def look_at_all(browser: Browser, case_id: Id) -> None:
    """Look at each member of a case."""
    with browser.services.store.reading() as tx:
        seen = cases.item_ids(tx, case_id)
    for one in seen:
        assert send(browser, f"/cases/{case_id}/look", item=one)[0] == 303


def decide(browser: Browser, case_id: Id, outcome: str, rationale: str) -> str:
    """Take the next case, which is this one, look at it all and decide it; return where that leads."""
    assert send(browser, "/queue/next") == (303, f"/cases/{case_id}")
    look_at_all(browser, case_id)
    status, place = send(browser, f"/cases/{case_id}/decide", outcome=outcome, rationale=rationale)
    assert status == 303
    quality.follow(browser.services)
    return place


@pytest.fixture
def decided(browser: Browser, case_id: Id) -> Id:
    """Decide the case as the first person."""
    decide(browser, case_id, "lawful", SECRET)
    return case_id


@pytest.fixture
def unlike(decided: Id, dana: Browser) -> Id:
    """Have the case looked at again, with another answer."""
    decide(dana, decided, "news-research-counter", SECOND)
    return decided


def plain(html: str) -> str:
    """Return a page without what is another on every request: tokens and moments."""
    html = re.sub(r'name="csrf" value="[^"]*"', "", html)
    html = re.sub(r"/clear/[^\"' ]+", "", html)
    return re.sub(r"<time.*?</time>|\d\d:\d\d", "", html)


def test_nothing_sent_tells_a_second_look_from_a_fresh_case(
    services: Services, browser: Browser, case_id: Id, dana: Browser
) -> None:
    """The page of the case, letter by letter, the queue, the item and the API are as before it was decided."""
    places = ("/queue", f"/cases/{case_id}", f"/api/v1/cases/{case_id}", "/api/v1/cases", "/api/v1/decisions")
    assert send(dana, "/queue/next")[1] == f"/cases/{case_id}"
    fresh = {place: plain(dana.get(place)) for place in places}
    send(dana, f"/cases/{case_id}/release")
    decide(browser, case_id, "lawful", SECRET)
    assert send(dana, "/queue/next") == (303, f"/cases/{case_id}")
    for place in places:
        held = plain(dana.get(place))
        if place.startswith("/api"):
            held, fresh[place] = (re.sub(r'"claimed_until":"[^"]*"', "", one) for one in (held, fresh[place]))
        assert held == fresh[place], place
    for place in ("/queue?state=decided", "/api/v1/cases?state=decided", "/api/v1/decisions"):
        assert case_id not in dana.get(place)
    with services.store.reading() as tx:
        [item, *_] = cases.item_ids(tx, case_id)
    assert "Lawful" not in dana.get(f"/items/{item}")


def test_what_was_decided_is_not_told_on_the_page_of_its_like_either(
    services: Services, things: Filled, decided: Id, dana: Browser
) -> None:
    """Another case in which the same known thing was found lists it only for those who do not look at it unknowing."""
    other = open_case(services, [things.items["mirrored"]])
    like = f'<a href="/cases/{decided}">Lawful'
    assert like in dana.get(f"/cases/{other}")
    with services.store.writing() as tx:
        assert quality.take(tx, "dana", 20, QueueFilter())
    assert like not in dana.get(f"/cases/{other}")


def test_a_second_look_is_decided_and_taken_back_as_any_case_is(decided: Id, dana: Browser) -> None:
    """A form that lacks something says so; the toast undoes it; afterwards they see their own answer and no other."""
    assert send(dana, "/queue/next")[1] == f"/cases/{decided}"
    assert send(dana, f"/cases/{decided}/claim")[0] == 303
    status, text = send(dana, f"/cases/{decided}/decide", outcome="lawful", rationale="A museum's poster.")
    assert status == 422
    assert SECRET not in text
    look_at_all(dana, decided)
    _status, place = send(dana, f"/cases/{decided}/decide", outcome="news-research-counter", rationale=SECOND)
    assert place.startswith("/queue?done=")
    undo = re.search(r'action="(/decisions/[0-9a-f-]+/undo)"', dana.get(place))
    assert undo
    html = dana.get(f"/cases/{decided}")
    assert SECOND in html
    assert SECRET not in html
    assert send(dana, undo[1]) == (303, f"/cases/{decided}?undone=1")
    assert "data-decide" in dana.get(f"/cases/{decided}")
    assert send(dana, f"/cases/{decided}/release")[0] == 303
    assert SECRET in dana.get(f"/cases/{decided}")
    assert dana.client.get(f"/queue?done={undo[1].split('/')[2]}").status_code == 200


@pytest.mark.usefixtures("unlike")
def test_the_page_of_quality_says_what_was_measured(lead: Browser) -> None:
    """Few cases tell nothing; shares have their intervals; settings are named; each window is an address."""
    html = lead.get("/quality")
    for told in ("1 decision", "too few to say", "QALQAN_BLIND_SHARE", "Features of the policy", "0 % to 79 %"):
        assert told in html, told
    assert re.search('href="/banks/[^"]+"', html[html.index('id="banks"') :])
    assert lead.client.get("/quality?days=7").status_code == 422
    assert "1 decision" in lead.get("/quality?days=0")


def test_an_empty_store_says_what_brings_figures(browser: Browser) -> None:
    """Before anything was decided."""
    assert "Nothing was decided in this time" in browser.get("/quality")
    assert "No golden case yet" in browser.get("/quality/golden")
    assert "No two answers differ" in browser.get("/quality/disagreements")


@pytest.mark.usefixtures("unlike")
def test_figures_over_the_api_and_as_a_file(lead: Browser, dana: Browser) -> None:
    """The same ones; for leads alone."""
    found = lead.client.get("/api/v1/quality?days=30").json()
    assert (found["decided"], found["disagreements"], found["waiting"], found["blind_share"]) == (1, 1, 0, 1.0)
    same = found["blind"]["same"]
    assert (same["share"], same["right"], same["of"], same["low"]) == (0, 0, 1, 0)
    assert same["high"] == pytest.approx(0.793, abs=0.001)
    assert (found["blind"]["few"], found["blind"]["kappa"]) == (True, None)
    rows = list(csv.DictReader(io.StringIO(lead.get("/quality/export").removeprefix("\ufeff"))))
    assert [one["cases"] for one in rows if one["part"] == "blind"] == ["1"]
    lines = [json.loads(one) for one in lead.get("/quality/export?form=ndjson").splitlines()]
    assert len(lines) == len(rows)
    assert {one["part"] for one in lines} >= {"blind", "golden", "category", "language", "feature", "bank", "match"}
    for place in ("/quality", "/quality/export", "/api/v1/quality", "/quality/disagreements"):
        assert dana.client.get(place).status_code == 403


def test_a_lead_sees_both_answers_and_brings_a_case_back(unlike: Id, lead: Browser) -> None:
    """With both rationales; once settled it is listed no more, and the case waits again with a note."""
    html = lead.get("/quality/disagreements")
    for told in (SECRET, SECOND, "Lawful", "News, research", "dana"):
        assert told in html, told
    place = re.search(r'action="(/quality/disagreements/[0-9a-f-]+)"', html)
    assert place
    assert send(lead, place[1], how="x")[0] == 422
    assert send(lead, place[1], how="reopened")[0] == 303
    assert "No two answers differ" in lead.get("/quality/disagreements")
    assert "Somebody else came to another finding." in lead.get(f"/cases/{unlike}")
    assert send(lead, place[1], how="stands")[0] == 404


@pytest.mark.usefixtures("unlike")
def test_who_gave_one_of_the_answers_does_not_settle_them(browser: Browser) -> None:
    """They see both, and no buttons."""
    html = browser.get("/quality/disagreements")
    assert "somebody else decides" in html
    assert 'value="reopened"' not in html


def test_a_lead_marks_and_ends_a_golden_case(decided: Id, lead: Browser, dana: Browser) -> None:
    """On the page of a decided case, with a reason; a reviewer is told nothing of it."""
    assert "Make it a golden case" in lead.get(f"/cases/{decided}")
    assert send(lead, f"/cases/{decided}/golden", note="")[0] == 422
    assert send(lead, f"/cases/{decided}/golden", note="Clear <to> all.") == (303, "/quality/golden")
    html = lead.get("/quality/golden")
    assert "Clear &lt;to&gt; all." in html
    assert "golden" in lead.get(f"/cases/{decided}")
    assert "olden" not in dana.get(f"/cases/{decided}")
    end = re.search(r'action="(/golden/[0-9a-f-]+/end)"', html)
    assert end
    assert send(dana, end[1])[0] == 403
    assert send(lead, end[1]) == (303, "/quality/golden")
    assert "No golden case yet" in lead.get("/quality/golden")
