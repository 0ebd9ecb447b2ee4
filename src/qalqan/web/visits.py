"""Who asks: the session behind a request, and the token that every form carries."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse

from qalqan.errors import BadValue, NotAllowed
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.model.people import Person, Session
from qalqan.model.roles import may
from qalqan.store import people
from qalqan.web.faults import LoginNeeded
from qalqan.web.render import Pages
from qalqan.web.rights import RIGHT_OF

SESSION_COOKIE = "qalqan_session"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is logged in."""

    request: Request
    services: Services
    person: Person
    session: Session
    token: str
    """The session's own, which only the browser has: it binds links to clear pictures to this login."""

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent look at the records."""
        with self.services.store.reading() as tx:
            yield tx

    def page(self, template: str, **context: object) -> HTMLResponse:
        """Return a page of the console."""
        pages: Pages = self.request.app.state.pages
        return pages.page(self.request, template, {"person": self.person, "csrf": self.session.csrf, **context})


def current_visit(request: Request) -> Visit:
    """Return who asks. Raises LoginNeeded."""
    services: Services = request.app.state.services
    token = request.cookies.get(SESSION_COOKIE, "")
    if not token:
        raise LoginNeeded
    with services.store.reading() as tx:
        found = people.session_of(tx, token)
    if found is None:
        raise LoginNeeded
    session, person = found
    _hold_to_rights(request, person)
    return Visit(request, services, person, session, token)


def _hold_to_rights(request: Request, person: Person) -> None:
    """Refuse a route that the person's role has no right to, and any that is in no table."""
    needed = RIGHT_OF.get((request.method, request.scope["route"].path))
    if needed is None or not may(person.role, needed):
        raise NotAllowed(
            _("Your role, {role}, may not do this.").format(role=person.role), hint=_("Ask an admin for another role.")
        )


Visiting = Annotated[Visit, Depends(current_visit)]


def checked_visit(visit: Visiting, csrf: Annotated[str, Form()] = "") -> Visit:
    """Return who sends a form. Raises NotAllowed where the form is not one of this session's own."""
    if not same(csrf, visit.session.csrf):
        raise NotAllowed(
            _("This form is from another login, or from another site."), hint=_("Reload the page and try again.")
        )
    return visit


Sending = Annotated[Visit, Depends(checked_visit)]


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
