"""Writes what was handed in: sources, items, media, problems. Handing the same in again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from qalqan.model.ids import Id, new_id
from qalqan.model.items import Attachment, Item, Media
from qalqan.model.sources import Problem, Source
from qalqan.model.times import now
from qalqan.store import search
from qalqan.store.records import insert_new, key_of, on_conflict_nothing, record_of, records_of, row_of
from qalqan.store.tables import attachments, items, media, problems, sources


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item ready to be stored, with what hangs on it."""

    item: Item
    content: str
    """A digest of all that would make another version of it: text, links, files. Half of its natural key."""
    attachments: tuple[Attachment, ...] = ()


def ensure_source(
    tx: sa.Connection, location: str, label: str, handed_by: str, legal_basis: str | None = None
) -> Source:
    """Return the source at `location`, adding it where it is new."""
    key = key_of("source", location)
    fresh = Source(new_id(), location, label, handed_by, legal_basis, now())
    insert_new(tx, sources, [row_of(fresh, key=key)], "key")
    return record_of(Source, tx.execute(sa.select(sources).where(sources.c.key == key)).one())


def source(tx: sa.Connection, source_id: Id) -> Source | None:
    """Return a source by its id."""
    row = tx.execute(sa.select(sources).where(sources.c.id == source_id)).first()
    return None if row is None else record_of(Source, row)


def add_media(tx: sa.Connection, found: Iterable[Media]) -> None:
    """Add media files; those that are there stay as they are, but that one may now be kept that was not."""
    rows = [row_of(one) for one in {m.sha256: m for m in found}.values()]
    insert_new(tx, media, rows, "sha256")
    kept = [row["sha256"] for row in rows if row["kept"]]
    # One that was too large to be kept when it first came, and now is not: the limit was raised.
    tx.execute(media.update().where(media.c.sha256.in_(kept), ~media.c.kept).values(kept=True))


def add_items(tx: sa.Connection, found: Sequence[NewItem]) -> list[Id]:
    """Add those of `found` that are new, index them for search, and return their ids."""
    by_key = {_item_key(one): one for one in found}
    rows = [row_of(one.item, key=key) for key, one in by_key.items()]
    if not rows:
        return []
    statement = on_conflict_nothing(tx, items, "key").returning(items.c.key, items.c.seq)
    added = [(by_key[row.key], row.seq) for row in tx.execute(statement, rows)]
    hung_on = [row_of(one) for new, _ in added for one in new.attachments]
    if hung_on:
        tx.execute(attachments.insert(), hung_on)
    search.add(tx, [(seq, _searchable(new)) for new, seq in added])
    return [new.item.id for new, _ in added]


def id_of(tx: sa.Connection, new: NewItem) -> Id:
    """Return the id under which the same item lies in the store."""
    return str(tx.execute(sa.select(items.c.id).where(items.c.key == _item_key(new))).scalar_one())


def _item_key(new: NewItem) -> str:
    return key_of("item", new.item.source_id, new.item.kind.value, new.item.origin, new.content)


def _searchable(new: NewItem) -> str:
    item = new.item
    parts = [item.text, item.channel, item.author, item.forwarded_from, *(link.url for link in item.links)]
    return "\n".join(part for part in [*parts, *(one.name for one in new.attachments)] if part)


def add_problems(tx: sa.Connection, found: Iterable[Problem]) -> None:
    """Add problems; one that is known from an earlier reading stays as it is."""
    rows = [
        row_of(one, key=key_of("problem", one.source_id, one.step, one.where, one.code, one.message)) for one in found
    ]
    insert_new(tx, problems, list({row["key"]: row for row in rows}.values()), "key")


def list_problems(tx: sa.Connection, limit: int, offset: int = 0, source_id: Id | None = None) -> list[Problem]:
    """Return problems, newest first."""
    query = sa.select(problems).order_by(problems.c.id.desc()).limit(limit).offset(offset)
    return records_of(Problem, tx.execute(_of_source(query, source_id)))


def count_problems(tx: sa.Connection, source_id: Id | None = None) -> int:
    """Count problems."""
    return int(tx.execute(_of_source(sa.select(sa.func.count()).select_from(problems), source_id)).scalar_one())


def _of_source(query: sa.Select[Any], source_id: Id | None) -> sa.Select[Any]:
    return query if source_id is None else query.where(problems.c.source_id == source_id)
