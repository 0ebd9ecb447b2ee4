"""What the routes of checking share: who calls, fresh indexes, and a bound on how much is read at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from qalqan.flow.check import Checker
from qalqan.flow.indexes import Shelves
from qalqan.flow.services import Services
from qalqan.i18n import gettext as _
from qalqan.web.visits import Visit, checked_call, current_visit

REMEMBERED_SECONDS = 2.0
"""For how long a program's token is not looked up again: one that is revoked opens checks for so long at most."""
MOST_REMEMBERED = 1024
BUILDING_SECONDS = 5.0
"""How long the first calls wait for the indexes; later ones come again."""
REFRESH_SECONDS = 0.25
"""How long a call waits for indexes that are being refreshed before it takes those from before."""
T = TypeVar("T")


class Checks:
    """The checker of this process, the threads that read files for it, and the programs that called just now."""

    def __init__(self, services: Services) -> None:
        self.checker = Checker(services)
        self._threads = ThreadPoolExecutor(services.settings.workers, thread_name_prefix="qalqan-api-check")
        self._most = services.settings.workers + services.settings.check_waiting
        self._under_way = 0
        self._remembered: dict[tuple[str, str], tuple[float, Visit]] = {}

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.checker.close()

    async def shelves(self) -> Shelves:
        """Return the indexes; the first calls may be asked to come again while they are built."""
        shelves = self.checker.ready()
        if shelves is not None:
            return shelves
        older = self.checker.older()
        building = asyncio.wrap_future(self.checker.build())
        done, _left = await asyncio.wait({building}, timeout=REFRESH_SECONDS if older else BUILDING_SECONDS)
        if done:
            return building.result()
        if older is None:
            raise busy(_("The indexes are being built."), BUILDING_SECONDS)
        return older

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do what takes long in one of a few threads; refuse it where too many wait for them already."""
        if self._under_way >= self._most:
            raise busy(_("Too much is being checked at once."), 1)
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1

    def recall(self, key: tuple[str, str]) -> Visit | None:
        """Return the visit of a program that called just now."""
        until, visit = self._remembered.get(key, (0.0, None))
        return visit if time.monotonic() < until else None

    def remember(self, key: tuple[str, str], visit: Visit) -> None:
        """Keep a program's visit for a moment."""
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = (time.monotonic() + REMEMBERED_SECONDS, visit)


def busy(why: str, seconds: float) -> HTTPException:
    """Return the answer to whoever is to come again."""
    return HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, why, {"Retry-After": f"{max(1, round(seconds))}"})


def checks_of(request: Request) -> Checks:
    """Return what this process checks with."""
    checks: Checks = request.app.state.checks
    return checks


async def quick_call(request: Request) -> Visit:
    """Return who calls, as `visits.checked_call` does, without asking the database for the same token each time."""
    checks, key = checks_of(request), (request.headers.get("authorization", ""), request.scope["route"].path)
    known = checks.recall(key) if key[0] else None
    if known is not None:
        return replace(known, request=request)
    visit = await run_in_threadpool(_asked, request)
    if visit.program:
        checks.remember(key, visit)
    return visit


def _asked(request: Request) -> Visit:
    return checked_call(current_visit(request), request.headers.get("x-csrf-token", ""))


QuickCalling = Annotated[Visit, Depends(quick_call)]
