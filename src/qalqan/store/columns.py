"""The kinds of columns that all tables share: ids, UTC times, JSON, references."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from qalqan.errors import NotFound

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC times on every database; a naive one is a mistake and is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Store as UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """SQLite forgets the zone; it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_CANONICAL = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class IdText(TypeDecorator[str]):
    """UUIDs as text. What is no UUID names no record, on either database."""

    impl = sa.Uuid(as_uuid=False)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return PostgreSQL's own type; SQLite has none, and keeps the text as it is."""
        return dialect.type_descriptor(sa.String(36) if dialect.name == "sqlite" else sa.Uuid(as_uuid=False))

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """Raise NotFound for what is no UUID."""
        if value is None or _CANONICAL.fullmatch(value):
            return value
        try:
            return str(UUID(value))
        except ValueError:
            raise NotFound(f"There is no record {value!r}: that is no id.") from None


def id_type() -> IdText:
    """Return the type of ids."""
    return IdText()


def json_type() -> sa.JSON:
    """Return the type of JSON; None is no value at all."""
    return sa.JSON(none_as_null=True)


def json_or(default: str, name: str) -> sa.Column[Any]:
    """Return a column of JSON that rows from before it hold `default` in; only PostgreSQL's JSONB can be compared."""
    from sqlalchemy.dialects.postgresql import JSONB

    kind = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    return sa.Column(name, kind, nullable=False, server_default=default)


def ref(target: str, *, nullable: bool = False, index: bool = True) -> sa.Column[Any]:
    """Return a column named for the table it points at, `item_id` → `items.id`."""
    name = {"banks": "bank", "bank_entries": "entry", "batches": "batch", "people": "person"}.get(target, target[:-1])
    return sa.Column(f"{name}_id", id_type(), sa.ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def media_ref(*, nullable: bool = False) -> sa.Column[Any]:
    """Return a column that points at a file."""
    return sa.Column("media_sha256", sa.String(64), sa.ForeignKey("media.sha256"), nullable=nullable, index=True)


def time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a column of UTC times."""
    return sa.Column(name, UtcTime(), nullable=nullable)


def text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a column of text."""
    return sa.Column(name, sa.Text(), nullable=nullable)


def number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a column of whole numbers."""
    return sa.Column(name, sa.Integer(), nullable=nullable)


def key() -> sa.Column[Any]:
    """Return the column of a natural key."""
    return sa.Column("key", sa.String(64), nullable=False, unique=True)


SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up only in an INTEGER PRIMARY KEY
