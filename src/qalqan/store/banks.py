"""Banks and their entries. Every change is counted, so that an index knows when it is old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotFound
from qalqan.model.banks import Bank, BankEntry, BankRules, EntryChange, EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.store.records import (
    batched,
    insert_new,
    key_of,
    on_conflict_nothing,
    record_of,
    records_of,
    row_of,
    streamed,
    streamed_records,
)
from qalqan.store.tables import bank_entries, banks, entry_changes, media, readings, versions

AT_ONCE = 5_000
"""Values of one question: PostgreSQL takes at most 65,535."""

COMPARED = "banks-compared"
FULL = "banks-full"


def create(tx: sa.Connection, name: str, category: str, by: str, description: str = "") -> Bank:
    """Add a bank. Raises AlreadyThere."""
    bank = Bank(new_id(), name, category, description, by, now())
    if not insert_new(tx, banks, [row_of(bank)], "name"):
        raise AlreadyThere(f"There is a bank named {name!r}.", hint=f"Look at it with: qalqan bank show {name}")
    return bank


def by_name(tx: sa.Connection, name: str) -> Bank:
    """Return a bank. Raises NotFound."""
    row = tx.execute(sa.select(banks).where(banks.c.name == name)).first()
    if row is None:
        raise NotFound(f"There is no bank named {name!r}.", hint="qalqan bank list shows them all.")
    return record_of(Bank, row)


def every(tx: sa.Connection) -> list[Bank]:
    """Return all banks by name."""
    return records_of(Bank, tx.execute(sa.select(banks).order_by(banks.c.name)))


def counts(tx: sa.Connection) -> dict[Id, dict[str, int]]:
    """Return how many entries of each status each bank has.

    Counted once for each version of the banks, for that walks all entries. A transaction that writes counts anew: what
    it has changed may never come to be.
    """
    now_at = version(tx)
    kept = None if tx.get_execution_options().get("writes") else _counted.get(tx.engine)
    if kept is None or kept[0] != now_at:
        kept = (now_at, _counts(tx))
        if not tx.get_execution_options().get("writes"):
            _counted[tx.engine] = kept
    return {bank_id: dict(by_status) for bank_id, by_status in kept[1].items()}


def _counts(tx: sa.Connection) -> dict[Id, dict[str, int]]:
    query = sa.select(bank_entries.c.bank_id, bank_entries.c.status, sa.func.count())
    found: dict[Id, dict[str, int]] = {}
    for bank_id, status, number in tx.execute(query.group_by(bank_entries.c.bank_id, bank_entries.c.status)):
        found.setdefault(bank_id, {})[status] = number
    return found


_counted: WeakKeyDictionary[sa.Engine, tuple[int, dict[Id, dict[str, int]]]] = WeakKeyDictionary()
"""Of each store that this process has open: a version of its banks and what was counted at it."""


def add_entries(tx: sa.Connection, entries: Sequence[BankEntry]) -> list[Id]:
    """Add those entries whose bank does not hold the same kind and value yet; return their ids."""
    rows = [row_of(one, key=key_of("entry", one.bank_id, one.kind, one.value)) for one in entries]
    by_key = {row["key"]: row for row in rows}
    added = [by_key[key]["id"] for key in insert_new(tx, bank_entries, list(by_key.values()), "key")]
    if added:
        new = bank_entries.c.id.in_(added)
        tx.execute(bank_entries.update().where(new).values(changed=_count_change(tx)))
    return added


def entry(tx: sa.Connection, entry_id: Id) -> BankEntry:
    """Return an entry. Raises NotFound."""
    row = tx.execute(sa.select(bank_entries).where(bank_entries.c.id == entry_id)).first()
    if row is None:
        raise NotFound(f"There is no entry {entry_id}.", hint="qalqan bank show NAME lists a bank's entries.")
    return record_of(BankEntry, row)


def entries_of(
    tx: sa.Connection, bank_id: Id, limit: int, offset: int = 0, status: EntryStatus | None = None
) -> list[BankEntry]:
    """Return a bank's entries, newest first."""
    # Ids alone are walked, by an index that holds them: PostgreSQL would else walk the entries of all banks.
    query = sa.select(bank_entries.c.id).where(bank_entries.c.bank_id == bank_id)
    if status is not None:
        query = query.where(bank_entries.c.status == status.value)
    ids = tx.execute(query.order_by(bank_entries.c.id.desc()).limit(limit).offset(offset)).scalars().all()
    found: list[BankEntry] = []
    for some in batched(ids, AT_ONCE):
        rows = tx.execute(sa.select(bank_entries).where(bank_entries.c.id.in_(some)).order_by(bank_entries.c.id.desc()))
        found += records_of(BankEntry, rows)
    return found


