"""How fast all 256-bit hashes within 31 bits are found, beside FAISS: the same answers are required of all.

One thread, one machine, one run. Queries a second are of CPU time, since other programs share the machine; p50 and p99
are of single queries, each the best of three rounds over all. FAISS's multi-hash index with 16 parts of 16 bits and one
bit flipped, as threatexchange sets it, is exact: of 31 differing bits, one of 16 parts has at most one. 11 parts of 23
bits with two flipped are exact as well (31 = 2 · 11 + 9) and quicker, but take so much memory that they are asked only
up to a million. Peers answer some of the queries only.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from qalqan.match.radius import RADIUS, Hashes, RadiusReader, RadiusStore

KINDS = ("random", "clustered")
LARGEST = 1_000
"""Members of the largest clusters."""
PEERS_QUERIES = 200
"""Of the queries, those that the slower ones are asked."""
FLAT_QUERIES = 40
"""Of these, those for the flat scan."""
SETTINGS = ((16, 1, 1 << 40), (11, 2, 1_000_000))
"""Parts of FAISS's index, bits flipped, and the most hashes that it is given."""
Pairs = tuple[npt.NDArray[np.intp], npt.NDArray[np.uint64]]
"""Numbers of queries, and of rows that are near to them."""
Search = Callable[[Hashes], Pairs]

FRESH = """
import sys, time
import numpy as np
from pathlib import Path
from qalqan.match.radius import RadiusReader
query, warm = np.full((1, 32), 0x5A, np.uint8), sys.argv[2] == "warm"
started = time.perf_counter()
reader = RadiusReader(Path(sys.argv[1]), warm=warm)
opened = time.perf_counter()
if warm:
    reader.warmed(600)
warmed = time.perf_counter()
reader.within(query, 31)
first = time.perf_counter()
print(*(1_000 * t for t in (opened - started, warmed - opened, first - warmed)))
"""


@dataclass(frozen=True, slots=True)
class Timed:
    """What one way of searching took, and the pairs it found."""

    name: str
    build: float
    bytes: float
    rate: float
    singles: npt.NDArray[np.float64]
    pairs: set[tuple[int, int]]


def measure(sizes: Sequence[int], queries: int) -> None:
    """Build, search and compare at each size, on random and on clustered hashes."""
    faiss.omp_set_num_threads(1)
    for size in sizes:
        for kind in KINDS:
            chance = np.random.default_rng(size)
            hashes = _hashes(kind, size, chance)
            asked = _moved(hashes[chance.integers(0, size, queries)], chance, 40)
            print(f"index: {size:,} {kind} hashes, radius {RADIUS}, {queries} queries, one thread")
            print("                     p50 ms   p99 ms   queries/s   bytes/hash   build s")
            _compare(hashes, asked)


def _compare(hashes: Hashes, asked: Hashes) -> None:
    few = asked[:PEERS_QUERIES]
    with tempfile.TemporaryDirectory() as folder:
        ours, rate = _ours(Path(folder), hashes, asked, few)
        _fresh(Path(folder))
    flat = faiss.IndexBinaryFlat(256)
    took = _built(flat, hashes)
    scanned = _said(_timed("FAISS flat", took, 32.0, _faiss(flat), few[:FLAT_QUERIES]))
    _agree(ours, scanned, FLAT_QUERIES)
    flat.reset()
    others = [scanned]
    for parts, flips, most in SETTINGS:
        if len(hashes) <= most:
            others.append(_said(_multi(hashes, few, parts, flips)))
            _agree(ours, others[-1], PEERS_QUERIES)
    answers = len(others[-1].pairs) / PEERS_QUERIES
    ratios = ", ".join(f"{rate / other.rate:,.0f} × {other.name}" for other in others)
    print(f"  the same answers, {answers:,.1f} a query; queries/s of Qalqan on the same queries: {ratios}", flush=True)


