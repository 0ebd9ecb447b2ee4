"""Sets aside known things that suddenly match very many different ones: a wrong entry does its harm at once.

A blank page, a platform's logo or a test card that somebody banked by mistake matches everything. No such entry is
retired here: a person looks, and restores it or retires it. What is restored is counted anew from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.ids import Id
from qalqan.model.matches import Match
from qalqan.model.times import now
from qalqan.store import audit, banks, findings, pages

WITHIN = timedelta(days=1)
BY = "qalqan"


def set_aside(tx: sa.Connection, matches: Sequence[Match]) -> list[BankEntry]:
    """Quarantine the entries of these matches that have matched too many different things; return them."""
    near = {one.entry_id for one in matches if one.distance > 0}
    rules = {one.id: one for one in banks.every(tx)} if near else {}
    entries = pages.entries_by_id(tx, sorted(near)) if near else {}
    return [entry for _, entry in sorted(entries.items()) if _floods(tx, entry, rules)]


def _floods(tx: sa.Connection, entry: BankEntry, rules: dict[Id, Bank]) -> bool:
    bank = rules[entry.bank_id]
    if not bank.rules.flood or entry.status is not EntryStatus.ACTIVE:
        return False
    looked_at = max((one.at for one in banks.changes_of(tx, entry.id)), default=None)
    different = findings.different_things(tx, entry.id, now() - WITHIN, looked_at)
    if different < bank.rules.flood:
        return False
    reason = f"matched {different} different things within a day; the bank allows {bank.rules.flood}"
    if not banks.set_aside(tx, entry.id, BY, reason):
        return False
    audit.append(tx, BY, "bank.entry.quarantined", entry.id, bank=bank.name, different=different)
    return True


def waiting(counts: dict[Id, dict[str, int]]) -> int:
    """Return how many entries wait for a person, out of the counts by bank and status."""
    return sum(by_status.get(EntryStatus.QUARANTINED.value, 0) for by_status in counts.values())
