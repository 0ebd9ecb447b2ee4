"""What the console's pages read: whole screens at a time, in a bounded number of queries, however much there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from qalqan.model.assessments import Assessment, Band
from qalqan.model.banks import BankEntry, EntryChange
from qalqan.model.custody import AuditEvent
from qalqan.model.ids import Id
from qalqan.model.items import Item, Rendition, RenditionKind
from qalqan.model.matches import Match
from qalqan.model.sources import BatchState, Problem, Source
from qalqan.store import search
from qalqan.store.records import record_of, records_of
from qalqan.store.scans import Progress
from qalqan.store.tables import (
    assessments,
    attachments,
    audit,
    bank_entries,
    banks,
    batches,
    entry_changes,
    items,
    matches,
    problems,
    renditions,
    sources,
)

FOUND = (Band.KNOWN.value, Band.LIKELY.value, Band.LOOK.value, Band.CONTEXT.value)
"""The bands in which something was found, the strongest first; what goes to a person with its context comes last."""
WEAK = Band.NOTHING.value
"""The band of items with weak signs only: listed when it is asked for, and never among what was found."""


@dataclass(frozen=True, slots=True)
class FoundFilter:
    """Which findings to list; None means any."""

    band: str | None = None
    category: str | None = None
    bank: str | None = None
    kind: str | None = None
    """A match kind: `pdq`, `text`, …"""
    source_id: Id | None = None
    words: str | None = None
    """Words that must all be in the item: see `store.search`."""


def found(
    tx: sa.Connection, wanted: FoundFilter, limit: int, offset: int = 0, *, newest: bool = False
) -> list[Assessment]:
    """Return what stands for the items with findings, one an item: highest score first, or newest item first."""
    # Ids alone are sorted, by an index; only what is shown is read.
    ids = _ordered(tx, sa.select(assessments.c.id), wanted, newest=newest).limit(limit).offset(offset)
    return _by_id(tx, list(tx.execute(ids).scalars()))


def found_stream(tx: sa.Connection, wanted: FoundFilter, size: int = 500) -> Iterator[list[Assessment]]:
    """Yield all that `found` lists, highest score first, in stretches of `size`."""
    ids = list(tx.execute(_ordered(tx, sa.select(assessments.c.id), wanted, newest=False)).scalars())
    for start in range(0, len(ids), size):
        yield _by_id(tx, ids[start : start + size])


def _ordered(tx: sa.Connection, query: sa.Select[Any], wanted: FoundFilter, *, newest: bool) -> sa.Select[Any]:
    # An item's id holds the time it was handed in.
    order = [assessments.c.item_id.desc()] if newest else [assessments.c.score.desc(), assessments.c.id.desc()]
    return _found(tx, query, wanted).order_by(*order)


def _by_id(tx: sa.Connection, ids: list[Id]) -> list[Assessment]:
    rows = records_of(Assessment, tx.execute(sa.select(assessments).where(assessments.c.id.in_(ids))))
    by_id = {one.id: one for one in rows}
    return [by_id[one] for one in ids]


def count_found(tx: sa.Connection, wanted: FoundFilter) -> dict[str, int]:
    """Return how many items `found` lists in each band, whatever band is wanted."""
    counted = count_bands(tx, wanted)
    return {band: counted[band] for band in FOUND}


def count_bands(tx: sa.Connection, wanted: FoundFilter) -> dict[str, int]:
    """Return how many items `found` lists in each band, and those with weak signs only, whatever band is wanted."""
    query = _found(tx, sa.select(assessments.c.band, sa.func.count()), wanted, (*FOUND, WEAK))
    counted = {row[0]: row[1] for row in tx.execute(query.group_by(assessments.c.band))}
    return {band: counted.get(band, 0) for band in (*FOUND, WEAK)}


def _found(tx: sa.Connection, query: sa.Select[Any], wanted: FoundFilter, bands: Sequence[str] = ()) -> sa.Select[Any]:
    bands = bands or ((wanted.band,) if wanted.band in (*FOUND, WEAK) else FOUND)
    query = query.select_from(assessments).where(assessments.c.band.in_(bands))
    if WEAK in bands:
        query = query.where((assessments.c.band != WEAK) | (assessments.c.score > 0))
    # Within one category an item has one assessment; over all of them, its strongest stands for it.
    if wanted.category is not None:
        query = query.where(assessments.c.current, assessments.c.category == wanted.category)
    else:
        query = query.where(assessments.c.leads)
    if wanted.bank is not None or wanted.kind is not None:
        query = query.where(assessments.c.seq.in_(_matched(wanted)))
    if wanted.source_id is not None:
        query = query.where(assessments.c.source_id == wanted.source_id)
    if wanted.words:
        query = query.where(assessments.c.seq.in_(search.numbers(tx.dialect.name, wanted.words)))
    return query


def _matched(wanted: FoundFilter) -> sa.Select[Any]:
    """Return a query for the numbers of items with such a match: numbers, of which a set is made fast."""
    query = sa.select(matches.c.seq).where(matches.c.stands)
    if wanted.kind is not None:
        query = query.where(matches.c.kind == wanted.kind)
    if wanted.bank is not None:
        bank = sa.select(banks.c.id).where(banks.c.name == wanted.bank).scalar_subquery()
        query = query.where(matches.c.bank_id == bank)
    return query


def items_by_id(tx: sa.Connection, item_ids: Sequence[Id]) -> dict[Id, Item]:
    """Return these items by their ids."""
    rows = tx.execute(sa.select(items).where(items.c.id.in_(item_ids)))
    return {one.id: one for one in records_of(Item, rows)}


def matches_by_id(tx: sa.Connection, match_ids: Sequence[Id]) -> dict[Id, Match]:
    """Return these matches by their ids."""
    rows = tx.execute(sa.select(matches).where(matches.c.id.in_(match_ids)))
    return {one.id: one for one in records_of(Match, rows)}


def entries_by_id(tx: sa.Connection, entry_ids: Sequence[Id]) -> dict[Id, BankEntry]:
    """Return these entries by their ids."""
    rows = tx.execute(sa.select(bank_entries).where(bank_entries.c.id.in_(entry_ids)))
    return {one.id: one for one in records_of(BankEntry, rows)}


def nearest_matches(tx: sa.Connection, item_id: Id, limit: int, offset: int = 0) -> list[Match]:
    """Return an item's matches, nearest first."""
    query = sa.select(matches).where(matches.c.stands, matches.c.item_id == item_id)
    query = query.order_by(sa.not_(matches.c.verified), matches.c.distance, matches.c.id)
    return records_of(Match, tx.execute(query.limit(limit).offset(offset)))


