"""Logins: people and their sessions. Passwords and tokens are kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import argon2
import sqlalchemy as sa

from qalqan.errors import AlreadyThere, BadValue, NotAllowed, NotFound
from qalqan.model.ids import Id, new_id
from qalqan.model.people import Person, Session
from qalqan.model.roles import Role
from qalqan.model.times import now
from qalqan.store.records import insert_new, record_of, records_of, row_of
from qalqan.store.tables import people, sessions

LONGEST_NAME = 80
LONGEST_BROWSER = 200
NOTED_EVERY = timedelta(minutes=1)
_HASHER = argon2.PasswordHasher()  # argon2id, with the parameters of RFC 9106's second recommendation
_NOBODY = _HASHER.hash(secrets.token_hex(16))


def add(tx: sa.Connection, name: str, password: str | None, role: Role = Role.ADMIN) -> Person:
    """Add somebody; without a password they come in through a provider only.

    Raises AlreadyThere, and BadValue for a name that cannot be typed at a login.
    """
    if not name or name != name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise BadValue(f"{name!r} is no name for a login.", hint=f"One line of at most {LONGEST_NAME} characters.")
    hashed = "" if password is None else _HASHER.hash(_bytes(password))
    person = Person(new_id(), name, hashed, role, now())
    if not insert_new(tx, people, [row_of(person)], "name"):
        raise AlreadyThere(
            f"There is a person named {name!r}.", hint="Give them a new password: qalqan person password NAME"
        )
    return person


def every(tx: sa.Connection) -> list[Person]:
    """Return everybody by name."""
    return records_of(Person, tx.execute(sa.select(people).order_by(people.c.name)))


def by_id(tx: sa.Connection, person_id: Id) -> Person:
    """Return the person with this id. Raises NotFound."""
    return _one(tx.execute(sa.select(people).where(people.c.id == person_id)).first(), person_id)


def by_name(tx: sa.Connection, name: str) -> Person:
    """Return the person of this name. Raises NotFound."""
    return _one(tx.execute(sa.select(people).where(people.c.name == name)).first(), name)


def _one(row: sa.Row[Any] | None, name: str) -> Person:
    if row is None:
        raise NotFound(f"There is nobody named {name!r}.", hint="qalqan person list shows everybody.")
    return record_of(Person, row)


def set_password(tx: sa.Connection, name: str, password: str) -> None:
    """Give somebody a new password and end their sessions. Raises NotFound."""
    person = by_name(tx, name)
    tx.execute(people.update().where(people.c.id == person.id).values(password_hash=_HASHER.hash(_bytes(password))))
    end_sessions(tx, person.id)


def set_role(tx: sa.Connection, name: str, role: Role) -> Person:
    """Give somebody another role and end their sessions. Raises NotFound, and NotAllowed for the last admin."""
    person = by_name(tx, name)
    if role is not Role.ADMIN:
        _keep_an_admin(tx, person)
    tx.execute(people.update().where(people.c.id == person.id).values(role=role.value))
    end_sessions(tx, person.id)
    return replace(person, role=role)


def switch(tx: sa.Connection, name: str, *, on: bool) -> Person:
    """Let somebody in again, or no more, which ends their sessions. Raises NotFound; NotAllowed for the last admin."""
    person = by_name(tx, name)
    if not on:
        _keep_an_admin(tx, person)
    off_at = None if on else person.off_at or now()
    tx.execute(people.update().where(people.c.id == person.id).values(off_at=off_at))
    end_sessions(tx, person.id)
    return replace(person, off_at=off_at)


def _keep_an_admin(tx: sa.Connection, leaving: Person) -> None:
    """Raise NotAllowed where nobody else could give roles; held against two who take them from each other at once."""
    query = sa.select(people.c.id).where(people.c.role == Role.ADMIN.value, people.c.off_at.is_(None))
    left = {row.id for row in tx.execute(query.order_by(people.c.id).with_for_update())}
    if left <= {leaving.id} and left:
        raise NotAllowed(f"{leaving.name} is the last admin.", hint="Make somebody else an admin first.")


def check_password(tx: sa.Connection, name: str, password: str) -> Person:
    """Return the person whose name and password these are.

    Raises NotAllowed otherwise, as slowly for an unknown name as for a wrong password.
    """
    row = tx.execute(sa.select(people).where(people.c.name == name)).first()
    usable = row is not None and row.off_at is None and row.password_hash
    try:
        _HASHER.verify(row.password_hash if row is not None and usable else _NOBODY, _bytes(password))
    except argon2.exceptions.VerifyMismatchError:
        usable = False
    if row is None or not usable:
        raise NotAllowed(
            "This name and password do not belong together.", hint="Try again, or ask an admin for a new password."
        )
    return record_of(Person, row)


def open_session(
    tx: sa.Connection, person: Person, hours: float, *, browser: str = "", passed: bool = True
) -> tuple[str, Session]:
    """Begin a session; return its token, which is shown once and kept only as a hash, and the session."""
    token = secrets.token_urlsafe(32)
    started = now()
    session = Session(
        token_sha256=_hash(token), id=new_id(), person_id=person.id, csrf=secrets.token_urlsafe(16), created_at=started,
        expires_at=started + timedelta(hours=hours), seen_at=started, browser=browser[:LONGEST_BROWSER], passed=passed,
    )  # fmt: skip
    tx.execute(sessions.delete().where(sessions.c.expires_at < started))
    tx.execute(sessions.insert(), row_of(session))
    return token, session


def session_of(
    tx: sa.Connection, token: str, *, idle: timedelta | None = None, passed: bool = True
) -> tuple[Session, Person] | None:
    """Return the session that a token opens and whose it is; None where there is none or it has ended.

    It has ended, too, where it was not used for as long as `idle`, and where the person is switched off. With
    `passed` false, return one that still owes the second factor, and none else.
    """
    moment = now()
    query = sa.select(sessions).where(
        sessions.c.token_sha256 == _hash(token), sessions.c.expires_at > moment, sessions.c.passed == passed
    )
    row = tx.execute(query if idle is None else query.where(sessions.c.seen_at > moment - idle)).first()
    if row is None:
        return None
    person = by_id(tx, row.person_id)
    return None if person.off_at else (record_of(Session, row), person)


def stale(session: Session) -> bool:
    """Whether its last use was noted so long ago that it is worth a write to note another."""
    return now() - session.seen_at > NOTED_EVERY


def note_use(tx: sa.Connection, session: Session) -> None:
    """Note that a session is used now."""
    tx.execute(sessions.update().where(sessions.c.token_sha256 == session.token_sha256).values(seen_at=now()))


def sessions_of(tx: sa.Connection, person_id: Id) -> list[Session]:
    """Return somebody's sessions that still stand, newest first."""
    query = sa.select(sessions).where(
        sessions.c.person_id == person_id, sessions.c.expires_at > now(), sessions.c.passed
    )
    return records_of(Session, tx.execute(query.order_by(sessions.c.created_at.desc())))


def end_sessions(tx: sa.Connection, person_id: Id, session_id: Id | None = None, *, but: Id | None = None) -> int:
    """End somebody's sessions, or only the one named, or all but one; return how many."""
    ending = sessions.delete().where(sessions.c.person_id == person_id)
    if session_id is not None:
        ending = ending.where(sessions.c.id == session_id)
    return tx.execute(ending if but is None else ending.where(sessions.c.id != but)).rowcount


def end_session(tx: sa.Connection, token: str) -> None:
    """End a session."""
    tx.execute(sessions.delete().where(sessions.c.token_sha256 == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(_bytes(token)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # what was typed or sent may hold half a surrogate pair
