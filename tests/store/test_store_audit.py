"""The audit log: appended to, checked, and not to be changed without that being seen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qalqan.errors import AuditBroken
from qalqan.model.custody import AuditEvent
from qalqan.store import Store, audit
from support.made import rolled_back
from support.strategies import TEXT

Tamper = Callable[[sa.Connection], object]


@pytest.fixture
def log(store: Store) -> list[AuditEvent]:
    """Write five events, each in its own transaction."""
    written = []
    for number in range(1, 6):
        with store.writing() as tx:
            written.append(audit.append(tx, "Aziz", "bank.entry.added", f"entry {number}", number=number, by="Дилноза"))
    return written


def _tampered(store: Store, *statements: str) -> None:
    """Change the log as somebody could who owns the database: past its triggers."""
    with store.writing() as tx:
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        else:
            tx.exec_driver_sql("DROP TRIGGER audit_no_update")
            tx.exec_driver_sql("DROP TRIGGER audit_no_delete")
        for statement in statements:
            tx.exec_driver_sql(statement)


def _broken(store: Store, head: str | None = None) -> str:
    with store.reading() as tx, pytest.raises(AuditBroken) as error:
        audit.verify(tx, head)
    return error.value.message


def test_a_whole_log_holds(store: Store, log: list[AuditEvent]) -> None:
    """A check tells how many events there are and the hash of the newest."""
    with store.reading() as tx:
        assert audit.verify(tx) == audit.Checked(5, log[-1].hash)
        assert list(audit.events(tx)) == log


def test_an_empty_log_holds(store: Store) -> None:
    """Before the first event the head is 64 zeros."""
    with store.reading() as tx:
        assert audit.verify(tx) == audit.Checked(0, "0" * 64)


def test_each_event_holds_the_hash_of_the_one_before(log: list[AuditEvent]) -> None:
    """From 64 zeros on, in order, without a gap."""
    assert [one.previous for one in log] == ["0" * 64, *(one.hash for one in log[:-1])]
    assert [one.seq for one in log] == [1, 2, 3, 4, 5]


def test_the_newest_are_listed_first_and_in_pages(store: Store, log: list[AuditEvent]) -> None:
    """A page goes on before an event."""
    with store.reading() as tx:
        assert audit.newest(tx, 2) == [log[4], log[3]]
        assert audit.newest(tx, 2, before=4) == [log[2], log[1]]
        assert audit.newest(tx, 2, before=1) == []


def test_an_event_lands_with_what_it_speaks_of_or_not_at_all(store: Store, log: list[AuditEvent]) -> None:
    """An undone transaction leaves no event and no gap."""
    with rolled_back(store) as tx:
        audit.append(tx, "Aziz", "bank.made", "x")
    with store.writing() as tx:
        assert audit.append(tx, "Aziz", "bank.made", "y").previous == log[-1].hash
    with store.reading() as tx:
        assert audit.verify(tx).events == 6


@pytest.mark.parametrize("table", ["audit", "custody_events"])
@pytest.mark.parametrize("change", ["UPDATE {} SET verb = 'nothing'", "DELETE FROM {}"])
def test_the_database_itself_refuses_a_change(store: Store, log: list[AuditEvent], table: str, change: str) -> None:
    """Without dropping its triggers first, nobody rewrites a log."""
    with store.writing() as tx:
        tx.exec_driver_sql(
            "INSERT INTO custody_events (id, exhibit, by, at, verb, reason, tool, previous, hash) VALUES "
            "('00000000000000000000000000000001', '', '', '2024-03-21 12:00:00', '', '', '', '', '')"
        )
    with pytest.raises(Exception, match=f"{table} is append-only"), store.writing() as tx:
        tx.exec_driver_sql(change.format(table))
    with store.reading() as tx:
        assert audit.verify(tx).head == log[-1].hash


def test_postgresql_refuses_to_empty_a_log(store: Store) -> None:
    """TRUNCATE is a change, too; SQLite has none."""
    if store.engine.dialect.name == "postgresql":
        with pytest.raises(Exception, match="audit is append-only"), store.writing() as tx:
            tx.exec_driver_sql("TRUNCATE audit")
    else:
        with pytest.raises(sa.exc.OperationalError), store.engine.connect() as connection:
            connection.exec_driver_sql("TRUNCATE audit")


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "change",
    [
        "verb = 'bank.entry.retired'", "subject = 'entry 9'", "by = 'somebody'", "detail = '{}'",
        "detail = '{\"number\": 3.0, \"by\": \"Дилноза\"}'", "at = '2020-01-01 00:00:00.000000'",
    ],
)  # fmt: skip
def test_a_changed_event_is_found(store: Store, change: str) -> None:
    """Whichever of its fields was changed."""
    _tampered(store, f"UPDATE audit SET {change} WHERE seq = 3")  # noqa: S608 - our own
    assert "Event 3 was changed after it was written" in _broken(store)


@pytest.mark.usefixtures("log")
def test_a_removed_event_is_found(store: Store) -> None:
    """The message tells which one is missing and where the log goes on."""
    _tampered(store, "DELETE FROM audit WHERE seq IN (2, 3)")
    assert _broken(store) == "Event 2 is missing: the log goes on with event 4."


@pytest.mark.usefixtures("log")
def test_a_removed_beginning_is_found(store: Store) -> None:
    """The first event is event 1."""
    _tampered(store, "DELETE FROM audit WHERE seq = 1")
    assert _broken(store) == "Event 1 is missing: the log goes on with event 2."


@pytest.mark.usefixtures("log")
def test_a_removed_event_is_found_though_the_others_moved_up(store: Store) -> None:
    """Numbers alone do not make a chain."""
    _tampered(
        store, "DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 5",
    )  # fmt: skip
    assert _broken(store) == "Event 3 does not follow on event 2: its link to it is another."


@pytest.mark.usefixtures("log")
def test_swapped_events_are_found(store: Store) -> None:
    """Each is whole, but they stand in another order."""
    _tampered(
        store, "UPDATE audit SET seq = 99 WHERE seq = 2", "UPDATE audit SET seq = 2 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 99",
    )  # fmt: skip
    assert "Event 2 does not follow on event 1" in _broken(store)


def test_an_event_hashed_anew_is_found_by_the_next(store: Store, log: list[AuditEvent]) -> None:
    """Whoever changes an event and its hash breaks the link of the one after it."""
    forged = AuditEvent(3, log[2].at, "somebody", log[2].verb, log[2].subject, log[2].detail, log[2].previous, "")
    _tampered(store, f"UPDATE audit SET by = 'somebody', hash = '{audit.hash_of(forged)}' WHERE seq = 3")  # noqa: S608 - a hash
    assert "Event 4 does not follow on event 3" in _broken(store)


@pytest.mark.usefixtures("log")
def test_an_event_that_cannot_be_read_is_found(store: Store) -> None:
    """Garbage in a row is damage to the log, not an error of the program."""
    garbage = '"a text"' if store.engine.dialect.name == "postgresql" else "{broken"
    _tampered(store, f"UPDATE audit SET detail = '{garbage}' WHERE seq = 3")  # noqa: S608 - our own
    assert _broken(store) == "What follows on event 2 cannot be read: it was changed after it was written."


def test_a_cut_off_end_is_found_by_a_head_noted_earlier(store: Store, log: list[AuditEvent]) -> None:
    """The rest holds together by itself: only somebody who noted the head can tell."""
    _tampered(store, "DELETE FROM audit WHERE seq > 3")
    with store.reading() as tx:
        assert audit.verify(tx, log[2].hash) == audit.Checked(3, log[2].hash)
    assert "the log's end was cut off or rewritten" in _broken(store, log[4].hash)


def test_a_head_noted_earlier_is_still_there_when_the_log_has_grown(store: Store, log: list[AuditEvent]) -> None:
    """Any event's hash will do."""
    with store.reading() as tx:
        for one in log:
            assert audit.verify(tx, one.hash).events == 5


def test_four_threads_keep_one_chain(store: Store) -> None:
    """Whoever appends at the same time waits for its turn: no gap, no fork."""

    def run(name: int) -> None:
        for number in range(15):
            with store.writing() as tx:
                audit.append(tx, f"thread {name}", "item.read", str(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    with store.reading() as tx:
        assert audit.verify(tx).events == 60


DETAILS = st.dictionaries(
    TEXT,
    TEXT | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none(),
    max_size=4,
)


@given(by=TEXT, verb=TEXT, subject=TEXT, detail=DETAILS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_is_logged_still_holds_when_read_back(
    store: Store, by: str, verb: str, subject: str, detail: dict[str, object]
) -> None:
    """Any text, number and nothing survives the database with the same hash."""
    with rolled_back(store) as tx:
        event = audit.append(tx, by, verb, subject, **detail)
        assert audit.verify(tx) == audit.Checked(1, event.hash)
        assert list(audit.events(tx)) == [event]
