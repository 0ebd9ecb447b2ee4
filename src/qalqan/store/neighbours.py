"""What stood around a message in its channel: so that nobody decides on a sentence torn out of its talk."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.model.items import Item
from qalqan.store.records import records_of
from qalqan.store.tables import items

REACH = 400
"""Items of one source that are looked through on either side: what stands further off is not found."""


def neighbours(tx: sa.Connection, item: Item, number: int) -> tuple[list[Item], list[Item]]:
    """Return up to `number` messages of an item's channel before it and as many after it, in their order.

    An export hands its messages in one after another and ids grow with time, so those of one source that stand next
    to an id are its neighbours: an index holds them, however much is stored. None are told of what is in no channel.
    """
    if not (item.channel_ref or item.channel):
        return [], []
    before = _beside(tx, item, items.c.id < item.id, number, newest=True)
    after = _beside(tx, item, items.c.id > item.id, number, newest=False)
    return before[::-1], after


def _beside(tx: sa.Connection, item: Item, side: sa.ColumnElement[bool], number: int, *, newest: bool) -> list[Item]:
    near = sa.select(items).where(items.c.source_id == item.source_id, side)
    # A table of its own, which no database takes apart: PostgreSQL walked all items of the channel for a list of ids.
    rows = near.order_by(items.c.id.desc() if newest else items.c.id).limit(REACH).subquery()
    same = rows.c.channel_ref == item.channel_ref if item.channel_ref else rows.c.channel == item.channel
    query = sa.select(rows).where(same).order_by(rows.c.id.desc() if newest else rows.c.id).limit(number)
    return records_of(Item, tx.execute(query))
