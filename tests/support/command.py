"""Runs the `qalqan` command as people do: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from qalqan.settings import Settings

QALQAN = [sys.executable, "-c", "from qalqan.cli import main; main()"]
"""The command, by this interpreter: an installed script may belong to another."""


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Return an environment in which the command finds this store."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QALQAN_")}
    chosen = {
        "QALQAN_HOME": str(settings.home),
        "QALQAN_DATABASE_URL": settings.database_url,
        "QALQAN_PERSON": "tester",
    }
    return {**kept, **chosen, **more}


def run(settings: Settings, *words: str | Path, code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; fail the test unless it ends with `code`."""
    done = subprocess.run(
        [*QALQAN, *map(str, words)],
        env=environment(settings, **more),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def run_json(settings: Settings, *words: str | Path) -> Any:  # noqa: ANN401 - any JSON
    """Run a command with --json and return its one object."""
    return json.loads(run(settings, *words, "--json").stdout)


def run_lines(settings: Settings, *words: str | Path) -> list[Any]:
    """Run a command with --json and return the object of each line."""
    return [json.loads(line) for line in run(settings, *words, "--json").stdout.splitlines()]


def start(settings: Settings, *words: str | Path, **more: str) -> subprocess.Popen[bytes]:
    """Start a command and return its process: whoever starts it ends it."""
    return subprocess.Popen(
        [*QALQAN, *map(str, words)],
        env=environment(settings, **more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
