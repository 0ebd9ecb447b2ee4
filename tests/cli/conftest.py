"""What the command line's tests share: the command run within this process, and a store that has been filled once."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.cli import main
from qalqan.settings import Settings
from support.command import run_json
from support.saying import Said, Say, Scanned
from support.small import make_small
from support.walking import fill_bank


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], home: Path) -> Say:
    """Return what runs the command within this process, on the store in `home`.

    Quicker than a process each time; what ends processes or walks jobs is tested in processes of its own.
    """
    monkeypatch.setenv("QALQAN_HOME", str(home))
    monkeypatch.setenv("QALQAN_PERSON", "tester")

    def run_it(*words: object, code: int = 0) -> Said:
        monkeypatch.setattr(sys, "argv", ["qalqan", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capfd.readouterr()
        assert ended.value.code == code, f"exit code {ended.value.code}\n{captured.out}\n{captured.err}"
        return Said(code, captured.out, captured.err)

    return run_it


@pytest.fixture
def ready(say: Say, sqlite_url: str) -> Say:
    """Return what runs the command on an empty store."""
    assert sqlite_url
    return say


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """Scan the small input once, as people do. Whoever changes the store copies it first."""
    small = make_small(tmp_path_factory.mktemp("given"))
    settings = Settings(home=tmp_path_factory.mktemp("scanned") / "home")
    with opened(settings, create=True) as services:
        fill_bank(services, small)
    return Scanned(settings.home, small, run_json(settings, "scan", small.input))


@pytest.fixture
def filled(say: Say, scanned: Scanned, home: Path) -> Say:
    """Return what runs the command on a copy of the store in which the small input was scanned."""
    shutil.copytree(scanned.home, home, dirs_exist_ok=True)
    return say


@pytest.fixture
def scanned_settings(scanned: Scanned, home: Path) -> Settings:
    """Return the settings of a copy of the store in which the small input was scanned."""
    shutil.copytree(scanned.home, home, dirs_exist_ok=True)
    return Settings(home=home)
