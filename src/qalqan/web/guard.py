"""Around every request: the reader's language, a bound on what is sent in, security headers, unforeseen errors."""

from __future__ import annotations

import traceback
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qalqan import i18n
from qalqan.i18n import gettext as _
from qalqan.model.ids import new_id
from qalqan.model.limits import MIB
from qalqan.settings import Settings
from qalqan.web.faults import answer
from qalqan.web.render import Pages

BODY_BYTES = MIB
IMPORT_PATH = "/lexicon/import"
IMPORT_BYTES = 32 * MIB
"""Official lists are files of several megabytes."""
UPLOAD_PATHS = ("/api/v1/check", "/api/v1/items")
"""They take a file of the size that the operator allows, and put it on the disk as it comes."""
LANGUAGE_COOKIE = "qalqan_language"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
log = structlog.get_logger(__name__)


class Guard:
    """ASGI middleware: the outermost of ours."""

    def __init__(self, app: ASGIApp, settings: Settings, pages: Pages) -> None:
        self._app = app
        self._settings = settings
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own form
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookie = _cookie(headers.get("cookie", ""), LANGUAGE_COOKIE)
        i18n.speak(i18n.choose(cookie, headers.get("accept-language"), self._settings.language))
        reply = _Reply(scope, send)
        try:
            await self._app(scope, _bounded(receive, self._most(scope["path"])), reply)
        except Exception as error:  # noqa: BLE001 - the last place that can answer in plain words
            await self._apologise(scope, receive, reply, error)

    def _most(self, path: str) -> int:
        """Return how many bytes a request to a path may have."""
        if path in UPLOAD_PATHS:
            return self._settings.check_bytes + BODY_BYTES
        return IMPORT_BYTES if path == IMPORT_PATH else BODY_BYTES

    async def _apologise(self, scope: Scope, receive: Receive, reply: _Reply, error: Exception) -> None:
        if reply.started:
            raise error
        event = new_id()
        # As text: a renderer that shows local variables would put what people said into the log.
        log.error("web.failed", id=event, path=scope["path"], traceback=_told(error))
        response = answer(Request(scope), self._pages, error, event)
        await response(scope, receive, reply)


class _Reply:
    """Adds the headers that every answer carries."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.started = False
        self._send = send
        self._static = scope["path"].startswith("/static/")

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            # A page or picture of this console has no place in a cache; the static parts bear their version.
            headers["Cache-Control"] = "public, max-age=86400" if self._static else "no-store"
        await self._send(message)


def _bounded(receive: Receive, most: int) -> Receive:
    """Refuse a body that is longer than any form here."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("What was sent is larger than any form here."))
        return message

    return counted


def _told(error: Exception) -> str:
    return "".join(traceback.format_exception(error))


def _cookie(header: str, name: str) -> str | None:
    try:
        morsel = SimpleCookie(header[:8192]).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None
