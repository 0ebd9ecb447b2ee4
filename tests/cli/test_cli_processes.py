"""What people do with processes: they stop them, hand work over to others, and let lists run into pipes."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.settings import Settings
from qalqan.store import scans
from support.command import QALQAN, environment, run, run_json, run_lines
from support.saying import Say
from support.small import Small, make_small
from support.waiting import until_walked
from support.walking import fill_bank, snapshot

SLOWLY = {"QALQAN_WORKERS": "1", "QALQAN_BATCH_SIZE": "4"}


@contextmanager
def under_way(settings: Settings, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command that takes its time; end it afterwards if it has not ended."""
    with subprocess.Popen(
        [*QALQAN, *words],
        env=environment(settings, **SLOWLY),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def prepared(tmp_path: Path, home: Path) -> tuple[Settings, Small]:
    """Return a store with a bank, and an input that takes some seconds."""
    small = make_small(tmp_path / "given", messages=80, pictures=40)
    settings = Settings(home=home)
    with opened(settings, create=True) as services:
        fill_bank(services, small)
    return settings, small


@pytest.mark.slow
def test_a_scan_stopped_by_hand_goes_on_with_the_same_command(prepared: tuple[Settings, Small], tmp_path: Path) -> None:
    """Ctrl-C ends it with a word and code 130; the same command then leaves what an undisturbed scan does."""
    settings, small = prepared
    with under_way(settings, "scan", str(small.input)) as process:
        until_walked(settings, 1)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.strip() == "Stopped. Nothing is lost: the same command goes on from here, or a running worker does."
    assert run_lines(settings, "scans")[0]["state"] in ("reading", "walking")
    summary = run_json(settings, "scan", small.input)
    undisturbed = Settings(home=tmp_path / "undisturbed")
    with opened(undisturbed, create=True) as services:
        fill_bank(services, small)
    assert run_json(undisturbed, "scan", small.input)["signals"] == summary["signals"]
    with opened(settings) as left, opened(undisturbed) as right:
        assert snapshot(left.store, small.input) == snapshot(right.store, small.input)


def test_a_detached_scan_is_walked_by_a_worker(prepared: tuple[Settings, Small]) -> None:
    """`scan --detach` only hands in; `worker --until-idle` walks what waits and ends; a second finds nothing to do."""
    settings, small = prepared
    handed = run_json(settings, "scan", "--detach", small.input)
    assert (handed["items"], handed["scans"][0]["state"]) == (0, "waiting")
    assert "Working as" in run(settings, "worker", "--until-idle").stdout
    (scan,) = run_lines(settings, "scans")
    assert scan["state"] == "done"
    assert scan["added"] > 80
    assert scan["progress"]["batches"] == scan["progress"]["batches_done"]
    run(settings, "worker", "--until-idle")


def test_a_worker_stops_when_it_is_asked_to(scanned_settings: Settings) -> None:
    """SIGTERM, as an init system sends it, ends a worker with code 0, and it signs off."""
    with under_way(scanned_settings, "worker") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Working as")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    with opened(scanned_settings) as services, services.store.reading() as tx:
        assert scans.workers_known(tx) == []


def test_a_cancelled_scan_ends_and_can_be_taken_up_again(filled: Say, tmp_path: Path) -> None:
    """`cancel` ends what waits, once; the same path begins again where it stood."""
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "note.txt").write_text("The bus was late.", "utf-8")
    scan = filled("scan", "--detach", folder, "--json").json["scans"][0]["id"]
    assert filled("cancel", scan).out == "Cancelled.\n"
    assert "has ended already" in filled("cancel", scan, code=2).err
    assert filled("scans", "--json").lines[0]["state"] == "cancelled"
    again = filled("scan", "--detach", folder, "--json").json["scans"][0]
    assert (again["id"], again["state"]) == (scan, "waiting")
    assert filled("scans", "--json").lines[0]["round"] == 1


def test_a_scan_cancelled_elsewhere_ends_for_whoever_waits(prepared: tuple[Settings, Small]) -> None:
    """Another process cancels; the scan's own says so and ends with code 2."""
    settings, small = prepared
    with under_way(settings, "scan", str(small.input)) as process:
        until_walked(settings, 1)
        run(settings, "cancel", run_lines(settings, "scans")[0]["id"])
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told.splitlines()[0]) == (2, "Error: The scan was cancelled.")


def test_a_list_may_run_into_a_pipe_that_closes(scanned_settings: Settings) -> None:
    """`qalqan items --json | head -1` ends with one line and without a word."""
    command = " ".join(f"'{word}'" for word in (*QALQAN, "items", "--json", "--limit", "1000"))
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} | head -1"],
        env={**os.environ, **environment(scanned_settings)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, len(done.stdout.splitlines()), done.stderr) == (0, 1, "")
