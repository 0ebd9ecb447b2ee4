"""Banks and their entries over the API."""

from __future__ import annotations

import dataclasses
from uuid import UUID

from fastapi import APIRouter

from qalqan.model.banks import Bank, EntryStatus
from qalqan.store import banks
from qalqan.web.api.common import PREFIX, Limit, Offset
from qalqan.web.api.models import BankOut, EntryOut, ListOf
from qalqan.web.visits import Visiting

router = APIRouter(prefix=PREFIX, tags=["Banks"])


@router.get("/banks", summary="List banks")
def list_banks(visit: Visiting) -> list[BankOut]:
    """All banks by name, with how many entries of each status they hold."""
    with visit.reading() as tx:
        counts = banks.counts(tx)
        return [_out(one, counts.get(one.id, {})) for one in banks.every(tx)]


@router.get("/banks/{name:path}/entries", summary="List a bank's entries")
def list_entries(
    visit: Visiting, name: str, status: EntryStatus | None = None, limit: Limit = 50, offset: Offset = 0
) -> ListOf[EntryOut]:
    """Newest first."""
    with visit.reading() as tx:
        bank = banks.by_name(tx, name.replace("\0", ""))
        counts = banks.counts(tx).get(bank.id, {})
        entries = banks.entries_of(tx, bank.id, limit, offset, status)
    total = counts.get(status.value, 0) if status else sum(counts.values())
    rows = [EntryOut.model_validate(one) for one in entries]
    return ListOf[EntryOut](total=total, limit=limit, offset=offset, rows=rows)


@router.get("/banks/{name:path}", summary="One bank")
def get_bank(visit: Visiting, name: str) -> BankOut:
    """Return a bank by its name."""
    with visit.reading() as tx:
        bank = banks.by_name(tx, name.replace("\0", ""))
        return _out(bank, banks.counts(tx).get(bank.id, {}))


@router.get("/entries/{entry_id}", summary="One entry")
def get_entry(visit: Visiting, entry_id: UUID) -> EntryOut:
    """Return a known thing by its id."""
    with visit.reading() as tx:
        return EntryOut.model_validate(banks.entry(tx, str(entry_id)))


def _out(bank: Bank, counts: dict[str, int]) -> BankOut:
    return BankOut.model_validate({**dataclasses.asdict(bank), "entries": counts})
