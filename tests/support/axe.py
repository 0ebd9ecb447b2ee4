"""What axe-core finds on a page: a script of the tests' own, which the page itself would let in from nowhere."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).parent.parent / "browser" / "vendor" / "axe-core" / "axe.min.js"
SCHEMES = ("dark", "light")


def violations(page: Page) -> list[str]:
    """Return what axe-core finds against a page as it is shown now, however slight."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert len(result["passes"]) > 10, "axe looked at nothing"
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary'][:160]}"
        for one in result["violations"]
    ]


def flawless(page: Page, *schemes: str) -> None:
    """Fail where axe-core finds anything at all; without `schemes` in dark and in light, and the page stays light."""
    for scheme in schemes or SCHEMES:
        # Without motion: a colour on its way from the other scheme is neither of the two.
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        found = violations(page)
        assert found == [], f"{page.url} in {scheme}: {found}"
