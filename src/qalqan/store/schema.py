"""Makes, upgrades and checks the tables, by Alembic's migrations."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from qalqan.errors import StoreNotReady

_UPGRADE_LOCK = 0x51414C51  # "QALQ": one process upgrades a PostgreSQL store at a time


def _config() -> Config:
    config = Config()
    # Alembic reads a % as the start of a reference.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def newest() -> str:
    """Return the newest revision that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - the package ships its migrations
    return head


def current(engine: sa.Engine) -> str | None:
    """Return the revision that the store is at, None for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: sa.Engine) -> None:
    """Bring the store to the newest revision; two processes that do so at once do it once."""
    if current(engine) == newest():
        return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(engine: sa.Engine) -> None:
    """Raise StoreNotReady unless the store is at the newest revision."""
    found = current(engine)
    if found == newest():
        return
    where = engine.url.render_as_string(hide_password=True)
    if found is None:
        raise StoreNotReady(f"There is no store in {where}.", hint="Make one with: qalqan init")
    raise StoreNotReady(
        f"The store in {where} is at version {found}; this program needs {newest()}.",
        hint="Upgrade it with: qalqan init",
    )
