"""The records of the rooms behind the desk: actions, watches, custody. Kept and read back whole."""

from __future__ import annotations

from typing import TypeVar

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.model.actions import Action, Watch
from qalqan.model.custody import CustodyEvent
from qalqan.model.ids import Id
from qalqan.store import tables
from qalqan.store.records import record_of, row_of

T = TypeVar("T", Action, Watch, CustodyEvent)

_TABLES: dict[type, sa.Table] = {
    Action: tables.actions,
    Watch: tables.watches,
    CustodyEvent: tables.custody_events,
}


def add(tx: sa.Connection, record: Action | Watch | CustodyEvent) -> None:
    """Keep a record."""
    tx.execute(_TABLES[type(record)].insert(), row_of(record))


def get(tx: sa.Connection, kind: type[T], record_id: Id) -> T:
    """Return the record of this kind and id. Raises NotFound."""
    table = _TABLES[kind]
    row = tx.execute(sa.select(table).where(table.c.id == record_id)).first()
    if row is None:
        raise NotFound(f"There is no {kind.__name__.lower()} {record_id}.")
    return record_of(kind, row)
