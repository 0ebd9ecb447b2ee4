"""`make bench`: copy detection beside its peers, the index, hostile files, long streams, scans, pages.

    python -m bench [PART …] [--folders A:B] [--quick]

Everything runs on this machine, in scratch folders that are removed afterwards; pages are asked for over loopback. Each
part runs in a process of its own, one after the other, so that none leaves the next one less memory.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PARTS = (
    "index",
    "hashing",
    "pictures",
    "picture-cost",
    "videos",
    "sounds",
    "sound-scale",
    "words",
    "functional",
    "indicators",
    "near-texts",
    "picture-text",
    "hostile",
    "stream",
    "scan",
    "pages",
    "million",
    "platform",
)


def main() -> None:
    """Measure what was asked for, by default everything."""
    parser = argparse.ArgumentParser(prog="bench", description="Measures Qalqan on this machine.")
    parser.add_argument("what", nargs="*", choices=[[], *PARTS], help="by default all of them")
    parser.add_argument(
        "--folders", default=os.environ.get("QALQAN_BENCH_FOLDERS", ""), help="harmless pictures, videos"
    )
    parser.add_argument("--quick", action="store_true", help="a fraction of the material: for trying, not for figures")
    parser.add_argument("--messages", type=int, default=20_000, help="messages of the scanned export")
    parser.add_argument("--items", type=int, default=100_000, help="items in the store behind the pages")
    asked = parser.parse_args()
    if len(asked.what) == 1:
        _parts(asked)[asked.what[0]]()
        return
    for part in asked.what or PARTS:
        _apart(part, sys.argv[1:], asked.what)


def _apart(part: str, words: Sequence[str], parts: Sequence[str]) -> None:
    """Run one part in a process of its own, and say how long it took."""
    options = [word for word in words if word not in parts]
    print(f"\n== {part} ==", flush=True)
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "bench", part, *options], check=False)
    told = "" if done.returncode == 0 else f", ended with {done.returncode}"
    print(f"== {part}: {time.perf_counter() - started:.0f} s{told} ==", flush=True)


def _parts(asked: argparse.Namespace) -> dict[str, Callable[[], object]]:
    """Return what measures each part. Imported only when it runs: the peers are heavy."""
    folders = [Path(one) for one in asked.folders.split(os.pathsep) if one]
    quick = asked.quick
    return {
        "index": lambda: _module("index").measure([1_000_000] if quick else [1_000_000, 10_000_000], 2000),
        "hashing": lambda: _module("hashing").measure(folders=folders),
        "pictures": lambda: _module("pictures").measure(*((12, 300) if quick else (60, 3000)), folders=folders),
        "picture-cost": lambda: _module("picture_cost").measure(
            *((10_000, 100_000) if quick else (100_000, 1_000_000)), folders=folders
        ),
        "videos": lambda: _module("videos").measure(quick=quick),
        "sounds": lambda: _module("sounds").measure(folders[0] if folders else None, 1000, 12),
        "sound-scale": lambda: _module("sound_scale").measure(),
        "words": lambda: _module("words").measure(*((260, 2) if quick else (1300, 5))),
        "functional": lambda: _module("functional").measure(),
        "indicators": lambda: _module("indicators").measure(),
        "near-texts": lambda: _module("near_texts").measure(),
        "picture-text": lambda: _module("picture_text").measure(),
        "hostile": lambda: _module("hostile").measure(*((500, 100) if quick else (5000, 1000))),
        "stream": lambda: _module("stream").measure(1.0 if quick else 10.0),
        "scan": lambda: _module("scan").measure(asked.messages, 300, 20_000, 3),
        "pages": lambda: _module("pages").measure(asked.items),
        "million": lambda: _module("million").measure(20_000 if quick else 1_000_000),
        "platform": lambda: _module("platform").measure(*((20_000, 2.0) if quick else (1_000_000, 8.0))),
    }


def _module(name: str) -> Any:  # noqa: ANN401 - a module with `measure`
    return importlib.import_module(f"bench.{name}")


main()
