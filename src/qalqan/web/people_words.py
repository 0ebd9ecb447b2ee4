"""What roles, rights and tokens are called when people read them."""

from __future__ import annotations

from qalqan.i18n import mark
from qalqan.model.roles import Right, Role

PERSON_ROLES = {
    Role.VIEWER: mark("viewer"),
    Role.REVIEWER: mark("reviewer"),
    Role.LEAD: mark("lead"),
    Role.INVESTIGATOR: mark("investigator"),
    Role.ADMIN: mark("admin"),
}
RIGHTS = {
    Right.SELF: mark("one's own login, settings and views"),
    Right.LOOK: mark("see items, findings, banks, lexicons, policy and scans, pictures blurred"),
    Right.EXPORT: mark("take lists out as files"),
    Right.REVEAL: mark("see a picture in the clear while a key is held"),
    Right.HAND_IN: mark("hand in files, texts, links and appeals, and check them"),
    Right.REVIEW: mark("take cases, decide them, give second opinions"),
    Right.APPEALS: mark("take in and decide appeals"),
    Right.LEAD: mark("routing, golden cases, quality, floor of protection, disputes"),
    Right.KNOWN: mark("change banks and lexicons"),
    Right.POLICY: mark("run a new policy in the shadow of the old one, put it in force, go back"),
    Right.AUDIT: mark("read the audit log"),
    Right.TOKENS: mark("make tokens for programs, and webhooks"),
    Right.PEOPLE: mark("add people, give roles, end logins"),
}
TOKEN_STATES = {"active": mark("active"), "expired": mark("expired"), "revoked": mark("revoked")}
TABLES: dict[str, dict[str, str]] = {
    "person_role": {role.value: told for role, told in PERSON_ROLES.items()},
    "right": {right.value: told for right, told in RIGHTS.items()},
    "token_state": TOKEN_STATES,
}