def all_entries_of(tx: sa.Connection, bank_id: Id) -> Iterator[BankEntry]:
    """Yield all of a bank's entries, oldest first, without holding them all."""
    query = sa.select(bank_entries).where(bank_entries.c.bank_id == bank_id).order_by(bank_entries.c.id)
    for row in streamed(tx, query, 1000):
        yield record_of(BankEntry, row)


def entries_of_file(tx: sa.Connection, sha256: str) -> list[BankEntry]:
    """Return all banks' entries that were read of one file, oldest first."""
    query = sa.select(bank_entries).where(bank_entries.c.media_sha256 == sha256)
    return records_of(BankEntry, tx.execute(query.order_by(bank_entries.c.id)))


def count_files(tx: sa.Connection, bank_id: Id) -> int:
    """Return how many different files a bank holds, which it can read anew."""
    query = sa.select(sa.func.count(sa.distinct(bank_entries.c.media_sha256))).join(media)
    held = (bank_entries.c.bank_id == bank_id, bank_entries.c.media_sha256.is_not(None))
    kept = (bank_entries.c.status == EntryStatus.ACTIVE.value, media.c.kept)
    return int(tx.execute(query.where(*held, *kept)).scalar_one())


def unread_files(tx: sa.Connection, extractors: Sequence[str], refused: str, bank_id: Id | None = None) -> list[str]:
    """Return the hashes of banked files that one of these extractors has neither read nor `refused` to read."""
    unread = [
        ~sa.exists().where(readings.c.subject == media.c.sha256, readings.c.extractor.in_([one, one + refused]))
        for one in extractors
    ]
    query = sa.select(media.c.sha256).join(bank_entries, bank_entries.c.media_sha256 == media.c.sha256)
    query = query.where(bank_entries.c.status == EntryStatus.ACTIVE.value, media.c.kept, sa.or_(sa.false(), *unread))
    if bank_id is not None:
        query = query.where(bank_entries.c.bank_id == bank_id)
    return list(tx.execute(query.distinct().order_by(media.c.sha256)).scalars())


def active(tx: sa.Connection, bank_id: Id | None = None) -> list[BankEntry]:
    """Return all entries, or one bank's, that match today: active and not past their date."""
    valid = bank_entries.c.valid_until.is_(None) | (bank_entries.c.valid_until > now())
    query = sa.select(bank_entries).where(bank_entries.c.status == EntryStatus.ACTIVE.value, valid)
    if bank_id is not None:
        query = query.where(bank_entries.c.bank_id == bank_id)
    return records_of(BankEntry, tx.execute(query.order_by(bank_entries.c.id)))


def changed_since(tx: sa.Connection, since: int) -> list[BankEntry]:
    """Return all entries, of whatever status, that came or changed after this version of the banks."""
    query = sa.select(bank_entries).where(bank_entries.c.changed > since)
    # Sorted here: asked for an order by id, SQLite walks all entries in that order to find the few.
    return sorted(records_of(BankEntry, tx.execute(query)), key=lambda one: one.id)


def count_changed(tx: sa.Connection, since: int) -> int:
    """Return how many entries came or changed after this version of the banks."""
    return int(tx.execute(sa.select(sa.func.count()).where(bank_entries.c.changed > since)).scalar_one())


def set_rules(tx: sa.Connection, bank_id: Id, rules: BankRules) -> None:
    """Set how a bank is compared. All its entries count as changed: what they found may stand no longer."""
    before = tx.execute(sa.select(banks).where(banks.c.id == bank_id)).one()
    tx.execute(banks.update().where(banks.c.id == bank_id).values(rules=row_of(rules)))
    changed = _count_change(tx)
    if record_of(Bank, before).rules.negative != rules.negative:
        tx.execute(on_conflict_nothing(tx, versions, "name"), {"name": FULL, "value": 0})
        tx.execute(versions.update().where(versions.c.name == FULL).values(value=changed))
    tx.execute(bank_entries.update().where(bank_entries.c.bank_id == bank_id).values(changed=changed))


def active_of(tx: sa.Connection, kinds: Sequence[str]) -> Iterator[BankEntry]:
    """Yield all active entries of these kinds, past their date or not, without holding them all."""
    of_kind = (bank_entries.c.kind.in_(kinds), bank_entries.c.status == EntryStatus.ACTIVE.value)
    yield from streamed_records(
        tx, BankEntry, sa.select(bank_entries).where(*of_kind).order_by(bank_entries.c.id), 1000
    )


def count_active(tx: sa.Connection, kinds: Sequence[str]) -> int:
    """Return how many active entries of these kinds there are."""
    of_kind = (bank_entries.c.kind.in_(kinds), bank_entries.c.status == EntryStatus.ACTIVE.value)
    return int(tx.execute(sa.select(sa.func.count()).where(*of_kind)).scalar_one())


