"""Kills a process in the middle of a deed, at a statement that the test names."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from qalqan.flow.services import Services
from qalqan.store import open_store

SECONDS = 60.0
"""For a deed that hangs is a failure, too."""


def killed_at(services: Services, number: int, deed: Callable[[Services], object]) -> bool:
    """Do a deed in a process that is killed at its n-th statement, commits counted; return whether it came so far.

    One that does not is killed as soon as the deed is done, before anybody hears of it.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _do(services, number, deed, writer)
    os.close(writer)
    _wait(pid)
    with os.fdopen(reader, "rb") as said:
        return said.read() != b"done"


def _do(services: Services, number: int, deed: Callable[[Services], object], writer: int) -> None:
    """Do the deed in the child, which never returns."""
    try:
        settings = services.settings
        store = open_store(settings.store_url, settings.home / "blobs")
        with store.reading():
            pass  # what a first connection asks of its database is no part of the deed
        left = [number]

        def count(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sa.event.listen(store.engine, "before_cursor_execute", count)
        sa.event.listen(store.engine, "commit", count)
        deed(replace(services, store=store))
        os.write(writer, b"done")
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


def _wait(pid: int) -> None:
    for _ in range(int(SECONDS / 0.005)):
        if os.waitpid(pid, os.WNOHANG)[0]:
            return
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise TimeoutError("the deed never ended")
