"""How a bank is compared, as the console shows and changes it."""

from __future__ import annotations

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from qalqan.model.banks import EntryStatus
from qalqan.model.calibrations import Calibration
from qalqan.model.ids import new_id
from qalqan.model.times import now
from qalqan.store import audit, banks, calibrations
from support.browsing import Browser
from support.filled import NAME, Filled

PATH = "/banks/blue-heron"
FIELDS = {"radius": "24", "quality": "70", "flood": "50", "stage": ["digest", "radius"]}


def send(browser: Browser, **fields: Any) -> int:  # noqa: ANN401 - whatever a form can hold
    """Send the form with these fields; return the status of the answer."""
    data = {**FIELDS, "csrf": browser.token(PATH), **fields}
    return browser.client.post(f"{PATH}/rules", data=data).status_code


def how(browser: Browser) -> str:
    """Return the words of the section on how the bank is compared."""
    section = LexborHTMLParser(browser.get(PATH)).css_first("#how")
    assert section is not None
    return section.text()


def test_a_bank_shows_its_stages_from_cheap_to_dear(browser: Browser) -> None:
    """Each with what it decides, its cost, and that it was not measured yet."""
    page = LexborHTMLParser(browser.get(PATH))
    names = [one.attributes["value"] for one in page.css("#how input[name=stage]")]
    assert names[0] == "digest"
    assert {"radius", "symmetry", "frames"} <= set(names)
    assert "not measured" in how(browser)
    assert "The very same file, link or wallet" in how(browser)


def test_rules_are_changed_by_a_form_and_kept_with_the_person(browser: Browser) -> None:
    """The page shows them afterwards; the log says who and what."""
    assert send(browser) == 303
    with browser.services.store.reading() as tx:
        rules = banks.by_name(tx, "blue-heron").rules
        event = audit.newest(tx, 1)[0]
    assert (rules.radius, rules.quality, rules.flood, rules.stages) == (24, 70, 50, ("digest", "radius"))
    assert not rules.negative
    assert (event.verb, event.by) == ("bank.rules.changed", NAME)
    page = LexborHTMLParser(browser.get(PATH))
    ticked = {one.attributes["value"] for one in page.css("#how input[name=stage][checked]")}
    assert ticked == {"digest", "radius"}


def test_a_negative_bank_says_so(browser: Browser) -> None:
    """On the list of banks too."""
    assert send(browser, negative="true") == 303
    assert "never matches" in browser.get("/banks")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"radius": "32"}, 422), ({"quality": "49"}, 422), ({"stage": []}, 422), ({"stage": ["palmistry"]}, 422),
     ({"csrf": "guess"}, 403)],
)  # fmt: skip
def test_what_no_rule_may_be_is_refused(browser: Browser, wrong: dict[str, Any], status: int) -> None:
    """Out of bounds, nothing at all, an unknown stage, another's form: nothing changes."""
    assert send(browser, **wrong) == status
    with browser.services.store.reading() as tx:
        assert banks.by_name(tx, "blue-heron").rules.radius == 31


def test_what_was_measured_is_shown_with_its_bound(browser: Browser) -> None:
    """How many of how many harmless things matched, and what share is not exceeded."""
    with browser.services.store.writing() as tx:
        bank = banks.by_name(tx, "blue-heron")
        row = Calibration(new_id(), bank.id, "radius", "3,000 photographs", 3000, 0, (), (), NAME, now())
        calibrations.add(tx, [row])
    assert "0 of 3,000" in how(browser)
    assert "0.1 %" in how(browser)


def test_what_was_set_aside_asks_for_a_person(browser: Browser, things: Filled) -> None:
    """On the first page, on the bank's, and under a tab of its own; restoring it takes the notice away."""
    entry_id = things.entries["disputed"]
    with browser.services.store.writing() as tx:
        banks.change_status(tx, entry_id, EntryStatus.QUARANTINED, "qalqan", "matched 120 different things")
        name = next(one.name for one in banks.every(tx) if one.id == banks.entry(tx, entry_id).bank_id)
    assert "set aside" in browser.get("/")
    assert f"/banks/{name.replace(' ', '%20')}?status=quarantined" in browser.get(f"/banks/{name}")
    path = f"/entries/{entry_id}"
    assert "matched 120 different things" in browser.get(path)
    fields = {"csrf": browser.token(path), "status": "active", "reason": "It is really posted so often"}
    assert browser.client.post(f"{path}/status", data=fields).status_code == 303
    assert "It is really posted so often" in browser.get(path)
    assert "suddenly matched" not in browser.get("/")


def test_an_entry_changes_only_with_a_reason_and_by_a_person(browser: Browser, things: Filled) -> None:
    """Without words nothing changes, and nobody can set an entry aside by hand."""
    path = f"/entries/{things.entries['disputed']}"
    fields = {"csrf": browser.token(path), "status": "retired", "reason": " "}
    assert browser.client.post(f"{path}/status", data=fields).status_code == 422
    fields = {**fields, "status": "quarantined", "reason": "why not"}
    assert browser.client.post(f"{path}/status", data=fields).status_code == 422
    assert "Disputed" in browser.get(path)
