"""What all tests share: a clean environment, a home of their own, and a store on both databases."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from qalqan.settings import Settings
from qalqan.store import Store, open_store
from support import postgres, quick

# Machines differ in speed: a test's time is bounded by pytest-timeout, not by the example.
hypothesis.settings.register_profile("qalqan", deadline=None, print_blob=True)
hypothesis.settings.load_profile("qalqan")


@pytest.fixture(autouse=True, scope="session")
def _quickly() -> Iterator[None]:
    """Nothing in these tests need outlive the machine, and no password need be strong."""
    with pytest.MonkeyPatch.context() as patch:
        quick.open_quickly(patch)
        quick.store_quickly(patch)
        quick.hash_quickly(patch)
        yield


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No `QALQAN_…` variable of whoever runs the tests reaches them."""
    for name in [name for name in os.environ if name.startswith("QALQAN_") and not name.startswith("QALQAN_TEST_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Start a PostgreSQL server, once for each process of tests and only if one asks for it."""
    with postgres.running() as server:
        yield server


@pytest.fixture
def empty_postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """Return the URL of a fresh PostgreSQL database without any table."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of a PostgreSQL database with all tables, to be copied."""
    return postgres_server.template("migrated", lambda url: _migrate(url, tmp_path_factory.mktemp("blobs")))


@pytest.fixture
def postgres_url(postgres_server: postgres.Server, postgres_template: str) -> Iterator[str]:
    """Return the URL of a fresh PostgreSQL database with all tables."""
    with postgres_server.database(postgres_template) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with all tables, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    _migrate(f"sqlite:///{folder / 'qalqan.db'}", folder / "blobs")
    return folder / "qalqan.db"


@pytest.fixture
def empty_sqlite_url(home: Path) -> str:
    """Return the URL of a SQLite file that is not there yet."""
    return f"sqlite:///{home / 'qalqan.db'}"


@pytest.fixture
def sqlite_url(empty_sqlite_url: str, sqlite_template: Path, home: Path) -> str:
    """Return the URL of a fresh SQLite file in `home` with all tables."""
    shutil.copyfile(sqlite_template, home / "qalqan.db")
    return empty_sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a database without any table: on SQLite, then on PostgreSQL."""
    names = {"sqlite": "empty_sqlite_url", "postgresql": "empty_postgres_url"}
    return str(request.getfixturevalue(names[request.param]))


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a fresh database with all tables: on SQLite, then on PostgreSQL."""
    names = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}
    return str(request.getfixturevalue(names[request.param]))


@pytest.fixture
def settings(home: Path, store_url: str) -> Settings:
    """Return settings of a store that is ready: on SQLite, then on PostgreSQL."""
    return Settings(home=home, database_url="" if store_url.startswith("sqlite") else store_url)


@pytest.fixture
def store(store_url: str, home: Path) -> Iterator[Store]:
    """Open a store that is empty but for its tables: on SQLite, then on PostgreSQL."""
    opened = open_store(store_url, home / "blobs")
    yield opened
    opened.close()


def _migrate(url: str, blobs: Path) -> None:
    open_store(url, blobs, create=True).close()
