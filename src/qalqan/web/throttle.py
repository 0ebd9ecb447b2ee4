"""Slows down guessing of passwords."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

TRIES = 5
SECONDS = 60.0
REMEMBERED = 10_000


class Throttle:
    """Counts failed tries a name and an address within the last minute. Bounded; threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, *keys: str) -> bool:
        """Count a try under each of `keys`; return False, counting nothing, where one has had its tries."""
        with self._lock:
            moment = self._clock()
            for key in keys:
                self._forget(key, moment)
            if any(len(self._tries.get(key, ())) >= TRIES for key in keys):
                return False
            for key in keys:
                self._tries.setdefault(key, deque()).append(moment)
                self._tries.move_to_end(key)
            while len(self._tries) > REMEMBERED:
                self._tries.popitem(last=False)
            return True

    def give_back(self, *keys: str) -> None:
        """Take back the last try under each of `keys`: it succeeded."""
        with self._lock:
            for key in keys:
                tries = self._tries.get(key)
                if tries:
                    tries.pop()

    def _forget(self, key: str, moment: float) -> None:
        tries = self._tries.get(key)
        while tries and tries[0] <= moment - SECONDS:
            tries.popleft()
        if tries is not None and not tries:
            del self._tries[key]
