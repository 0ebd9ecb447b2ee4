"""How fast the console's pages and the API answer with a large store behind them: p50 and p95 over loopback."""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench.fill import fill
from qalqan.app import opened
from qalqan.settings import Settings
from qalqan.store import people

ASKED = 40
"""Requests for each page, after one that warms it up."""


def measure(items: int) -> None:
    """Fill a store, serve it, ask for each page many times one after another, and print the times."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        with opened(settings, create=True) as services:
            started = time.perf_counter()
            found = fill(services.store, items)
            with services.store.writing() as tx:
                people.add(tx, "bench", "bench-bench-bench")
            print(
                f"pages: {items:,} items, {len(found):,} of them found, SQLite; "
                f"filled in {time.perf_counter() - started:.0f} s"
            )
        with _served(settings) as port:
            cookie = _login(port)
            for path in _paths(found[0], items):
                _report(path, [_ask(port, path, cookie) for _ in range(ASKED + 1)][1:])


def _paths(found: str, items: int) -> list[str]:
    return [
        "/", "/found", f"/found?page={items // 2_000}", "/found?band=known", "/items", f"/items?page={items // 100}",
        "/items?q=heron", f"/items/{found}", "/problems", "/scans", "/banks", "/audit",
        "/api/v1/items", "/api/v1/items?q=heron", "/api/v1/matches",
    ]  # fmt: skip


@contextmanager
def _served(settings: Settings) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from qalqan.cli import main; main()", "serve", "--port", str(port), "--no-worker"]
    environment = {**os.environ, "QALQAN_HOME": str(settings.home), "QALQAN_DATABASE_URL": ""}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
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


def _login(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    jar = _cookies(answer)
    token = re.search(r'name="csrf" value="([^"]+)"', answer.read().decode())
    assert token is not None
    body = urlencode({"name": "bench", "password": "bench-bench-bench", "csrf": token.group(1), "next": "/"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": jar}
    connection.request("POST", "/login", body, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status in (302, 303), answer.status
    return f"{jar}; {_cookies(answer)}"


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")


def _ask(port: int, path: str, cookie: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - started
    connection.close()
    assert answer.status == 200, f"{path}: {answer.status}"
    return took * 1000


def _report(path: str, times: list[float]) -> None:
    shown = re.sub(r"[0-9a-f-]{36}", "ID", path)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"  {shown:<28} p50 {statistics.median(times):>7.1f} ms   p95 {p95:>7.1f} ms")
