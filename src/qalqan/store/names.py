"""Whom stored items name, by the signals of kind `name`: in their own texts and in those of the files on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from qalqan.model.signals import NAME
from qalqan.store.tables import attachments, items, signals


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom items name."""

    entity: str
    """Its key in the lexicons."""
    items: int
    first: datetime
    """When the first of these items was collected."""
    last: datetime


def every(tx: sa.Connection) -> list[Named]:
    """Return everybody whom items name, those named by most items first. There are no more than the lexicons know."""
    naming = _signals_of(NAME)
    counted = sa.func.count(sa.distinct(naming.c.item_id))
    collected = items.c.collected_at
    query = (
        sa.select(naming.c.value, counted, sa.func.min(collected), sa.func.max(collected))
        .join(items, items.c.id == naming.c.item_id)
        .group_by(naming.c.value)
        .order_by(counted.desc(), naming.c.value)
    )
    return [Named(*row) for row in tx.execute(query)]


def naming_items(entity: str) -> sa.Select[tuple[str]]:
    """Return a query for the ids of the items that name somebody, to narrow another query by."""
    naming = _signals_of(NAME)
    return sa.select(naming.c.item_id).where(naming.c.value == entity)


def items_with(kind: str) -> sa.Select[tuple[str]]:
    """Return a query for the ids of the items that have a signal of a kind."""
    return sa.select(_signals_of(kind).c.item_id)


def _signals_of(kind: str) -> sa.Subquery:
    """Return (item, value) pairs for the signals of a kind; one item may stand there several times."""
    of_kind = signals.c.kind == kind
    own = sa.select(signals.c.item_id, signals.c.value).where(of_kind, signals.c.item_id.is_not(None))
    of_files = (
        sa.select(attachments.c.item_id, signals.c.value)
        .join(signals, attachments.c.media_sha256 == signals.c.media_sha256)
        .where(of_kind)
    )
    return sa.union_all(own, of_files).subquery()
