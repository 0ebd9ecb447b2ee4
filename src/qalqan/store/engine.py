"""Opens the store: SQLite in a file by default, PostgreSQL by its URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from qalqan.errors import StoreError, StoreNotReady
from qalqan.store import schema
from qalqan.store.blobs import Blobs, FolderBlobs

BUSY_SECONDS = 60


class Store:
    """The database and the blobs. Safe to share between threads; `close()` gives the connections back."""

    def __init__(self, engine: sa.Engine, blobs: Blobs) -> None:
        self.engine = engine
        self.blobs = blobs

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent look at the records."""
        with _plain_errors(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it lands or none. On SQLite it waits its turn at the start, never in the middle."""
        with _plain_errors(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)  # noqa: PLW2901 - the same connection, marked
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(url: str, blobs: Path, *, create: bool = False) -> Store:
    """Open the store at `url` with its blobs in the folder `blobs`; with `create`, make or upgrade its tables.

    Raises StoreNotReady where there is none, or one of another version; StoreError where it cannot be reached.
    """
    engine = sa.create_engine(url, **_pool_options(url))
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, create=create)
    with _plain_errors():
        if create:
            schema.upgrade(engine)
        schema.check(engine)
    return Store(engine, FolderBlobs(blobs))


def _pool_options(url: str) -> dict[str, object]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}


def _prepare_sqlite(engine: sa.Engine, *, create: bool) -> None:
    path = Path(engine.url.database or "")
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
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


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Say in plain words what a driver says in its own."""
    try:
        yield
    except OperationalError as error:
        raise StoreError(f"The database will not take it: {error.orig}", hint="qalqan doctor looks further.") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreError(f"The database went away: {error.orig}", hint="qalqan doctor looks further.") from error
        raise
