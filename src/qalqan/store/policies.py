"""Policies that people put in force, one after the other. The last one counts; without any, that of the settings."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.model.shadow import InForce
from qalqan.store.records import record_of, records_of, row_of
from qalqan.store.tables_shadow import policies

_LOCK = 5_711_013


def turn(tx: sa.Connection) -> int:
    """Return how often a policy was put in force: what is in force has changed where this has."""
    return tx.execute(sa.select(sa.func.max(policies.c.turn))).scalar() or 0


def last(tx: sa.Connection) -> InForce | None:
    """Return the policy that was put in force last."""
    row = tx.execute(sa.select(policies).order_by(policies.c.turn.desc()).limit(1)).first()
    return record_of(InForce, row) if row else None


def get(tx: sa.Connection, number: int) -> InForce:
    """Return the policy of a turn. Raises NotFound."""
    row = tx.execute(sa.select(policies).where(policies.c.turn == number)).first()
    if row is None:
        raise NotFound(f"No policy was put in force as number {number}.", hint="qalqan policy history lists them.")
    return record_of(InForce, row)


def newest(tx: sa.Connection, limit: int, offset: int = 0) -> list[InForce]:
    """Return the policies that were put in force last, the last one first."""
    query = sa.select(policies).order_by(policies.c.turn.desc()).limit(limit).offset(offset)
    return records_of(InForce, tx.execute(query))


def put(tx: sa.Connection, made: InForce) -> InForce:
    """Put a policy in force, after all others; return it with its turn."""
    if tx.dialect.name == "postgresql":  # SQLite has one writer at a time
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    made = replace(made, turn=turn(tx) + 1)
    tx.execute(policies.insert(), row_of(made))
    return made
