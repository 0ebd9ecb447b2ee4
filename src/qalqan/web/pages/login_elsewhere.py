"""Coming in through a provider of logins."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.requests import Request
from starlette.responses import RedirectResponse

from qalqan.errors import NotAllowed, QalqanError
from qalqan.flow import login as provider
from qalqan.flow.login_people import person_for
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.store import audit
from qalqan.web import throttle
from qalqan.web.coming_in import PRE_COOKIE, come_in, set_cookie
from qalqan.web.pages.login import login_form
from qalqan.web.urls import local

LONGEST = 4096
router = APIRouter(prefix="/login", include_in_schema=False)


@router.get("/elsewhere")
def begin(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name that addresses bear everywhere
    """Send a browser to the provider."""
    services: Services = request.app.state.services
    back = local(next)
    if not throttle.take(services, throttle.provider_bounds(request)):
        return login_form(request, back, 429, _("Too many tries."), _("Wait a minute, then try again."))
    browser = request.cookies.get(PRE_COOKIE) or secrets.token_urlsafe(16)
    try:
        address = provider.begin(services, browser, back)
    except QalqanError as wrong:
        return login_form(request, back, wrong.status, wrong.message, wrong.hint)
    response = RedirectResponse(address, 303)
    set_cookie(request, response, PRE_COOKIE, browser, 3600)
    return response


@router.get("/back")
def finish(
    request: Request,
    state: Annotated[str, Query(max_length=LONGEST)] = "",
    code: Annotated[str, Query(max_length=LONGEST)] = "",
) -> Response:
    """Open a session for somebody whom the provider vouches for."""
    services: Services = request.app.state.services
    try:
        claims, back = provider.finish(services, request.cookies.get(PRE_COOKIE, ""), state, code)
        person = person_for(services, claims)
    except QalqanError as wrong:
        if isinstance(wrong, NotAllowed):
            with services.store.writing() as tx:
                audit.append(tx, "nobody", "login.refused", "provider", why=wrong.message)
        return login_form(request, "/", wrong.status, wrong.message, wrong.hint)
    return come_in(request, person, back, "provider")
