"""What operators changed in the lexicons: entries added, entries switched off. Every change raises a version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.model.words import Entry, EntryState, LexiconChange
from qalqan.store.records import batched, insert_new, on_conflict_nothing, record_of, row_of, streamed
from qalqan.store.tables import lexicon_entries, versions

VERSION = "lexicons"
AT_ONCE = 1_000


def version(tx: sa.Connection) -> int:
    """Return a number that is raised with every change."""
    return tx.execute(sa.select(versions.c.value).where(versions.c.name == VERSION)).scalar() or 0


def add(tx: sa.Connection, entries: Sequence[Entry], origin: str, by: str, reason: str = "") -> list[Entry]:
    """Add those entries that are not there, or switch them on again; return the ones that this changed."""
    return _put(tx, entries, origin, EntryState.ON, by, reason)


def switch_off(tx: sa.Connection, entries: Sequence[Entry], by: str, reason: str) -> list[Entry]:
    """Take entries out of force, built-in ones too; return the ones that this changed."""
    return _put(tx, entries, "hand", EntryState.OFF, by, reason)


def _put(
    tx: sa.Connection, entries: Sequence[Entry], origin: str, status: EntryState, by: str, reason: str
) -> list[Entry]:
    wanted = {one.key: one for one in entries}
    rows = [_row(LexiconChange(new_id(), one, origin, status, by, now(), reason)) for one in wanted.values()]
    changed = set()
    for some in batched(rows, AT_ONCE):
        added = set(insert_new(tx, lexicon_entries, list(some), "key"))
        there = {row["key"]: row for row in some if row["key"] not in added}
        stored = sa.select(lexicon_entries.c.key, lexicon_entries.c.status, lexicon_entries.c.entry)
        for key, old_status, old_entry in tx.execute(stored.where(lexicon_entries.c.key.in_(there))).all():
            # The terms are the same, or it would have another key; how strong they are and their examples may differ.
            if old_status != status.value or old_entry != there[key]["entry"]:
                kept = {name: there[key][name] for name in ("entry", "origin", "status", "by", "at", "reason")}
                tx.execute(lexicon_entries.update().where(lexicon_entries.c.key == key).values(**kept))
                changed.add(key)
        changed |= added
    if changed:
        _count_change(tx)
    return [one for key, one in wanted.items() if key in changed]


def _row(change: LexiconChange) -> dict[str, object]:
    entry = change.entry
    return row_of(change, key=entry.key, language=entry.language, sense=entry.sense.value)


def _count_change(tx: sa.Connection) -> None:
    tx.execute(on_conflict_nothing(tx, versions, "name"), {"name": VERSION, "value": 0})
    tx.execute(versions.update().where(versions.c.name == VERSION).values(value=versions.c.value + 1))


def every(tx: sa.Connection) -> Iterator[LexiconChange]:
    """Yield all changes, oldest first, without holding them all."""
    for row in streamed(tx, sa.select(lexicon_entries).order_by(lexicon_entries.c.id), 1000):
        yield record_of(LexiconChange, row)


def change(tx: sa.Connection, change_id: Id) -> LexiconChange:
    """Return one change. Raises NotFound."""
    row = tx.execute(sa.select(lexicon_entries).where(lexicon_entries.c.id == change_id)).first()
    if row is None:
        raise NotFound(f"There is no entry {change_id} in the lexicons.", hint="qalqan lexicon list shows them all.")
    return record_of(LexiconChange, row)
