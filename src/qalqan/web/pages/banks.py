"""Banks: what is known, who says so, and whether it still stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from qalqan.model.banks import EntryStatus
from qalqan.store import audit, banks, pages
from qalqan.web.lists import ExportFormat, PageNumber, Paging, export
from qalqan.web.reveal import shots, thumbnails
from qalqan.web.visits import Visit, Visiting

COLUMNS = (
    "id",
    "kind",
    "value",
    "label",
    "provenance",
    "status",
    "valid_until",
    "media_sha256",
    "added_by",
    "added_at",
)
router = APIRouter(include_in_schema=False)


@router.get("/banks")
def list_banks(visit: Visiting) -> Response:
    """List all banks by name."""
    with visit.reading() as tx:
        found, counts = banks.every(tx), banks.counts(tx)
    return visit.page("banks.html", banks=found, counts=counts)


@router.get("/banks/{name:path}/export")
def export_bank(visit: Visiting, name: str, form: ExportFormat = "csv") -> Response:
    """Export all entries of a bank."""
    with visit.reading() as tx:
        bank = banks.by_name(tx, name.replace("\0", ""))
    with visit.services.store.writing() as tx:
        audit.append(tx, visit.person.name, "bank.exported", bank.name, form=form)
    return export("bank", COLUMNS, _rows(visit, bank.id), form)


@router.get("/banks/{name:path}")
def show_bank(visit: Visiting, name: str, status: EntryStatus | None = None, page: PageNumber = 1) -> Response:
    """Show a bank and its entries, newest first."""
    with visit.reading() as tx:
        bank = banks.by_name(tx, name.replace("\0", ""))
        counts = banks.counts(tx).get(bank.id, {})
        paging = Paging(counts.get(status.value, 0) if status else sum(counts.values()), page)
        entries = banks.entries_of(tx, bank.id, paging.size, paging.offset, status)
        hashes = [one.media_sha256 for one in entries if one.media_sha256]
        context = {"shots": thumbnails(tx, visit, hashes), "changes": pages.changes_of(tx, [e.id for e in entries])}
    return visit.page("bank.html", bank=bank, counts=counts, paging=paging, entries=entries, status=status, **context)


def _rows(visit: Visit, bank_id: str) -> Iterator[dict[str, Any]]:
    with visit.reading() as tx:
        for entry in banks.all_entries_of(tx, bank_id):
            yield {name: getattr(entry, name) for name in COLUMNS}


@router.get("/entries/{entry_id}")
def show_entry(visit: Visiting, entry_id: UUID, page: PageNumber = 1) -> Response:
    """Show a known thing, its history, and where it was found."""
    with visit.reading() as tx:
        entry = banks.entry(tx, str(entry_id))
        bank = next(one for one in banks.every(tx) if one.id == entry.bank_id)
        paging = Paging(pages.count_matches_of_entry(tx, entry.id), page)
        found = pages.matches_of_entry(tx, entry.id, paging.size, paging.offset)
        context = {
            "items": pages.items_by_id(tx, [one.item_id for one in found]),
            "changes": banks.changes_of(tx, entry.id),
            "shots": shots(tx, visit, [entry.media_sha256] if entry.media_sha256 else []),
        }
    return visit.page("entry.html", entry=entry, bank=bank, paging=paging, matches=found, **context)