def _multi(hashes: Hashes, few: Hashes, parts: int, flips: int) -> Timed:
    # What was freed before would be taken again, and not counted.
    ctypes.CDLL(None).malloc_trim(0)
    before = _resident()
    several = faiss.IndexBinaryMultiHash(256, parts, 256 // parts)
    several.nflip = flips
    took = _built(several, hashes)
    size = (_resident() - before) / len(hashes)
    return _timed(f"FAISS {parts}×{256 // parts}, {flips}", took, size, _faiss(several), few)


def _ours(folder: Path, hashes: Hashes, asked: Hashes, few: Hashes) -> tuple[Timed, float]:
    """Return what all queries took, and the rate of a few of them."""
    started = time.process_time()
    RadiusStore(folder).add(np.arange(len(hashes), dtype=np.uint64), hashes)
    took = time.process_time() - started
    reader = RadiusReader(folder)
    reader.warmed(600)
    size = sum(path.stat().st_size for path in folder.iterdir()) / len(hashes)

    def search(queries: Hashes) -> Pairs:
        return reader.within(queries, RADIUS)[:2]

    return _said(_timed("Qalqan", took, size, search, asked)), _rate(search, few)


def _timed(name: str, build: float, size: float, search: Search, asked: Hashes) -> Timed:
    singles = [[_once(search, asked[place : place + 1]) for place in range(len(asked))] for _ in range(3)]
    queries, rows = search(asked)
    pairs = set(zip(queries.tolist(), rows.tolist(), strict=True))
    return Timed(name, build, size, _rate(search, asked), np.min(singles, axis=0), pairs)


def _rate(search: Search, asked: Hashes) -> float:
    """Return queries a second of CPU time, of the whole batch at once: the median of three."""
    rates = []
    for _ in range(3):
        started = time.process_time()
        search(asked)
        rates.append(len(asked) / (time.process_time() - started))
    return float(np.median(rates))


def _once(search: Search, query: Hashes) -> float:
    started = time.perf_counter()
    search(query)
    return 1_000 * (time.perf_counter() - started)


def _said(timed: Timed) -> Timed:
    p50, p99 = np.quantile(timed.singles, (0.5, 0.99))
    print(
        f"  {timed.name:<17} {p50:>8.3f} {p99:>8.3f} {timed.rate:>11,.0f} {timed.bytes:>12,.0f} {timed.build:>9.1f}",
        flush=True,
    )
    return timed


def _faiss(index: Any) -> Search:  # noqa: ANN401 # FAISS publishes no types
    def search(queries: Hashes) -> Pairs:
        # FAISS finds what is nearer than the radius.
        limits, _, rows = index.range_search(queries, RADIUS + 1)
        return np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.intp))), rows.astype(np.uint64)

    return search


def _built(index: Any, hashes: Hashes) -> float:  # noqa: ANN401 # as above
    started = time.process_time()
    index.add(hashes)
    return time.process_time() - started


def _agree(ours: Timed, other: Timed, queries: int) -> None:
    mine = {pair for pair in ours.pairs if pair[0] < queries}
    if mine != other.pairs:
        raise SystemExit(f"{other.name} has other answers: {len(mine ^ other.pairs)} pairs differ")


def _fresh(folder: Path) -> None:
    """Open and search in new processes, with the files put out of memory: at once, and after the warming."""
    for how in ("cold", "warm"):
        for path in folder.iterdir():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        command = [sys.executable, "-c", FRESH, str(folder), how]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        opened, warmed, first = map(float, done.stdout.split())
        print(f"  new process, files on disk: opened in {opened:.1f} ms, ", end="")
        print(f"warmed in {warmed:,.0f} ms, " if how == "warm" else "not warmed, ", end="")
        print(f"first search {first:,.1f} ms")


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _hashes(kind: str, size: int, chance: np.random.Generator) -> Hashes:
    """Return random hashes, or clusters of near and equal ones: many are small, few have up to a thousand members."""
    if kind == "random":
        return chance.integers(0, 256, (size, 32), np.uint8)
    numbers = np.arange(1, LARGEST + 1)
    weights = numbers**-1.5
    sizes = chance.choice(numbers, size, p=weights / weights.sum())
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), size)) + 1]
    owner = np.repeat(np.arange(len(sizes)), sizes)[:size]
    return _moved(chance.integers(0, 256, (len(sizes), 32), np.uint8)[owner], chance, 6)


def _moved(hashes: Hashes, chance: np.random.Generator, most: int) -> Hashes:
    """Return copies with up to `most` bits changed in each."""
    moved, rows = hashes.copy(), np.arange(len(hashes))
    changes = chance.integers(0, most + 1, len(hashes))
    for change in range(most):
        bits = chance.integers(0, 256, len(hashes), np.uint8)
        moved[rows, bits >> 3] ^= np.where(change < changes, np.uint8(1) << (bits & 7), np.uint8(0)).astype(np.uint8)
    return moved
