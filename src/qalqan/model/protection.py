"""How people are shielded from what is hard to look at, and how long they have looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qalqan.model.ids import Id

MOST_BLUR = 10


@dataclass(frozen=True, slots=True)
class Shield:
    """Settings of protection: the organisation's floor, a person's own, or what comes of both."""

    blur: int = 7
    """0: none. 10: only colours are left."""
    grey: bool = True
    mute: bool = True
    stills: bool = True
    """A recording is shown as stills that do not move by themselves."""
    pause_minutes: int = 20
    """Of hard material at a stretch, after which a pause is proposed."""
    day_minutes: int = 120
    """Of hard material a day, after which nothing hard is revealed any more."""


WEAKEST = Shield(0, grey=False, mute=False, stills=False, pause_minutes=240, day_minutes=720)
"""What protects from nothing: what somebody has as their own who has set nothing."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The organisation's minimum. A change is a new row; the newest one stands."""

    id: Id
    by: str
    at: datetime
    blur: int
    grey: bool
    mute: bool
    stills: bool
    pause_minutes: int
    day_minutes: int

    @property
    def shield(self) -> Shield:
        """Its settings alone."""
        return Shield(
            self.blur, grey=self.grey, mute=self.mute, stills=self.stills,
            pause_minutes=self.pause_minutes, day_minutes=self.day_minutes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looking:
    """Whether somebody looks at hard material right now, and since when without a pause. One for each person."""

    person_id: Id
    severity: int
    """Of what is looked at, 0 to 4; what was revealed is never said here."""
    at: datetime
    """Up to when the time is counted."""
    until: datetime
    """When it ends if nothing more is heard of it; not after `at`: nothing is looked at."""
    stretch: int
    """Milliseconds of hard material since the last pause."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """How long somebody looked at material of one severity on one day."""

    person_id: Id
    day: str
    """In UTC, as ISO 8601: 2026-03-01."""
    severity: int
    millis: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands against their bounds."""

    shield: Shield
    today: float
    """Seconds of hard material today (UTC)."""
    stretch: float
    """Seconds of hard material since the last pause."""

    @property
    def at_bound(self) -> bool:
        """Whether nothing hard is revealed any more today."""
        return self.today >= 60 * self.shield.day_minutes

    @property
    def pause_due(self) -> bool:
        """Whether it is time for a pause."""
        return self.stretch >= 60 * self.shield.pause_minutes
