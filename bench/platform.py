"""How quickly platforms are answered: hashes, and a picture of one megapixel, over loopback, by 16 clients at once.

    python -m bench.platform [ENTRIES] [SECONDS]

A bank of random hashes, half SHA-256 and half PDQ, is served by `qalqan serve` in a process of its own; the clients are
16 connections of one other process that send the next call when the answer is there (closed loop), or calls at fixed
rates whether or not the earlier ones are answered (open loop: what waits counts). What the clients and the server cost
without a look-up is seen in a call that is refused before anything is looked up. Times are those the client sees; the
processor time is the server's, with that of its decoding children.
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
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from bench.served import Console, served
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.roles import Right, Role
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import Store, banks, open_store, people, tokens

CLIENTS = 16
RATES = (100, 300, 500, 1000)
PICTURE_RATES = (4, 8, 16, 32)
SIDE = 1000
Call = Callable[[], bytes]
Measured = tuple[list[float], float, int]
"""Milliseconds of each call, seconds that all took, how many were not answered 200."""


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
        try:
            head = await self._head(call)
        except (asyncio.IncompleteReadError, ConnectionError):  # a connection that was idle for seconds is closed
            await self.open()
            head = await self._head(call)
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await self._reader.readexactly(length)
        self.refused += b" 200 " not in head[:20]
        return (time.perf_counter() - began) * 1000

    async def _head(self, call: bytes) -> bytes:
        self._writer.write(call)
        return await self._reader.readuntil(b"\r\n\r\n")


async def closed(port: int, call: Call, clients: int, seconds: float) -> Measured:
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


async def opened(port: int, call: Call, rate: float, seconds: float) -> Measured:
    """Return the times of calls at a fixed rate, each from when it was to be sent."""
    free: asyncio.Queue[Client] = asyncio.Queue()
    some = [await Client(port).open() for _ in range(64)]
    for one in some:
        free.put_nowait(one)
    began = time.perf_counter() + 0.25  # all calls are made ready before the first of them is due

    async def go(due: float) -> float:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        one = await free.get()
        await one.ask(call())
        free.put_nowait(one)
        return (time.perf_counter() - due) * 1000

    times = await asyncio.gather(*(go(began + number / rate) for number in range(int(rate * seconds))))
    return list(times), time.perf_counter() - began, sum(one.refused for one in some)


@dataclass(frozen=True, slots=True)
class Load:
    """Calls that are put on a console for some seconds, each giving a line of the table."""

    console: Console
    seconds: float

    @property
    def cpu(self) -> float:
        """Milliseconds of processor time that the console and its decoding children have used."""
        console = psutil.Process(self.console.pid)
        own, living = console.cpu_times(), [one.cpu_times() for one in console.children()]
        ended = own.children_user + own.children_system  # a decoding child is replaced after so many calls
        return (own.user + own.system + ended + sum(one.user + one.system for one in living)) * 1000

    def closed(self, name: str, call: Call, clients: int = CLIENTS) -> None:
        """Have clients call without a pause."""
        before = self.cpu
        measured = asyncio.run(closed(self.console.port, call, clients, self.seconds))
        self._print(f"{name}, {clients} closed", measured, self.cpu - before)

    def opened(self, name: str, call: Call, rate: float) -> None:
        """Have calls come at a rate."""
        before = self.cpu
        measured = asyncio.run(opened(self.console.port, call, rate, self.seconds))
        self._print(f"{name}, {rate:g}/s", measured, self.cpu - before)

    def _print(self, name: str, measured: Measured, cpu: float) -> None:
        times, took, refused = measured
        cuts = statistics.quantiles(times, n=100)
        print(
            f"{name:40} {len(times):7} {len(times) / took:7.0f}/s  p50 {cuts[49]:8.2f}  p95 {cuts[94]:8.2f}  "
            f"p99 {cuts[98]:8.2f} ms  cpu {cpu / len(times):6.2f} ms  not 200: {refused}",
            flush=True,
        )


def photograph(seed: int = 1) -> bytes:
    """Return a JPEG of 1,000 × 1,000 pixels that is as long, and has as many local features, as photographs have.

    Its frequencies fall off a little more steeply than theirs, for theirs come together in edges and leave plains.
    """
    random = np.random.default_rng(seed)
    down, across = np.meshgrid(np.fft.fftfreq(SIDE), np.fft.rfftfreq(SIDE), indexing="ij")
    spectrum = np.exp(2j * np.pi * random.random(down.shape)) / np.maximum(np.hypot(down, across), 1 / SIDE) ** 1.6
    plane = np.fft.irfft2(spectrum, (SIDE, SIDE))
    return _jpeg(Image.fromarray(np.clip(128 + 48 * plane / plane.std(), 0, 255).astype(np.uint8)))


def blotches() -> bytes:
    """Return a JPEG of 1,000 × 1,000 pixels with more local features than are kept of any: the dearest there is."""
    return _jpeg(Image.effect_noise((SIDE // 8, SIDE // 8), 90).resize((SIDE, SIDE)))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def form(token: str, picture: bytes, *, quick: bool = False) -> bytes:
    """Return a call that sends a picture."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    more = b'\r\n--b\r\nContent-Disposition: form-data; name="quick"\r\n\r\ntrue' if quick else b""
    return request("/api/v1/check", token, head + picture + more + b"\r\n--b--\r\n", "multipart/form-data; boundary=b")


