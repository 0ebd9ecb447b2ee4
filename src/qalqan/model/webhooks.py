"""What others are told when something was decided: webhooks and their deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qalqan.model.ids import Id

TEST = "webhook.test"
"""What a test delivery says; every webhook gets it, whatever it asked for."""
EVENTS = (
    "decision.made",
    "decision.undone",
    "decision.superseded",
    "case.opened",
    "appeal.received",
    "appeal.decided",
)
"""What a webhook can be told of."""


class DeliveryState(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"
    """Tried as often as the program tries, or its webhook has ended."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events."""

    id: Id
    url: str
    events: tuple[str, ...]
    """Those it is told of; none named are all."""
    secret: str
    """What deliveries are signed with, sealed by the key of this installation."""
    added_by: str
    added_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one webhook, kept until the other side has it."""

    id: Id
    webhook_id: Id
    event: str
    body: str
    """The JSON that is sent, to the letter: each try sends the same."""
    state: DeliveryState
    tries: int
    made_at: datetime
    due: datetime
    """Not tried before."""
    lease: Id | None = None
    """Who is sending it."""
    lease_until: datetime | None = None
    status: int | None = None
    """Of the newest answer; None where there was none."""
    problem: str | None = None
    ended_at: datetime | None = None
