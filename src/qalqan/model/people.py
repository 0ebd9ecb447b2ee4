"""Who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qalqan.model.ids import Id
from qalqan.model.roles import Right, Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a login."""

    id: Id
    name: str
    password_hash: str
    """argon2id, in PHC string form; empty for whoever comes in through a provider only."""
    role: Role
    created_at: datetime
    off_at: datetime | None = None
    """Since when this person may not come in any more."""


@dataclass(frozen=True, slots=True)
class Session:
    """A login that still stands. Its token is kept only as a hash."""

    token_sha256: str
    id: Id
    """By which it is named where one's logins are listed."""
    person_id: Id
    csrf: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime
    """When it was last used, to the minute."""
    browser: str
    """What the browser calls itself."""
    passed: bool
    """False while the second factor is still owed: it opens nothing else."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a program shows instead of a login. It is kept only as a hash."""

    id: Id
    person_id: Id
    name: str
    token_sha256: str
    scopes: frozenset[Right]
    """What it may do, as far as its owner may."""
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor: codes of six digits that change every 30 seconds (TOTP, RFC 6238)."""

    person_id: Id
    secret: str
    """Sealed: only the key file opens it."""
    created_at: datetime
    confirmed_at: datetime | None
    """None until a first code was right: until then it is asked of nobody."""
    last_step: int
    """The newest 30 seconds, counted from 1970, whose code was taken."""
