"""What is done after a decision, and watched afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qalqan.model.ids import Id


class ActionKind(StrEnum):
    """What is done."""

    NOTICE = "notice"
    SHARE = "share"
    BLOCK = "block"
    PRESERVATION = "preservation"


class ActionState(StrEnum):
    """How far it is."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Action:
    """Something done on the strength of a decision; there is none without one."""

    id: Id
    decision_id: Id
    kind: ActionKind
    state: ActionState
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Watch:
    """A place looked at again after an action: is it gone, is it back?"""

    id: Id
    action_id: Id
    location: str
    next_look: datetime
    last_seen: datetime | None
    gone_since: datetime | None