def count_matches_of(tx: sa.Connection, item_id: Id) -> int:
    """Count an item's matches."""
    query = sa.select(sa.func.count()).select_from(matches).where(matches.c.stands, matches.c.item_id == item_id)
    return int(tx.execute(query).scalar_one())


def matches_of_entry(tx: sa.Connection, entry_id: Id, limit: int, offset: int = 0) -> list[Match]:
    """Return where a known thing was found, newest first."""
    query = sa.select(matches).where(matches.c.stands, matches.c.entry_id == entry_id).order_by(matches.c.id.desc())
    return records_of(Match, tx.execute(query.limit(limit).offset(offset)))


def count_matches_of_entry(tx: sa.Connection, entry_id: Id) -> int:
    """Count where a known thing was found."""
    query = sa.select(sa.func.count()).select_from(matches).where(matches.c.stands, matches.c.entry_id == entry_id)
    return int(tx.execute(query).scalar_one())


def first_renditions(tx: sa.Connection, hashes: Sequence[str]) -> list[Rendition]:
    """Return each media file's first moment, in the clear and blurred."""
    other = renditions.alias()
    first = sa.select(sa.func.min(other.c.at)).where(
        other.c.media_sha256 == renditions.c.media_sha256, other.c.kind == renditions.c.kind
    )
    query = sa.select(renditions).where(renditions.c.media_sha256.in_(hashes))
    return records_of(Rendition, tx.execute(query.where(renditions.c.at == first.scalar_subquery())))


def rendition(tx: sa.Connection, sha256: str, kind: RenditionKind, blob: str) -> Rendition | None:
    """Return a media file's working copy that has this blob."""
    condition = (renditions.c.media_sha256 == sha256, renditions.c.kind == kind.value, renditions.c.blob == blob)
    row = tx.execute(sa.select(renditions).where(*condition).limit(1)).first()
    return None if row is None else record_of(Rendition, row)


