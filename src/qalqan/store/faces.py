"""The item that stands for each case in lists: the one that opened it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from qalqan.model.ids import Id
from qalqan.store.tables_cases import case_items

FIRST = "first"


def first_items(tx: sa.Connection, case_ids: Sequence[Id]) -> dict[Id, Id]:
    """Return the item that opened each of these cases."""
    query = sa.select(case_items.c.case_id, case_items.c.item_id)
    query = query.where(case_items.c.case_id.in_(case_ids), case_items.c.tie == FIRST)
    return {row.case_id: row.item_id for row in tx.execute(query)}
