"""The main list: items in which something known was found, the strongest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Response

from qalqan.assess.policy import Policy
from qalqan.assess.policy_words import Sort as CategorySort
from qalqan.errors import BadValue
from qalqan.flow import quality
from qalqan.model.assessments import Assessment
from qalqan.model.banks import BankEntry
from qalqan.model.ids import Id
from qalqan.model.items import Attachment, Item
from qalqan.model.matches import Match
from qalqan.model.parts import Span
from qalqan.store import audit, banks, faces, pages, search
from qalqan.store.faces import Stage
from qalqan.store.items import attachments_of
from qalqan.store.pages import FoundFilter
from qalqan.web import desk_words
from qalqan.web.lists import ExportFormat, PageNumber, Paging, export
from qalqan.web.reveal import Shots, thumbnails
from qalqan.web.visits import Visit, Visiting, id_of, plain_text
from qalqan.web.words import plain_reason

Sort = Literal["score", "newest"]
SOURCES = 200
KINDS = (
    "sha256", "pdq", "picture-local", "video-pdq", "video-local", "sound", "still", "text", "text-words", "link",
    "handle", "wallet",
)  # fmt: skip
"""Kinds of matches to choose from."""
COLUMNS = (
    "item", "band", "score", "category", "kind", "origin", "platform", "channel", "author", "posted_at", "text",
    "known", "bank", "reason", "policy", "assessed_at",
)  # fmt: skip
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One item of the list."""

    item: Item
    assessment: Assessment
    match: Match | None
    """The match that gave its strongest reason."""
    entry: BankEntry | None
    bank: str | None
    shots: Shots | None
    name: str | None
    """Its first file's name."""
    stage: Stage | None = None
    """How far its case is, as the reader may know it."""

    @property
    def span(self) -> Span | None:
        """Where in its text the first thing stands that it is found for."""
        if self.match and self.match.span_query:
            return self.match.span_query
        return next((one.span for one in self.assessment.reasons if one.span), None)


def wanted_of(
    band: str = "", category: str = "", bank: str = "", kind: str = "", source: str = "", q: str = ""
) -> FoundFilter:
    """Return the filter that an address asks for. Raises BadValue."""
    return FoundFilter(
        band=plain_text(band), category=plain_text(category), bank=plain_text(bank), kind=plain_text(kind),
        source_id=id_of(source), words=plain_text(q),
    )  # fmt: skip


Wanted = Annotated[FoundFilter, Depends(wanted_of)]


@router.get("/found")
def list_found(visit: Visiting, wanted: Wanted, sort: Sort = "score", page: PageNumber = 1) -> Response:
    """List items with findings."""
    problem, rows, by_band = "", [], dict.fromkeys((*pages.FOUND, pages.WEAK), 0)
    with visit.reading() as tx:
        try:
            by_band = pages.count_bands(tx, wanted)
        except BadValue as bad:  # words without a letter: said beside the field, not on another page
            problem = bad.message
        counts = {band: by_band[band] for band in pages.FOUND}
        total = by_band.get(wanted.band, 0) if wanted.band else sum(counts.values())
        paging = Paging(total, page)
        if not problem:
            rows = rows_of(tx, visit, pages.found(tx, wanted, paging.size, paging.offset, newest=sort == "newest"))
        context = {
            "banks": banks.every(tx),
            "sources": pages.list_sources(tx, SOURCES),
            "categories": by_sort(visit.services.policy),
            "kinds": KINDS,
        }
    return visit.page(
        "found.html",
        rows=rows,
        paging=paging,
        counts=counts,
        weak=by_band[pages.WEAK],
        wanted=wanted,
        sort=sort,
        problem=problem,
        words=desk_words,
        **context,
    )


def by_sort(policy: Policy) -> list[tuple[str, list[str]]]:
    """Return the names of the categories that a machine finds, by their sort."""
    sorts = [sort for sort in CategorySort if sort is not CategorySort.OUTCOME]
    named = [(sort.value, [name for name, one in policy.categories.items() if one.sort is sort]) for sort in sorts]
    return [(sort, names) for sort, names in named if names]


