"""The progress of a scan on a terminal."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from qalqan.errors import StoreError, UsageError
from qalqan.model.sources import ScanState

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from qalqan.flow.jobs import Jobs
    from qalqan.flow.services import Services
    from qalqan.model.sources import Scan

DOING = {
    ScanState.WAITING: "waiting to begin",
    ScanState.READING: "reading the input",
    ScanState.WALKING: "reading signals, comparing",
    ScanState.DONE: "done",
    ScanState.FAILED: "failed",
    ScanState.CANCELLED: "cancelled",
}

TAKES_UP = "The same command takes it up again."


def show(services: Services, scan: Scan, jobs: Jobs, *, quiet: bool) -> None:
    """Wait for a scan, showing how far it is. Raises StoreError when it fails, UsageError when it is cancelled."""
    from qalqan.flow.handing import look_until_done

    with nullcontext() if quiet or not sys.stderr.isatty() else _bar() as bar:
        task = bar.add_task("", total=None, read=0) if bar else None
        for now, progress in look_until_done(services, scan.id):
            if scan.id in jobs.unwritten:
                raise StoreError(f"The scan failed: {jobs.unwritten[scan.id]}", hint=TAKES_UP)
            if bar is not None and task is not None:
                known = now.state is ScanState.WALKING
                bar.update(
                    task,
                    description=DOING[now.state],
                    completed=progress.size_done,
                    total=progress.size if known else None,
                    read=now.read,
                )
    if now.state is ScanState.FAILED:
        raise StoreError(f"The scan failed: {now.failure}", hint=TAKES_UP)
    if now.state is ScanState.CANCELLED:
        raise UsageError("The scan was cancelled.", hint=TAKES_UP)


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.fields[read]:,} read · {task.completed:,.0f} walked"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
