"""How long a deed takes, measured so that a busy machine and a full collection of garbage do not speak in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Given = TypeVar("Given")
TIMES = 3


def took(deed: Callable[[], Given], under: float) -> tuple[Given, float]:
    """Do it, and return what it gave with the seconds of this thread's own work: the least of up to three runs.

    A run that stays under what is asked for is enough; what is slow by nature is slow three times.
    """
    least = float("inf")
    for _ in range(TIMES):
        start = time.thread_time()
        given = deed()
        least = min(least, time.thread_time() - start)
        if least < under:
            break
    return given, least
