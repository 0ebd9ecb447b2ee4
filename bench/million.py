"""How fast every page and every answer of the API comes with a million items stored: p50 and p95 over loopback.

    python -m bench million [--items N] [--home FOLDER]

The store is filled anew in a scratch folder, or kept in FOLDER and used again. Each GET of the table of rights is asked
for, lists at their first, middle and last pages and by common and rare words; what is above the bound is marked.
Exports are left out: they are streams without an end in time.
"""

from __future__ import annotations

import math
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from starlette.routing import compile_path

from bench.million_fill import fill
from bench.served import Console, ask, login, served, shown
from qalqan.settings import Settings
from qalqan.store import Store, banks, items, open_store, tables
from qalqan.web.rights import RIGHT_OF

ASKED = 20
"""Requests for each page, after two that warm it up."""
BOUND = 150.0
"""Milliseconds that 95 of 100 answers may take at most."""


def measure(number: int = 1_000_000, home: Path | None = None, url: str = "") -> None:
    """Fill a store unless it is filled, serve it, ask for everything, and print the times, the slowest first."""
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=home or Path(scratch) / "home", database_url=url)
        with closing(open_store(settings.store_url, settings.home / "blobs", create=True)) as store:
            _filled(store, number, settings)
            with store.writing() as tx:
                cookie = login(tx)
            with store.reading() as tx:
                paths = _paths(tx, number)
        with served(settings) as console:
            rows = [row for path in paths if (row := _asked(console, path, cookie)).times]
    _report(rows)
    _not_asked(paths)


def _filled(store: Store, number: int, settings: Settings) -> None:
    with store.reading() as tx:
        there = items.first(tx) is not None
    if there:
        return
    started = time.perf_counter()
    fill(store, number)
    file = settings.home / "qalqan.db"
    size = f", {file.stat().st_size / 1e9:.1f} GB" if file.exists() else ""
    print(f"filled with {number:,} items in {time.perf_counter() - started:.0f} s{size}", flush=True)


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


def _asked(console: Console, path: str, cookie: str) -> _Row:
    """Ask for a page; less often where it takes far too long, of which a few answers say as much."""
    first = [ask(console.port, path, cookie) for _ in range(2)]
    before, often = console.cpu(), 3 if min(first) > 10 * BOUND else ASKED
    times = [ask(console.port, path, cookie) for _ in range(often)]
    return _Row(path, [one for one in times if not math.isnan(one)], (console.cpu() - before) / often)


def _report(rows: Sequence[_Row]) -> None:
    above = sum(row.p95 > BOUND for row in rows)
    print(f"{len(rows)} addresses, {above} above {BOUND:.0f} ms; load {os.getloadavg()[0]:.1f}")
    for row in sorted(rows, key=lambda row: row.p95, reverse=True):
        mark, p50 = "!" if row.p95 > BOUND else " ", statistics.median(row.times)
        print(f"{mark} {shown(row.path):<60} p50 {p50:>7.1f} ms   p95 {row.p95:>7.1f} ms   cpu {row.cpu:>7.1f} ms")


def _not_asked(paths: list[str]) -> None:
    """Name the routes of the table of rights that none of the addresses belongs to, so that none is forgotten."""
    plain = [path.partition("?")[0] for path in paths]
    routes = [route for method, route in RIGHT_OF if method == "GET" and not route.endswith("/export")]
    left = [route for route in routes if not any(compile_path(route)[0].match(path) for path in plain)]
    print("not asked for: " + (", ".join(left) or "none, but for exports"))


def _paths(tx: sa.Connection, number: int) -> list[str]:
    return [*_lists(tx, number), *_single(tx), *_api(tx, number)]


