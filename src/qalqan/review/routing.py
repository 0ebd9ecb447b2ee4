"""Which queue a new case is put in: the first rule whose every part fits."""

from __future__ import annotations

from collections.abc import Sequence

from qalqan.model.cases import Case, Route


def queue_of(case: Case, routes: Sequence[Route]) -> str:
    """Return the queue of the first rule that fits; empty, the common one, where none does."""
    return next((route.queue for route in routes if _fits(route, case)), "")


def _fits(route: Route, case: Case) -> bool:
    wanted = (
        (route.language, case.language), (route.category, case.category),
        (route.platform, case.platform), (route.source_id, case.source_id),
    )  # fmt: skip
    return all(not asked or asked == has for asked, has in wanted)
