"""Who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qalqan.model.ids import Id
from qalqan.model.roles import Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a login."""

    id: Id
    name: str
    password_hash: str
    """argon2id, in PHC string form."""
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A login that still stands. Its token is kept only as a hash."""

    token_sha256: str
    person_id: Id
    csrf: str
    created_at: datetime
    expires_at: datetime
