"""What stood around a message in its channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qalqan.model.ids import new_id
from qalqan.model.items import Item, ItemKind
from qalqan.store import Store, intake
from qalqan.store.intake import NewItem
from qalqan.store.neighbours import neighbours

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def talk(store: Store) -> list[Item]:
    """Hand in twelve messages of one channel, each followed by one of another channel."""
    kept = []
    with store.writing() as tx:
        source = intake.ensure_source(tx, "/data/export", "Export", "amina", None)
        for number in range(12):
            for channel in ("lake", "hill"):
                item = message(source.id, channel, number)
                intake.add_items(tx, [NewItem(item, f"{channel} {number}", ())])
                kept += [item] if channel == "lake" else []
    return kept


def message(source_id: str, channel: str | None, number: int) -> Item:
    """Return a message of a channel."""
    return Item(
        id=new_id(), source_id=source_id, kind=ItemKind.MESSAGE, reader="telegram/1", origin=f"result.json#{number}",
        platform="telegram", channel=channel, channel_ref=channel, author="Reed", author_ref=None,
        posted_at=START + timedelta(minutes=number), text=f"About the {channel}, {number}", links=(), reply_to=None,
        forwarded_from=None, extra={}, collected_at=START,
    )  # fmt: skip


def test_those_before_and_after_it_stand_in_their_order(store: Store, talk: list[Item]) -> None:
    """Only those of its own channel, the nearest ones."""
    with store.reading() as tx:
        before, after = neighbours(tx, talk[5], 3)
    assert [one.id for one in before] == [one.id for one in talk[2:5]]
    assert [one.id for one in after] == [one.id for one in talk[6:9]]


def test_the_first_has_none_before_it(store: Store, talk: list[Item]) -> None:
    """Nor the last any after it."""
    with store.reading() as tx:
        assert neighbours(tx, talk[0], 5)[0] == []
        assert neighbours(tx, talk[-1], 5)[1] == []


def test_what_is_in_no_channel_has_no_neighbours(store: Store, talk: list[Item]) -> None:
    """A file of a folder stands beside nothing."""
    alone = message(talk[0].source_id, None, 99)
    with store.writing() as tx:
        intake.add_items(tx, [NewItem(alone, "alone", ())])
        assert neighbours(tx, alone, 5) == ([], [])
