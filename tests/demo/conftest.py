"""The material, made once for all tests of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from qalqan.demo.material import Material, make_material

Steps = list[tuple[str, int, int]]


@pytest.fixture(scope="session")
def making(tmp_path_factory: pytest.TempPathFactory) -> tuple[Material, Steps]:
    """Make the material and keep what was told about the progress."""
    folder: Path = tmp_path_factory.mktemp("demo") / "material"
    steps: Steps = []
    return make_material(folder, progress=lambda *step: steps.append(step)), steps


@pytest.fixture(scope="session")
def material(making: tuple[Material, Steps]) -> Material:
    """Return the material."""
    return making[0]
