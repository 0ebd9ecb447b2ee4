"""Records to rows and back, by msgspec, so that no field is named twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

T = TypeVar("T")


def row_of(record: object, **more: object) -> dict[str, Any]:
    """Return a record's fields as a row: enums as text, parts of records as JSON, times as they are."""
    row = msgspec.to_builtins(record, builtin_types=(datetime,))
    return {**row, **more}


def record_of(kind: type[T], row: sa.Row[Any] | Mapping[str, Any]) -> T:
    """Return the record of this kind that a row holds; columns that it has no field for are left out."""
    mapping = row._mapping if isinstance(row, sa.Row) else row  # noqa: SLF001 - SQLAlchemy's documented name for it
    # SQLAlchemy names some columns by a subclass of str, which msgspec does not take.
    return msgspec.convert({str(name): value for name, value in mapping.items()}, kind)


def records_of(kind: type[T], rows: Iterable[sa.Row[Any]]) -> list[T]:
    """Return the records that rows hold."""
    return [record_of(kind, row) for row in rows]


def streamed(tx: sa.Connection, query: sa.Select[Any], size: int) -> Iterator[sa.Row[Any]]:
    """Yield a query's rows, `size` at a time, and let the database go as soon as nobody wants more of them."""
    with tx.execute(query, execution_options={"yield_per": size}) as rows:
        yield from rows


def streamed_records(tx: sa.Connection, kind: type[T], query: sa.Select[Any], size: int) -> Iterator[T]:
    """Yield the records that a query's rows hold, as `streamed` does: for millions of them."""
    with tx.execute(query, execution_options={"yield_per": size}) as rows:
        names = [str(one) for one in rows.keys()]  # noqa: SIM118 - no dictionary
        for row in rows:
            yield msgspec.convert(dict(zip(names, row, strict=True)), kind)


def batched(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the values, at most `size` at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def key_of(*parts: object) -> str:
    """Return a natural key: SHA-256, in hexadecimal, over `parts` as canonical JSON."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def insert_new(tx: sa.Connection, table: sa.Table, rows: list[dict[str, Any]], *key: str) -> list[str]:
    """Insert those of `rows` whose `key` columns are not in `table` yet; return their first key column's values.

    The database decides, so two processes that hand in the same thing at once leave it there once.
    """
    if not rows:
        return []
    statement = on_conflict_nothing(tx, table, *key).returning(table.c[key[0]])
    # Always in the same order: two processes that insert the same rows would else wait for each other for ever.
    ordered = sorted(rows, key=lambda row: [row[name] for name in key])
    return [row[0] for row in tx.execute(statement, ordered)]


def on_conflict_nothing(tx: sa.Connection, table: sa.Table, *key: str) -> Any:  # noqa: ANN401 - one of two dialects' Insert
    """Return this database's `INSERT … ON CONFLICT DO NOTHING`."""
    if tx.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        return insert_postgresql(table).on_conflict_do_nothing(index_elements=list(key))
    from sqlalchemy.dialects.sqlite import insert as insert_sqlite

    return insert_sqlite(table).on_conflict_do_nothing(index_elements=list(key))
