"""Sets aside known things that suddenly match very many different ones: a wrong entry does its harm at once.

A blank page, a platform's logo or a test card that somebody banked by mistake matches everything. No such entry is
retired here: a person looks, and restores it or retires it. What is restored is counted anew from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.ids import Id
from qalqan.model.matches import Match
from qalqan.model.times import now
from qalqan.store import audit, banks, findings, pages

WITHIN = timedelta(days=1)
BY = "qalqan"


@dataclass(frozen=True, slots=True)
class Flood:
    """An entry that was set aside, and why."""

    entry_id: Id
    bank: str
    different: int
    """Different things that it matched within a day."""


def set_aside(tx: sa.Connection, matches: Sequence[Match]) -> list[Flood]:
    """Quarantine the entries of these matches that have matched too many different things; return them for `note`."""
    near = {one.entry_id for one in matches if one.distance > 0}
    rules = {one.id: one for one in banks.every(tx)} if near else {}
    entries = pages.entries_by_id(tx, sorted(near)) if near else {}
    found = (_flood(tx, entry, rules) for _, entry in sorted(entries.items()))
    return [one for one in found if one]


def note(tx: sa.Connection, floods: Sequence[Flood]) -> None:
    """Write down what was set aside; apart from that, because nothing else is locked once the log is."""
    for one in floods:
        audit.append(tx, BY, "bank.entry.quarantined", one.entry_id, bank=one.bank, different=one.different)


def _flood(tx: sa.Connection, entry: BankEntry, rules: dict[Id, Bank]) -> Flood | None:
    bank = rules[entry.bank_id]
    if not bank.rules.flood or entry.status is not EntryStatus.ACTIVE:
        return None
    looked_at = max((one.at for one in banks.changes_of(tx, entry.id)), default=None)
    different = findings.different_things(tx, entry.id, now() - WITHIN, looked_at)
    if different < bank.rules.flood:
        return None
    reason = f"matched {different} different things within a day; the bank allows {bank.rules.flood}"
    return Flood(entry.id, bank.name, different) if banks.set_aside(tx, entry.id, BY, reason) else None


def waiting(counts: dict[Id, dict[str, int]]) -> int:
    """Return how many entries wait for a person, out of the counts by bank and status."""
    return sum(by_status.get(EntryStatus.QUARANTINED.value, 0) for by_status in counts.values())
