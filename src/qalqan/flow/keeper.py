"""Keeps what nobody hands in: new known things are compared with what is stored, banked files read by every stage.

One thread in each `qalqan worker` and `qalqan serve`. Both kinds of work follow from the store alone and may be done
twice without harm, so several keepers need no agreement.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from qalqan.errors import QalqanError
from qalqan.flow.deepen import deepen
from qalqan.flow.retro import begin_due
from qalqan.flow.services import Services
from qalqan.store import banks

QUIET_SECONDS = 5.0
"""A bank that is being filled is let be until it has not changed for so long."""
BY = "qalqan"


class Keeper:
    """Looks now and then whether the banks have changed, or hold files that a stage has not read."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="qalqan-keeper", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more. A file that is being read is not waited for: it is read anew by the next keeper."""
        self._stopped.set()

    def _keep(self) -> None:
        before = -1
        while not self._stopped.wait(QUIET_SECONDS):
            with suppress(QalqanError):  # a database that is away now may be back when it is asked next
                version = self._version()
                if version == before:
                    begin_due(self._services, BY)
                before = version
                self._deepen()

    def _version(self) -> int:
        with self._services.store.reading() as tx:
            return banks.version(tx)

    def _deepen(self) -> None:
        for _ in deepen(self._services):
            if self._stopped.is_set():
                return
