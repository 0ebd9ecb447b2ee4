"""The list of what was found says how far the case of each item is, as far as its reader is to know."""

from __future__ import annotations

import pytest

from qalqan.flow import appealing, deciding, quality
from qalqan.flow.appealing import Sent
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person
from qalqan.model.quality import Second, Sort
from qalqan.model.times import now
from qalqan.store import quality as looks
from qalqan.store.cases import QueueFilter
from qalqan.web.pages import queue
from support import filled
from support.browsing import Browser
from support.cases import open_case
from support.desk import LAWFUL, grave, somebody, take
from support.filled import Filled


def told(browser: Browser, case_id: Id) -> str:
    """Return what the list says of a case, without its marks; nothing where it does not speak of it."""
    page = browser.get("/found")
    if f'href="/cases/{case_id}">' not in page:
        return ""
    said = page.split(f'href="/cases/{case_id}">', 1)[1].split("</a>", 1)[0]
    return said.rsplit(">", 1)[-1].removeprefix("Case:").strip()


def other(browser: Browser) -> Person:
    """Return somebody else who works here."""
    return somebody(browser.services, "dilnoza")


def test_a_case_is_open_then_decided(browser: Browser, things: Filled) -> None:
    """Each with a way to its page."""
    browser.log_in()
    case_id, lead = open_case(browser.services, [things.items["exact"]]), other(browser)
    assert told(browser, case_id) == "Open"
    take(browser.services, lead, case_id)
    deciding.decide(browser.services, lead, case_id, LAWFUL)
    assert told(browser, case_id) == "Lawful"


def test_what_was_proposed_is_not_told(browser: Browser, things: Filled) -> None:
    """Only that a second opinion is awaited."""
    browser.log_in()
    case_id, lead = open_case(browser.services, [things.items["exact"]]), other(browser)
    take(browser.services, lead, case_id)
    deciding.decide(browser.services, lead, case_id, grave(browser.services))
    assert told(browser, case_id) == "Second opinion"


def test_who_looks_a_second_time_is_not_told_that_it_was_decided(browser: Browser, things: Filled) -> None:
    """The list agrees with the case's page, or they would know."""
    browser.log_in()
    case_id, lead = open_case(browser.services, [things.items["exact"]]), other(browser)
    take(browser.services, lead, case_id)
    deciding.decide(browser.services, lead, case_id, LAWFUL)
    golden = quality.mark_golden(browser.services, lead, case_id, "a plain one")
    look = Second(
        new_id(), Sort.GOLDEN, case_id, None, golden.id, lead.name, filled.NAME, golden.outcome, golden.category, now()
    )
    with browser.services.store.writing() as tx:
        assert looks.add(tx, look)
        taken = quality.take(tx, filled.NAME, 20, QueueFilter())
    assert taken is not None
    assert taken.id == case_id
    assert told(browser, case_id) == "Open"


def test_the_queue_counts_what_is_decided_up_to_a_thousand(
    browser: Browser, things: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are soon too many to count each time; beyond it a plus stands."""
    browser.log_in()
    lead = other(browser)
    for name in ("exact", "mirrored", "quoted"):
        case_id = open_case(browser.services, [things.items[name]])
        take(browser.services, lead, case_id)
        deciding.decide(browser.services, lead, case_id, LAWFUL)
    assert 'Decided <span class="count">3</span>' in browser.get("/queue")
    monkeypatch.setattr(queue, "ABOUT", 2)
    assert 'Decided <span class="count">2+</span>' in browser.get("/queue")
    page = browser.get("/queue?state=decided")
    assert "1 to 3 of 3 cases" in page
    assert page.count("Lawful</p>") == 3


def test_a_lead_takes_back_what_others_decided_and_nobody_what_is_appealed(browser: Browser, things: Filled) -> None:
    """The button is there for whom it works, and goes as long as an appeal is open."""
    browser.log_in()
    case_id, lead = open_case(browser.services, [things.items["exact"]]), other(browser)
    take(browser.services, lead, case_id)
    made = deciding.decide(browser.services, lead, case_id, LAWFUL)
    page = browser.get(f"/cases/{case_id}")
    assert "Take this decision back" in page
    assert "Undo my decision" not in page
    assert f"/appeals?decision={made.id}" in page
    appealing.take_in(browser.services, lead.name, Sent("It hangs in our hall.", decision_id=made.id))
    page = browser.get(f"/cases/{case_id}")
    assert f"/decisions/{made.id}/undo" not in page
    assert f"/appeals?decision={made.id}" not in page
