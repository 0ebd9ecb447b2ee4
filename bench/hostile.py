"""Broken files through the real extractors in their child processes, and through a whole scan: nothing may be lost."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.mutants import Mutant, mutants
from qalqan.errors import InputRefused, LimitReached
from qalqan.isolate import Isolate
from qalqan.model.items import Media, MediaKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Interval
from qalqan.signals.contract import Desk, Extractor, LooksCloser, Subject
from qalqan.signals.kinds import built_in

LIMITS = Limits(picture_pixels=16_000_000, decode_seconds=20.0, video_seconds=60.0)
STRETCH = (Interval(0.0, 2.0),)
QALQAN = [sys.executable, "-c", "from qalqan.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one extractor made of one broken file."""

    mutant: str
    kind: MediaKind
    way: str
    extractor: str
    said: str
    """`read`, `refused`, `limit`, `died` (the child process), or `unwanted` where no extractor reads such files."""
    reason: str = ""


def measure(count: int = 5000, scanned: int = 1000) -> None:
    """Read `count` broken files with every extractor that wants them, and scan `scanned` of them as a person would."""
    with tempfile.TemporaryDirectory() as folder:
        isolate = Isolate(LIMITS, children=1)
        started, cpu = time.perf_counter(), _children_cpu()
        outcomes = list(outcomes_of(mutants(count), Path(folder), Desk(LIMITS, isolate)))
        isolate.call("qalqan.isolate.child:ready")  # what reads the next file still works
        isolate.close()
        took = time.perf_counter() - started
    assert len({one.mutant for one in outcomes}) == count, "a file is not accounted for"
    print(f"hostile: {count:,} broken files, read {len(outcomes):,} times by the extractors that want them")
    _print_table(outcomes)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"  {took:.0f} s ({_children_cpu() - cpu:.0f} s of CPU in children, the largest of which took {peak:,.0f} MiB)"
    )
    print("  no error but InputRefused and LimitReached; this process is alive; every file has an outcome")
    _scan(scanned)


def outcomes_of(files: Iterable[Mutant], folder: Path, desk: Desk) -> Iterator[Outcome]:
    """Yield each extractor's outcome for each file. Whatever is raised but InputRefused comes through."""
    extractors = [each for each in built_in() if each.manifest.name != "file"]
    for one in files:
        path = folder / one.name
        path.write_bytes(one.content)
        subject = Subject(media=Media("0" * 64, one.kind, "x/y", len(one.content), kept=True), path=path)
        willing = [extractor for extractor in extractors if extractor.wants(subject)]
        yield from (_outcome(one, extractor, subject, desk) for extractor in willing)
        if not willing:
            yield Outcome(one.name, one.kind, one.way, "none", "unwanted")
        path.unlink()


def _outcome(one: Mutant, extractor: Extractor, subject: Subject, desk: Desk) -> Outcome:
    said, reason = "read", ""
    try:
        extractor.read(subject, desk)
        if isinstance(extractor, LooksCloser):
            extractor.look_closer(subject, desk, STRETCH)
    except InputRefused as error:
        reason = _without_figures(error.message)
        said = "limit" if isinstance(error, LimitReached) else "died" if "decoder died" in reason else "refused"
    return Outcome(one.name, one.kind, one.way, extractor.manifest.name, said, reason)


def _without_figures(message: str) -> str:
    """Return a message's first words, so that those that differ in figures count as one."""
    return re.sub(r"0x[0-9a-f]+|\d[\d.,]*", "…", message)[:90]


def _print_table(outcomes: Sequence[Outcome]) -> None:
    says = ("read", "refused", "limit", "died", "unwanted")
    print(f"  {'by format and extractor':<30}" + "".join(f"{said:>10}" for said in says))
    for name in sorted({(one.kind.value, one.extractor) for one in outcomes}):
        counted = Counter(one.said for one in outcomes if (one.kind.value, one.extractor) == name)
        print(f"  {' by '.join(name):<30}" + "".join(f"{counted[said]:>10,}" for said in says))
    for way in dict.fromkeys(one.way for one in outcomes):
        counted = Counter(one.said for one in outcomes if one.way == way)
        print(f"  {way:<30}" + "".join(f"{counted[said]:>10,}" for said in says))
    reasons = Counter((one.said, one.reason) for one in outcomes if one.reason)
    for (said, reason), number in reasons.most_common(12):
        print(f"  {number:>7,} {said}: {reason}")


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _scan(count: int) -> None:
    """Scan a folder of broken files with the real command: each must be an item or a told problem."""
    with tempfile.TemporaryDirectory() as folder:
        given, home = Path(folder) / "given", Path(folder) / "home"
        given.mkdir()
        for one in mutants(count, seed=2):
            (given / one.name).write_bytes(one.content)
        environment = {**os.environ, "QALQAN_HOME": str(home), "QALQAN_DATABASE_URL": ""}
        started = time.perf_counter()
        _call(environment, "init")
        summary: dict[str, Any] = json.loads(_call(environment, "scan", str(given), "--json"))
        names = _told(environment, "items", count) | _told(environment, "intake problems", count)
        lost = sorted(path.name for path in given.iterdir() if path.name not in names)
    assert not lost, f"neither item nor problem: {lost[:5]}"
    print(
        f"  scanned {count:,} broken files: {summary['items']:,} items, {summary['problems']:,} told problems, "
        f"none lost, {time.perf_counter() - started:.0f} s"
    )


def _call(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run([*QALQAN, *words], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def _told(environment: dict[str, str], verb: str, count: int) -> set[str]:
    """Return the names of the files that a list tells of."""
    lines = _call(environment, *verb.split(), "--limit", str(20 * count), "--json").splitlines()
    rows = [json.loads(line) for line in lines]
    return {Path(row.get("origin") or row["where"]).name for row in rows}
