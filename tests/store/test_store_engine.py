"""Opening the store, transactions, and what is said when the database will not take something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from qalqan.errors import BadValue, NotFound, StoreError
from qalqan.model.ids import new_id
from qalqan.settings import Settings
from qalqan.store import Store, audit, banks, intake, items, open_store
from qalqan.store.intake import NewItem
from qalqan.store.items import ItemFilter
from support.made import item, new_item, stored
from support.postgres import Server


def test_a_fresh_store_is_empty(store: Store, settings: Settings) -> None:
    """The settings name the same store, and there is nothing in it."""
    assert sa.make_url(settings.store_url) == store.engine.url
    with store.reading() as tx:
        assert items.first(tx) is None


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://somebody:secret@host/x", "postgresql+nodriver://x:secret@h/y",
                                 "postgresql://x:secret@h:port/y", "postgres//x", "sqlite://x:secret@/y"])  # fmt: skip
def test_a_url_of_no_known_database_is_a_bad_value(url: str, tmp_path: Path) -> None:
    """The message says which variable to set, and repeats no password."""
    with pytest.raises(BadValue) as error:
        open_store(url, tmp_path, create=True)
    assert "QALQAN_DATABASE_URL" in error.value.hint
    assert "secret" not in error.value.message + error.value.hint
    assert error.value.__suppress_context__


def test_all_of_a_transaction_lands_or_none(store: Store) -> None:
    """What was written before an error is gone with it."""
    with pytest.raises(NotFound):
        _make_one_and_miss_another(store)
    with store.reading() as tx:
        assert banks.every(tx) == []


def _make_one_and_miss_another(store: Store) -> None:
    with store.writing() as tx:
        banks.create(tx, "herons", "spam", "Aziz")
        banks.by_name(tx, "geese")


def test_a_look_is_consistent(store: Store) -> None:
    """What others write after a reader's first look is not in any of its later ones."""
    stored(store, "first")
    with store.reading() as tx:
        assert items.count(tx, ItemFilter()) == 1
        stored(store, "first", "second")
        assert items.count(tx, ItemFilter()) == 1
    with store.reading() as tx:
        assert items.count(tx, ItemFilter()) == 2


def test_a_stream_does_not_change_what_follows(store: Store) -> None:
    """After a long list was streamed, the same transaction goes on to write."""
    with store.writing() as tx:
        bank = banks.create(tx, "herons", "spam", "Aziz")
        audit.append(tx, "Aziz", "bank.made", bank.id)
        audit.verify(tx)
        assert list(banks.all_entries_of(tx, bank.id)) == []
        assert list(items.kept_media(tx)) == []
        audit.append(tx, "Aziz", "bank.seen", bank.id)
        assert audit.verify(tx).events == 2


@pytest.mark.parametrize("text", ["a\0b", "half a pair \ud800"])
def test_text_that_a_database_cannot_hold(store: Store, text: str) -> None:
    """A NUL and half a surrogate pair are kept whole or refused in plain words; never a driver's own error."""
    with store.writing() as tx:
        source = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz")
    one = NewItem(item(source.id, text=text), "c")
    refused = ""
    try:
        with store.writing() as tx:
            intake.add_items(tx, [one])
    except BadValue as error:
        refused = error.message
    with store.reading() as tx:
        if refused:
            assert refused.startswith("The database cannot hold this value")
            assert items.first(tx) is None
        else:
            assert items.get(tx, one.item.id).item.text == text


def test_far_away_times_come_back(store: Store, store_url: str, tmp_path: Path) -> None:
    """Whatever zone the database is set to, the first and last hours of the calendar can be read."""
    if store.engine.dialect.name == "postgresql":
        with store.writing() as tx:
            tx.exec_driver_sql(f"ALTER DATABASE \"{store.engine.url.database}\" SET timezone = 'Asia/Tashkent'")
    opened = open_store(store_url, tmp_path)
    times = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    with opened.writing() as tx:
        source = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz")
        intake.add_items(tx, [NewItem(item(source.id, str(at), posted_at=at), "c") for at in times])
        assert [one.posted_at for one in items.page(tx, ItemFilter(), 10).items] == list(times[::-1])
    opened.close()


