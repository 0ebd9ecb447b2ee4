"""Who asks: the session behind a request, and the token that every form carries."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Form, Header
from starlette.requests import Request
from starlette.responses import HTMLResponse

from qalqan.errors import BadValue, NotAllowed, SecondFactorNeeded
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.model.people import Person, Session, Token
from qalqan.model.roles import Right, may
from qalqan.store import factors, people, tokens
from qalqan.web.faults import LoginNeeded
from qalqan.web.render import Pages
from qalqan.web.rights import RIGHT_OF, SETTING_UP

SESSION_COOKIE = "qalqan_session"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is logged in, or of a program that shows a token of theirs."""

    request: Request
    services: Services
    person: Person
    session: Session | None
    """None where a program asks."""
    token: str
    """The session's own, which only the browser has: it binds links to clear pictures to this login."""
    program: Token | None = None
    """The token that a program shows instead of a login."""

    @property
    def csrf(self) -> str:
        """What every form of this session carries."""
        return self.session.csrf if self.session else ""

    def may(self, right: Right) -> bool:
        """Whether this visit has a right: its person's role, and the token where a program asks."""
        return may(self.person.role, right) and (self.program is None or right in self.program.scopes)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent look at the records."""
        with self.services.store.reading() as tx:
            yield tx

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it lands or none."""
        with self.services.store.writing() as tx:
            yield tx

    def page(self, template: str, **context: object) -> HTMLResponse:
        """Return a page of the console."""
        pages: Pages = self.request.app.state.pages
        ours = {"person": self.person, "csrf": self.csrf, "may": self._may_open}
        return pages.page(self.request, template, {**ours, **context})

    def _may_open(self, path: str) -> bool:
        """Whether this visit may open the page at a path that is a route's own."""
        needed = RIGHT_OF.get(("GET", path))
        return needed is not None and self.may(needed)


def current_visit(request: Request) -> Visit:
    """Return who asks. Raises LoginNeeded, NotAllowed."""
    visit = _program(request) or _browser(request)
    _hold_to_rights(visit)
    _hold_to_second_factor(visit)
    return visit


def _program(request: Request) -> Visit | None:
    """Return the visit of a program that shows a token; None where none is shown, or none counts here.

    A token that is shown is all that counts: a cookie beside it is not looked at.
    """
    shown = request.headers.get("authorization")
    if shown is None or not request.url.path.startswith("/api/"):
        return None
    kind, _space, token = shown.partition(" ")
    services: Services = request.app.state.services
    if kind.lower() != "bearer":
        raise LoginNeeded
    with services.store.reading() as tx:
        found = tokens.opened_by(tx, token.strip())
    if found is None:
        raise LoginNeeded
    program, owner = found
    if tokens.stale(program):
        with services.store.writing() as tx:
            tokens.note_use(tx, program)
    return Visit(request, services, owner, None, "", program)


def _browser(request: Request) -> Visit:
    """Return the visit of somebody who has logged in. Raises LoginNeeded."""
    services: Services = request.app.state.services
    token = request.cookies.get(SESSION_COOKIE, "")
    if not token:
        raise LoginNeeded
    with services.store.reading() as tx:
        found = people.session_of(tx, token, idle=timedelta(minutes=services.settings.idle_minutes))
    if found is None:
        raise LoginNeeded
    session, person = found
    if people.stale(session):
        with services.store.writing() as tx:
            people.note_use(tx, session)
    return Visit(request, services, person, session, token)


def _hold_to_second_factor(visit: Visit) -> None:
    """Let somebody whose role must have a second factor, and who has none yet, do nothing but set one up."""
    if visit.person.role not in visit.services.settings.totp_roles:
        return
    if (visit.request.method, visit.request.scope["route"].path) in SETTING_UP:
        return
    with visit.reading() as tx:
        if not factors.needed(tx, visit.person.id):
            raise SecondFactorNeeded(
                _("Your role must have a second factor."), hint=_("Set one up on the page of your own login.")
            )


def _hold_to_rights(visit: Visit) -> None:
    """Refuse a route that the person's role has no right to, and any that is in no table."""
    needed = RIGHT_OF.get((visit.request.method, visit.request.scope["route"].path))
    if needed is None or not may(visit.person.role, needed):
        raise NotAllowed(
            _("Your role, {role}, may not do this.").format(role=visit.person.role),
            hint=_("Ask an admin for another role."),
        )
    if not visit.may(needed):
        raise NotAllowed(
            _("This token may not do this: it lacks the right {right}.").format(right=needed),
            hint=_("Make one that has it, on the page of your own login."),
        )


Visiting = Annotated[Visit, Depends(current_visit)]


def checked_visit(visit: Visiting, csrf: Annotated[str, Form()] = "") -> Visit:
    """Return who sends a form. Raises NotAllowed where the form is not one of this session's own."""
    return _checked(visit, csrf)


Sending = Annotated[Visit, Depends(checked_visit)]


def checked_call(visit: Visiting, x_csrf_token: Annotated[str, Header(include_in_schema=False)] = "") -> Visit:
    """Return who calls the API to change something.

    A program shows its token; a page of the console sends its session's token in `X-CSRF-Token`, for a browser sends
    the cookie along with what other sites ask it to.
    """
    return visit if visit.program else _checked(visit, x_csrf_token)


Calling = Annotated[Visit, Depends(checked_call)]


def _checked(visit: Visit, csrf: str) -> Visit:
    if not csrf or not same(csrf, visit.csrf):
        raise NotAllowed(
            _("This form is from another login, or from another site."), hint=_("Reload the page and try again.")
        )
    return visit


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, told in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def plain_text(value: str | None, longest: int = 500) -> str | None:
    """Return what was typed into a field, None where nothing was. Raises BadValue for what no database holds."""
    value = (value or "").strip()
    if "\0" in value or len(value) > longest:
        raise BadValue(_("This is too long, or holds a character that no text has."))
    return value or None


def id_of(value: str | None) -> str | None:
    """Return an id from a query, None where there is none. Raises BadValue where it is none."""
    if not value:
        return None
    if not _ID.fullmatch(value):
        raise BadValue(_("This is not an id of ours."))
    return value
