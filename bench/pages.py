"""How fast the console's pages and the API answer with a large store behind them: p50 and p95 over loopback."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from bench.fill import fill
from bench.served import ask, login, served, shown
from qalqan.app import opened
from qalqan.settings import Settings

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
                cookie = login(tx)
            print(
                f"pages: {items:,} items, {len(found):,} of them found, SQLite; "
                f"filled in {time.perf_counter() - started:.0f} s"
            )
        with served(settings) as console:
            for path in _paths(found[0], items):
                _report(path, [ask(console.port, path, cookie) for _ in range(ASKED + 1)][1:])


def _paths(found: str, items: int) -> list[str]:
    return [
        "/", "/found", f"/found?page={items // 2_000}", "/found?band=known", "/items", f"/items?page={items // 100}",
        "/items?q=heron", f"/items/{found}", "/problems", "/scans", "/banks", "/audit",
        "/api/v1/items", "/api/v1/items?q=heron", "/api/v1/matches",
    ]  # fmt: skip


def _report(path: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"  {shown(path):<28} p50 {statistics.median(times):>7.1f} ms   p95 {p95:>7.1f} ms")
