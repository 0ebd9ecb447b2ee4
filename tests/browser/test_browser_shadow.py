"""A lead in Chromium: a policy goes into the shadow, is looked at, is switched on, and the earlier one comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from qalqan.flow import shadow
from support.axe import flawless
from support.browsing import Live
from support.shadowed import HIGH, other_policy

pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]


def _hold(page: Page) -> None:
    """Hold the page that is open, with everything on it opened, to axe-core and to its width, at both widths."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    for width, height, scheme in ((390, 800, "dark"), (1280, 900, "light")):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        flawless(page, scheme)


def test_a_lead_tries_a_policy_switches_it_on_and_goes_back(page: Page, live: Live, tmp_path: Path) -> None:
    """A file is chosen, what differs is listed, its name is typed; nothing on the way has a fault."""
    file = tmp_path / "stricter.yaml"
    file.write_text(other_policy(bands=HIGH), "utf-8")
    page.goto(f"{live.address}/policy")
    page.get_by_role("link", name="Try a new policy in its shadow").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Weigh also so many items found before").fill("500")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name="first/another").wait_for()
    list(shadow.follow(live.services))
    page.reload()
    with live.services.store.reading() as tx:
        found = shadow.status(tx)
    assert found
    assert page.locator("tr[data-row]").count() == found.listed > 0
    assert page.get_by_text("bands → look: 30, then 70").is_visible()
    _hold(page)
    page.get_by_label("To switch it on, type its name and version").fill("first/another")
    page.get_by_label("Then weigh all stored items again").first.uncheck()
    page.get_by_role("button", name="Switch on").click()
    page.wait_for_url(f"{live.address}/policy")
    assert page.get_by_text("first/another").is_visible()
    page.goto(f"{live.address}/policy/shadow")
    _hold(page)
    back = page.get_by_role("button", name="Put in force first/3")
    back.locator("xpath=..").get_by_role("checkbox").uncheck()
    back.click()
    page.wait_for_url(f"{live.address}/policy")
    assert page.get_by_text("first/3").is_visible()
