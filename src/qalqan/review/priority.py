"""How soon a case should be looked at, in declared points that a page can show one by one.

Who speaks, of whom, and in which language is no part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log2

from qalqan.i18n import mark
from qalqan.model.assessments import Band
from qalqan.model.cases import Points

BANDS = {Band.KNOWN: 40.0, Band.LIKELY: 30.0, Band.LOOK: 15.0, Band.CONTEXT: 5.0, Band.NOTHING: 0.0}
GRAVITY = 5.0
"""Points for each step of severity, 0 to 4."""
DEADLINE = 25.0
"""Points for a case that must be decided by a certain time."""
SPREAD, MOST_SPREAD = 3.0, 15.0
"""Points each time that the number of items doubles."""
AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Waiting times with each of which a case gains `AGE` points, so that none waits for ever."""
AGE = 5.0


def parts_of(band: Band, severity: int, size: int, due: datetime | None, aged: int) -> tuple[Points, ...]:
    """Return what a case's priority is made of: its points sum to it. Parts without points are left out."""
    spread = round(min(SPREAD * log2(max(size, 1)), MOST_SPREAD), 1)
    parts = (
        Points("band", BANDS[band], mark("It is in the band {band}"), {"band": band.value}),
        Points(
            "gravity", GRAVITY * severity, mark("Its category is of severity {severity} of 4"), {"severity": severity}
        ),
        Points("deadline", DEADLINE if due else 0.0, mark("It must be decided by a certain time"), {}),
        Points("spread", spread, mark("{size} items are near-copies of each other"), {"size": size}),
        Points("age", AGE * aged, mark("It has waited for more than {days} days"), {"days": _days(aged)}),
    )
    return tuple(one for one in parts if one.points)


def total(parts: Sequence[Points]) -> float:
    """Return the priority that parts make."""
    return round(sum(one.points for one in parts), 1)


def _days(aged: int) -> int:
    return AGES[aged - 1].days if aged else 0
