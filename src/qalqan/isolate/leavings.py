"""Names for half-done files, by which the leavings of a dead process can be told from the work of a living one."""

from __future__ import annotations

import os
import re
import socket

import psutil

_OWNER = re.compile(r"-(?P<host>[0-9a-f]+)\.(?P<pid>\d+)-")


def prefix(what: str) -> str:
    """Return how the name of this process's half-done file begins."""
    return f"{what}-{_host()}.{os.getpid()}-"


def is_left(name: str) -> bool:
    """Whether a half-done file's process is dead. One of another machine cannot be seen from here: it is let be."""
    owner = _OWNER.search(name)
    return owner is not None and owner["host"] == _host() and not psutil.pid_exists(int(owner["pid"]))


def _host() -> str:
    """Return this machine's name as it can stand in a file's name."""
    return socket.gethostname().encode().hex()
