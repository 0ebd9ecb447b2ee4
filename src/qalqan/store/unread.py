"""Files on items that some extractor has not read, and files of which so much was read that items weigh anew."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from qalqan.model.ids import Id
from qalqan.store.records import insert_new
from qalqan.store.tables import attachments, items, media, readings

REFUSED = "!"
"""Stands behind an extractor's label where it refused a file: it is not asked again."""
CAME = "came:"
"""Stands before an extractor's label where what it read has not been weighed yet."""


def newest_unread(tx: sa.Connection, labels: Sequence[str], after: int, limit: int) -> list[str]:
    """Return hashes of kept files that lack one of these labels, on items numbered after `after`, newest first."""
    newest = sa.func.max(items.c.seq)
    query = (
        sa.select(attachments.c.media_sha256)
        .join(items, items.c.id == attachments.c.item_id)
        .join(media, media.c.sha256 == attachments.c.media_sha256)
        .where(items.c.seq > after, media.c.kept, _lacks_one_of(labels))
        .group_by(attachments.c.media_sha256)
        .order_by(newest.desc())
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def count_unread(tx: sa.Connection, labels: Sequence[str]) -> int:
    """Return how many kept files on items lack one of these labels."""
    carried = sa.exists().where(attachments.c.media_sha256 == media.c.sha256)
    return int(tx.execute(sa.select(sa.func.count()).where(media.c.kept, carried, _lacks_one_of(labels))).scalar_one())


def newest_item(tx: sa.Connection) -> int:
    """Return the number of the item that came last, 0 where there is none."""
    return int(tx.execute(sa.select(sa.func.max(items.c.seq))).scalar() or 0)


def to_weigh(tx: sa.Connection, labels: Sequence[str], limit: int) -> list[tuple[str, str]]:
    """Return (hash, mark) of files whose items have not been weighed since one of these extractors read them."""
    marks = [CAME + label for label in labels]
    query = sa.select(readings).where(readings.c.extractor.in_(marks)).order_by(readings.c.subject).limit(limit)
    return [(row.subject, row.extractor) for row in tx.execute(query)]


def note_came(tx: sa.Connection, sha256: str, labels: Sequence[str]) -> None:
    """Note that these extractors have read something in a file."""
    rows = [{"subject": sha256, "extractor": CAME + label} for label in labels]
    insert_new(tx, readings, rows, "subject", "extractor")


def note_weighed(tx: sa.Connection, marks: Sequence[tuple[str, str]]) -> None:
    """Take these marks away."""
    for sha256, mark in marks:
        tx.execute(readings.delete().where(readings.c.subject == sha256, readings.c.extractor == mark))


def carriers(tx: sa.Connection, hashes: Sequence[str]) -> list[Id]:
    """Return the ids of the items that carry these files, in the order in which they came."""
    carry = sa.select(attachments.c.item_id).where(attachments.c.media_sha256.in_(hashes))
    return list(tx.execute(sa.select(items.c.id).where(items.c.id.in_(carry)).order_by(items.c.seq)).scalars())


def _lacks_one_of(labels: Sequence[str]) -> sa.ColumnElement[bool]:
    read = [
        sa.exists().where(readings.c.subject == media.c.sha256, readings.c.extractor.in_((label, label + REFUSED)))
        for label in labels
    ]
    return sa.or_(sa.false(), *(~one for one in read))