def measure(entries: int = 1_000_000, seconds: float = 8.0) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = Settings(home=Path(folder))
        store = open_store(chosen.store_url, Path(folder) / "blobs", create=True)
        began = time.perf_counter()
        token, known = fill(store, entries)
        store.close()
        print(f"{entries:,} entries banked in {time.perf_counter() - began:.0f} s", flush=True)
        for start in ("first", "second"):
            with served(chosen) as console:
                took = _until_answered(console.port, token)
                print(f"{start} start: answered {took:.1f} s after the port was open", flush=True)
                if start == "second":
                    _hashes(Load(console, seconds), token, known)
                    _pictures(Load(console, seconds), token)


def _until_answered(port: int, token: str) -> float:
    began = time.perf_counter()
    while asyncio.run(closed(port, lambda: hashed(token, "pdq"), 1, 0.2))[2]:
        time.sleep(0.2)
    return time.perf_counter() - began


def hashed(token: str, kind: str, value: str = "") -> bytes:
    """Return a call that asks for a hash: for one that nobody knows, unless it is given."""
    return request("/api/v1/check", token, json.dumps({kind: [value or os.urandom(32).hex()]}).encode())


def _hashes(load: Load, token: str, known: list[str]) -> None:
    calls: dict[str, Call] = {
        "SHA-256, unknown": lambda: hashed(token, "sha256"),
        "PDQ, unknown": lambda: hashed(token, "pdq"),
    }
    load.closed("refused unread", lambda: request("/api/v1/check", token, b"{}"))
    for name, call in calls.items():
        load.closed(name, call)
    load.closed(
        "SHA-256, one in ten known",
        lambda: hashed(token, "sha256", random.choice(known) if random.random() < 0.1 else ""),
    )
    for name, call in calls.items():
        for rate in RATES:
            load.opened(name, call, rate)
    many = json.dumps({"hashes": [{"kind": "pdq", "value": os.urandom(32).hex()} for _ in range(1000)]}).encode()
    batch = request("/api/v1/check/hashes", token, many)
    load.closed("1,000 PDQ in one call", lambda: batch, 1)


def _pictures(load: Load, token: str) -> None:
    asked: dict[str, Call] = {
        "photograph": partial(form, token, photograph()),
        "blotches": partial(form, token, blotches()),
        "photograph, quick": partial(form, token, photograph(), quick=True),
    }
    for name, call in asked.items():
        for clients in (1, 2, CLIENTS):
            load.closed(name, call, clients)
        for rate in PICTURE_RATES:
            load.opened(name, call, rate)


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    measure(int(given[0]) if given else 1_000_000, given[1] if len(given) > 1 else 8.0)
