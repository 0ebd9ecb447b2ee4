"""What the measure of a million items asks for, asked of a small store of the same make: every page answers."""

from __future__ import annotations

from bench import million_desk, million_fill, million_paths, million_shadow
from qalqan.flow.services import Services
from qalqan.store import items, pages
from qalqan.store.item_lists import ItemFilter
from support.browsing import Browser

ITEMS = 2_000
BESIDE = {"/me/factor/code.svg", "/media/{sha256}/clear/{blob}"}
"""What the measure opens by sending something first."""


def test_every_page_answers_in_a_store_that_is_in_full_use(services: Services, stranger: Browser) -> None:
    """Lists at all pages and under all filters, cases in each state, appeals, deliveries; no route is forgotten."""
    million_fill.fill(services.store, ITEMS)
    million_desk.fill_desk(services.store, ITEMS // 10)
    million_shadow.fill_shadow(services.store)
    assert stranger.log_in() == 303
    with services.store.reading() as tx:
        paths = million_paths.every(tx, ITEMS)
    failed = {path: code for path in paths if (code := stranger.client.get(path).status_code) != 200}
    assert failed in ({}, {"/login": 303})  # who is logged in needs no login
    assert set(million_paths.forgotten(paths)) <= BESIDE


def test_the_filled_store_is_as_a_scan_leaves_it(services: Services) -> None:
    """What stands leads, each item once, and what items hold is noted, so that the lists measured are not empty."""
    million_fill.fill(services.store, ITEMS)
    with services.store.reading() as tx:
        totals, counted = items.totals(tx), pages.count_bands(tx, pages.FoundFilter())
        named = items.page(tx, ItemFilter(has="name"), 10)
    assert counted["known"] > 0
    assert sum(counted.values()) <= sum(totals[band] for band in counted)
    assert named.total > 0
