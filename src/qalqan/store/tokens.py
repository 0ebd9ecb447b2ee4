"""Tokens for programs: named, scoped, expiring, kept only as SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from qalqan.errors import BadValue, NotFound
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person, Token
from qalqan.model.roles import MAY, Right
from qalqan.model.times import now
from qalqan.store.records import record_of, records_of, row_of
from qalqan.store.tables import people
from qalqan.store.tables_people import api_tokens

BEGINS = "qlq_"
"""By which scanners of leaked secrets, and people, tell one of ours."""
LONGEST_NAME = 80
MOST_DAYS = 365
MOST_EACH = 50
"""Tokens of one person that are neither revoked nor expired."""
_NOTED_EVERY = timedelta(minutes=5)


def add(tx: sa.Connection, owner: Person, name: str, scopes: Iterable[Right], days: int) -> tuple[str, Token]:
    """Make a token; return it, shown this once, and its record. Raises BadValue, also for rights the owner lacks."""
    wanted = frozenset(scopes)
    _check(tx, owner, name, wanted, days)
    shown = BEGINS + secrets.token_urlsafe(32)
    made = now()
    token = Token(new_id(), owner.id, name, _hash(shown), wanted, made, made + timedelta(days=days))
    tx.execute(api_tokens.insert(), row_of(token, scopes=sorted(wanted)))
    return shown, token


def _check(tx: sa.Connection, owner: Person, name: str, wanted: frozenset[Right], days: int) -> None:
    if not name or name != name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise BadValue(f"{name!r} is no name for a token.", hint=f"One line of at most {LONGEST_NAME} characters.")
    if not 1 <= days <= MOST_DAYS:
        raise BadValue(f"A token lives 1 to {MOST_DAYS} days.", hint="Make a new one before it ends.")
    beyond = sorted(wanted - MAY[owner.role])
    if beyond or not wanted:
        raise BadValue(
            f"A token of {owner.name} may not have: {', '.join(beyond) or 'no right at all'}.",
            hint=f"Choose from: {', '.join(sorted(MAY[owner.role]))}.",
        )
    if sum(one.revoked_at is None and one.expires_at > now() for one in of_person(tx, owner.id)) >= MOST_EACH:
        raise BadValue(f"{owner.name} has {MOST_EACH} tokens.", hint="Revoke one that is not needed any more.")


def opened_by(tx: sa.Connection, shown: str) -> tuple[Token, Person] | None:
    """Return the token that a program shows and whose it is; None where it opens nothing (any more)."""
    if not shown.startswith(BEGINS):
        return None
    row = tx.execute(
        sa.select(api_tokens).where(
            api_tokens.c.token_sha256 == _hash(shown),
            api_tokens.c.revoked_at.is_(None),
            api_tokens.c.expires_at > now(),
        )
    ).first()
    if row is None:
        return None
    owner = record_of(Person, tx.execute(sa.select(people).where(people.c.id == row.person_id)).one())
    return None if owner.off_at else (record_of(Token, row), owner)


def stale(token: Token) -> bool:
    """Whether its last use was noted so long ago that it is worth a write to note another."""
    return token.used_at is None or now() - token.used_at > _NOTED_EVERY


def note_use(tx: sa.Connection, token: Token) -> None:
    """Note that a token is used now."""
    tx.execute(api_tokens.update().where(api_tokens.c.id == token.id).values(used_at=now()))


def of_person(tx: sa.Connection, person_id: Id) -> list[Token]:
    """Return somebody's tokens, newest first, with those that open nothing any more."""
    query = sa.select(api_tokens).where(api_tokens.c.person_id == person_id).order_by(api_tokens.c.id.desc())
    return records_of(Token, tx.execute(query))


def every(tx: sa.Connection) -> list[tuple[str, Token]]:
    """Return all tokens, newest first, each with its owner's name."""
    query = sa.select(api_tokens, people.c.name.label("owner"))
    query = query.join(people, people.c.id == api_tokens.c.person_id).order_by(api_tokens.c.id.desc())
    return [(row.owner, record_of(Token, row)) for row in tx.execute(query)]


def revoke(tx: sa.Connection, token_id: Id, owner: Person | None = None) -> Token:
    """End a token; with `owner`, only one of theirs. Raises NotFound."""
    query = sa.select(api_tokens).where(api_tokens.c.id == token_id)
    row = tx.execute(query if owner is None else query.where(api_tokens.c.person_id == owner.id)).first()
    if row is None:
        raise NotFound(f"There is no token {token_id!r}.", hint="qalqan token list shows them.")
    if row.revoked_at is None:
        tx.execute(api_tokens.update().where(api_tokens.c.id == token_id).values(revoked_at=now()))
    return record_of(Token, row)


def state(token: Token, moment: datetime) -> str:
    """Return `revoked`, `expired` or `active`."""
    return "revoked" if token.revoked_at else "expired" if token.expires_at <= moment else "active"


def _hash(shown: str) -> str:
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()
