"""Answers what platforms ask most, in front of everything else: a few hashes that nothing known is near to.

Most uploads are nothing known, so most calls of `POST /api/v1/check` need neither the framework nor the database. What
is answered here is answered as the route would; whatever else it may be, the route answers it, and all of its checks
hold: a program gets so far only where the route let in the same token within the last two seconds.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qalqan.errors import BadValue
from qalqan.flow.check import Hash, hash_of
from qalqan.model.assessments import Band
from qalqan.web.api.check import FEW
from qalqan.web.api.check_models import CheckOut
from qalqan.web.api.checks import Checks
from qalqan.web.api.common import PREFIX
from qalqan.web.api.uploads import SECONDS

PATH = f"{PREFIX}/check"
LONGEST = 4096
"""Bytes of a body that a few hashes have."""
NOTHING = (
    CheckOut(band=Band.NOTHING.value, matches=[], assessments=[], sha256=None, problems=[], item=None)
    .model_dump_json()
    .encode()
)
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(NOTHING)).encode())]


class _Few(msgspec.Struct, forbid_unknown_fields=True):
    """A body that asks for hashes and for nothing else."""

    sha256: list[str] = []
    pdq: list[str] = []


_DECODER = msgspec.json.Decoder(_Few)


class AtOnce:
    """ASGI middleware: inside the guard, in front of the routes."""

    def __init__(self, app: ASGIApp, checks: Checks) -> None:
        self._app = app
        self._checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own form
        if not self._let_in_just_now(scope):
            await self._app(scope, receive, send)
            return
        first = await _first(receive)
        if first is not None and self._is_near_nothing(first):
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": NOTHING})
        else:
            await self._app(scope, receive if first is None else _again(first, receive), send)

    def _let_in_just_now(self, scope: Scope) -> bool:
        """Whether a program calls that the route itself has let in within the last two seconds."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            return False
        shown, kind = _header(scope, b"authorization"), _header(scope, b"content-type")
        return kind == "application/json" and bool(shown) and self._checks.recall((shown, PATH)) is not None

    def _is_near_nothing(self, first: Message) -> bool:
        """Whether a body asks for a few hashes that nothing known is near to, by indexes that are fresh."""
        shelves, hashes = self._checks.checker.ready(), _hashes(first)
        if shelves is None or not 0 < len(hashes) <= FEW:
            return False
        return not any(self._checks.checker.look_up(shelves, hashes))


def _header(scope: Scope, name: bytes) -> str:
    """Return the first header of a name, as the framework does."""
    for each, value in scope["headers"]:
        if each == name:
            return str(value, "latin-1")
    return ""


async def _first(receive: Receive) -> Message | None:
    """Return the first part of the body; None where it does not come in time: then the route says so."""
    try:
        async with asyncio.timeout(SECONDS):
            return await receive()
    except TimeoutError:
        return None


def _hashes(first: Message) -> list[Hash]:
    """Return the hashes that a body asks for; none where it asks for anything else, or is not all there."""
    body: bytes = first.get("body", b"")
    if first["type"] != "http.request" or first.get("more_body") or len(body) > LONGEST:
        return []
    try:
        asked = _DECODER.decode(body)
        return [
            *(hash_of("sha256", one) for one in asked.sha256),
            *(hash_of("pdq", one) for one in asked.pdq),
        ]
    except (msgspec.MsgspecError, ValueError, BadValue):  # the route says what is wrong with it
        return []


def _again(first: Message, receive: Receive) -> Receive:
    """Return what gives the part that was read already, and then the others."""
    read: list[Any] = [first]

    async def received() -> Message:
        return read.pop() if read else await receive()

    return received
