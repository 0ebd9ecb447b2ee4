"""Whom stored items name, as the lexicon in force calls them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qalqan.flow.services import Services
from qalqan.model.words import WHO, Sense
from qalqan.store import names


@dataclass(frozen=True, slots=True)
class NameRow:
    """Somebody whom items name."""

    entity: str
    name: str
    """As reports say it; the key itself for one that the lexicon does not know any more."""
    kind: Sense | None
    """Organisation, outlet, product or person; None for one that the lexicon does not know any more."""
    items: int
    first: datetime
    last: datetime


def named(services: Services, kind: Sense | None = None) -> list[NameRow]:
    """Return everybody whom stored items name, or those of one kind; those named by most items first."""
    with services.store.reading() as tx:
        found = names.every(tx)
    known = _known(services)
    rows = [_row(one, *known.get(one.entity, (one.entity, None))) for one in found]
    return [row for row in rows if kind is None or row.kind is kind]


def _row(one: names.Named, name: str, kind: Sense | None) -> NameRow:
    return NameRow(one.entity, name, kind, one.items, one.first, one.last)


def called(services: Services, entity: str) -> str:
    """Return how reports call somebody; the key itself for one that the lexicon does not know."""
    return _known(services).get(entity, (entity, None))[0]


def _known(services: Services) -> dict[str, tuple[str, Sense]]:
    """Return name and kind by entity, as the first entry of each says."""
    return {
        one.entity: (one.name or one.entity, one.sense)
        for one in reversed(services.lexicons.current().entries)
        if one.entity and one.sense in WHO
    }
