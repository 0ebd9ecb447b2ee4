"""Lists of items, however many there are: what is shown is read, what is counted is an index or has an end.

One condition alone is counted exactly, by an index. Of several together no index knows the number, nor PostgreSQL of
words: counting stops where a list has become longer than anybody reads, and the list says that there are more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from qalqan.model.assessments import Band
from qalqan.model.ids import Id
from qalqan.model.items import Item
from qalqan.model.signals import NAME
from qalqan.store import search, traits
from qalqan.store.findings import outdone
from qalqan.store.records import batched, record_of
from qalqan.store.tables import assessments, attachments, items, signals
from qalqan.store.tables_speed import item_traits

AT_ONCE = 5_000
"""Values of one question: PostgreSQL takes at most 65,535."""
COUNTED = 10_000
"""Of a list under several conditions so many are counted."""
FEW = 500
"""So few items are asked one by one whether a word is in them; of more, the index of words is walked instead."""
MANY = 50_000
"""What is found so often is common; by how much matters no more."""


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
    names: str | None = None
    """Items that name this one, by its key in the lexicons."""
    has: str | None = None
    """Items with a signal of this kind, in their own texts or in files on them."""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list of items."""

    items: list[Item]
    total: int
    """How many the filter finds in all."""
    more: bool = False
    """Whether it finds more than `total`, which were not counted."""


def page(tx: sa.Connection, wanted: ItemFilter, limit: int, offset: int = 0) -> Page:
    """Return items, newest first; with a band or category, highest score first."""
    if _is_simple(tx, wanted):
        query = _ordered(tx, wanted).limit(limit).offset(offset)
        return Page(_by_seq(tx, list(tx.execute(query).scalars())), count(tx, wanted))
    least = max(COUNTED, offset + limit)
    seqs = list(tx.execute(_ordered(tx, wanted).limit(least + 1)).scalars())
    return Page(_by_seq(tx, seqs[:least][offset : offset + limit]), min(len(seqs), least), len(seqs) > least)


def count(tx: sa.Connection, wanted: ItemFilter) -> int:
    """Count items, all of them, whatever it takes."""
    return _count(tx, _filtered(tx, wanted))


def _is_simple(tx: sa.Connection, wanted: ItemFilter) -> bool:
    """Whether one index counts what is wanted.

    It does not where each asking walks all words of a beginning, nor for words on PostgreSQL, which reads all rows.
    """
    several = sum(one is not None for one in (wanted.query, wanted.source_id or wanted.kind, wanted.names, wanted.has))
    words = wanted.query or ""
    walked = "*" in words or (words and tx.dialect.name == "postgresql") or wanted.has in traits.EVERYWHERE
    return several <= 1 and not (walked or _is_weighed(wanted))


def _is_weighed(wanted: ItemFilter) -> bool:
    return wanted.band is not None or wanted.bank_category is not None


def _count(tx: sa.Connection, query: sa.Select[Any]) -> int:
    return int(tx.execute(query.with_only_columns(sa.func.count(), maintain_column_froms=True)).scalar_one())


def _by_seq(tx: sa.Connection, seqs: list[int]) -> list[Item]:
    found: dict[int, Item] = {}
    for some in batched(seqs, AT_ONCE):
        for row in tx.execute(sa.select(items).where(items.c.seq.in_(some))):
            found[row.seq] = record_of(Item, row)
    return [found[seq] for seq in seqs]


def _ordered(tx: sa.Connection, wanted: ItemFilter) -> sa.Select[Any]:
    """Return a query for the numbers of a list's items, in its order."""
    query = _filtered(tx, wanted)
    seq = query.selected_columns[0]
    if _is_weighed(wanted):
        return query.order_by(assessments.c.score.desc(), seq.desc())
    if wanted == ItemFilter():
        query = query.with_hint(items, "INDEXED BY ix_items_seq", "sqlite")
    return query.order_by(seq.desc())


