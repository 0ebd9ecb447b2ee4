"""A case's members as its page walks them: one is shown, a stretch of them is listed, all can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.i18n import gettext as _
from qalqan.model.cases import Member
from qalqan.model.ids import Id
from qalqan.model.items import Attachment, Item
from qalqan.store import cases, pages
from qalqan.store.items import attachments_of

LISTED = 50
"""Members that the list beside a case shows at once."""
MOST = 1000
"""More than a case ever has (`flow.casing`)."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Where somebody is among a case's members."""

    members: Sequence[Member]
    """All of them, the one that opened the case first."""
    place: int
    """The place of the one shown, counted from 0."""
    items: Mapping[Id, Item]
    """Of those that are listed."""
    files: Mapping[Id, Sequence[Attachment]]

    @property
    def current(self) -> Member:
        """The one shown."""
        return self.members[self.place]

    @property
    def previous(self) -> Member | None:
        """The one before it; None at the first."""
        return self.members[self.place - 1] if self.place else None

    @property
    def next(self) -> Member | None:
        """The one after it; None at the last."""
        return self.members[self.place + 1] if self.place + 1 < len(self.members) else None

    @property
    def first(self) -> int:
        """The place of the first one that is listed, counted from 0."""
        return _first(self.place)

    @property
    def listed(self) -> Sequence[Member]:
        """Those that are listed: the stretch that the one shown is in."""
        return self.members[self.first : self.first + LISTED]

    @property
    def before(self) -> Member | None:
        """Where the stretch before this one ends; None in the first."""
        return self.members[self.first - 1] if self.first else None

    @property
    def after(self) -> Member | None:
        """Where the stretch after this one begins; None in the last."""
        end = self.first + LISTED
        return self.members[end] if end < len(self.members) else None


def walk(tx: sa.Connection, case_id: Id, looked: set[Id], wanted: Id | None) -> Walk:
    """Return a case's members at the one that is wanted, else at the first not looked at yet, else at the first.

    Raises NotFound for a case without any: its items are in others now.
    """
    members = cases.members(tx, case_id, MOST)
    if not members:
        raise NotFound(_("No item is in this case any more."), hint=_("The queue shows all cases."))
    place = _place(members, looked, wanted)
    start = _first(place)
    ids = [one.item_id for one in members[start : start + LISTED]]
    return Walk(members, place, pages.items_by_id(tx, ids), attachments_of(tx, ids))


def _place(members: Sequence[Member], looked: set[Id], wanted: Id | None) -> int:
    ids = [one.item_id for one in members]
    if wanted in ids:
        return ids.index(wanted)
    return next((place for place, one in enumerate(ids) if one not in looked), 0)


def _first(place: int) -> int:
    return place - place % LISTED