def rows_of(tx: sa.Connection, visit: Visit, found: list[Assessment]) -> list[FoundRow]:
    """Return what the list shows of these, in a fixed number of queries."""
    ids = [one.item_id for one in found]
    by_item, hung_on = pages.items_by_id(tx, ids), attachments_of(tx, ids)
    matches = pages.matches_by_id(tx, [one for one in map(_strongest, found) if one])
    entries = pages.entries_by_id(tx, [one.entry_id for one in matches.values()])
    names = {one.id: one.name for one in banks.every(tx)}
    files = _files(hung_on, matches)
    shown, stages = thumbnails(tx, visit, files.values()), _stages(tx, visit, ids)
    rows = []
    for one in found:
        match = matches.get(_strongest(one) or "")
        entry = entries.get(match.entry_id) if match else None
        bank = names.get(entry.bank_id) if entry else None
        name = next((file.name for file in hung_on.get(one.item_id, ())), None)
        rows.append(
            FoundRow(
                by_item[one.item_id], one, match, entry, bank, shown.get(files.get(one.item_id, "")), name,
                stages.get(one.item_id),
            )
        )  # fmt: skip
    return rows


def _stages(tx: sa.Connection, visit: Visit, ids: list[Id]) -> dict[Id, Stage]:
    """Return how far these items' cases are; one that the reader looks at unknowingly is as they see it there."""
    found, veils = faces.stages(tx, ids), quality.veils(tx, visit.person.name)
    for item_id, stage in found.items():
        if stage.case_id in veils:
            veil = veils[stage.case_id]
            outcome = veil.decision.outcome if veil.decision else None
            found[item_id] = Stage(stage.case_id, veil.case.state, outcome)
    return found


def _strongest(found: Assessment) -> str | None:
    reason = max(found.reasons, key=lambda one: one.points, default=None)
    return reason.match_id if reason else None


def _files(hung_on: dict[str, list[Attachment]], matches: dict[str, Match]) -> dict[str, str]:
    """Return which file stands for each item: the matched one, else its first."""
    files = {}
    for item_id, attached in hung_on.items():
        here = [one.media_sha256 for one in attached if one.media_sha256]
        files.update({item_id: here[0]} if here else {})
    files.update({one.item_id: one.media_sha256 for one in matches.values() if one.media_sha256})
    return files


@router.get("/found/export")
def export_found(visit: Visiting, wanted: Wanted, form: ExportFormat = "csv") -> Response:
    """Export the list under the same filter. Raises BadValue for words without a letter, before anything is sent."""
    if wanted.words:
        search.parse(wanted.words)
    with visit.services.store.writing() as tx:
        audit.append(tx, visit.person.name, "found.exported", form)
    return export("found", COLUMNS, _exported(visit, wanted), form)


def _exported(visit: Visit, wanted: FoundFilter) -> Iterator[dict[str, Any]]:
    with visit.reading() as tx, visit.reading() as beside:
        for stretch in pages.found_stream(tx, wanted):
            for row in rows_of(beside, visit, stretch):
                yield _exported_row(row)


def _exported_row(row: FoundRow) -> dict[str, Any]:
    item, found = row.item, row.assessment
    return {
        "item": item.id, "band": found.band.value, "score": found.score, "category": found.category,
        "kind": item.kind.value, "origin": item.origin, "platform": item.platform, "channel": item.channel,
        "author": item.author, "posted_at": item.posted_at.isoformat() if item.posted_at else None,
        "text": item.text, "known": row.entry.label if row.entry else None, "bank": row.bank,
        "reason": plain_reason(found.reasons[0]) if found.reasons else None, "policy": found.policy,
        "assessed_at": found.assessed_at.isoformat(),
    }  # fmt: skip
