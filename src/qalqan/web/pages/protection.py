"""Protection: what shields oneself, the organisation's floor, and one's own time on hard material."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Form, Response
from starlette.responses import RedirectResponse

from qalqan.errors import BadValue
from qalqan.flow import protection as shields
from qalqan.i18n import gettext as _
from qalqan.model.protection import MOST_BLUR, WEAKEST, Exposure, Shield
from qalqan.model.roles import Right, may
from qalqan.model.times import now
from qalqan.review.protection import HARD, LONGEST_DAY, LONGEST_PAUSE, SEVERITIES, checked
from qalqan.store import protection
from qalqan.web.visits import Sending, Visiting

router = APIRouter(include_in_schema=False)
HEIGHT = 60
"""Of the plot of days, in its own units."""


def _number(value: str, weakest: int) -> int:
    if not value:
        return weakest
    if not (value.isascii() and value.isdecimal() and len(value) < 5):  # noqa: PLR2004 - more than any of them may be
        raise BadValue(_("This is no whole number."))
    return int(value)


def _sent(
    blur: Annotated[str, Form()] = "",
    pause_minutes: Annotated[str, Form()] = "",
    day_minutes: Annotated[str, Form()] = "",
    *,
    grey: Annotated[bool, Form()] = False,
    mute: Annotated[bool, Form()] = False,
    stills: Annotated[bool, Form()] = False,
) -> Shield:
    """Return what a form holds; what is left empty protects from nothing by itself. Raises BadValue."""
    return checked(
        Shield(
            _number(blur, WEAKEST.blur), grey=grey, mute=mute, stills=stills,
            pause_minutes=_number(pause_minutes, WEAKEST.pause_minutes),
            day_minutes=_number(day_minutes, WEAKEST.day_minutes),
        )
    )  # fmt: skip


Sent = Annotated[Shield, Depends(_sent)]


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a day's bar in the plot."""

    severity: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the plot and of the table beside it."""

    day: date
    minutes: dict[int, float]
    """By severity."""
    bars: tuple[Bar, ...]

    @property
    def total(self) -> float:
        """Minutes of all severities."""
        return sum(self.minutes.values())


@router.get("/protection")
def show(visit: Visiting) -> Response:
    """Show one's own settings and time; to a lead also the floor."""
    leads = may(visit.person.role, Right.LEAD)
    with visit.reading() as tx:
        context: dict[str, Any] = {
            "floor": protection.floor(tx),
            "own": protection.own(tx, visit.person.id),
            "standing": shields.standing(tx, visit.person.id),
            "days": _days(protection.days_of(tx, visit.person.id), now().date()),
            "totals": _totals(tx) if leads else [],
            "floors": protection.newest_floors(tx, 10) if leads else [],
        }
    return visit.page(
        "protection.html", leads=leads, most_blur=MOST_BLUR, weakest=WEAKEST, longest_pause=LONGEST_PAUSE,
        longest_day=LONGEST_DAY, severities=list(enumerate(map(_, SEVERITIES)))[HARD:], height=HEIGHT, **context,
    )  # fmt: skip


def _totals(tx: sa.Connection) -> list[tuple[str, float]]:
    """Return everybody's minutes today: what is needed to keep a bound of a day, and no more."""
    today = now().date().isoformat()
    return [(name, seconds / 60) for name, _day, seconds in protection.totals(tx, today)]


def _days(found: Sequence[Exposure], today: date) -> list[Day]:
    """Return the last two weeks, the oldest day first, drawn to the longest of them."""
    by_day: dict[str, dict[int, float]] = {}
    for one in found:
        by_day.setdefault(one.day, {})[one.severity] = one.millis / 60_000
    wanted = [today - timedelta(days=back) for back in reversed(range(protection.DAYS))]
    most = max((sum(by_day.get(one.isoformat(), {}).values()) for one in wanted), default=0) or 1
    return [_day(one, by_day.get(one.isoformat(), {}), HEIGHT / most) for one in wanted]


def _day(day: date, minutes: dict[int, float], scale: float) -> Day:
    bars, top = [], float(HEIGHT)
    for severity in sorted(minutes):
        height = minutes[severity] * scale
        top -= height
        bars.append(Bar(severity, round(top, 2), round(height, 2)))
    return Day(day, minutes, tuple(bars))


@router.post("/protection")
def set_own(visit: Sending, sent: Sent) -> Response:
    """Keep what somebody sets for themselves: nobody else's can be sent here."""
    shields.set_own(visit.services, visit.person, sent)
    return RedirectResponse("/protection", 303)


@router.post("/protection/floor")
def set_floor(visit: Sending, sent: Sent) -> Response:
    """Set the organisation's floor."""
    shields.set_floor(visit.services, visit.person.name, sent)
    return RedirectResponse("/protection#floor", 303)
