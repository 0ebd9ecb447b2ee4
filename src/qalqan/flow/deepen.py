"""Reads what is banked by every stage: a known file gets its entries anew when a stage or a version of one is new.

Which files are still to be read follows from the store alone (`readings`), so the work may be broken off anywhere and
taken up by any process.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from qalqan.flow.known import known_signals
from qalqan.flow.reading import Read, known_label, read_media, write
from qalqan.flow.services import Services
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Media
from qalqan.model.times import now
from qalqan.store import audit, banks
from qalqan.store import signals as signal_store

BY = "qalqan"
REFUSED = "!"
"""Stands behind an extractor's label where it refused a banked file: it is not asked again."""
ENDS = ("", REFUSED)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many of a bank's files every stage has read."""

    files: int
    unread: int


def depth(services: Services, tx: sa.Connection, bank_id: Id) -> Depth:
    """Return how far a bank's own files have been read."""
    labels = _labels(services)
    return Depth(banks.count_files(tx, bank_id), len(banks.unread_files(tx, labels, REFUSED, bank_id)))


def depths(services: Services, tx: sa.Connection) -> dict[Id, Depth]:
    """Return how far each bank's own files have been read."""
    return {one.id: depth(services, tx, one.id) for one in banks.every(tx)}


def deepen(services: Services) -> Iterator[tuple[Media, int]]:
    """Read banked files that some stage has not read, one by one; yield each with its number of new entries."""
    with services.store.reading() as tx:
        hashes = banks.unread_files(tx, _labels(services), REFUSED)
    # Each keeper in an order of its own: two that read the same file at once do it for nothing.
    random.shuffle(hashes)
    for sha256 in hashes:
        with services.store.reading() as tx:
            media = signal_store.media_by_hash(tx, [sha256])
        if media:
            yield media[0], _deepen_one(services, media[0])


def _labels(services: Services) -> list[str]:
    return [known_label(one) for one in services.extractors]


def _deepen_one(services: Services, media: Media) -> int:
    with services.store.reading() as tx:
        done = signal_store.already_read(tx, [media.sha256])
    left = [one for one in services.extractors if not done & {(media.sha256, known_label(one) + end) for end in ENDS}]
    if not left:  # another keeper has read it meanwhile
        return 0
    read = read_media(services, media, left, known=True)
    marked = {extractor for _, extractor in read.marks}
    refused = [(media.sha256, known_label(one) + REFUSED) for one in left if known_label(one) not in marked]
    with services.store.writing() as tx:
        write(tx, [read])
        signal_store.mark_read(tx, refused)
        return sum(_renew(services, tx, entries, read) for entries in _by_bank(banks.entries_of_file(tx, media.sha256)))


def _by_bank(entries: Sequence[BankEntry]) -> list[list[BankEntry]]:
    found: dict[Id, list[BankEntry]] = {}
    for one in entries:
        found.setdefault(one.bank_id, []).append(one)
    return list(found.values())


def _renew(services: Services, tx: sa.Connection, entries: Sequence[BankEntry], read: Read) -> int:
    """Give one bank the entries that a file reads as now; those that it read as before are retired, with the reason."""
    active = [one for one in entries if one.status is EntryStatus.ACTIVE]
    if not active:
        return 0
    values = _values(services, read)
    new = []
    for kind, wanted in values.items():
        there = [one for one in entries if one.kind == kind]
        if there and not any(one.status is EntryStatus.ACTIVE for one in there):
            continue  # a person has taken this kind of it out
        _read_as_before(tx, [one for one in there if one.value in wanted])
        new += [_entry(active[0], kind, value) for value in wanted]
        for old in there:
            if old.status is EntryStatus.ACTIVE and old.value not in wanted:
                banks.change_status(tx, old.id, EntryStatus.RETIRED, BY, "the file was read anew by a newer version")
    added = banks.add_entries(tx, new)
    if added:
        audit.append(tx, BY, "bank.entries.added", active[0].label, entries=len(added), provenance="read anew")
    return len(added)


def _read_as_before(tx: sa.Connection, entries: Sequence[BankEntry]) -> None:
    """Restore what an earlier reading had retired and this one reads again; what a person retired stays so."""
    for one in entries:
        changes = banks.changes_of(tx, one.id)
        if one.status is EntryStatus.RETIRED and changes and changes[-1].by == BY:
            banks.change_status(tx, one.id, EntryStatus.ACTIVE, BY, "the file was read as before")


def _values(services: Services, read: Read) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, value in known_signals(services, read.signals):
        found.setdefault(kind, []).append(value)
    return found


def _entry(like: BankEntry, kind: str, value: str) -> BankEntry:
    return replace(like, id=new_id(), kind=kind, value=value, status=EntryStatus.ACTIVE, added_at=now())
