"""Counts tries at a login, over all processes and restarts, and bounded however many names are tried.

Each key has one number, as in the generic cell rate algorithm (ITU-T I.371): when all of its tries will have been
forgotten. A try moves it on; one that would move it further than the bound's time from now is refused.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from qalqan.store.records import insert_new
from qalqan.store.tables_people import tries

REMEMBERED = 20_000
_LOCK = 0x51545259  # "QTRY": PostgreSQL lets one transaction at a time count


@dataclass(frozen=True, slots=True)
class Bound:
    """So many tries at once; each is forgotten after its share of `seconds`."""

    tries: int
    seconds: float

    @property
    def each(self) -> float:
        """Seconds until one try is forgotten."""
        return self.seconds / self.tries


def take(tx: sa.Connection, bounds: Mapping[str, Bound], moment: float | None = None) -> bool:
    """Count a try under each key; return False, counting nothing, where one has had its tries."""
    moment = time.time() if moment is None else moment
    _alone(tx)
    _forget(tx, moment)
    named = {_hash(key): bound for key, bound in bounds.items()}
    free = {row.key: row.free_at for row in tx.execute(sa.select(tries).where(tries.c.key.in_(named)))}
    after = {key: max(free.get(key, 0.0), moment) + bound.each for key, bound in named.items()}
    if any(after[key] > moment + bound.seconds + bound.each / 1000 for key, bound in named.items()):
        return False
    insert_new(tx, tries, [{"key": key, "free_at": moment} for key in after], "key")
    for key, free_at in after.items():
        tx.execute(tries.update().where(tries.c.key == key).values(free_at=free_at))
    return True


def give_back(tx: sa.Connection, bounds: Mapping[str, Bound]) -> None:
    """Take back a try under each key: it succeeded."""
    _alone(tx)
    for key, bound in bounds.items():
        tx.execute(tries.update().where(tries.c.key == _hash(key)).values(free_at=tries.c.free_at - bound.each))


def _alone(tx: sa.Connection) -> None:
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _forget(tx: sa.Connection, moment: float) -> None:
    """Drop what counts no more and, where there are too many, those that would be forgotten first."""
    tx.execute(tries.delete().where(tries.c.free_at <= moment))
    count = tx.execute(sa.select(sa.func.count()).select_from(tries)).scalar_one()
    if count >= REMEMBERED:
        oldest = sa.select(tries.c.key).order_by(tries.c.free_at).limit(count - REMEMBERED + REMEMBERED // 10)
        tx.execute(tries.delete().where(tries.c.key.in_(oldest)))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
