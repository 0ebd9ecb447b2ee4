"""Opens the store: SQLite in a file by default, PostgreSQL by its URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

from qalqan.errors import BadValue, StoreError, StoreNotReady
from qalqan.store import schema
from qalqan.store.blobs import Blobs, FolderBlobs
from qalqan.store.faults import plain_errors, say_plainly

BUSY_SECONDS = 60


class Store:
    """The database and the blobs. Safe to share between threads; `close()` gives the connections back."""

    def __init__(self, engine: sa.Engine, blobs: Blobs) -> None:
        self.engine = engine
        self.blobs = blobs

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent look at the records: what others write meanwhile is not in it."""
        with plain_errors(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":  # SQLite gives a transaction nothing less
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it lands or none. On SQLite it waits its turn at the start, never in the middle."""
        with plain_errors(), self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(url: str, blobs: Path, *, create: bool = False) -> Store:
    """Open the store at `url` with its blobs in the folder `blobs`; with `create`, make or upgrade its tables.

    Raises StoreNotReady where there is none, or one of another version; StoreError where it cannot be reached;
    BadValue where `url` is no URL of a database that Qalqan knows.
    """
    engine = _engine(url)
    say_plainly(engine)
    prepare = _prepare_sqlite if engine.dialect.name == "sqlite" else _prepare_postgresql
    prepare(engine, create=create)
    try:
        with plain_errors():
            if create:
                schema.upgrade(engine)
            schema.check(engine)
    except BaseException:  # however the opening fails, its connections go back; it is raised on
        engine.dispose()
        raise
    return Store(engine, FolderBlobs(blobs))


def _make_folder(folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)  # texts, hashes of passwords, the log: nobody else may read them
    except OSError as error:
        raise StoreError(
            f"There can be no folder {folder}: {error.strerror}.",
            hint="Set QALQAN_HOME to a folder that you may write.",
        ) from error


def _engine(url: str) -> sa.Engine:
    of_backend: dict[str, dict[str, object]] = {
        "sqlite": {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}},
        "postgresql": {"pool_pre_ping": True},
    }
    try:
        options = of_backend[sa.make_url(url).get_backend_name()]
        return sa.create_engine(url, pool_size=10, max_overflow=30, **options)
    except (sa.exc.ArgumentError, ImportError, KeyError, ValueError):
        # Without its cause, which repeats the URL: a password may stand in it.
        raise BadValue(
            "The database's URL is none that Qalqan knows.",
            hint="Set QALQAN_DATABASE_URL to postgresql://user@host/name, or to nothing for SQLite.",
        ) from None


def _prepare_postgresql(engine: sa.Engine, *, create: bool) -> None:  # noqa: ARG001 - as `_prepare_sqlite`
    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: psycopg.Connection, _record: object) -> None:
        # In another zone than UTC, the driver cannot read the last hours of the year 9999: hostile dates lie there.
        connection.execute("SET TIME ZONE 'UTC'")
        connection.commit()


class _Hinted(SQLiteCompiler):
    """Writes what `with_hint` says behind a table's name: SQLAlchemy leaves `INDEXED BY` to whoever wants it."""

    def get_from_hint_text(self, table: sa.FromClause, text: str | None) -> str | None:  # noqa: ARG002 - SQLAlchemy's form
        """Return the hint as it is."""
        return text


def _prepare_sqlite(engine: sa.Engine, *, create: bool) -> None:
    engine.dialect.statement_compiler = _Hinted
    path = Path(engine.url.database or "")
    if create:
        _make_folder(path.parent)
    elif not path.exists():
        raise StoreNotReady(f"There is no store at {path}.", hint="Make one with: qalqan init")

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined] # we say BEGIN ourselves, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