def _filtered(tx: sa.Connection, wanted: ItemFilter) -> sa.Select[Any]:
    """Return a query for the numbers of the items that fit.

    It walks what there is least of and asks the rest of each row, as `EXISTS`. SQLite has to be told which that is: it
    knows no numbers of its tables until somebody has it count.
    """
    if _is_weighed(wanted):
        return _weighed(tx, wanted)
    parts = list(_parts(tx, wanted))
    if not parts:
        return sa.select(items.c.seq)
    first = parts[0] if len(parts) == 1 else min(parts, key=lambda one: _size(tx, one))
    return first.walk().where(*(one.of(first.seq) for one in parts if one is not first))


@dataclass(frozen=True, slots=True)
class _Part:
    """One condition, as a walk over what fits it and as a question about one item."""

    seq: sa.ColumnElement[int]
    """The item's number, in a table that nothing else of the query is in."""
    conditions: tuple[sa.ColumnElement[bool], ...]
    words: bool = False
    index: str = ""
    """The index of `items` that holds all of it. SQLite would else read whole rows, texts and all."""

    def walk(self) -> sa.Select[Any]:
        """Return a query for the numbers of all items that fit."""
        query = sa.select(self.seq).where(*self.conditions)
        return query.with_hint(self.seq.table, f"INDEXED BY {self.index}", "sqlite") if self.index else query

    def of(self, seq: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Return the condition that the item of this number fits."""
        return self.walk().where(self.seq == seq).exists()


def _size(tx: sa.Connection, part: _Part) -> int:
    """Return how dear walking this part is: how many it finds, up to where that matters no more."""
    if part.words:  # asking it of single items is dear, so it is walked unless something else finds few
        return FEW
    return _count(tx, sa.select(sa.literal(1)).select_from(part.walk().limit(MANY).subquery()))


def _parts(tx: sa.Connection, wanted: ItemFilter) -> Iterator[_Part]:
    if wanted.query:
        yield _Part(*search.worded(tx.dialect.name, wanted.query), words=True)
    if wanted.names is not None:
        yield _trait(NAME, wanted.names)
    if wanted.has in traits.EVERYWHERE:
        yield _signalled(wanted.has or "")
    elif wanted.has is not None:
        yield _trait(wanted.has)
    here = items.alias("here")
    wants = {here.c.source_id: wanted.source_id, here.c.kind: wanted.kind}
    if conditions := tuple(column == value for column, value in wants.items() if value is not None):
        yield _Part(here.c.seq, conditions, index="ix_items_source_seq" if wanted.source_id else "ix_items_kind")


def _trait(kind: str, value: str = "") -> _Part:
    held = item_traits.alias()
    return _Part(held.c.seq, (held.c.kind == kind, held.c.value == value))


def _signalled(kind: str) -> _Part:
    """Return the condition that an item has a signal of a kind that is no trait, of its own or in a file on it."""
    it = items.alias("signalled")
    own = sa.exists().where(signals.c.item_id == it.c.id, signals.c.kind == kind)
    carried = sa.exists().where(
        attachments.c.item_id == it.c.id,
        attachments.c.media_sha256 == signals.c.media_sha256,
        signals.c.kind == kind,
    )
    return _Part(it.c.seq, (own | carried,))


def _weighed(tx: sa.Connection, wanted: ItemFilter) -> sa.Select[Any]:
    seq, other = assessments.c.seq, assessments.alias()
    # An item of several categories is listed once, for the strongest of those that are wanted.
    # What leads among all is outdone by none: only of the others is asked.
    strongest = assessments.c.leads | ~outdone(other, *_stands(other, wanted))
    query = sa.select(seq).where(*_stands(assessments, wanted), strongest)
    if wanted.query:
        query = query.where(seq.in_(search.numbers(tx.dialect.name, wanted.query)))
    if wanted.source_id is not None:
        query = query.where(assessments.c.source_id == wanted.source_id)
    others = replace(wanted, query=None, source_id=None)
    return query.where(*(one.of(seq) for one in _parts(tx, others)))


def _stands(table: sa.FromClause, wanted: ItemFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [table.c.current]
    if wanted.band is not None:
        found = wanted.band == "found"
        conditions.append(table.c.band != Band.NOTHING.value if found else table.c.band == wanted.band)
    if wanted.bank_category is not None:
        conditions.append(table.c.category == wanted.bank_category)
    return conditions
