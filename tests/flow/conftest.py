"""What the flow's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.flow.services import Services
from qalqan.settings import Settings
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


@pytest.fixture
def larger(tmp_path: Path) -> Small:
    """Make an input that takes several seconds to walk."""
    return make_small(tmp_path / "larger", messages=520, pictures=500)
