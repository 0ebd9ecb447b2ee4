"""Keeps what nobody hands in: what is new is compared with what is stored, and what is unread is read.

New known things are compared, banked files are read by every stage, and files on items by what is too slow for a scan.
What was found comes to the desk, and what waits there for long moves up; what was decided there is measured.
A policy in the shadow weighs what was weighed.
One thread in each `qalqan worker` and `qalqan serve`. All of this work follows from the store alone and may be done
twice without harm, so several keepers need no agreement.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import chain

import structlog

from qalqan.flow import casing, quality, shadow
from qalqan.flow.deepen import deepen
from qalqan.flow.later import Later, Settle
from qalqan.flow.retro import begin_due
from qalqan.flow.services import Services
from qalqan.store import banks

QUIET_SECONDS = 5.0
"""A bank that is being filled is let be until it has not changed for so long."""
RESTLESS_SECONDS = 60.0
"""But not for longer than this, however often it changes."""
BETWEEN_SECONDS = 30.0
"""From the beginning of one walk to that of the next: one that fails is not begun again at once."""
BY = "qalqan"
LOG = structlog.get_logger()


class Keeper:
    """Looks now and then whether the banks have changed, or hold files that a stage has not read.

    With a way to `settle` items it also reads in the background what no scan waited for (`flow.later`).
    """

    def __init__(self, services: Services, settle: Settle | None = None) -> None:
        self._services = services
        self._stopped = threading.Event()
        self._version = -1
        self._changed = 0.0
        self._restless: float | None = None
        """Since when the banks have been changing."""
        self._not_before = 0.0
        self._gathered = False
        self._measured = -QUIET_SECONDS
        self._later = Later(services, settle) if settle is not None else None
        self._thread = threading.Thread(target=self._keep, name="qalqan-keeper", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more. A file that is being read is not waited for: it is read anew by the next keeper."""
        self._stopped.set()
        if self._later:
            self._later.close()

    def _keep(self) -> None:
        while not self._stopped.wait(QUIET_SECONDS):
            try:
                self._look()
                self._to_the_desk()
                later = self._later.round() if self._later else ()
                for _ in chain(self._in_the_shadow(), deepen(self._services), later):
                    if self._stopped.is_set():
                        return
                    next(self._in_the_shadow(), None)
                    self._look()
                    self._measure()
            except Exception as error:  # noqa: BLE001 - a database or a disk that is away may be back next time
                LOG.warning("keeper.failed", error=f"{type(error).__name__}: {error}")

    def _to_the_desk(self) -> None:
        """Put into cases what was weighed before there were any, once, and raise the cases that have waited."""
        if not self._gathered:
            for _ in casing.gather(self._services):
                if self._stopped.is_set():
                    return
            self._gathered = True
        casing.age(self._services)
        self._measure()

    def _measure(self) -> None:
        """Draw decisions for a second look, and have the figures of quality at hand; now and then is enough."""
        if time.monotonic() < self._measured + QUIET_SECONDS:
            return
        self._measured = time.monotonic()
        quality.follow(self._services)
        self._services.figures.refresh(self._services.store)

    def _in_the_shadow(self) -> Iterator[int]:
        """Weigh with the policy in the shadow, in stretches; what goes wrong in it keeps nothing else back."""
        try:
            yield from shadow.follow(self._services)
        except Exception as error:  # noqa: BLE001 - as in `_keep`
            LOG.warning("shadow.failed", error=f"{type(error).__name__}: {error}")

    def _look(self) -> None:
        """Begin to compare what is stored, where the banks have changed and are quiet again or restless for long."""
        with self._services.store.reading() as tx:
            version = banks.version(tx)
        now = time.monotonic()
        if version != self._version:
            self._version, self._changed = version, now
            self._restless = self._restless or now
        quiet = now - self._changed >= QUIET_SECONDS or now - (self._restless or now) >= RESTLESS_SECONDS
        if quiet and now >= self._not_before:
            self._restless = None
            if begin_due(self._services, BY):
                self._not_before = now + BETWEEN_SECONDS
