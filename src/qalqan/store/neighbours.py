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
    before = _beside(tx, item, items.c.id < item.id, items.c.id.desc(), number)
    after = _beside(tx, item, items.c.id > item.id, items.c.id.asc(), number)
    return before[::-1], after


def _beside(
    tx: sa.Connection, item: Item, side: sa.ColumnElement[bool], order: sa.ColumnElement[object], number: int
) -> list[Item]:
    near = sa.select(items.c.id).where(items.c.source_id == item.source_id, side).order_by(order).limit(REACH)
    same = items.c.channel_ref == item.channel_ref if item.channel_ref else items.c.channel == item.channel
    query = sa.select(items).where(items.c.id.in_(near.subquery().select()), same)
    return records_of(Item, tx.execute(query.order_by(order).limit(number)))
