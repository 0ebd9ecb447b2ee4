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
from qalqan.model.people import Person
from qalqan.store import audit, people
from qalqan.web.urls import local
from qalqan.web.visits import SESSION_COOKIE, Sending, plain_text, same

PRE_COOKIE = "qalqan_login"
LONGEST_NAME = 200
LONGEST_PASSWORD = 1000
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
    return _form(request, local(next))


def _form(
    request: Request, back: str, status: int = 200, problem: str = "", hint: str = "", name: str = ""
) -> Response:
    """Show the form with a token that only the same browser can send back."""
    token = request.cookies.get(PRE_COOKIE) or secrets.token_urlsafe(16)
    context = {"csrf": token, "next": back, "problem": problem, "hint": hint, "name": name}
    response: Response = request.app.state.pages.bare(request, "login.html", context, status)
    _set_cookie(request, response, PRE_COOKIE, token, 3600)
    return response


@router.post("/login")
def log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - see above
) -> Response:
    """Open a session for somebody whose name and password belong together."""
    back = local(next)
    if not csrf or not same(csrf, request.cookies.get(PRE_COOKIE, "")):
        return _form(
            request, back, 403, _("The form was open for too long, or cookies are off."), _("Try again."), name
        )
    name = plain_text(name, LONGEST_NAME) or ""  # as it is looked up, so that no spaces around it buy more tries
    keys = (f"name {name}", f"address {request.client.host if request.client else ''}")
    if not request.app.state.throttle.take(*keys):
        return _form(request, back, 429, _("Too many tries."), _("Wait a minute, then try again."), name)
    try:
        person = _checked(request, name, password)
    except NotAllowed:
        refused = _("This name and password do not belong together.")
        return _form(request, back, 403, refused, _("Try again, or ask an admin for a new password."), name)
    request.app.state.throttle.give_back(*keys)
    return _open(request, person, back)


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


def _open(request: Request, person: Person, back: str) -> Response:
    services: Services = request.app.state.services
    with services.store.writing() as tx:
        old = request.cookies.get(SESSION_COOKIE)
        if old:
            people.end_session(tx, old)
        token, _session = people.open_session(tx, person, services.settings.session_hours)
        audit.append(tx, person.name, "login.ok", person.name)
    response = RedirectResponse(back, 303)
    _set_cookie(request, response, SESSION_COOKIE, token, services.settings.session_hours * 3600)
    response.delete_cookie(PRE_COOKIE)
    return response


@router.post("/logout")
def log_out(visit: Sending) -> Response:
    """End the session."""
    with visit.services.store.writing() as tx:
        people.end_session(tx, visit.token)
        audit.append(tx, visit.person.name, "logout", visit.person.name)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _set_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    secure: bool = request.app.state.services.settings.secure_cookies
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)
