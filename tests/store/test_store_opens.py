"""Opening a store, on both databases."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.settings import Settings
from qalqan.store import Store, items


def test_a_fresh_store_is_empty(store: Store, settings: Settings) -> None:
    """The settings name the same store, and there is nothing in it."""
    assert sa.make_url(settings.store_url) == store.engine.url
    with store.reading() as tx:
        assert items.first(tx) is None
