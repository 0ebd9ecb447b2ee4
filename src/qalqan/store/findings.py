"""Matches and assessments: written once each, listed many times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from qalqan.errors import NotFound
from qalqan.model.assessments import Assessment
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import Id
from qalqan.model.matches import Match
from qalqan.store.records import batched, insert_new, key_of, record_of, row_of, streamed
from qalqan.store.tables import assessments, attachments, bank_entries, banks, items, matches

AT_ONCE = 5_000
"""Values of one question: PostgreSQL takes at most 65,535."""


@dataclass(frozen=True, slots=True)
class Found:
    """A match with the known thing it found and where that stands."""

    match: Match
    entry: BankEntry
    bank: str
    category: str
    origin: str
    """Where the item lies."""
    name: str | None
    """The matched file's name on the item."""


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """Which matches to list; None means any."""

    item_id: Id | None = None
    bank: str | None = None
    kind: str | None = None
    verified: bool | None = None
    source_id: Id | None = None


def add_matches(tx: sa.Connection, found: Sequence[Match]) -> None:
    """Add matches; one between the same item, signal and entry stays, unless another matcher or version now sees it."""
    places = _places(tx, found)
    rows = {_key(one): row_of(one, key=_key(one), stands=True, **places(one)) for one in found}
    there = rows.keys() - set(insert_new(tx, matches, list(rows.values()), "key"))
    for some in batched(sorted(there), AT_ONCE):
        known = sa.select(matches.c.key, matches.c.matcher, matches.c.stands).where(matches.c.key.in_(some))
        for key, matcher, stands in tx.execute(known).all():
            if matcher != rows[key]["matcher"] or not stands:
                # When it was first found stays: seen by a newer matcher, it is no newer a find.
                seen_anew = {name: value for name, value in rows[key].items() if name not in ("id", "found_at")}
                tx.execute(matches.update().where(matches.c.key == key).values(seen_anew))


def _places(tx: sa.Connection, found: Sequence[Match]) -> Callable[[Match], dict[str, Any]]:
    """Return what a match repeats of its item and of its entry, so that lists are narrowed without reading them."""
    of_item: dict[Id, dict[str, Any]] = {}
    of_entry: dict[Id, Id] = {}
    for some in batched(sorted({one.item_id for one in found}), AT_ONCE):
        rows = tx.execute(sa.select(items.c.id, items.c.seq, items.c.source_id).where(items.c.id.in_(some)))
        of_item.update((row.id, {"seq": row.seq, "source_id": row.source_id}) for row in rows)
    for some in batched(sorted({one.entry_id for one in found}), AT_ONCE):
        rows = tx.execute(sa.select(bank_entries.c.id, bank_entries.c.bank_id).where(bank_entries.c.id.in_(some)))
        of_entry.update((row.id, row.bank_id) for row in rows)
    return lambda one: {**of_item[one.item_id], "bank_id": of_entry[one.entry_id]}


def take_back(tx: sa.Connection, item_ids: Sequence[Id], found: Sequence[Match], since: int | None) -> None:
    """Let matches of these items that were not found again stand no longer: a bank's rules or a negative bank say so.

    Of entries that match no more at all (disputed, retired) they stay as they are: their status says enough. With
    `since`, only entries changed after that version of the banks were asked, and only theirs are taken back.
    """
    keys = {_key(one) for one in found}
    query = sa.select(matches.c.id, matches.c.key).join(bank_entries)
    query = query.where(matches.c.stands, bank_entries.c.status == EntryStatus.ACTIVE.value)
    if since is not None:
        query = query.where(bank_entries.c.changed > since)
    for some in batched(item_ids, AT_ONCE):
        gone = [row.id for row in tx.execute(query.where(matches.c.item_id.in_(some))) if row.key not in keys]
        for lot in batched(gone, AT_ONCE):
            tx.execute(matches.update().where(matches.c.id.in_(lot)).values(stands=False))


def _key(match: Match) -> str:
    return key_of("match", match.item_id, match.signal_id, match.entry_id)


def list_matches(tx: sa.Connection, wanted: MatchFilter, limit: int | None = None, offset: int = 0) -> Iterator[Found]:
    """Yield matches, newest first, without holding them all."""
    query = _joined(sa.select(*_COLUMNS)).order_by(matches.c.id.desc())
    if limit is None:
        query = query.where(*_wanted(wanted))
    else:  # ids alone are walked to a page far down, by an index; only what is shown is joined
        ids = sa.select(matches.c.id).where(*_wanted(wanted)).order_by(matches.c.id.desc()).limit(limit).offset(offset)
        query = query.where(matches.c.id.in_(ids))
    for row in streamed(tx, query, 500):
        yield _found(row)


def count_matches(tx: sa.Connection, wanted: MatchFilter) -> int:
    """Count matches. Only what narrows them is asked, of themselves."""
    query = sa.select(sa.func.count()).select_from(matches).where(*_wanted(wanted))
    return int(tx.execute(query).scalar_one())


def matches_of(tx: sa.Connection, item_ids: Sequence[Id]) -> dict[Id, list[Found]]:
    """Return the matches of each of these items, nearest first."""
    query = _joined(sa.select(*_COLUMNS)).where(matches.c.stands, matches.c.item_id.in_(item_ids))
    found: dict[Id, list[Found]] = {}
    for row in tx.execute(query.order_by(matches.c.distance, matches.c.id)):
        found.setdefault(row.m_item_id, []).append(_found(row))
    return found


