"""Stored items from the newest on, a stretch at a time: what a change is tried on before it is made."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.model.items import Item
from qalqan.store.records import record_of
from qalqan.store.tables import items


def before(tx: sa.Connection, place: int | None, limit: int) -> tuple[list[Item], int | None]:
    """Return the items stored before a place, newest first, and the place to go on from; None where none are left.

    Begin with None. Each stretch may have a transaction of its own: what comes in meanwhile is newer than all of them.
    """
    query = sa.select(items).order_by(items.c.seq.desc()).limit(limit)
    rows = tx.execute(query if place is None else query.where(items.c.seq < place)).all()
    return [record_of(Item, row) for row in rows], (rows[-1].seq if len(rows) == limit else None)
