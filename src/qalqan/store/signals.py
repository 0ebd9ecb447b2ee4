"""Signals, what has been read already, and the small pictures made while reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from qalqan.model.ids import Id
from qalqan.model.items import Media, Rendition
from qalqan.model.signals import Signal
from qalqan.store import traits
from qalqan.store.records import insert_new, key_of, record_of, records_of, row_of
from qalqan.store.tables import attachments, media, readings, renditions, signals


def add(tx: sa.Connection, found: Sequence[Signal]) -> None:
    """Add signals; those that are there stay as they are."""
    rows = {_key(one): row_of(one, key=_key(one)) for one in found}
    insert_new(tx, signals, list(rows.values()), "key")
    own, of_files = ({getattr(one, name) for one in found} - {None} for name in ("item_id", "media_sha256"))
    traits.note(tx, sorted(own), sorted(of_files))


def _key(signal: Signal) -> str:
    owner = signal.media_sha256 or signal.item_id
    place = (str(signal.span), str(signal.box), str(signal.interval))
    return key_of("signal", owner, signal.extractor, signal.kind, signal.value, *place)


def mark_read(tx: sa.Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Note (subject, extractor) pairs: a media's hash or an item's id, and the extractor with its version."""
    rows = [{"subject": subject, "extractor": extractor} for subject, extractor in set(pairs)]
    insert_new(tx, readings, rows, "subject", "extractor")


def already_read(tx: sa.Connection, subjects: Sequence[str]) -> set[tuple[str, str]]:
    """Return which (subject, extractor) pairs of these subjects are noted."""
    rows = tx.execute(sa.select(readings).where(readings.c.subject.in_(subjects)))
    return {(row.subject, row.extractor) for row in rows}


def add_renditions(tx: sa.Connection, made: Iterable[Rendition]) -> None:
    """Add working copies; those that are there stay as they are."""
    insert_new(tx, renditions, [row_of(one) for one in made], "media_sha256", "kind", "at")


def renditions_of(tx: sa.Connection, hashes: Sequence[str]) -> list[Rendition]:
    """Return the working copies of these media files, in the order of their moments."""
    query = sa.select(renditions).where(renditions.c.media_sha256.in_(hashes)).order_by(renditions.c.at)
    return records_of(Rendition, tx.execute(query))


def set_facts(tx: sa.Connection, sha256: str, width: int | None, height: int | None, duration: float | None) -> None:
    """Fill in what decoding told about a media file; what it did not tell stays unknown."""
    known = {"width": width, "height": height, "duration": duration}
    values = {name: value for name, value in known.items() if value is not None}
    if values:
        tx.execute(media.update().where(media.c.sha256 == sha256).values(**values))


def of_items(tx: sa.Connection, item_ids: Sequence[Id]) -> list[tuple[Id, Signal]]:
    """Return (item id, signal) for each signal of the items' own texts and of the media on them."""
    own = sa.select(signals.c.item_id.label("on_item"), signals).where(signals.c.item_id.in_(item_ids))
    # One item may carry a file twice. The pairs are made distinct by ids: PostgreSQL cannot compare JSON columns.
    pairs = (
        sa.select(attachments.c.item_id, signals.c.id)
        .join(signals, attachments.c.media_sha256 == signals.c.media_sha256)
        .where(attachments.c.item_id.in_(item_ids))
        .distinct()
        .subquery()
    )
    of_media = sa.select(pairs.c.item_id.label("on_item"), signals).join(pairs, pairs.c.id == signals.c.id)
    return [(row.on_item, record_of(Signal, row)) for query in (own, of_media) for row in tx.execute(query)]


def of_kinds(tx: sa.Connection, item_ids: Sequence[Id], kinds: Sequence[str]) -> dict[Id, list[Signal]]:
    """Return the signals of these kinds on each of the items, their own texts' first."""
    wanted = signals.c.kind.in_(kinds)
    own = sa.select(signals.c.item_id.label("on_item"), signals).where(signals.c.item_id.in_(item_ids), wanted)
    pairs = (
        sa.select(attachments.c.item_id, signals.c.id)
        .join(signals, attachments.c.media_sha256 == signals.c.media_sha256)
        .where(attachments.c.item_id.in_(item_ids), wanted)
        .distinct()
        .subquery()
    )
    of_media = sa.select(pairs.c.item_id.label("on_item"), signals).join(pairs, pairs.c.id == signals.c.id)
    found: dict[Id, list[Signal]] = {}
    for query in (own, of_media):
        for row in tx.execute(query.order_by(signals.c.id)):
            found.setdefault(row.on_item, []).append(record_of(Signal, row))
    return found


def forget_other(
    tx: sa.Connection, item_ids: Sequence[Id], hashes: Sequence[str], kinds: Sequence[str], ending: str
) -> None:
    """Take away signals of these kinds, of the items' own texts and of files, whose extractor ends otherwise."""
    for column, owners in ((signals.c.item_id, item_ids), (signals.c.media_sha256, hashes)):
        if owners:
            other = ~signals.c.extractor.endswith(ending, autoescape=True)
            gone = (column.in_(owners), signals.c.kind.in_(kinds), other)
            values = tx.execute(sa.select(signals.c.kind, signals.c.value).where(*gone).distinct()).all()
            tx.execute(signals.delete().where(*gone))
            traits.forget(tx, [(row.kind, row.value) for row in values], item_ids, hashes)


def of_media(tx: sa.Connection, hashes: Sequence[str]) -> list[Signal]:
    """Return all signals of these media files."""
    return records_of(Signal, tx.execute(sa.select(signals).where(signals.c.media_sha256.in_(hashes))))


def media_by_hash(tx: sa.Connection, hashes: Sequence[str]) -> list[Media]:
    """Return these media files, those quick to read first."""
    return records_of(Media, tx.execute(sa.select(media).where(media.c.sha256.in_(hashes)).order_by(media.c.size)))


def media_of_items(tx: sa.Connection, item_ids: Sequence[Id]) -> list[Media]:
    """Return the media files on these items, each once, those quick to read first."""
    hashes = sa.select(attachments.c.media_sha256).where(attachments.c.item_id.in_(item_ids)).distinct()
    return records_of(Media, tx.execute(sa.select(media).where(media.c.sha256.in_(hashes)).order_by(media.c.size)))
