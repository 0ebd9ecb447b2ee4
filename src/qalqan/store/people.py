"""Logins: people and their sessions. Passwords and tokens are kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import argon2
import sqlalchemy as sa

from qalqan.errors import AlreadyThere, BadValue, NotAllowed, NotFound
from qalqan.model.ids import new_id
from qalqan.model.people import Person, Session
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.store.records import insert_new, record_of, records_of, row_of
from qalqan.store.tables import people, sessions

LONGEST_NAME = 80
_HASHER = argon2.PasswordHasher()  # argon2id, with the parameters of RFC 9106's second recommendation
_NOBODY = _HASHER.hash(secrets.token_hex(16))


def add(tx: sa.Connection, name: str, password: str, role: Role = Role.ADMIN) -> Person:
    """Add somebody. Raises AlreadyThere, and BadValue for a name that cannot be typed at a login."""
    if not name or name != name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise BadValue(f"{name!r} is no name for a login.", hint=f"One line of at most {LONGEST_NAME} characters.")
    person = Person(new_id(), name, _HASHER.hash(_bytes(password)), role, now())
    if not insert_new(tx, people, [row_of(person)], "name"):
        raise AlreadyThere(
            f"There is a person named {name!r}.", hint="Give them a new password: qalqan person password NAME"
        )
    return person


def every(tx: sa.Connection) -> list[Person]:
    """Return everybody by name."""
    return records_of(Person, tx.execute(sa.select(people).order_by(people.c.name)))


def set_password(tx: sa.Connection, name: str, password: str) -> None:
    """Give somebody a new password and end their sessions. Raises NotFound."""
    row = tx.execute(sa.select(people.c.id).where(people.c.name == name)).first()
    if row is None:
        raise NotFound(f"There is nobody named {name!r}.", hint="qalqan person list shows everybody.")
    tx.execute(people.update().where(people.c.id == row.id).values(password_hash=_HASHER.hash(_bytes(password))))
    tx.execute(sessions.delete().where(sessions.c.person_id == row.id))


def check_password(tx: sa.Connection, name: str, password: str) -> Person:
    """Return the person whose name and password these are.

    Raises NotAllowed otherwise, as slowly for an unknown name as for a wrong password.
    """
    row = tx.execute(sa.select(people).where(people.c.name == name)).first()
    try:
        _HASHER.verify(row.password_hash if row else _NOBODY, _bytes(password))
    except argon2.exceptions.VerifyMismatchError:
        row = None
    if row is None:
        raise NotAllowed(
            "This name and password do not belong together.", hint="Try again, or ask an admin for a new password."
        )
    return record_of(Person, row)


def open_session(tx: sa.Connection, person: Person, hours: int) -> tuple[str, Session]:
    """Begin a session; return its token, which is shown once and kept only as a hash, and the session."""
    token = secrets.token_urlsafe(32)
    started = now()
    session = Session(_hash(token), person.id, secrets.token_urlsafe(16), started, started + timedelta(hours=hours))
    tx.execute(sessions.delete().where(sessions.c.expires_at < started))
    tx.execute(sessions.insert(), row_of(session))
    return token, session


def session_of(tx: sa.Connection, token: str) -> tuple[Session, Person] | None:
    """Return the session that a token opens and whose it is, None where there is none or it has ended."""
    row = tx.execute(
        sa.select(sessions).where(sessions.c.token_sha256 == _hash(token), sessions.c.expires_at > now())
    ).first()
    if row is None:
        return None
    person = tx.execute(sa.select(people).where(people.c.id == row.person_id)).one()
    return record_of(Session, row), record_of(Person, person)


def end_session(tx: sa.Connection, token: str) -> None:
    """End a session."""
    tx.execute(sessions.delete().where(sessions.c.token_sha256 == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # what was typed or sent may hold half a surrogate pair
