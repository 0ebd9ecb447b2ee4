"""A policy in the shadow: what waits to be weighed with it, and what came of it, each item counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from qalqan.errors import AlreadyThere
from qalqan.model.assessments import Band, Reason
from qalqan.model.ids import Id, new_id
from qalqan.model.shadow import Change, Compared, Count, Decided, Side, Walk
from qalqan.model.times import now
from qalqan.store.records import batched, insert_new, on_conflict_nothing, record_of, row_of, streamed
from qalqan.store.tables import items
from qalqan.store.tables_cases import case_items, decisions
from qalqan.store.tables_shadow import shadow_counts, shadow_differences, shadow_items, shadow_walks

MOST = 10_000
"""Differences that are kept of one walk; more are only counted."""
AT_ONCE = 5_000
Key = tuple[str, str, str]
"""A change and both bands, as they are counted."""


def begin(tx: sa.Connection, walk: Walk) -> None:
    """Put a policy into the shadow; what was listed of earlier ones goes. Raises AlreadyThere where there is one."""
    for table in (shadow_differences, shadow_counts):
        tx.execute(table.delete())
    if not insert_new(tx, shadow_walks, [row_of(walk, running=True)], "running"):
        raise AlreadyThere(
            "A policy is in the shadow already.", hint="Stop it first, or switch it on: qalqan policy shadow stop"
        )


def running(tx: sa.Connection, *, alone: bool = False) -> Walk | None:
    """Return the walk under way; `alone` makes others who count in it wait, though not those who hand items in."""
    query = sa.select(shadow_walks).where(shadow_walks.c.running)
    row = tx.execute(query.with_for_update(key_share=True) if alone else query).first()
    return record_of(Walk, row) if row else None


def last(tx: sa.Connection) -> Walk | None:
    """Return the walk under way, or the one that ended last."""
    row = tx.execute(sa.select(shadow_walks).order_by(shadow_walks.c.begun_at.desc()).limit(1)).first()
    return record_of(Walk, row) if row else None


def end(tx: sa.Connection, walk_id: Id, by: str, *, switched_on: bool) -> None:
    """End a walk; what it came to stays until the next begins."""
    values = {"running": None, "ended_by": by, "ended_at": now(), "switched_on": switched_on, "left": 0}
    tx.execute(shadow_walks.update().where(shadow_walks.c.id == walk_id).values(values))


def note_fault(tx: sa.Connection, walk_id: Id, fault: str) -> None:
    """Note what went wrong last."""
    tx.execute(shadow_walks.update().where(shadow_walks.c.id == walk_id).values(fault=fault))


def hand_in(tx: sa.Connection, item_ids: Sequence[Id]) -> None:
    """Note that these items were weighed, in the transaction that weighed them: the shadow is to weigh them too."""
    walk_id = tx.execute(sa.select(shadow_walks.c.id).where(shadow_walks.c.running)).scalar()
    if walk_id is not None and item_ids:
        tx.execute(_let_wait_again(tx), _waiting_rows(walk_id, item_ids))


def _waiting_rows(walk_id: Id, item_ids: Sequence[Id]) -> list[dict[str, Any]]:
    """Return rows of what waits, always in the same order: two processes would else wait for each other for ever."""
    mark = new_id()
    return [{"walk_id": walk_id, "item_id": one, "waits": mark} for one in sorted(item_ids)]


def _let_wait_again(tx: sa.Connection) -> Any:  # noqa: ANN401 - one of two dialects' Insert
    """Return the statement that lets items wait, those too that were weighed before."""
    key = ["walk_id", "item_id"]
    if tx.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        there = insert_postgresql(shadow_items)
        return there.on_conflict_do_update(index_elements=key, set_={"waits": there.excluded.waits})
    from sqlalchemy.dialects.sqlite import insert as insert_sqlite

    here = insert_sqlite(shadow_items)
    return here.on_conflict_do_update(index_elements=key, set_={"waits": here.excluded.waits})


def hand_in_older(tx: sa.Connection, walk: Walk, limit: int) -> int:
    """Let the next of the items found before wait, at most `limit`; return how many. The place moves on with them."""
    query = sa.select(items.c.seq, items.c.id).order_by(items.c.seq.desc()).limit(min(limit, walk.left))
    rows = tx.execute(query if walk.place is None else query.where(items.c.seq < walk.place)).all()
    if rows:
        statement = on_conflict_nothing(tx, shadow_items, "walk_id", "item_id")
        tx.execute(statement, _waiting_rows(walk.id, [row.id for row in rows]))
    moved = (
        {"left": walk.left - len(rows), "place": rows[-1].seq} if len(rows) == min(limit, walk.left) else {"left": 0}
    )
    tx.execute(shadow_walks.update().where(shadow_walks.c.id == walk.id).values(moved))
    return len(rows)


def waiting(tx: sa.Connection, walk_id: Id, limit: int) -> dict[Id, Id]:
    """Return items that wait, those that have waited longest first, each with the mark of its waiting."""
    waits = shadow_items.c.waits
    query = sa.select(shadow_items.c.item_id, waits).where(shadow_items.c.walk_id == walk_id, waits.is_not(None))
    return {row.item_id: row.waits for row in tx.execute(query.order_by(waits).limit(limit))}


def count_waiting(tx: sa.Connection, walk_id: Id, most: int) -> int:
    """Count the items that wait, up to `most`."""
    some = sa.select(sa.literal(1)).where(shadow_items.c.walk_id == walk_id, shadow_items.c.waits.is_not(None))
    return int(tx.execute(sa.select(sa.func.count()).select_from(some.limit(most).subquery())).scalar_one())


def keep(tx: sa.Connection, walk_id: Id, found: Sequence[Compared], marks: Mapping[Id, Id]) -> int:
    """Keep and count what came of items that waited; return of how many.

    Left out are those that somebody else has meanwhile weighed, or that have come to wait anew: they are weighed
    again. An item that was counted before is counted as it is now, and no longer as it was.
    """
    due = _due(tx, walk_id, found, marks)
    changed: Counter[Key] = Counter()
    for one, before in due:
        if before is not None:
            changed[before] -= 1
        changed[_key(one)] += 1
    some = [one for one, _before in due]
    _settle(tx, walk_id, some)
    _count(tx, walk_id, changed)
    _list(tx, walk_id, some)
    return len(due)


def _key(one: Compared) -> Key:
    if one.change is Change.FAILED:
        return (one.change.value, "", "")
    return (one.change.value, one.before.band.value, one.after.band.value)


def _due(
    tx: sa.Connection, walk_id: Id, found: Sequence[Compared], marks: Mapping[Id, Id]
) -> list[tuple[Compared, Key | None]]:
    """Return those that still wait under the mark they were taken with, each with how it was counted before."""
    by_id, due = {one.item_id: one for one in found}, []
    for some in batched(sorted(by_id), AT_ONCE):
        query = sa.select(shadow_items).where(shadow_items.c.walk_id == walk_id, shadow_items.c.item_id.in_(some))
        for row in tx.execute(query.order_by(shadow_items.c.item_id).with_for_update()):
            if row.waits is not None and row.waits == marks[row.item_id]:
                before = (row.change, row.band, row.other_band) if row.change else None
                due.append((by_id[row.item_id], before))
    return due


def _settle(tx: sa.Connection, walk_id: Id, some: Sequence[Compared]) -> None:
    if not some:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"its_{name}") for name in ("change", "band", "other_band")}
    statement = shadow_items.update().where(
        shadow_items.c.walk_id == walk_id, shadow_items.c.item_id == sa.bindparam("which")
    )
    rows = []
    for one in some:
        change, band, other_band = _key(one)
        rows.append({"which": one.item_id, "its_change": change, "its_band": band, "its_other_band": other_band})
    tx.execute(statement.values(waits=None, **values), rows)


def _count(tx: sa.Connection, walk_id: Id, changed: Counter[Key]) -> None:
    for (change, band, other_band), more in sorted(changed.items()):
        row = {"walk_id": walk_id, "change": change, "band": band, "other_band": other_band}
        key = tuple(row)
        tx.execute(on_conflict_nothing(tx, shadow_counts, *key), {**row, "counted": 0})
        where = [shadow_counts.c[name] == value for name, value in row.items()]
        tx.execute(shadow_counts.update().where(*where).values(counted=shadow_counts.c.counted + more))


def _list(tx: sa.Connection, walk_id: Id, some: Sequence[Compared]) -> None:
    """List those that differ, up to what is kept; one that was listed and differs no more goes."""
    table = shadow_differences
    ids = [one.item_id for one in some]
    for lot in batched(ids, AT_ONCE):
        tx.execute(table.delete().where(table.c.walk_id == walk_id, table.c.item_id.in_(lot)))
    room = MOST - count(tx, walk_id)
    rows = [_row(walk_id, one) for one in some if one.change not in (Change.SAME, Change.FAILED)][: max(room, 0)]
    if rows:
        tx.execute(table.insert(), rows)


def _row(walk_id: Id, one: Compared) -> dict[str, Any]:
    before, after = row_of(one.before), row_of(one.after)
    return {
        "walk_id": walk_id, "item_id": one.item_id, "change": one.change.value, "at": now(), **before,
        **{f"other_{name}": value for name, value in after.items()},
    }  # fmt: skip


def counts(tx: sa.Connection, walk_id: Id) -> list[Count]:
    """Return how many items come from which band into which."""
    query = sa.select(shadow_counts).where(shadow_counts.c.walk_id == walk_id, shadow_counts.c.counted > 0)
    return [Count(Change(row.change), _band(row.band), _band(row.other_band), row.counted) for row in tx.execute(query)]


def _band(value: str) -> Band | None:
    return Band(value) if value else None


def count(tx: sa.Connection, walk_id: Id, change: str = "") -> int:
    """Count the listed differences, of one change or of all."""
    query = sa.select(sa.func.count()).select_from(shadow_differences)
    return int(tx.execute(query.where(*_wanted(walk_id, change))).scalar_one())


def page(tx: sa.Connection, walk_id: Id, change: str, limit: int, offset: int) -> list[Compared]:
    """Return listed differences, the newest first."""
    return [_compared(row) for row in tx.execute(_listed(walk_id, change).limit(limit).offset(offset))]


def every(tx: sa.Connection, walk_id: Id, change: str) -> Iterator[Compared]:
    """Yield all listed differences, the newest first, without holding them all."""
    for row in streamed(tx, _listed(walk_id, change), 500):
        yield _compared(row)


def _listed(walk_id: Id, change: str) -> sa.Select[Any]:
    newest_first = (shadow_differences.c.at.desc(), shadow_differences.c.item_id.desc())
    return sa.select(shadow_differences).where(*_wanted(walk_id, change)).order_by(*newest_first)


def _wanted(walk_id: Id, change: str) -> list[sa.ColumnElement[bool]]:
    table = shadow_differences
    return [table.c.walk_id == walk_id, *([table.c.change == change] if change else [])]


def _compared(row: sa.Row[Any]) -> Compared:
    reasons, other = (msgspec.convert(one, tuple[Reason, ...]) for one in (row.reasons, row.other_reasons))
    before = Side(Band(row.band), row.category, row.score, reasons)
    after = Side(Band(row.other_band), row.other_category, row.other_score, other)
    return Compared(row.item_id, Change(row.change), before, after)


def decided(tx: sa.Connection, walk_id: Id) -> list[Decided]:
    """Return how the listed differences were decided, by what would change for them."""
    table = shadow_differences
    standing = (decisions.c.case_id == case_items.c.case_id) & decisions.c.standing
    outcome = sa.case((case_items.c.case_id.is_(None), ""), else_=decisions.c.outcome).label("outcome")
    joined = table.outerjoin(case_items, case_items.c.item_id == table.c.item_id).outerjoin(decisions, standing)
    query = sa.select(table.c.change, outcome, sa.func.count().label("n")).select_from(joined)
    rows = tx.execute(query.where(table.c.walk_id == walk_id).group_by(table.c.change, outcome))
    return [Decided(Change(row.change), row.outcome, row.n) for row in rows]


def decided_on(tx: sa.Connection, item_ids: Sequence[Id]) -> dict[Id, tuple[Id, str | None]]:
    """Return the case of each of these items that is in one, and the outcome that stands on it."""
    standing = (decisions.c.case_id == case_items.c.case_id) & decisions.c.standing
    query = sa.select(case_items.c.item_id, case_items.c.case_id, decisions.c.outcome)
    query = query.select_from(case_items.outerjoin(decisions, standing))
    rows = tx.execute(query.where(case_items.c.item_id.in_(item_ids)))
    return {row.item_id: (row.case_id, row.outcome) for row in rows}


def unswept(tx: sa.Connection) -> bool:
    """Whether anything is still kept of how items were counted in walks that have ended."""
    return tx.execute(_ended_items().limit(1)).first() is not None


def _ended_items() -> sa.Select[Any]:
    ended = sa.select(shadow_walks.c.id).where(shadow_walks.c.running.is_(None))
    return sa.select(shadow_items.c.walk_id, shadow_items.c.item_id).where(shadow_items.c.walk_id.in_(ended))


def sweep(tx: sa.Connection, limit: int) -> int:
    """Forget how items were counted in walks that have ended, at most so many; return how many."""
    rows = tx.execute(_ended_items().limit(limit)).all()
    for walk_id in sorted({row.walk_id for row in rows}):
        ids = [row.item_id for row in rows if row.walk_id == walk_id]
        tx.execute(shadow_items.delete().where(shadow_items.c.walk_id == walk_id, shadow_items.c.item_id.in_(ids)))
    return len(rows)
