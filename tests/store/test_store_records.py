"""Every record of `model/` comes back from its table as it was, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qalqan.errors import NotFound
from qalqan.model.actions import Action, Watch
from qalqan.model.assessments import Assessment
from qalqan.model.banks import Bank, BankEntry, EntryChange
from qalqan.model.custody import AuditEvent, CustodyEvent
from qalqan.model.ids import new_id
from qalqan.model.items import Attachment, Item, Media, Rendition
from qalqan.model.matches import Match
from qalqan.model.people import Person, Session
from qalqan.model.signals import Signal
from qalqan.model.sources import Batch, Problem, Scan, Source
from qalqan.store import Store, desk, tables
from qalqan.store.records import record_of, row_of
from support.made import rolled_back
from support.strategies import records

TABLES: dict[type[Any], sa.Table] = {
    Action: tables.actions, Assessment: tables.assessments, Attachment: tables.attachments, AuditEvent: tables.audit,
    Bank: tables.banks, BankEntry: tables.bank_entries, Batch: tables.batches,
    CustodyEvent: tables.custody_events, EntryChange: tables.entry_changes,
    Item: tables.items, Match: tables.matches, Media: tables.media, Person: tables.people, Problem: tables.problems,
    Rendition: tables.renditions, Scan: tables.scans, Session: tables.sessions, Signal: tables.signals,
    Source: tables.sources, Watch: tables.watches,
}  # fmt: skip
DESK = (Action, Watch, CustodyEvent)
# Each example is undone, so the database that all of a test's examples share stays as it was.
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


def _without_references(tx: sa.Connection) -> None:
    """Let a row stand alone, for this transaction."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("SET LOCAL session_replication_role = replica")
    else:
        tx.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


@pytest.mark.parametrize("kind", TABLES)
@given(data=st.data())
@SHARED
def test_a_record_comes_back_as_it_was(store: Store, kind: type[Any], data: st.DataObject) -> None:
    """Text of any script, far-away times, unknown fields and nested parts are kept."""
    record, table = data.draw(records(kind)), TABLES[kind]
    more = {"key": "k", "current": True}
    row = row_of(record, **{name: value for name, value in more.items() if name in table.c})
    with rolled_back(store) as tx:
        _without_references(tx)
        tx.execute(table.insert(), row)
        assert record_of(kind, tx.execute(sa.select(table)).one()) == record


@pytest.mark.parametrize("kind", DESK)
@given(data=st.data())
@SHARED
def test_the_desk_keeps_its_records(store: Store, kind: type[Any], data: st.DataObject) -> None:
    """A record that was added is got back by its kind and id."""
    record = data.draw(records(kind))
    with rolled_back(store) as tx:
        _without_references(tx)
        desk.add(tx, record)
        assert desk.get(tx, kind, record.id) == record


@pytest.mark.parametrize("kind", DESK)
def test_the_desk_says_what_is_not_there(store: Store, kind: type[Any]) -> None:
    """An unknown id is answered by the kind of record that was sought."""
    with store.reading() as tx, pytest.raises(NotFound, match=f"no {kind.__name__.lower()} "):
        desk.get(tx, kind, new_id())


@pytest.mark.parametrize("kind", DESK)
def test_what_is_no_id_names_no_record(store: Store, kind: type[Any]) -> None:
    """Garbage in the place of an id is answered like an unknown id."""
    with store.reading() as tx, pytest.raises(NotFound):
        desk.get(tx, kind, "'; DROP TABLE cases; --")


def test_a_record_cannot_refer_to_what_is_not_there(store: Store) -> None:
    """Both databases refuse a batch of no scan."""
    with pytest.raises(sa.exc.IntegrityError), store.writing() as tx:
        tx.execute(
            tables.batches.insert(), {"id": new_id(), "scan_id": new_id(), "state": "x", "size": 1, "attempts": 0}
        )


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    """A naive time is a mistake of the program, said where it is made."""
    naive = sa.func.now().type.python_type(2024, 3, 21)
    with pytest.raises(sa.exc.StatementError, match="a time without a zone"), store.writing() as tx:
        tx.execute(sa.update(tables.scans).values(started_at=naive))
