"""Coming in and going out."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Response
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse

from qalqan.errors import NotAllowed
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.model.people import Person, Session
from qalqan.store import audit, factors, people
from qalqan.store.sealing import sealer
from qalqan.web import throttle
from qalqan.web.coming_in import PRE_COOKIE, come_in, open_session, set_cookie
from qalqan.web.urls import local
from qalqan.web.visits import SESSION_COOKIE, Sending, plain_text, same

LONGEST_NAME = 200
LONGEST_PASSWORD = 1000
LONGEST_CODE = 100
router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """Say that the process answers and its store does."""
    services: Services = request.app.state.services
    with services.store.reading() as tx:
        tx.exec_driver_sql("SELECT 1")
    return JSONResponse({"status": "ok"})


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name that addresses bear everywhere
    """Show the login form."""
    return login_form(request, local(next))


def login_form(
    request: Request, back: str, status: int = 200, problem: str = "", hint: str = "", name: str = ""
) -> Response:
    """Show the form with a token that only the same browser can send back."""
    token = request.cookies.get(PRE_COOKIE) or secrets.token_urlsafe(16)
    provider = request.app.state.services.settings.provider_name
    context = {"csrf": token, "next": back, "problem": problem, "hint": hint, "name": name, "provider": provider}
    response: Response = request.app.state.pages.bare(request, "login.html", context, status)
    set_cookie(request, response, PRE_COOKIE, token, 3600)
    return response


def is_own_form(request: Request, csrf: str) -> bool:
    """Whether a form of the login is one that this browser was given."""
    return bool(csrf) and same(csrf, request.cookies.get(PRE_COOKIE, ""))


def refused_form(request: Request, back: str, name: str = "") -> Response:
    """Answer a form of the login that this browser was not given."""
    return login_form(
        request, back, 403, _("The form was open for too long, or cookies are off."), _("Try again."), name
    )


@router.post("/login")
def log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - see above
) -> Response:
    """Open a session for somebody whose name and password belong together, and who owes no second factor."""
    back = local(next)
    if not is_own_form(request, csrf):
        return refused_form(request, back, name)
    name = plain_text(name, LONGEST_NAME) or ""  # as it is looked up, so that no spaces around it buy more tries
    bounds = throttle.password_bounds(request, name)
    if not throttle.take(request.app.state.services, bounds):
        return login_form(request, back, 429, _("Too many tries."), _("Wait a minute, then try again."), name)
    try:
        person = _checked(request, name, password)
    except NotAllowed:
        refused = _("This name and password do not belong together.")
        return login_form(request, back, 403, refused, _("Try again, or ask an admin for a new password."), name)
    throttle.give_back(request.app.state.services, bounds)
    return come_in(request, person, back, "password")


def _checked(request: Request, name: str, password: str) -> Person:
    """Return the person; a refusal is written to the audit log."""
    services: Services = request.app.state.services
    try:
        with services.store.reading() as tx:
            return people.check_password(tx, name, password[:LONGEST_PASSWORD])
    except NotAllowed:
        with services.store.writing() as tx:
            audit.append(tx, "nobody", "login.refused", name)
        raise


@router.get("/login/code")
def code_form(request: Request, next: str = "/") -> Response:  # noqa: A002 - see above
    """Ask for the second factor of somebody whose password was right."""
    owing = _owing(request)
    return _code_form(request, owing[0], local(next)) if owing else RedirectResponse("/login", 303)


def _owing(request: Request) -> tuple[Session, Person] | None:
    """Return the login that still owes its second factor."""
    services: Services = request.app.state.services
    with services.store.reading() as tx:
        return people.session_of(tx, request.cookies.get(SESSION_COOKIE, ""), passed=False)


def _code_form(request: Request, session: Session, back: str, status: int = 200, problem: str = "") -> Response:
    context = {"csrf": session.csrf, "next": back, "problem": problem}
    response: Response = request.app.state.pages.bare(request, "login_code.html", context, status)
    return response


@router.post("/login/code")
def check_code(
    request: Request,
    code: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - see above
) -> Response:
    """Open the session of somebody whose second factor is right, too."""
    owing, back = _owing(request), local(next)
    if owing is None:
        return RedirectResponse("/login", 303)
    session, person = owing
    if not same(csrf, session.csrf):
        return _code_form(request, session, back, 403, _("The form was open for too long, or cookies are off."))
    bounds = throttle.code_bounds(request, person)
    if not throttle.take(request.app.state.services, bounds):
        return _code_form(request, session, back, 429, _("Too many tries. Wait some minutes, then try again."))
    how = _taken(request.app.state.services, person, code[:LONGEST_CODE])
    if not how:
        return _code_form(request, session, back, 403, _("This code is wrong, or was used before."))
    throttle.give_back(request.app.state.services, bounds)
    return open_session(request, person, back, how)


def _taken(services: Services, person: Person, code: str) -> str:
    """Take a code, and return by what it opens the door; nothing where it is wrong. Both are noted."""
    with services.store.writing() as tx:
        if factors.take_code(tx, person.id, code, sealer(services.settings.key_file)):
            return "totp"
        if factors.take_recovery_code(tx, person.id, code):
            audit.append(tx, person.name, "login.recovery", person.name)
            return "recovery"
        audit.append(tx, "nobody", "login.code.refused", person.name)
        return ""


@router.post("/logout")
def log_out(visit: Sending) -> Response:
    """End the session."""
    with visit.writing() as tx:
        people.end_session(tx, visit.token)
        audit.append(tx, visit.person.name, "logout", visit.person.name)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SESSION_COOKIE)
    return response
