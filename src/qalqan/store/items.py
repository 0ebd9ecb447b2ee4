"""Reads items back: one with all that hangs on it, or pages of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.model.assessments import Band
from qalqan.model.ids import Id
from qalqan.model.items import Attachment, Item, Media, Occurrence
from qalqan.store.item_lists import ItemFilter, Page, count, page
from qalqan.store.records import record_of, records_of, streamed
from qalqan.store.tables import assessments, attachments, items, matches, media, problems, signals, sources

__all__ = ["ItemFilter", "Page", "count", "page"]  # lists have a file of their own
CARRIERS_AT_MOST = 10_000


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


def by_id(tx: sa.Connection, item_ids: Sequence[Id]) -> dict[Id, Item]:
    """Return these items without what hangs on them."""
    rows = tx.execute(sa.select(items).where(items.c.id.in_(set(item_ids))))
    return {one.id: one for one in records_of(Item, rows)}


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


def ids_after(tx: sa.Connection, item_id: Id | None, limit: int) -> list[Id]:
    """Return the ids of the items that were read after this one, in that order; None starts at the first."""
    query = sa.select(items.c.id).order_by(items.c.seq).limit(limit)
    if item_id is not None:
        start = sa.select(items.c.seq).where(items.c.id == item_id).scalar_subquery()
        query = query.where(items.c.seq > start)
    return list(tx.execute(query).scalars())


def carriers(tx: sa.Connection, sha256: str, item_ids: Sequence[Id] | None = None) -> list[tuple[Id, str]]:
    """Return the source and the name, for people, of each item that carries a file, or of each of these that does."""
    query = (
        sa.select(items.c.source_id, items.c.origin, attachments.c.name)
        .join(attachments, attachments.c.item_id == items.c.id)
        .where(attachments.c.media_sha256 == sha256)
        .order_by(items.c.seq, attachments.c.ordinal)
    )
    if item_ids is not None:
        query = query.where(items.c.id.in_(item_ids))
    return [
        (row.source_id, row.origin if row.origin.endswith(row.name) else f"{row.origin} · {row.name}")
        for row in tx.execute(query.limit(CARRIERS_AT_MOST))
    ]


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
    bands: dict[str, int] = {row[0]: row[1] for row in tx.execute(query.group_by(assessments.c.band))}
    return {**counted, **{band.value: bands.get(band.value, 0) for band in Band}}


def first(tx: sa.Connection) -> Item | None:
    """Return any item, or None in an empty store."""
    row = tx.execute(sa.select(items).limit(1)).first()
    return None if row is None else record_of(Item, row)


def totals_of(tx: sa.Connection, source_ids: Sequence[Id]) -> dict[str, int]:
    """Return how many items these sources gave, and the media, signals, matches and problems of those items."""
    ours = sa.select(items.c.id).where(items.c.source_id.in_(source_ids)).subquery()
    carried = sa.select(attachments.c.media_sha256).join(ours, attachments.c.item_id == ours.c.id)
    carried = carried.where(attachments.c.media_sha256.is_not(None)).distinct()
    own = sa.select(ours.c.id)
    queries = {
        "items": sa.select(sa.func.count()).select_from(ours),
        "media": sa.select(sa.func.count()).select_from(carried.subquery()),
        "signals": sa.select(sa.func.count()).where(signals.c.item_id.in_(own) | signals.c.media_sha256.in_(carried)),
        "matches": sa.select(sa.func.count()).where(matches.c.item_id.in_(own)),
        "problems": sa.select(sa.func.count()).where(problems.c.source_id.in_(source_ids)),
    }
    return {name: tx.execute(query).scalar_one() for name, query in queries.items()}


def bands_of(tx: sa.Connection, source_ids: Sequence[Id]) -> dict[str, int]:
    """Return how many items of these sources are in each band, each item in the highest that it reaches."""
    best = sa.func.max(assessments.c.score).label("best")
    ranked = (
        sa.select(assessments.c.item_id, best)
        .join(items, items.c.id == assessments.c.item_id)
        .where(assessments.c.current, items.c.source_id.in_(source_ids))
        .group_by(assessments.c.item_id)
        .subquery()
    )
    same = (ranked.c.item_id == assessments.c.item_id) & (ranked.c.best == assessments.c.score)
    top = (
        sa.select(assessments.c.item_id, assessments.c.band).join(ranked, same).where(assessments.c.current).distinct()
    )
    found = Counter(band for _, band in tx.execute(top))
    return {band.value: found[band.value] for band in Band}


def locations(tx: sa.Connection, source_ids: Sequence[Id]) -> dict[Id, str]:
    """Return where each of these sources lies."""
    rows = tx.execute(sa.select(sources.c.id, sources.c.location).where(sources.c.id.in_(source_ids)))
    return {row[0]: row[1] for row in rows}


def kept_media(tx: sa.Connection) -> Iterator[str]:
    """Yield the hashes of all files that the blob store should hold."""
    query = sa.select(media.c.sha256).where(media.c.kept)
    for row in streamed(tx, query, 1000):
        yield row.sha256