def test_a_database_that_was_removed(home: Path, sqlite_url: str) -> None:
    """A store whose tables are gone is answered in plain words."""
    opened = open_store(sqlite_url, home / "blobs")
    with opened.writing() as tx:
        tx.exec_driver_sql("DROP TABLE problems")
    with pytest.raises(StoreError) as error, opened.reading() as tx:
        intake.count_problems(tx)
    opened.close()
    assert error.value.hint


def test_a_file_that_is_no_database(home: Path, empty_sqlite_url: str) -> None:
    """Garbage in the place of the store is answered in plain words, and stays as it is."""
    (home / "qalqan.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreError, match="file is not a database"):
        open_store(empty_sqlite_url, home / "blobs")
    assert (home / "qalqan.db").read_bytes().startswith(b"no database")


def test_a_damaged_database(home: Path, sqlite_url: str) -> None:
    """A file with holes in it is answered in plain words."""
    opened = open_store(sqlite_url, home / "blobs")
    stored(opened, *(f"Message {n}" for n in range(300)))
    opened.close()
    whole = (home / "qalqan.db").read_bytes()
    (home / "qalqan.db").write_bytes(whole[:4096] + b"\x5a" * (len(whole) - 4096))
    with pytest.raises(StoreError):
        _read_all(sqlite_url, home)


def _read_all(url: str, home: Path) -> None:
    opened = open_store(url, home / "blobs")
    try:
        with opened.reading() as tx:
            items.page(tx, ItemFilter(), 1000)
    finally:
        opened.close()


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the place of the home folder is answered in plain words."""
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path}/home/qalqan.db", tmp_path, create=True)


def test_no_server_answers(tmp_path: Path) -> None:
    """A PostgreSQL that is not there is answered in plain words."""
    with pytest.raises(StoreError) as error:
        open_store(f"postgresql+psycopg://x@/y?host={tmp_path}", tmp_path)
    assert "qalqan doctor" in error.value.hint


def test_a_server_that_goes_away_and_comes_back(postgres_url: str, tmp_path: Path) -> None:
    """The transaction that it broke is told in plain words; the next one finds a new connection."""
    opened = open_store(postgres_url, tmp_path)
    with pytest.raises(StoreError, match=r"went away|will not take it"):
        _lose_the_connection(opened)
    with opened.reading() as tx:
        assert items.first(tx) is None
    opened.close()


def _lose_the_connection(store: Store) -> None:
    with store.reading() as broken, store.writing() as other:
        pid = broken.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        other.execute(sa.select(sa.func.pg_terminate_backend(pid)))
        items.first(broken)


@pytest.fixture
def weak_role(postgres_server: Server) -> Iterator[str]:
    """Make a role that may do nothing."""
    url = (
        sa.make_url(postgres_server.url("postgres")).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE weak LOGIN")
        yield "weak"
        connection.execute("DROP ROLE weak")


def test_a_role_that_may_not_make_tables(empty_postgres_url: str, weak_role: str, tmp_path: Path) -> None:
    """A lack of rights is answered in plain words."""
    url = sa.make_url(empty_postgres_url).set(username=weak_role).render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="permission denied"):
        open_store(url, tmp_path, create=True)


def test_all_connections_in_use(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits too long for a connection is told so in plain words."""
    monkeypatch.setattr(store.engine.pool, "_timeout", 0.01)
    taken = [store.engine.connect() for _ in range(40)]
    try:
        with pytest.raises(StoreError, match="in use"), store.reading():
            pass
    finally:
        for one in taken:
            one.close()


def test_a_reader_writes_nothing_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    """Writing within `reading` is a mistake that the database refuses."""
    opened = open_store(postgres_url, tmp_path)
    with pytest.raises(StoreError, match="read-only"), opened.reading() as tx:
        banks.create(tx, "herons", "spam", "Aziz")
    opened.close()


def test_an_id_of_no_record_is_not_found_while_writing(store: Store) -> None:
    """Our own errors come out of a transaction as they are."""
    with pytest.raises(NotFound), store.writing() as tx:
        intake.add_items(tx, [new_item("no id", "1")])
    with store.reading() as tx, pytest.raises(NotFound):
        items.get(tx, new_id())
