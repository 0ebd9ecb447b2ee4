"""How many items a second a scan takes in, reads, compares and weighs: the whole command, its start included."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.material import bank_lines, make_export

QALQAN = [sys.executable, "-c", "from qalqan.cli import main; main()"]


def measure(messages: int, pictures: int, entries: int, runs: int) -> None:
    """Scan a chat export `runs` times into fresh stores and print items a second."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        both = make_export(place / "both", messages, pictures)
        words = make_export(place / "words", messages, 0)
        (place / "bank.ndjson").write_text("".join(bank_lines(entries)), "utf-8")
        size = sum(path.stat().st_size for path in both.rglob("*") if path.is_file()) / 1e6
        print(
            f"scan: {messages:,} messages, {pictures} with a picture of 1.2 MP ({size:.0f} MB), "
            f"{entries:,} entries, SQLite"
        )
        _report("with pictures", [_run(place, both, number) for number in range(runs)])
        _report("words only", [_run(place, words, runs + number) for number in range(runs)])


def _run(place: Path, export: Path, number: int) -> dict[str, Any]:
    home = place / f"home-{number}"
    environment = {**os.environ, "QALQAN_HOME": str(home), "QALQAN_DATABASE_URL": ""}

    def call(*words: str) -> str:
        done = subprocess.run([*QALQAN, *words], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    call("init")
    call("bank", "create", "known")
    call("bank", "import", "known", str(place / "bank.ndjson"))
    before = os.times()
    started = time.perf_counter()
    summary: dict[str, Any] = json.loads(call("scan", str(export), "--json"))
    took, after = time.perf_counter() - started, os.times()
    cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return {**summary, "wall": took, "cpu": cpu}


def _report(what: str, ran: list[dict[str, Any]]) -> None:
    rates = [one["items"] / one["wall"] for one in ran]
    cpu = statistics.median(one["cpu"] for one in ran)
    spread = f"{min(rates):,.0f} to {max(rates):,.0f}"
    print(
        f"  {what:<14} {statistics.median(rates):>8,.0f} items/s (median of {len(ran)}; {spread}), {cpu:.1f} s of CPU"
    )
