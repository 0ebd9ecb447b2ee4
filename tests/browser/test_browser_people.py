"""The pages of one's own login and of people, in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from support.browsing import Live

# The fixtures' server and the browser's pipe need sockets on the loopback interface.
pytestmark = [pytest.mark.browser, pytest.mark.loopback, pytest.mark.enable_socket]
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_them(page: Page, live: Live, width: int) -> None:
    """Labels, contrast and order hold, and nothing is wider than the screen."""
    page.set_viewport_size({"width": width, "height": 800})
    for place in ("/me", "/people"):
        page.goto(live.address + place)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        violations = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