@dataclass(frozen=True, slots=True)
class Carrier:
    """An item that carries a file."""

    media_sha256: str
    item_id: Id
    origin: str
    channel: str | None


def carriers(tx: sa.Connection, hashes: Sequence[str], besides: Id, limit: int) -> list[Carrier]:
    """Return up to `limit` other items that carry one of these files."""
    query = sa.select(attachments.c.media_sha256, items.c.id.label("item_id"), items.c.origin, items.c.channel)
    query = query.join(items, items.c.id == attachments.c.item_id)
    query = query.where(attachments.c.media_sha256.in_(hashes), attachments.c.item_id != besides)
    return records_of(Carrier, tx.execute(query.limit(limit)))


def problems_of_item(tx: sa.Connection, item: Item, limit: int) -> list[Problem]:
    """Return what could not be read of an item or of the files on it."""
    here = (problems.c.where == item.origin) | problems.c.where.startswith(f"{item.origin} · ", autoescape=True)
    query = sa.select(problems).where(problems.c.source_id == item.source_id, here)
    return records_of(Problem, tx.execute(query.order_by(problems.c.id).limit(limit)))


def reveals(tx: sa.Connection, hashes: Sequence[str], limit: int) -> list[AuditEvent]:
    """Return who looked at these files in the clear, newest first."""
    query = sa.select(audit).where(audit.c.verb == "media.revealed", audit.c.subject.in_(hashes))
    return records_of(AuditEvent, tx.execute(query.order_by(audit.c.seq.desc()).limit(limit)))


def list_sources(tx: sa.Connection, limit: int) -> list[Source]:
    """Return the sources handed in last."""
    return records_of(Source, tx.execute(sa.select(sources).order_by(sources.c.id.desc()).limit(limit)))


def sources_by_id(tx: sa.Connection, source_ids: Sequence[Id]) -> dict[Id, Source]:
    """Return these sources by their ids."""
    rows = tx.execute(sa.select(sources).where(sources.c.id.in_(source_ids)))
    return {one.id: one for one in records_of(Source, rows)}


def progress_of(tx: sa.Connection, scan_ids: Sequence[Id]) -> dict[Id, Progress]:
    """Return how far the batches of each of these scans have come."""
    query = sa.select(batches.c.scan_id, batches.c.state, sa.func.count(), sa.func.sum(batches.c.size))
    rows = tx.execute(query.where(batches.c.scan_id.in_(scan_ids)).group_by(batches.c.scan_id, batches.c.state)).all()
    states: dict[Id, dict[str, tuple[int, int]]] = {one: {} for one in scan_ids}
    for scan_id, state, number, size in rows:
        states[scan_id][state] = (number, int(size))
    return {scan_id: _progress(by_state) for scan_id, by_state in states.items()}


def _progress(by_state: dict[str, tuple[int, int]]) -> Progress:
    done, failed = (by_state.get(state.value, (0, 0)) for state in (BatchState.DONE, BatchState.FAILED))
    numbers, sizes = ([pair[i] for pair in by_state.values()] for i in (0, 1))
    return Progress(sum(numbers), done[0], failed[0], sum(sizes), done[1] + failed[1])


def changes_of(tx: sa.Connection, entry_ids: Sequence[Id]) -> dict[Id, list[EntryChange]]:
    """Return the changes of status of each of these entries, oldest first."""
    query = sa.select(entry_changes).where(entry_changes.c.entry_id.in_(entry_ids)).order_by(entry_changes.c.id)
    changes: dict[Id, list[EntryChange]] = {}
    for one in records_of(EntryChange, tx.execute(query)):
        changes.setdefault(one.entry_id, []).append(one)
    return changes


def lexicon_events(tx: sa.Connection, limit: int = 1000) -> list[AuditEvent]:
    """Return the newest events of the audit log that changed the lexicons, newest first."""
    query = sa.select(audit).where(audit.c.verb.in_(("lexicon.added", "lexicon.off"))).order_by(audit.c.seq.desc())
    return records_of(AuditEvent, tx.execute(query.limit(limit)))
