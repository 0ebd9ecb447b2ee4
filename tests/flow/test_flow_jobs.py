"""Jobs outlive whoever does them: dead workers, full disks, cancelled scans, inputs that were away."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from qalqan.app import opened
from qalqan.flow.handing import HandedIn, hand_in
from qalqan.flow.jobs import STARTS_AT_MOST
from qalqan.model.ids import Id
from qalqan.model.sources import Scan, ScanState
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import audit, intake, scans, tables
from qalqan.store.scans import Worker, worker_seen
from support.command import run, run_json, start
from support.small import Small, make_small
from support.waiting import until_walked
from support.walking import fill_bank, snapshot

SMALL_BATCHES = {"QALQAN_WORKERS": "1", "QALQAN_BATCH_SIZE": "4"}
WAIT_SECONDS = 90.0


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Make an input of some twenty small batches, once."""
    return make_small(tmp_path_factory.mktemp("given"), messages=80, pictures=40)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, given: Small) -> dict[str, list[str]]:
    """Return what a scan that nobody disturbs leaves."""
    settings = Settings(home=tmp_path_factory.mktemp("undisturbed") / "home")
    with opened(settings, create=True) as services:
        fill_bank(services, given)
    run(settings, "scan", given.input)
    return left_by(settings, given)


def left_by(settings: Settings, given: Small) -> dict[str, list[str]]:
    """Return what a store holds, and check its audit log."""
    with opened(settings) as services:
        with services.store.reading() as tx:
            audit.verify(tx)
        return snapshot(services.store, given.input)


@pytest.fixture
def with_bank(settings: Settings, given: Small) -> Settings:
    """Return the settings of a store with a bank: on SQLite, then on PostgreSQL."""
    with opened(settings) as services:
        fill_bank(services, given)
    return settings


def newest(settings: Settings) -> tuple[Scan, scans.Progress]:
    """Return the newest scan and how far it is."""
    with opened(settings) as services, services.store.reading() as tx:
        (scan,) = scans.newest(tx, 1)
        return scan, scans.progress(tx, scan.id)


@contextmanager
def ended_at_last(*processes: subprocess.Popen[bytes]) -> Iterator[None]:
    """End these processes however the test ends."""
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_worker_finishes_what_a_killed_scan_left(
    with_bank: Settings, given: Small, undisturbed: dict[str, list[str]]
) -> None:
    """Batches that wait when a scan's process is killed are walked by the next worker, to the same rows."""
    process = start(with_bank, "scan", given.input, **SMALL_BATCHES)
    with ended_at_last(process):
        until_walked(with_bank, 2)
        os.kill(process.pid, signal.SIGKILL)
    scan, progress = newest(with_bank)
    assert scan.state in (ScanState.READING, ScanState.WALKING)
    assert progress.batches_done < progress.batches or scan.state is ScanState.READING
    run(with_bank, "worker", "--until-idle")
    assert newest(with_bank)[0].state is ScanState.DONE
    assert left_by(with_bank, given) == undisturbed


@pytest.mark.slow
def test_two_workers_share_a_scan_and_leave_what_one_does(
    with_bank: Settings, given: Small, undisturbed: dict[str, list[str]]
) -> None:
    """No batch is walked twice to two results, and none is left; both workers end when nothing is left."""
    run(with_bank, "scan", "--detach", given.input)
    workers = [start(with_bank, "worker", "--until-idle", **SMALL_BATCHES) for _ in range(2)]
    with ended_at_last(*workers):
        assert [one.wait(WAIT_SECONDS) for one in workers] == [0, 0]
    assert left_by(with_bank, given) == undisturbed
    with opened(with_bank) as services, services.store.reading() as tx:
        assert scans.workers_known(tx) == []
        attempts = tx.execute(sa.select(sa.func.max(tables.batches.c.attempts))).scalar_one()
    assert attempts == 1


def test_a_worker_elsewhere_that_is_silent_for_long_is_taken_for_dead(with_bank: Settings, small: Small) -> None:
    """One seen a moment ago is left alone; one silent for minutes is forgotten by whoever sweeps next."""
    gone, there = (Worker(f"far-{name}", "another-machine", 4242, 1.0) for name in ("gone", "there"))
    with opened(with_bank) as services, services.store.writing() as tx:
        worker_seen(tx, gone)
        worker_seen(tx, there)
        long_ago = now() - timedelta(minutes=10)
        tx.execute(tables.workers.update().where(tables.workers.c.id == gone.id).values(seen=long_ago))
    run(with_bank, "scan", small.known)
    with opened(with_bank) as services, services.store.reading() as tx:
        assert [one.id for one in scans.workers_known(tx)] == [there.id]


def test_a_batch_that_kills_its_process_again_and_again_is_given_up(settings: Settings, small: Small) -> None:
    """After the declared number of starts its items are problems that say so, and the scan ends."""
    with opened(settings) as services:
        scan = hand_in(services, small.known, HandedIn("tester"))
    batches = handed_in_batches(settings, scan, small)
    with opened(settings) as services, services.store.writing() as tx:
        tx.execute(tables.batches.update().where(tables.batches.c.id == batches[0]).values(attempts=STARTS_AT_MOST))
    run(settings, "worker", "--until-idle")
    ended, progress = newest(settings)
    assert (ended.state, progress.batches_failed) == (ScanState.DONE, 1)
    with opened(settings) as services, services.store.reading() as tx:
        problems = [one for one in intake.list_problems(tx, 100) if one.step == "flow"]
    assert {one.message for one in problems} == {
        f"was given up after {STARTS_AT_MOST} starts that ended with the process"
    }
    assert len(problems) == 2
    assert all("QALQAN_BATCH_SIZE=1" in one.hint for one in problems)


