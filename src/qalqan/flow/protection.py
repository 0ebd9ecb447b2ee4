"""Shields of people: what is in force for somebody, who may change it, and where they stand against their bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa

from qalqan.flow.services import Services
from qalqan.model.ids import Id
from qalqan.model.people import Person
from qalqan.model.protection import Shield, Standing
from qalqan.model.times import now
from qalqan.review.protection import checked, own_above, severity_of, stronger
from qalqan.store import audit, protection


def in_force(tx: sa.Connection, person_id: Id) -> Shield:
    """Return what shields somebody: in each part the stronger of the floor and their own."""
    return stronger(protection.floor(tx), protection.own(tx, person_id))


def standing(tx: sa.Connection, person_id: Id) -> Standing:
    """Return where somebody stands against their bounds, up to what was last counted."""
    found = protection.looking_of(tx, person_id)
    rested = found is None or now() - found.at >= protection.PAUSE
    stretch = 0.0 if found is None or rested else found.stretch / 1000
    return Standing(in_force(tx, person_id), protection.today(tx, person_id), stretch)


def severities(tx: sa.Connection, hashes: Sequence[str]) -> dict[str, int]:
    """Return how hard each of these files may be to look at, 0 to 4."""
    return {sha256: severity_of(some) for sha256, some in protection.categories_of(tx, hashes).items()}


def set_floor(services: Services, by: str, shield: Shield) -> None:
    """Set the organisation's floor. Nobody's own setting is touched. Raises BadValue."""
    checked(shield)
    with services.store.writing() as tx:
        protection.set_floor(tx, shield, by)
        audit.append(tx, by, "protection.floor", "floor", **asdict(shield))


def set_own(services: Services, person: Person, shield: Shield) -> None:
    """Keep what somebody sets for themselves. Raises BadValue for what is below the floor.

    The log notes that it was changed, not to what: that is nobody else's business.
    """
    with services.store.writing() as tx:
        protection.set_own(tx, person.id, own_above(protection.floor(tx), shield))
        audit.append(tx, person.name, "protection.own", person.id)
