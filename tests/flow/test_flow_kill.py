"""kill -9 anywhere, start again: nothing lost, nothing twice."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from qalqan.app import opened
from qalqan.settings import Settings
from qalqan.store import audit, scans, tables
from support.command import run, run_json, start
from support.small import Small
from support.walking import fill_bank, snapshot

KILLS = 20
SOON = 1.0
"""Seconds after which a process is killed at the latest, when the one before it came forward."""
COUNTED = (tables.items, tables.signals, tables.matches)
SLOWLY = {"QALQAN_WORKERS": "1", "QALQAN_BATCH_SIZE": "12"}
"""One batch at a time, and many of them: so that there are many moments to be killed in."""


def taken_down(settings: Settings, place: Path) -> dict[str, list[str]]:
    """Return what the store of these settings holds, and check its audit log."""
    with opened(settings) as services:
        with services.store.reading() as tx:
            audit.verify(tx)
        return snapshot(services.store, place)


def wait_until_working(settings: Settings, pid: int) -> None:
    """Wait until a process has said that it takes jobs."""
    with opened(settings) as services:
        for _ in range(600):
            with services.store.reading() as tx:
                if any(worker.pid == pid for worker in scans.workers_known(tx)):
                    return
            time.sleep(0.02)
    pytest.fail("the process never came to work")


def how_far(settings: Settings) -> tuple[int, int, int]:
    """Return how many items, signals and matches a killed process has left."""
    with opened(settings) as services, services.store.reading() as tx:
        counted = (tx.execute(sa.select(sa.func.count()).select_from(each)).scalar_one() for each in COUNTED)
        items, signals, matches = counted
    return items, signals, matches


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, larger: Small) -> dict[str, list[str]]:
    """Return what a scan that nobody disturbs leaves in a store of its own, scanned once."""
    settings = Settings(home=tmp_path_factory.mktemp("undisturbed") / "home")
    with opened(settings, create=True) as services:
        fill_bank(services, larger)
    run(settings, "scan", larger.input)
    return taken_down(settings, larger.input)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_scan_killed_twenty_times_leaves_what_an_undisturbed_one_does(
    settings: Settings, larger: Small, undisturbed: dict[str, list[str]]
) -> None:
    """Now and then it is killed while it starts, else at a random moment of its work; the rows come out the same."""
    with opened(settings) as services:
        fill_bank(services, larger)
    moments = random.Random(20)
    seen: list[tuple[int, int, int]] = []
    latest = SOON
    while len(seen) < KILLS:
        process = start(settings, "scan", larger.input, **SLOWLY)
        if len(seen) % 4:
            wait_until_working(settings, process.pid)
        time.sleep(moments.uniform(0, latest))
        assert process.poll() is None, (
            f"the scan was over after {len(seen)} kills: the input is too small for this test"
        )
        process.kill()
        process.wait()
        seen.append(how_far(settings))
        # On a busy machine a process comes less far: give the next one longer, so that moments differ.
        latest = latest * 1.5 if seen[-2:] == [seen[-1]] * 2 else SOON
    summary = run_json(settings, "scan", larger.input)
    left = taken_down(settings, larger.input)
    assert len(set(seen)) >= KILLS // 3, f"the kills came at too few different moments: {seen}"
    assert summary["scans"][0]["state"] == "done"
    for table, rows in undisturbed.items():
        assert left[table] == rows, table
    assert not list((settings.home / "blobs").glob("new-*"))
    assert not list((settings.home / "scratch").glob("scan-*"))