def _lists(tx: sa.Connection, number: int) -> list[str]:
    source = tx.execute(sa.select(tables.sources.c.id).limit(1)).scalar_one()
    middle, last, problems = number // 100, number // 50, max(1, number // 25_000)
    common, rare = quote("рынок"), f"no{number // 2}"
    found = [
        "", "?page=2", "?page=150", f"?page={max(1, number // 3000)}", "?band=known",
        "?band=look&page=50", "?band=nothing", "?band=nothing&page=300", "?band=context", "?sort=newest",
        "?sort=newest&page=150", "?category=terrorist-content", "?bank=blue-heron", "?kind=pdq", f"?source={source}",
        f"?q={common}", "?q=market*", f"?q={rare}", f"?q={common}&bank=blue-heron&source={source}",
        "?band=known&sort=newest&page=20",
    ]  # fmt: skip
    listed = [
        "", "?page=2", "?page=200", f"?page={middle}", f"?page={last}", f"?q={common}", f"?q={common}&page=100",
        "?q=ma*", f"?q={rare}", f"?q={common}%20{rare}", "?kind=message&page=200", "?kind=page", "?kind=file&page=100",
        f"?source={source}", f"?source={source}&page=200", f"?source={source}&kind=file", f"?source={source}&q={rare}",
        f"?source={source}&q={common}", f"?source={source}&q={common}&kind=file", "?has=link", "?has=link&page=200",
        "?has=name", "?has=qr", "?has=picture-text", "?name=entity-1", "?name=entity-1&page=100", "?name=entity-300",
        f"?has=link&q={common}", f"?has=picture-text&q={common}&source={source}", f"?name=entity-2&source={source}",
        "?has=hashtag&kind=page",
    ]  # fmt: skip
    others = [
        "/", "/progress", "/names", "/names?kind=organisation", "/names?q=entity-3", "/names?sort=newest&page=3",
        "/scans", "/scans?page=4", "/problems", f"/problems?page={problems}", f"/problems?source={source}",
        "/audit", "/audit?before=5000", "/banks", "/banks/blue-heron", "/banks/blue-heron?page=500",
        "/banks/blue-heron?status=disputed", "/lexicon", "/policy", "/try", "/about", "/lexicon/new", "/lexicon/import",
    ]  # fmt: skip
    return [f"/found{one}" for one in found] + [f"/items{one}" for one in listed] + others


def _single(tx: sa.Connection) -> list[str]:
    """Return pages of one thing each: items with and without findings, files, entries, scans."""
    ids = list(tx.execute(sa.select(tables.items.c.id).order_by(tables.items.c.seq.desc()).limit(3)).scalars())
    matched = list(tx.execute(sa.select(tables.matches.c.item_id).limit(3)).scalars())
    with_file = tx.execute(sa.select(tables.attachments.c.item_id).limit(1)).scalar_one()
    entry = tx.execute(sa.select(tables.matches.c.entry_id).limit(1)).scalar_one()
    scan = tx.execute(sa.select(tables.scans.c.id).limit(1)).scalar_one()
    copy = tx.execute(sa.select(tables.renditions).where(tables.renditions.c.kind == "blurred").limit(1)).one()
    return [
        *(f"/items/{one}" for one in (*ids, *matched, with_file)), f"/media/{copy.media_sha256}/blurred/{copy.blob}",
        f"/entries/{entry}", f"/scans/{scan}", f"/api/v1/items/{matched[0]}", f"/api/v1/items/{ids[0]}/read",
        f"/api/v1/entries/{entry}", f"/api/v1/scans/{scan}",
    ]  # fmt: skip


def _api(tx: sa.Connection, number: int) -> list[str]:
    source = tx.execute(sa.select(tables.sources.c.id).limit(1)).scalar_one()
    bank, common = quote(banks.every(tx)[0].name), quote("рынок")
    return [
        "/api/docs", "/api/openapi.json", "/api/v1/health", "/api/v1/items", f"/api/v1/items?offset={number // 2}",
        "/api/v1/items?limit=500", f"/api/v1/items?q={common}", f"/api/v1/items?q={common}&offset=5000",
        "/api/v1/items?band=found", "/api/v1/items?band=known&offset=5000", "/api/v1/items?band=nothing",
        "/api/v1/items?category=terrorist-content", f"/api/v1/items?band=found&q={common}",
        f"/api/v1/items?band=found&source={source}", "/api/v1/matches", f"/api/v1/matches?offset={number // 40}",
        "/api/v1/matches?bank=blue-heron", "/api/v1/matches?kind=pdq&verified=true", f"/api/v1/matches?source={source}",
        "/api/v1/names", "/api/v1/names?kind=person", "/api/v1/lexicon", "/api/v1/banks", f"/api/v1/banks/{bank}",
        f"/api/v1/banks/{bank}/entries", f"/api/v1/banks/{bank}/entries?offset=20000", "/api/v1/scans",
        "/api/v1/problems", f"/api/v1/problems?offset={number // 500}", "/api/v1/audit", "/api/v1/audit?before=5000",
    ]  # fmt: skip
