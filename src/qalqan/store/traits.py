"""Which items hold signals of a kind, and whom they name: kept beside the signals, so that lists need not search them.

It follows from signals and attachments alone. `note` may be called any number of times; it is called whenever signals
come, and once for each batch that was read: a file's signals may come while another process stores an item with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from qalqan.model.ids import Id
from qalqan.model.signals import LANGUAGE, NAME, TEXT
from qalqan.store.records import batched, on_conflict_nothing
from qalqan.store.tables import attachments, items, signals
from qalqan.store.tables_speed import item_traits

EVERYWHERE = (TEXT, LANGUAGE)
"""Kinds that any item with words has: no list is narrowed by them, and they are not kept here."""
LONGEST = 200
"""Characters of whom a name means that are kept here: the keys of the lexicons are far shorter."""
AT_ONCE = 5_000
_COLUMNS = ("kind", "value", "seq", "collected_at")


def note(tx: sa.Connection, item_ids: Sequence[Id] = (), hashes: Sequence[str] = ()) -> None:
    """Note what these items hold, of their own and in files on them, and what items hold by these files."""
    for some in batched(item_ids, AT_ONCE):
        _insert(tx, _of_own(signals.c.item_id.in_(some)))
        _insert(tx, _of_files(attachments.c.item_id.in_(some)))
    for lot in batched(hashes, AT_ONCE):
        _insert(tx, _of_files(signals.c.media_sha256.in_(lot)))


def forget(tx: sa.Connection, values: Iterable[tuple[str, str]], item_ids: Sequence[Id], hashes: Sequence[str]) -> None:
    """Take these (kind, value) pairs from items and from those that carry the files, unless they still hold them."""
    gone = {pair for kind, value in values for pair in ((kind, ""), (kind, value[:LONGEST] if kind == NAME else ""))}
    if not gone:
        return
    affected = set(item_ids)
    for lot in batched(hashes, AT_ONCE):
        carry = sa.select(attachments.c.item_id).where(attachments.c.media_sha256.in_(lot))
        affected.update(tx.execute(carry).scalars())
    for some in batched(sorted(affected), AT_ONCE):
        seqs = sa.select(items.c.seq).where(items.c.id.in_(some))
        for kind, value in sorted(gone):
            here = (item_traits.c.kind == kind, item_traits.c.value == value, item_traits.c.seq.in_(seqs))
            tx.execute(item_traits.delete().where(*here))
        note(tx, some)


def _insert(tx: sa.Connection, query: sa.Select[Any]) -> None:
    """Insert (kind, value, seq, collected_at) rows for signals: one for the kind, for names one for whom as well."""
    listed = query.where(signals.c.kind.not_in(EVERYWHERE))
    named = query.where(signals.c.kind == NAME)
    name = sa.func.substr(signals.c.value, 1, LONGEST)
    for rows, value in ((listed, sa.literal("")), (named, name)):
        columns = (signals.c.kind, value.label("value"), items.c.seq, items.c.collected_at)
        # In one order: two processes that note the same things would else wait for each other for ever.
        ordered = rows.with_only_columns(*columns, maintain_column_froms=True).distinct().order_by(*columns[:3])
        tx.execute(on_conflict_nothing(tx, item_traits, *_COLUMNS[:3]).from_select(_COLUMNS, ordered))


def _of_own(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    source = sa.join(signals, items, items.c.id == signals.c.item_id)
    return sa.select(signals.c.kind).select_from(source).where(which)


def _of_files(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    carried = sa.join(attachments, signals, attachments.c.media_sha256 == signals.c.media_sha256)
    source = carried.join(items, items.c.id == attachments.c.item_id)
    return sa.select(signals.c.kind).select_from(source).where(which)
