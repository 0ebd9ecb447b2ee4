"""Saved views of the queue, each person's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.i18n import gettext as _
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.store.records import on_conflict_nothing
from qalqan.store.tables_cases import case_views


@dataclass(frozen=True, slots=True)
class View:
    """A filter of the queue under a name."""

    id: Id
    name: str
    query: str
    """The filter as the parts of an address: `queue=night&language=ru`."""


def of_person(tx: sa.Connection, person_id: Id) -> list[View]:
    """Return a person's views, by name."""
    query = sa.select(case_views).where(case_views.c.person_id == person_id).order_by(case_views.c.name)
    return [View(row.id, row.name, urlencode(row.wanted)) for row in tx.execute(query)]


def save(tx: sa.Connection, person_id: Id, name: str, wanted: Mapping[str, str | None]) -> None:
    """Keep a filter under a name. Raises AlreadyThere where this person has a view of that name."""
    parts = {part: value for part, value in wanted.items() if value}
    row = {"id": new_id(), "person_id": person_id, "name": name, "wanted": parts, "at": now()}
    if not tx.execute(on_conflict_nothing(tx, case_views, "person_id", "name"), row).rowcount:
        raise AlreadyThere(_("You have a view of this name already."))


def delete(tx: sa.Connection, person_id: Id, view_id: Id) -> None:
    """Forget a view of this person's own. Raises NotFound."""
    own = (case_views.c.id == view_id, case_views.c.person_id == person_id)
    if not tx.execute(case_views.delete().where(*own)).rowcount:
        raise NotFound(f"There is no view {view_id} of yours.")
