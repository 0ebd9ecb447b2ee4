"""Reads items back: one with all that hangs on it, or pages of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.model.assessments import Band
from qalqan.model.ids import Id
from qalqan.model.items import Attachment, Item, Media, Occurrence
from qalqan.store import search
from qalqan.store.records import record_of, records_of
from qalqan.store.tables import assessments, attachments, items, matches, media


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items to list; None means any."""

    query: str | None = None
    """Words that must all be in it: see `store.search`."""
    source_id: Id | None = None
    kind: str | None = None
    band: str | None = None
    """Items whose current assessment, in any category, is in this band; `found` stands for all but `nothing`."""
    bank_category: str | None = None
    """The category of that assessment."""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list of items."""

    items: list[Item]
    total: int
    """How many the filter finds in all."""


def get(tx: sa.Connection, item_id: Id) -> Occurrence:
    """Return an item with its attachments. Raises NotFound."""
    found = occurrences(tx, [item_id])
    if not found:
        raise NotFound(f"There is no item {item_id}.", hint="qalqan items lists them.")
    return found[0]


def occurrences(tx: sa.Connection, item_ids: Sequence[Id]) -> list[Occurrence]:
    """Return these items with their attachments, in the order in which they were read."""
    hung_on = attachments_of(tx, item_ids)
    query = sa.select(items).where(items.c.id.in_(item_ids)).order_by(items.c.seq)
    return [Occurrence(one, tuple(hung_on.get(one.id, ()))) for one in records_of(Item, tx.execute(query))]


def attachments_of(tx: sa.Connection, item_ids: Sequence[Id]) -> dict[Id, list[Attachment]]:
    """Return what hangs on each of these items."""
    query = sa.select(attachments).where(attachments.c.item_id.in_(item_ids))
    found: dict[Id, list[Attachment]] = {}
    for one in records_of(Attachment, tx.execute(query.order_by(attachments.c.item_id, attachments.c.ordinal))):
        found.setdefault(one.item_id, []).append(one)
    return found


def media_by_hash(tx: sa.Connection, hashes: Sequence[str]) -> dict[str, Media]:
    """Return the media files of these hashes."""
    rows = tx.execute(sa.select(media).where(media.c.sha256.in_(hashes)))
    return {one.sha256: one for one in records_of(Media, rows)}


def page(tx: sa.Connection, wanted: ItemFilter, limit: int, offset: int = 0) -> Page:
    """Return items, newest first; with a band, highest score first."""
    query = _filtered(tx, sa.select(items), wanted)
    order = [items.c.seq.desc()]
    if wanted.band is not None or wanted.bank_category is not None:
        order = [assessments.c.score.desc(), *order]
    rows = tx.execute(query.order_by(*order).limit(limit).offset(offset))
    return Page(records_of(Item, rows), count(tx, wanted))


def count(tx: sa.Connection, wanted: ItemFilter) -> int:
    """Count items."""
    return int(tx.execute(_filtered(tx, sa.select(sa.func.count()).select_from(items), wanted)).scalar_one())


def _filtered(tx: sa.Connection, query: sa.Select[Any], wanted: ItemFilter) -> sa.Select[Any]:
    if wanted.band is not None or wanted.bank_category is not None:
        query = _by_assessment(query, wanted)
    if wanted.query:
        query = query.where(search.condition(tx.dialect.name, wanted.query))
    if wanted.source_id is not None:
        query = query.where(items.c.source_id == wanted.source_id)
    return query if wanted.kind is None else query.where(items.c.kind == wanted.kind)


def _by_assessment(query: sa.Select[Any], wanted: ItemFilter) -> sa.Select[Any]:
    query = query.join(assessments, (assessments.c.item_id == items.c.id) & assessments.c.current)
    if wanted.band == "found":
        query = query.where(assessments.c.band != Band.NOTHING.value)
    elif wanted.band is not None:
        query = query.where(assessments.c.band == wanted.band)
    return query if wanted.bank_category is None else query.where(assessments.c.category == wanted.bank_category)


def ids_after(tx: sa.Connection, item_id: Id | None, limit: int) -> list[Id]:
    """Return the ids of the items that were read after this one, in that order; None starts at the first."""
    query = sa.select(items.c.id).order_by(items.c.seq).limit(limit)
    if item_id is not None:
        start = sa.select(items.c.seq).where(items.c.id == item_id).scalar_subquery()
        query = query.where(items.c.seq > start)
    return list(tx.execute(query).scalars())


def elsewhere(tx: sa.Connection, sha256: str, besides: Id, limit: int = 20) -> list[Item]:
    """Return other items that carry the same file."""
    carriers = sa.select(attachments.c.item_id).where(
        attachments.c.media_sha256 == sha256, attachments.c.item_id != besides
    )
    query = sa.select(items).where(items.c.id.in_(carriers)).order_by(items.c.seq).limit(limit)
    return records_of(Item, tx.execute(query))


def totals(tx: sa.Connection) -> dict[str, int]:
    """Return how many items, media, matches, and items of each band there are."""
    counted = {
        table.name: tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in (items, media, matches)
    }
    query = sa.select(assessments.c.band, sa.func.count(sa.distinct(assessments.c.item_id))).where(
        assessments.c.current
    )
    bands: dict[str, int] = dict(tx.execute(query.group_by(assessments.c.band)).tuples().all())
    return {**counted, **{band.value: bands.get(band.value, 0) for band in Band}}


def first(tx: sa.Connection) -> Item | None:
    """Return any item, or None in an empty store."""
    row = tx.execute(sa.select(items).limit(1)).first()
    return None if row is None else record_of(Item, row)
