"""Who somebody is here whom a provider of logins vouches for, and as what they may come in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from qalqan.errors import NotAllowed, NotFound
from qalqan.flow.services import Services
from qalqan.model.people import Person
from qalqan.model.roles import MAY, Role
from qalqan.settings import Settings
from qalqan.store import audit, identities, people


def person_for(services: Services, claims: Mapping[str, Any]) -> Person:
    """Return the person whom an ID token's claims name; a new one where they may come in and were never here.

    Raises NotAllowed for those who are on no list, who are switched off, or whose name somebody else has here.
    """
    settings, subject = services.settings, str(claims["sub"])
    role = mapped_role(settings, claims)
    if role is None and not listed(settings, claims):
        raise NotAllowed("You are on no list of those who may come in.", hint="Ask an admin.")
    with services.store.writing() as tx:
        person = identities.person_of(tx, settings.oidc_issuer, subject)
        if person is None:
            return _added(tx, settings.oidc_issuer, claims, role or Role.VIEWER)
        if person.off_at:
            raise NotAllowed("You may not come in any more.", hint="Ask an admin.")
        return _with_role(tx, person, role)


def mapped_role(settings: Settings, claims: Mapping[str, Any]) -> Role | None:
    """Return the role that the provider's claim stands for: of several the one with most rights, of none None."""
    values = claims.get(settings.oidc_role_claim) if settings.oidc_role_claim else None
    values = values if isinstance(values, list) else [values]
    found = [role for name, role in settings.oidc_role_map.items() if name in values]
    return max(found, key=lambda role: len(MAY[role]), default=None)


def listed(settings: Settings, claims: Mapping[str, Any]) -> bool:
    """Whether the list of who may come in names an e-mail address that the provider has verified."""
    if "*" in settings.oidc_allowed:
        return True
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        return False
    email = email.lower()
    return email in settings.oidc_allowed or f"@{email.rpartition('@')[2]}" in settings.oidc_allowed


def _added(tx: sa.Connection, issuer: str, claims: Mapping[str, Any], role: Role) -> Person:
    """Add somebody. A name that is there already stays with whom it belongs to: the provider does not get to say."""
    name = _name(claims)
    try:
        people.by_name(tx, name)
    except NotFound:
        person = people.add(tx, name, None, role)
        identities.link(tx, issuer, str(claims["sub"]), person.id)
        audit.append(tx, "provider", "person.added", name, role=role, subject=str(claims["sub"]))
        return person
    raise NotAllowed(
        f"Somebody here is named {name!r} already.", hint="If that is you, an admin links it: qalqan person link"
    )


def _name(claims: Mapping[str, Any]) -> str:
    """Return what to call somebody: as the provider does, in one line that can be typed."""
    for claim in ("preferred_username", "email", "sub"):
        found = claims.get(claim)
        name = " ".join(found.split())[: people.LONGEST_NAME].strip() if isinstance(found, str) else ""
        if name and name.isprintable():
            return name
    raise NotAllowed("The provider gives no name that can be used.", hint="Ask an admin.")


def _with_role(tx: sa.Connection, person: Person, role: Role | None) -> Person:
    """Give somebody the role that the provider now says, if it says one. The last admin stays one."""
    if role is None or role is person.role:
        return person
    with suppress(NotAllowed):
        changed = people.set_role(tx, person.name, role)
        audit.append(tx, "provider", "person.role", person.name, role=role)
        return changed
    return person
