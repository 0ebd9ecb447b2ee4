"""Making, upgrading and checking the tables."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from qalqan.errors import StoreNotReady
from qalqan.store import Store, items, open_store, schema
from qalqan.store.all_tables import metadata
from support.elsewhere import upgrade_store


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    """Alembic finds nothing to do between the newest revision and `tables.py`."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "include_name": _not_search},
        )
        assert compare_metadata(context, metadata) == []


def _not_search(name: str | None, kind: str, parents: object) -> bool:  # noqa: ARG001 - Alembic's form
    """Leave out what only one of the databases has: the words of items."""
    return not (name or "").startswith(("items_search", "ix_items_search")) and (kind, name) != ("column", "search")


def test_a_store_that_is_not_there_is_not_made_by_opening_it(empty_url: str, tmp_path: Path) -> None:
    """Opening says which command makes a store."""
    with pytest.raises(StoreNotReady) as error:
        open_store(empty_url, tmp_path / "blobs")
    assert error.value.hint == "Make one with: qalqan init"


def test_an_empty_file_is_no_store(empty_sqlite_url: str, home: Path) -> None:
    """A SQLite file without tables is answered as no store."""
    (home / "qalqan.db").touch()
    with pytest.raises(StoreNotReady, match="There is no store in"):
        open_store(empty_sqlite_url, home / "blobs")


def test_a_store_of_another_version_is_not_opened(store: Store, tmp_path: Path) -> None:
    """Opening says both versions and which command upgrades."""
    with store.writing() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StoreNotReady, match=f"at version 0000; this program needs {schema.newest()}") as error:
        open_store(store.engine.url.render_as_string(hide_password=False), tmp_path)
    assert error.value.hint == "Upgrade it with: qalqan init"


def test_the_password_is_not_repeated(empty_postgres_url: str, tmp_path: Path) -> None:
    """The message about a store that is not ready does not give away the URL's password."""
    url = sa.make_url(empty_postgres_url).set(password="secret")
    with pytest.raises(StoreNotReady) as error:
        open_store(url.render_as_string(hide_password=False), tmp_path)
    assert "secret" not in error.value.message
    assert "test_" in error.value.message


def test_upgrading_twice_changes_nothing(empty_url: str, tmp_path: Path) -> None:
    """A store that is at the newest revision is left alone."""
    for _ in range(2):
        opened = open_store(empty_url, tmp_path / "blobs", create=True)
        assert schema.current(opened.engine) == schema.newest()
        opened.close()


def test_an_upgrade_that_is_broken_off_leaves_nothing(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of an upgrade lands or none: the next one starts from where it was."""
    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", _broken_off)
        with pytest.raises(KeyboardInterrupt):
            open_store(empty_url, tmp_path / "blobs", create=True)
    opened = open_store(empty_url, tmp_path / "blobs", create=True)
    with opened.reading() as tx:
        assert items.first(tx) is None
    opened.close()


def _broken_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_two_processes_upgrade_at_once(empty_url: str, tmp_path: Path) -> None:
    """Whichever comes second finds the work done."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        done = [pool.submit(upgrade_store, empty_url, str(tmp_path / "blobs")) for _ in range(6)]
        assert [one.result() for one in done] == [schema.newest()] * 6
