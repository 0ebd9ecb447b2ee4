"""A console of its own over loopback, and how long its answers take."""

from __future__ import annotations

import http.client
import math
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from qalqan.settings import Settings
from qalqan.store import people
from qalqan.web.visits import SESSION_COOKIE


def login(tx: sa.Connection) -> str:
    """Return the cookie of somebody who has just logged in, and who is added for it."""
    names = {one.name: one for one in people.every(tx)}
    person = names.get("bench") or people.add(tx, "bench", "bench-bench-bench")
    token, _session = people.open_session(tx, person, 12)
    return f"{SESSION_COOKIE}={token}"


@dataclass(frozen=True, slots=True)
class Console:
    """A console that is being served."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Return the milliseconds of processor time that it has used: what others do on the machine is not in them."""
        parts = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(settings: Settings) -> Iterator[Console]:
    """Serve a store in a process of its own, without a worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from qalqan.cli import main; main()", "serve", "--port", str(port), "--no-worker"]
    environment = {**os.environ, "QALQAN_HOME": str(settings.home), "QALQAN_DATABASE_URL": settings.database_url}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield Console(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the console did not start")


def ask(port: int, path: str, cookie: str) -> float:
    """Return the milliseconds until a page has come whole. Another answer than 200 is said, and counts for nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - started
    connection.close()
    if answer.status != http.HTTPStatus.OK:
        print(f"{path}: {answer.status}", flush=True)
        return math.nan
    return took * 1000


def shown(path: str) -> str:
    """Return an address as tables print it: ids and hashes shortened."""
    return re.sub(r"[0-9a-f]{64}", "HASH", re.sub(r"[0-9a-f-]{36}", "ID", path))
