"""What all ways of coming in share: the session that is opened, and the cookies that a browser gets."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from qalqan.flow.services import Services
from qalqan.model.people import Person
from qalqan.store import audit, factors, people
from qalqan.web.throttle import KNOWN_COOKIE, KNOWN_SECONDS, known_cookie
from qalqan.web.urls import with_query
from qalqan.web.visits import SESSION_COOKIE

PRE_COOKIE = "qalqan_login"
OWED_SECONDS = 600
"""How long the second factor may be owed."""


def come_in(request: Request, person: Person, back: str, how: str) -> Response:
    """Open a session for somebody who has shown who they are; ask for the second factor first where they have one."""
    services: Services = request.app.state.services
    with services.store.reading() as tx:
        owes = factors.needed(tx, person.id)
    return _owing(request, person, back) if owes else open_session(request, person, back, how)


def _owing(request: Request, person: Person, back: str) -> Response:
    response = RedirectResponse(with_query("/login/code", next=back), 303)
    set_cookie(request, response, SESSION_COOKIE, _begun(request, person, OWED_SECONDS, passed=False), OWED_SECONDS)
    return response


def open_session(request: Request, person: Person, back: str, how: str) -> Response:
    """Open a session for somebody who owes nothing more. Its token is a new one, whatever the browser had."""
    services: Services = request.app.state.services
    seconds = services.settings.session_hours * 3600
    token = _begun(request, person, seconds, passed=True)
    with services.store.writing() as tx:
        audit.append(tx, person.name, "login.ok", person.name, how=how)
    response = RedirectResponse(back, 303)
    set_cookie(request, response, SESSION_COOKIE, token, seconds)
    set_cookie(request, response, KNOWN_COOKIE, known_cookie(services, person), KNOWN_SECONDS)
    response.delete_cookie(PRE_COOKIE)
    return response


def _begun(request: Request, person: Person, seconds: int, *, passed: bool) -> str:
    """Begin a session, end the one that the browser had, and return the new one's token."""
    services: Services = request.app.state.services
    browser = request.headers.get("user-agent", "")
    with services.store.writing() as tx:
        old = request.cookies.get(SESSION_COOKIE)
        if old:
            people.end_session(tx, old)
        token, _session = people.open_session(tx, person, seconds / 3600, browser=browser, passed=passed)
    return token


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """Give a browser a cookie that no script reads and no other site's form sends."""
    secure: bool = request.app.state.services.settings.secure_cookies
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)
