"""Errors in plain words: a page for people, JSON for programs."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from qalqan.errors import QalqanError, SecondFactorNeeded
from qalqan.i18n import gettext as _
from qalqan.i18n import mark
from qalqan.web.render import Pages
from qalqan.web.urls import here, with_query

TITLES = {
    400: mark("This request does not make sense as it stands"),
    403: mark("You may not do this"),
    404: mark("There is no such page"),
    405: mark("This cannot be done here"),
    408: mark("This took too long to come"),
    409: mark("There is one already"),
    413: mark("This is too large"),
    415: mark("This is of a kind that is not taken here"),
    422: mark("Something in this request is not right"),
    429: mark("Too many tries"),
    500: mark("Something went wrong here"),
    503: mark("The store cannot be reached"),
}

NO_PAGE = mark("The address may be mistyped, or what was there is gone.")


class LoginNeeded(Exception):
    """Nobody is logged in."""


def install(app: FastAPI) -> None:
    """Have every foreseen error answered in plain words."""

    def handled(request: Request, error: Exception) -> Response:
        return answer(request, request.app.state.pages, error)

    for kind in (QalqanError, HTTPException, RequestValidationError, LoginNeeded):
        app.add_exception_handler(kind, handled)


def answer(request: Request, pages: Pages, error: Exception, event: str = "") -> Response:
    """Return the answer to a request that ended in `error`; `event` is its id in the log, where it is there."""
    if isinstance(error, LoginNeeded):
        return _to_login(request)
    if isinstance(error, SecondFactorNeeded) and not request.url.path.startswith("/api/"):
        return RedirectResponse("/me", 303)
    status, code, message, hint = _told(error)
    if request.url.path.startswith("/api/"):
        body = {"code": code, "message": message, "hint": hint, "event": event or None}
        more = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        return JSONResponse({"error": body}, status, more)
    title = _(TITLES.get(status, TITLES[500]))
    context = {"title": title, "message": message, "hint": hint, "event": event}
    return pages.bare(request, "error.html", context, status)


def _told(error: Exception) -> tuple[int, str, str, str]:
    """Return an error's status, short name, message and hint."""
    if isinstance(error, QalqanError):
        return error.status, error.code, error.message, error.hint
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        if first["loc"][0] == "path":
            return 404, "not-found", _(NO_PAGE), ""
        where = " → ".join(str(part) for part in first["loc"][1:])
        return 422, "bad-value", f"{where}: {first['msg']}", ""
    if isinstance(error, HTTPException):
        return error.status_code, HTTPStatus(error.status_code).phrase.lower().replace(" ", "-"), _plain(error), ""
    return 500, "internal", _("This is our fault, not yours. The log holds what happened."), ""


def _plain(error: HTTPException) -> str:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return _(NO_PAGE)
    return "" if error.detail == HTTPStatus(error.status_code).phrase else str(error.detail)


def _to_login(request: Request) -> Response:
    if request.url.path.startswith("/api/"):
        body = {"code": "login-needed", "message": _("Log in first."), "hint": "", "event": None}
        return JSONResponse({"error": body}, 401)
    back = here(request) if request.method == "GET" else "/"
    place = with_query("/login", next=back) if back != "/" else "/login"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse(place, 303)