def handed_in_batches(settings: Settings, scan: Scan, small: Small) -> list[Id]:
    """Read the known things as input in batches of two, and leave them to be walked."""
    from qalqan.flow.intake import take_in

    made: list[Id] = []
    with opened(settings.model_copy(update={"batch_size": 2})) as services:
        with services.store.reading() as tx:
            source = intake.source(tx, scan.source_id or "")
        assert source is not None
        assert source.location == str(small.known)
        take_in(services, scan, source, made.append)
        with services.store.writing() as tx:
            scans.start_walking(tx, scan.id)
    return made


def test_an_input_that_is_away_fails_the_scan_and_the_same_command_takes_it_up_again(
    settings: Settings, small: Small, tmp_path: Path
) -> None:
    """The reason names the path; once it is back, the same scan goes on."""
    folder = Path(shutil.copytree(small.known, tmp_path / "stick"))
    run(settings, "scan", "--detach", folder)
    folder.rename(tmp_path / "away")
    run(settings, "worker", "--until-idle")
    failed, _ = newest(settings)
    assert (failed.state, failed.failure) == (
        ScanState.FAILED, f"{folder} is not there any more. Put it back, or hand in another path.",
    )  # fmt: skip
    (tmp_path / "away").rename(folder)
    summary = run_json(settings, "scan", folder)
    assert summary["scans"][0]["id"] == failed.id
    assert (summary["scans"][0]["state"], summary["items"]) == ("done", 4)
    assert newest(settings)[0].failure is None


@pytest.mark.slow
def test_a_cancelled_scan_can_be_taken_up_again(
    with_bank: Settings, given: Small, undisturbed: dict[str, list[str]]
) -> None:
    """What it had found stays; the same command walks the rest, and jobs of its first round do nothing any more."""
    process = start(with_bank, "scan", given.input, **SMALL_BATCHES)
    with ended_at_last(process):
        until_walked(with_bank, 1)
        run(with_bank, "cancel", newest(with_bank)[0].id)
        assert process.wait(WAIT_SECONDS) == 2
    assert newest(with_bank)[0].state is ScanState.CANCELLED
    assert run_json(with_bank, "scan", given.input)["scans"][0]["state"] == "done"
    assert newest(with_bank)[0].round == 1
    left = left_by(with_bank, given)
    assert {name: rows for name, rows in left.items() if name != "scans"} == {
        name: rows for name, rows in undisturbed.items() if name != "scans"
    }


def test_jobs_that_ended_without_ending_their_record_begin_again(settings: Settings, small: Small) -> None:
    """As after a failure that the store would not take: DBOS holds them for ended, our tables do not."""
    run(settings, "scan", small.known)
    with opened(settings) as services, services.store.writing() as tx:
        (scan,) = scans.newest(tx, 1)
        tx.execute(tables.scans.update().values(state=ScanState.WALKING.value, finished_at=None))
        tx.execute(tables.batches.update().values(state="waiting"))
    run(settings, "worker", "--until-idle")
    ended, progress = newest(settings)
    assert (ended.id, ended.state) == (scan.id, ScanState.DONE)
    assert progress.batches_done == progress.batches


def test_the_jobs_own_tables_hold_json_and_no_pickles(settings: Settings, small: Small) -> None:
    """Whoever writes into them cannot have code run: inputs are JSON, in DBOS's portable form."""
    if settings.database_url:
        pytest.skip("the same tables, looked into on SQLite")
    run(settings, "scan", small.known)
    database = sqlite3.connect(settings.home / "jobs.db")
    forms = database.execute("select distinct serialization from workflow_status").fetchall()
    inputs = database.execute("select inputs from workflow_input").fetchall()
    outputs = database.execute("select output from operation_outputs where output is not null").fetchall()
    database.close()
    assert forms == [("portable_json",)]
    assert len(inputs) >= 2
    for (text,) in inputs + outputs:
        assert text.startswith(("{", "null", '"', "["))


@pytest.mark.slow
@pytest.mark.parametrize("fills", ["files", "records"])
def test_a_full_disk_ends_the_scan_in_a_clear_line_and_nothing_is_lost(
    tiny_disk: Path, tmp_path: Path, fills: str
) -> None:
    """Exit code 6 and a sentence; once there is space, the same command ends in the rows of an undisturbed scan."""
    messages = {"files": 40, "records": 2000}[fills]
    given = make_small(tmp_path / "given", messages=messages, pictures=2)
    for number in range(20 if fills == "files" else 0):
        (given.input / f"noise-{number}.bin").write_bytes(os.urandom(200_000))
    settings, whole = Settings(home=tiny_disk / "home"), Settings(home=tmp_path / "whole")
    for each in (settings, whole):
        with opened(each, create=True) as services:
            fill_bank(services, given)
    told = run(settings, "scan", given.input, code=6).stderr
    assert "Traceback" not in told
    assert told.startswith("Error: The scan failed: The d")
    assert told.endswith("The same command takes it up again.\n")
    subprocess.run(["mount", "-o", "remount,size=64m", str(tiny_disk)], check=True)
    run(settings, "scan", given.input)
    run(whole, "scan", given.input)
    assert left_by(settings, given) == left_by(whole, given)
    assert not list((settings.home / "blobs").glob("new-*"))
