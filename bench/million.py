"""How fast every page and every answer of the API comes with a million items stored: p50 and p95 over loopback.

    make bench ARGS=million

The store is filled anew in a scratch folder, or kept in the folder that `measure` is given and used again: a million
items, a desk with 100,000 cases and a policy in the shadow. Every GET of the table of rights is asked for by one
client; what is above the bound is marked, and a route that nobody asked for ends the measure as failed. Beside the
times on the wall stands the console's own processor time, which does not hang on what else the machine does.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from bench import million_paths
from bench.million_desk import fill_desk
from bench.million_fill import fill
from bench.million_shadow import fill_shadow
from bench.served import Console, ask, login, served, shown
from qalqan.settings import Settings
from qalqan.store import Store, items, open_store, people, shadow, tables
from qalqan.store.cases import QueueFilter
from qalqan.store.cases import page as page_of_cases
from qalqan.web.visits import SESSION_COOKIE

ASKED = 40
"""Requests for each page, after two that warm it up."""
BOUND = 150.0
"""Milliseconds that 95 of 100 answers may take at most."""


def measure(number: int = 1_000_000, home: Path | None = None, url: str = "", asked: int = ASKED) -> None:
    """Fill a store unless it is filled, serve it, ask for everything, and print the times, the slowest first.

    Raises SystemExit where a page is asked for by no address, or answers with something else than itself.
    """
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=home or Path(scratch) / "home", database_url=url)
        with closing(open_store(settings.store_url, settings.home / "blobs", create=True)) as store:
            _filled(store, number, settings)
            with store.writing() as tx:
                cookie = login(tx)
                csrf = _csrf(tx, cookie)
            with store.reading() as tx:
                paths, picture = million_paths.every(tx, number), _picture(tx)
        with served(settings) as console:
            started = time.perf_counter()
            first = ask(console.port, "/", cookie)
            print(f"first answer of a fresh console: {first:.0f} ms, {time.perf_counter() - started:.1f} s", flush=True)
            paths = _after_sending(console, cookie, csrf, picture) + paths  # the picture's key lasts for seconds
            rows = [_asked(console, path, cookie, asked) for path in paths]
    _report([row for row in rows if row.times])
    _hold([row.path for row in rows if not row.times], million_paths.forgotten(paths))


def _filled(store: Store, number: int, settings: Settings) -> None:
    with store.reading() as tx:
        items_there = items.first(tx) is not None
        cases_there = bool(page_of_cases(tx, QueueFilter(), 1))
        shadow_there = shadow.last(tx) is not None
    steps: list[tuple[bool, Callable[[], None], str]] = [
        (items_there, lambda: fill(store, number), f"{number:,} items"),
        (cases_there, lambda: fill_desk(store, number // 10), f"up to {number // 10:,} cases"),
        (shadow_there, lambda: fill_shadow(store), "a policy in the shadow"),
    ]
    for there, step, what in steps:
        if not there:
            started = time.perf_counter()
            step()
            file = settings.home / "qalqan.db"
            size = f", {file.stat().st_size / 1e9:.1f} GB" if file.exists() else ""
            print(f"filled with {what} in {time.perf_counter() - started:.0f} s{size}", flush=True)


def _csrf(tx: sa.Connection, cookie: str) -> str:
    """Return what the forms of a session carry. Raises SystemExit where the session is none."""
    found = people.session_of(tx, cookie.removeprefix(f"{SESSION_COOKIE}="))
    if found is None:
        raise SystemExit("the login was not taken")
    return found[0].csrf


def _picture(tx: sa.Connection) -> str:
    """Return the hash of a file that has a picture to reveal."""
    return str(tx.execute(sa.select(tables.renditions.c.media_sha256).limit(1)).scalar_one())


def _after_sending(console: Console, cookie: str, csrf: str, picture: str) -> list[str]:
    """Send what two pages need before they answer, and return them: a second factor begun, a picture revealed."""
    _send(console, "/me/factor", cookie, {"csrf": csrf, "password": "bench-bench-bench"})
    revealed = json.loads(_send(console, f"/media/{picture}/reveal", cookie, {"csrf": csrf}) or "{}")
    return ["/me/factor/code.svg", *list(revealed.get("frames", {}).values())[:1]]


def _send(console: Console, path: str, cookie: str, form: dict[str, str]) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", console.port)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    connection.request("POST", path, urlencode(form), headers)
    answer = connection.getresponse().read()
    connection.close()
    return answer


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    times: list[float]
    """Milliseconds until each answer had come."""
    cpu: float
    """Milliseconds of the console's processor time for one of them, on average."""

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.times, n=20, method="inclusive")[-1]


def _asked(console: Console, path: str, cookie: str, asked: int) -> _Row:
    """Ask for a page; less often where it takes far too long, of which a few answers say as much."""
    sent = "" if path == "/login" else cookie
    first = [ask(console.port, path, sent) for _ in range(2)]
    if math.isnan(first[-1]):
        return _Row(path, [], 0.0)
    before, often = console.cpu(), 3 if min(first) > 10 * BOUND else asked
    times = [ask(console.port, path, sent) for _ in range(often)]
    return _Row(path, [one for one in times if not math.isnan(one)], (console.cpu() - before) / often)


def _report(rows: Sequence[_Row]) -> None:
    above, dear = sum(row.p95 > BOUND for row in rows), sum(row.cpu > BOUND for row in rows)
    print(
        f"{len(rows)} addresses, one client, {above} with p95 above {BOUND:.0f} ms, {dear} with more processor time "
        f"than that; load {os.getloadavg()[0]:.1f} (on a quiet machine at most 1, which is this measure itself)"
    )
    for row in sorted(rows, key=lambda row: row.p95, reverse=True):
        mark, p50 = "!" if row.p95 > BOUND else " ", statistics.median(row.times)
        print(f"{mark} {shown(row.path):<64} p50 {p50:>7.1f} ms   p95 {row.p95:>7.1f} ms   cpu {row.cpu:>7.1f} ms")


def _hold(failed: Sequence[str], forgotten: Sequence[str]) -> None:
    """Raise SystemExit where a page did not answer, or was not asked for: a table without it would say too much."""
    if failed or forgotten:
        raise SystemExit(f"no answer: {', '.join(map(shown, failed)) or 'none'}; not asked for: {', '.join(forgotten)}")
    print("every GET of the table of rights was asked for, but for exports")
