"""How quickly platforms are answered: hashes, and a picture of one megapixel, over loopback, by 16 clients at once.

    python -m bench.platform [ENTRIES] [SECONDS]

A bank of random hashes, half SHA-256 and half PDQ, is served by `qalqan serve` in a process of its own; the clients are
16 connections of one other process that send the next call when the answer is there (closed loop), or calls at fixed
rates whether or not the earlier ones are answered (open loop: what waits counts). The clients' own cost is measured on
`/healthz`-like silence: a call that is refused before anything is looked up. Times are those the client sees.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from bench.served import served
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.roles import Right, Role
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import Store, banks, open_store, people, tokens

CLIENTS = 16
RATES = (100, 300, 500, 1000)
Call = Callable[[], bytes]


def fill(store: Store, entries: int) -> tuple[str, list[str]]:
    """Bank random hashes; return a token, and some of the SHA-256s."""
    known: list[str] = []
    with store.writing() as tx:
        owner = people.add(tx, "bench", "bench-bench-bench", Role.ADMIN)
        shown, _token = tokens.add(tx, owner, "bench", [Right.HAND_IN], 1)
        bank = banks.create(tx, "bench", "terrorist-content", "bench")
    for start in range(0, entries, 10_000):
        with store.writing() as tx:
            made = [_entry(bank.id, number) for number in range(start, min(start + 10_000, entries))]
            banks.add_entries(tx, made)
        known += [one.value for one in made[:200] if one.kind == "sha256"]
    return shown, known


def _entry(bank_id: str, number: int) -> BankEntry:
    kind = "sha256" if number % 2 else "pdq"
    return BankEntry(
        new_id(), bank_id, kind, os.urandom(32).hex(), "Known", "Court", EntryStatus.ACTIVE, None, None, "bench", now()
    )


def request(path: str, token: str, body: bytes, kind: str = "application/json") -> bytes:
    """Return a call as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.refused = 0

    async def open(self) -> Client:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def ask(self, call: bytes) -> float:
        """Return the milliseconds until an answer is there whole."""
        began = time.perf_counter()
        self._writer.write(call)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await self._reader.readexactly(length)
        self.refused += b" 200 " not in head[:20]
        return (time.perf_counter() - began) * 1000


async def closed(port: int, call: Call, clients: int, seconds: float) -> tuple[list[float], float, int]:
    """Return the times of all calls of a closed loop, the seconds that it took, and how many were not answered 200."""
    some = [await Client(port).open() for _ in range(clients)]
    await asyncio.gather(*(one.ask(call()) for one in some))
    began, end = time.perf_counter(), time.perf_counter() + seconds

    async def go(one: Client) -> list[float]:
        times = []
        while time.perf_counter() < end:
            times.append(await one.ask(call()))
        return times

    times = [each for part in await asyncio.gather(*(go(one) for one in some)) for each in part]
    return times, time.perf_counter() - began, sum(one.refused for one in some)


async def opened(port: int, call: Call, rate: float, seconds: float) -> tuple[list[float], float, int]:
    """Return the times of calls at a fixed rate, each from when it was to be sent."""
    free: asyncio.Queue[Client] = asyncio.Queue()
    some = [await Client(port).open() for _ in range(64)]
    for one in some:
        free.put_nowait(one)
    began = time.perf_counter()

    async def go(due: float) -> float:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        one = await free.get()
        await one.ask(call())
        free.put_nowait(one)
        return (time.perf_counter() - due) * 1000

    times = await asyncio.gather(*(go(began + number / rate) for number in range(int(rate * seconds))))
    return list(times), time.perf_counter() - began, sum(one.refused for one in some)


def row(name: str, measured: tuple[list[float], float, int]) -> None:
    """Print one line of the table."""
    times, took, refused = measured
    cuts = statistics.quantiles(times, n=100)
    print(
        f"{name:34} {len(times):7} {len(times) / took:8.0f}/s  p50 {cuts[49]:8.2f}  p95 {cuts[94]:8.2f}  "
        f"p99 {cuts[98]:8.2f} ms  not 200: {refused}",
        flush=True,
    )


def picture() -> bytes:
    """Return a form with a JPEG of 1,000 × 1,000 pixels."""
    out = io.BytesIO()
    noise = Image.effect_noise((125, 125), 90).resize((1000, 1000)).convert("RGB")
    noise.save(out, "JPEG", quality=85)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    return head + out.getvalue() + b"\r\n--b--\r\n"


def measure(entries: int = 1_000_000, seconds: float = 8.0) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = Settings(home=Path(folder))
        store = open_store(chosen.store_url, Path(folder) / "blobs", create=True)
        began = time.perf_counter()
        token, known = fill(store, entries)
        store.close()
        print(f"{entries:,} entries banked in {time.perf_counter() - began:.0f} s", flush=True)
        with served(chosen) as console:
            _measure(console.port, token, known, seconds)


def _measure(port: int, token: str, known: list[str], seconds: float) -> None:
    def hashed(kind: str, value: str) -> bytes:
        return request("/api/v1/check", token, json.dumps({kind: [value]}).encode())

    calls: dict[str, Call] = {
        "refused (client and server's own)": lambda: request("/api/v1/check", token, b"{}"),
        "SHA-256, unknown": lambda: hashed("sha256", os.urandom(32).hex()),
        "SHA-256, one in ten known": lambda: hashed(
            "sha256", random.choice(known) if random.random() < 0.1 else os.urandom(32).hex()
        ),
        "PDQ, unknown": lambda: hashed("pdq", os.urandom(32).hex()),
    }
    began = time.perf_counter()
    while asyncio.run(closed(port, calls["PDQ, unknown"], 1, 0.5))[2]:
        time.sleep(1)
    print(f"first answer after {time.perf_counter() - began:.1f} s (indexes built)", flush=True)
    for name, call in calls.items():
        row(f"{name}, {CLIENTS} closed", asyncio.run(closed(port, call, CLIENTS, seconds)))
    for name in ("SHA-256, unknown", "PDQ, unknown"):
        for rate in RATES:
            row(f"{name}, {rate}/s", asyncio.run(opened(port, calls[name], rate, seconds)))
    many = json.dumps({"hashes": [{"kind": "pdq", "value": os.urandom(32).hex()} for _ in range(1000)]}).encode()
    batch = request("/api/v1/check/hashes", token, many)
    row("1,000 PDQ in one call, 1 client", asyncio.run(closed(port, lambda: batch, 1, seconds)))
    body = request("/api/v1/check", token, picture(), "multipart/form-data; boundary=b")
    for clients in (1, 2, CLIENTS):
        row(f"1-megapixel picture, {clients} closed", asyncio.run(closed(port, lambda: body, clients, seconds)))


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    measure(int(given[0]) if given else 1_000_000, given[1] if len(given) > 1 else 8.0)
