"""Quality: how far people agree, how often features and banks were right, where two answers differ, golden cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Response
from starlette.responses import RedirectResponse

from qalqan.errors import BadValue
from qalqan.flow import quality as looks
from qalqan.flow.figures import USUAL, Days, Measured
from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.model.cases import Outcome
from qalqan.model.quality import Precision, Settled, Share
from qalqan.review.agreement import FEW, Agreement
from qalqan.store import audit, cases, quality
from qalqan.store.measuring import NEWEST
from qalqan.web import desk_words
from qalqan.web.lists import ExportFormat, PageNumber, Paging, export
from qalqan.web.visits import Sending, Visit, Visiting

TITLES = {Days.MONTH: mark("30 days"), Days.SEASON: mark("90 days"), Days.YEAR: mark("A year"), Days.ALL: mark("All")}
COLUMNS = ("part", "name", "figure", "value", "low", "high", "right", "cases")
WIDTH = 120
"""Of a plotted interval, in its own units."""
router = APIRouter(include_in_schema=False)


@router.get("/quality")
def show(visit: Visiting, days: Days = USUAL) -> Response:
    """Show what decisions and second looks of a time say."""
    with visit.reading() as tx:
        waiting, unlike = quality.count_waiting(tx), quality.count_disagreements(tx)
        goldens = len(quality.goldens(tx))
    return visit.page(
        "quality.html", found=visit.services.figures.of(visit.services.store, days), waiting=waiting, unlike=unlike,
        goldens=goldens, share=visit.services.settings.blind_share, few=FEW, newest=NEWEST, width=WIDTH,
        windows=[(one.value, _(title)) for one, title in TITLES.items()], outcomes=list(Outcome), words=desk_words,
    )  # fmt: skip


@router.get("/quality/export")
def export_figures(visit: Visiting, form: ExportFormat = "csv", days: Days = USUAL) -> Response:
    """Export all figures of a time, one a row."""
    with visit.writing() as tx:
        audit.append(tx, visit.person.name, "quality.exported", form, days=days.value)
    return export("quality", COLUMNS, rows_of(visit.services.figures.of(visit.services.store, days)), form)


def rows_of(found: Measured) -> Iterator[dict[str, Any]]:
    """Yield every figure as a row: what it is of, its value with its interval, and of how many cases."""
    agreed = [("blind", [("", found.blind)]), ("golden", [("", found.golden)])]
    agreed += [("category", found.by_category), ("language", found.by_language)]
    for part, some in agreed:
        for name, one in some:
            yield from _agreement_rows(part, name, one)
    for name, share in found.people:
        yield _share_row("person", name, "golden", share)
    spoke: list[tuple[str, list[Precision]]]
    spoke = [("feature", found.features), ("bank", found.banks), ("match", found.matchers)]
    for part, several in spoke:
        for each in several:
            yield _share_row(part, each.name, "precision", each.decided)


def _agreement_rows(part: str, name: str, one: Agreement) -> Iterator[dict[str, Any]]:
    yield _share_row(part, name, "same", one.same)
    for figure, found in (("kappa", one.kappa), ("alpha", one.alpha)):
        if found is not None:
            yield {
                "part": part, "name": name, "figure": figure, "value": found.value, "low": found.low,
                "high": found.high, "right": None, "cases": one.cases,
            }  # fmt: skip


def _share_row(part: str, name: str, figure: str, share: Share) -> dict[str, Any]:
    return {
        "part": part, "name": name, "figure": figure, "value": share.share, "low": share.low, "high": share.high,
        "right": share.right, "cases": share.of,
    }  # fmt: skip


@router.get("/quality/disagreements")
def list_disagreements(visit: Visiting, page: PageNumber = 1) -> Response:
    """List second looks that came to something else, with both answers and both rationales."""
    return _disagreements(visit, page)


def _disagreements(visit: Visit, page: int, fault: str = "") -> Response:
    with visit.reading() as tx:
        paging = Paging(quality.count_disagreements(tx), page)
        found = quality.disagreements(tx, paging.size, paging.offset)
        of_case = cases.by_ids(tx, [one.case_id for one in found])
        firsts = quality.firsts(tx, found)
        notes = quality.goldens_by_id(tx, [one.golden_id for one in found if one.golden_id])
    answer = visit.page(
        "disagreements.html", rows=found, cases=of_case, firsts=firsts, goldens=notes, paging=paging, fault=fault,
        words=desk_words,
    )  # fmt: skip
    answer.status_code = 422 if fault else 200
    return answer


@router.post("/quality/disagreements/{look_id}")
def settle(visit: Sending, look_id: UUID, how: Annotated[str, Form()] = "") -> Response:
    """Let the first answer stand, or bring the case back to the queue."""
    if how not in set(Settled):
        return _disagreements(visit, 1, _("Choose what becomes of it."))
    try:
        looks.settle(visit.services, visit.person, str(look_id), Settled(how))
    except BadValue as bad:
        return _disagreements(visit, 1, bad.message)
    return RedirectResponse("/quality/disagreements", 303)


@router.get("/quality/golden")
def list_golden(visit: Visiting) -> Response:
    """List the golden cases that are mixed in."""
    with visit.reading() as tx:
        found = quality.goldens(tx)
        given = quality.golden_results(tx)
    return visit.page("golden.html", rows=found, given=given, words=desk_words)


@router.post("/cases/{case_id}/golden")
def mark_golden(visit: Sending, case_id: UUID, note: Annotated[str, Form()] = "") -> Response:
    """Mix a decided case in from now on, with what stands on it as the answer that was agreed on."""
    looks.mark_golden(visit.services, visit.person, str(case_id), note)
    return RedirectResponse("/quality/golden", 303)


@router.post("/golden/{golden_id}/end")
def end_golden(visit: Sending, golden_id: UUID) -> Response:
    """Mix a golden case in no more."""
    looks.end_golden(visit.services, visit.person, str(golden_id))
    return RedirectResponse("/quality/golden", 303)
