"""Logins through a provider: who is who there, and logins that it has yet to answer."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.times import now
from qalqan.store import people
from qalqan.store.records import insert_new
from qalqan.store.tables_people import identities, logins_begun

WAITS = timedelta(minutes=10)
MOST_BEGUN = 10_000


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that a provider is to answer."""

    nonce: str
    verifier: str
    """PKCE's secret: the provider has seen its SHA-256 only (RFC 7636)."""
    back: str


def begin(tx: sa.Connection, browser: str, back: str) -> tuple[str, Begun]:
    """Note that a browser begins a login; return its state, which is kept only as a hash, and what the answer needs."""
    state = secrets.token_urlsafe(32)
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(48), back)
    tx.execute(logins_begun.delete().where(logins_begun.c.expires_at < now()))
    count = tx.execute(sa.select(sa.func.count()).select_from(logins_begun)).scalar_one()
    if count >= MOST_BEGUN:
        oldest = sa.select(logins_begun.c.state_sha256).order_by(logins_begun.c.expires_at).limit(MOST_BEGUN // 10)
        tx.execute(logins_begun.delete().where(logins_begun.c.state_sha256.in_(oldest)))
    row = {"state_sha256": _hash(state), "browser_sha256": _hash(browser), "expires_at": now() + WAITS}
    tx.execute(logins_begun.insert(), {**row, "nonce": begun.nonce, "verifier": begun.verifier, "back": back})
    return state, begun


def take(tx: sa.Connection, state: str, browser: str) -> Begun | None:
    """Return the login that a state stands for, once; None where it has ended, or another browser began it."""
    taking = logins_begun.delete().where(
        logins_begun.c.state_sha256 == _hash(state),
        logins_begun.c.browser_sha256 == _hash(browser),
        logins_begun.c.expires_at > now(),
    )
    row = tx.execute(taking.returning(logins_begun.c.nonce, logins_begun.c.verifier, logins_begun.c.back)).first()
    return Begun(row.nonce, row.verifier, row.back) if row else None


def person_of(tx: sa.Connection, issuer: str, subject: str) -> Person | None:
    """Return who a provider's subject is here, None where it is nobody yet."""
    same = (identities.c.issuer == issuer, identities.c.subject == subject)
    row = tx.execute(sa.select(identities.c.person_id).where(*same)).first()
    return people.by_id(tx, row.person_id) if row else None


def link(tx: sa.Connection, issuer: str, subject: str, person_id: Id) -> bool:
    """Say who a provider's subject is here; False where it is somebody already."""
    row = {"issuer": issuer, "subject": subject, "person_id": person_id}
    return bool(insert_new(tx, identities, [row], "issuer", "subject"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
