"""Cases for the tests of the desk: opened over items that are there, without walking the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from qalqan.flow.services import Services
from qalqan.model.cases import Case, CaseState, Member, Points
from qalqan.model.ids import Id, new_id
from qalqan.model.times import now
from qalqan.store import casing, findings
from qalqan.store.records import row_of


def open_case(services: Services, items: Sequence[Id], *, severity: int = 2, hours: float | None = None) -> Id:
    """Open a case over these items, the first of which something was found in; return its id."""
    moment, case_id = now(), new_id()
    with services.store.writing() as tx:
        found = max(findings.current_assessments(tx, [items[0]])[items[0]], key=lambda one: one.score)
        parts = (Points("band", float(found.score), "Its score is {score} of 100.", {"score": found.score}),)
        case = Case(
            case_id, CaseState.OPEN, found.category, found.band, found.score, len(items), severity,
            float(found.score), parts, "ru", "telegram", None, "", moment,
            None if hours is None else moment + timedelta(hours=hours),
        )  # fmt: skip
        casing.open_cases(tx, {case_id.replace("-", ""): case})
        ties = ["first", *["same-file"] * (len(items) - 1)]
        added = zip(items, ties, strict=True)
        casing.join(tx, [row_of(Member(case_id, one, tie, moment)) for one, tie in added])
    return case_id