def bank_ids_of(tx: sa.Connection, kinds: Sequence[str]) -> set[Id]:
    """Return the banks that hold active entries of these kinds."""
    of_kind = (bank_entries.c.kind.in_(kinds), bank_entries.c.status == EntryStatus.ACTIVE.value)
    return set(tx.execute(sa.select(bank_entries.c.bank_id).where(*of_kind).distinct()).scalars())


def change_status(tx: sa.Connection, entry_id: Id, status: EntryStatus, by: str, reason: str) -> BankEntry:
    """Set an entry's status and keep who did it and why. Raises NotFound."""
    found = entry(tx, entry_id)
    tx.execute(entry_changes.insert(), row_of(EntryChange(new_id(), entry_id, status, by, now(), reason)))
    values = {"status": status.value, "changed": _count_change(tx)}
    tx.execute(bank_entries.update().where(bank_entries.c.id == entry_id).values(**values))
    return replace(found, status=status)


def set_aside(tx: sa.Connection, entry_id: Id, by: str, reason: str) -> bool:
    """Quarantine an entry that is still active; return whether it was: a person's decision meanwhile stands."""
    changed = _count_change(tx)  # from here on nobody else changes an entry until this transaction ends
    still = (bank_entries.c.id == entry_id, bank_entries.c.status == EntryStatus.ACTIVE.value)
    values = {"status": EntryStatus.QUARANTINED.value, "changed": changed}
    if not tx.execute(bank_entries.update().where(*still).values(**values)).rowcount:
        return False
    change = EntryChange(new_id(), entry_id, EntryStatus.QUARANTINED, by, now(), reason)
    tx.execute(entry_changes.insert(), row_of(change))
    return True


def changes_of(tx: sa.Connection, entry_id: Id) -> list[EntryChange]:
    """Return an entry's changes of status, oldest first."""
    query = sa.select(entry_changes).where(entry_changes.c.entry_id == entry_id).order_by(entry_changes.c.id)
    return records_of(EntryChange, tx.execute(query))


def version(tx: sa.Connection) -> int:
    """Return a number that is raised whenever any entry changes."""
    return tx.execute(sa.select(versions.c.value).where(versions.c.name == "banks")).scalar() or 0


def compared_to(tx: sa.Connection) -> int:
    """Return the version of the banks up to which stored items have been compared with what changed."""
    return tx.execute(sa.select(versions.c.value).where(versions.c.name == COMPARED)).scalar() or 0


def brings_back(tx: sa.Connection, since: int, settling: Sequence[str]) -> bool:
    """Say whether what changed after this version may bring back matches that it had kept away.

    That is so for entries of negative banks, whatever became of them, for banks whose being negative was changed, and
    for entries of `settling` kinds that match no more.
    """
    if full_since(tx) > since:
        return True
    negative = [one.id for one in every(tx) if one.rules.negative]
    no_more = bank_entries.c.kind.in_(settling) & (bank_entries.c.status != EntryStatus.ACTIVE.value)
    query = sa.select(sa.func.count()).where(bank_entries.c.changed > since)
    return bool(tx.execute(query.where(no_more | bank_entries.c.bank_id.in_(negative))).scalar_one())


def full_since(tx: sa.Connection) -> int:
    """Return the version of the banks from which on everything is to be compared with everything once."""
    return tx.execute(sa.select(versions.c.value).where(versions.c.name == FULL)).scalar() or 0


def compared_only_to(tx: sa.Connection, version: int) -> None:
    """Take back that stored items have been compared with what changed after this version: the walk failed."""
    later = (versions.c.name == COMPARED, versions.c.value > version)
    tx.execute(versions.update().where(*later).values(value=version))


def note_compared(tx: sa.Connection, version: int) -> None:
    """Note that what changed up to this version is being compared with stored items."""
    tx.execute(on_conflict_nothing(tx, versions, "name"), {"name": COMPARED, "value": 0})
    older = (versions.c.name == COMPARED, versions.c.value < version)
    tx.execute(versions.update().where(*older).values(value=version))


def alone(tx: sa.Connection) -> None:
    """Let nobody else change an entry until the transaction ends: asked for before cases are locked, never after."""
    tx.execute(on_conflict_nothing(tx, versions, "name"), {"name": "banks", "value": 0})
    tx.execute(sa.select(versions.c.value).where(versions.c.name == "banks").with_for_update())


def _count_change(tx: sa.Connection) -> int:
    """Raise the version and return it. Whoever else would raise it waits: versions land in their order."""
    tx.execute(on_conflict_nothing(tx, versions, "name"), {"name": "banks", "value": 0})
    tx.execute(versions.update().where(versions.c.name == "banks").values(value=versions.c.value + 1))
    return version(tx)
