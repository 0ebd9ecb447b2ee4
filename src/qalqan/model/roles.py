"""Who may do what: the one table that the program, its documentation and its tests share."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """Something that a role may do. Each route of the console and the API needs exactly one."""

    SELF = "self"
    """One's own login, second factor, settings of protection, saved views."""
    LOOK = "look"
    """See items, findings, banks, lexicons, policy and scans; pictures blurred."""
    EXPORT = "export"
    """Take lists out of the program as files."""
    REVEAL = "reveal"
    """See a picture in the clear, for as long as a key or button is held."""
    HAND_IN = "hand-in"
    """Hand in files, texts and links, check them against the banks, and hand in appeals over the API."""
    REVIEW = "review"
    """Take cases from the queue, decide them, undo one's own decision, give a second opinion."""
    APPEALS = "appeals"
    """Take in appeals at the desk, see all of them, and decide those against other people's decisions."""
    LEAD = "lead"
    """Routing, golden cases, blind re-reviews, quality, the organisation's floor of protection, disputes."""
    KNOWN = "known"
    """Change banks and lexicons."""
    POLICY = "policy"
    """Run a new policy in the shadow of the old one, put it in force, go back."""
    AUDIT = "audit"
    """Read the audit log."""
    TOKENS = "tokens"
    """Make and revoke tokens for programs, and webhooks."""
    PEOPLE = "people"
    """Add people, give roles, end logins."""


class Role(StrEnum):
    """What somebody is here for."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    LEAD = "lead"
    INVESTIGATOR = "investigator"
    ADMIN = "admin"


_VIEWER = frozenset({Right.SELF, Right.LOOK})
_REVIEWER = _VIEWER | {Right.REVEAL, Right.HAND_IN, Right.REVIEW}

MAY: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.REVIEWER: _REVIEWER,
    Role.LEAD: _REVIEWER | {Right.APPEALS, Right.LEAD, Right.KNOWN, Right.POLICY, Right.EXPORT, Right.AUDIT},
    Role.INVESTIGATOR: _VIEWER | {Right.REVEAL, Right.HAND_IN, Right.EXPORT, Right.AUDIT},
    # All of it: where one person alone runs Qalqan, that person is the admin.
    Role.ADMIN: frozenset(Right),
}


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return right in MAY[role]
