"""Banks: what is known, who says so, whether it still stands, and how it is compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from qalqan.errors import BadValue
from qalqan.flow.deepen import depth
from qalqan.flow.known import change_status
from qalqan.flow.stages import StageRow, cascade, changed_rules, set_rules
from qalqan.i18n import gettext as _
from qalqan.model.banks import Bank, EntryStatus
from qalqan.store import audit, banks, pages
from qalqan.web.lists import ExportFormat, PageNumber, Paging, export
from qalqan.web.reveal import shots, thumbnails
from qalqan.web.urls import segment
from qalqan.web.visits import Sending, Visit, Visiting, plain_text

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
        context = {
            "shots": thumbnails(tx, visit, hashes),
            "changes": pages.changes_of(tx, [one.id for one in entries]),
            "stages": cascade(visit.services, tx, bank),
            "depth": depth(visit.services, tx, bank.id),
        }
    return visit.page("bank.html", bank=bank, counts=counts, paging=paging, entries=entries, status=status, **context)


@router.post("/banks/{name:path}/rules")
def change_rules(
    visit: Sending,
    name: str,
    radius: Annotated[int, Form(ge=0, le=31)],
    quality: Annotated[int, Form(ge=50, le=100)],
    flood: Annotated[int, Form(ge=0, le=1_000_000)],
    stage: Annotated[list[str] | None, Form()] = None,
    negative: Annotated[bool, Form()] = False,  # noqa: FBT002 - a checkbox that is not sent
) -> Response:
    """Change how a bank is compared. Raises BadValue where no stage is left, or one is unknown."""
    with visit.reading() as tx:
        bank = banks.by_name(tx, name.replace("\0", ""))
    if not stage:
        raise BadValue(_("At least one stage must run."), hint=_("To compare with nothing, retire the entries."))
    names = {one.stage.name for one in _stages(visit, bank)}
    wanted = {
        "radius": radius, "quality": quality, "flood": flood, "negative": negative,
        "stages": () if set(stage) == names else tuple(stage),
    }  # fmt: skip
    set_rules(visit.services, bank, changed_rules(visit.services, bank.rules, wanted), visit.person.name)
    return RedirectResponse(f"/banks/{segment(bank.name)}#how", 303)


def _stages(visit: Visit, bank: Bank) -> list[StageRow]:
    with visit.reading() as tx:
        return cascade(visit.services, tx, bank)


@router.post("/entries/{entry_id}/status")
def change_entry(
    visit: Sending, entry_id: UUID, status: Annotated[EntryStatus, Form()], reason: Annotated[str, Form()] = ""
) -> Response:
    """Restore, dispute or retire an entry, with the reason. Raises BadValue without one."""
    if status is EntryStatus.QUARANTINED:
        raise BadValue(_("Only the program sets entries aside."), hint=_("Dispute it instead."))
    change_status(visit.services, str(entry_id), status, visit.person.name, plain_text(reason) or "")
    return RedirectResponse(f"/entries/{entry_id}", 303)


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
