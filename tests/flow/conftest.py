"""What the flow's tests share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.flow.services import Services
from qalqan.settings import Settings
from support.needs import missing
from support.small import Small, make_small


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Make the small input once."""
    return make_small(tmp_path_factory.mktemp("small"))


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """Open Qalqan on an empty store: on SQLite, then on PostgreSQL."""
    with opened(settings) as made:
        yield made


@pytest.fixture(scope="session")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Make an input that takes several seconds to walk, once."""
    return make_small(tmp_path_factory.mktemp("larger"), messages=520, pictures=500)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        missing("a disk of our own", "run the tests as root, where file systems may be mounted")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
