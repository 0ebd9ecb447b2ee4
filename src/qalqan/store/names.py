"""Whom stored items name, in their own texts and in those of the files on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from qalqan.model.signals import NAME
from qalqan.store.tables_speed import item_traits


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
    held = item_traits.c
    counted = sa.func.count()
    query = (
        sa.select(held.value, counted, sa.func.min(held.collected_at), sa.func.max(held.collected_at))
        .where(held.kind == NAME, held.value != "")
        .group_by(held.value)
        .order_by(counted.desc(), held.value)
    )
    return [Named(*row) for row in tx.execute(query)]