_NAME = (
    sa.select(sa.func.min(attachments.c.name))
    .where(attachments.c.item_id == matches.c.item_id, attachments.c.media_sha256 == matches.c.media_sha256)
    .scalar_subquery()
    .label("name")
)
_COLUMNS = (
    *(column.label(f"m_{column.name}") for column in matches.c),
    *(column.label(f"e_{column.name}") for column in bank_entries.c),
    banks.c.name.label("bank"), banks.c.category, items.c.origin, _NAME,
)  # fmt: skip


def _found(row: sa.Row[Any]) -> Found:
    columns = row._mapping  # noqa: SLF001 - SQLAlchemy's documented name for it
    return Found(
        match=record_of(Match, _part(columns, "m_")),
        entry=record_of(BankEntry, _part(columns, "e_")),
        bank=row.bank, category=row.category, origin=row.origin, name=row.name,
    )  # fmt: skip


def _part(columns: sa.RowMapping, prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in columns.items() if name.startswith(prefix)}


def _joined(query: sa.Select[Any]) -> sa.Select[Any]:
    return query.select_from(matches).join(bank_entries).join(banks).join(items, items.c.id == matches.c.item_id)


def _wanted(wanted: MatchFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on matches themselves."""
    own = {
        matches.c.item_id: wanted.item_id, matches.c.kind: wanted.kind, matches.c.verified: wanted.verified,
        matches.c.source_id: wanted.source_id,
    }  # fmt: skip
    conditions = [matches.c.stands, *(column == value for column, value in own.items() if value is not None)]
    if wanted.bank is not None:
        conditions.append(
            matches.c.bank_id == sa.select(banks.c.id).where(banks.c.name == wanted.bank).scalar_subquery()
        )
    return conditions


def different_things(tx: sa.Connection, entry_id: Id, since: datetime, looked_at: datetime | None = None) -> int:
    """Return how many different files, or items without one, were found near an entry since then; copies are none.

    With `looked_at`, only those count that were found and handed in after a person had looked at the entry.
    """
    thing = sa.func.coalesce(matches.c.media_sha256, sa.cast(matches.c.item_id, sa.String))
    near = [matches.c.entry_id == entry_id, matches.c.distance > 0, matches.c.found_at > since, matches.c.stands]
    if looked_at is not None:
        near += [matches.c.found_at > looked_at, items.c.collected_at > looked_at]
    query = (
        sa.select(sa.func.count(sa.distinct(thing))).select_from(matches).join(items, items.c.id == matches.c.item_id)
    )
    return int(tx.execute(query.where(*near)).scalar_one())


def current_assessments(tx: sa.Connection, item_ids: Sequence[Id]) -> dict[Id, list[Assessment]]:
    """Return what stands now for each of these items, highest score first."""
    query = sa.select(assessments).where(assessments.c.current, assessments.c.item_id.in_(item_ids))
    found: dict[Id, list[Assessment]] = {}
    for row in tx.execute(query.order_by(assessments.c.score.desc())):
        found.setdefault(row.item_id, []).append(record_of(Assessment, row))
    return found


def add_assessments(tx: sa.Connection, made: Sequence[Assessment]) -> None:
    """Add assessments; each takes the place of the one that it supersedes."""
    for some in batched(made, AT_ONCE):
        _add_assessments(tx, some)


def _add_assessments(tx: sa.Connection, made: Sequence[Assessment]) -> None:
    item_ids = sorted({one.item_id for one in made})
    old = [one.supersedes for one in made if one.supersedes]
    # On PostgreSQL the items are locked: of two that weigh one item at once, the second sees what the first made.
    there = sa.select(items.c.id, items.c.seq, items.c.source_id).where(items.c.id.in_(item_ids)).order_by(items.c.id)
    places = {
        row.id: {"seq": row.seq, "source_id": row.source_id}
        for row in tx.execute(there.with_for_update(key_share=True))
    }
    if old:
        values = {"current": sa.false(), "leads": sa.false()}
        tx.execute(assessments.update().where(assessments.c.id.in_(old)).values(values))
    tx.execute(assessments.insert(), [row_of(one, current=True, leads=False, **places[one.item_id]) for one in made])
    other = assessments.alias()
    leads = assessments.c.current & ~outdone(other, other.c.current)
    tx.execute(assessments.update().where(assessments.c.item_id.in_(item_ids)).values(leads=leads))


def outdone(other: sa.FromClause, *stands: sa.ColumnElement[bool]) -> sa.Exists:
    """Return the condition that an item has a stronger assessment, in the alias `other`, among those that stand there.

    Of two with the same score, the one whose category comes first in the alphabet is the stronger.
    """
    higher = (other.c.score > assessments.c.score) | (
        (other.c.score == assessments.c.score) & (other.c.category < assessments.c.category)
    )
    return sa.exists().where(other.c.item_id == assessments.c.item_id, *stands, higher)


def item_of(tx: sa.Connection, match_id: Id) -> Id | None:
    """Return the item of a match, None where there is no such match."""
    try:
        return tx.execute(sa.select(matches.c.item_id).where(matches.c.id == match_id)).scalar()
    except NotFound:  # what was typed is no id at all
        return None
