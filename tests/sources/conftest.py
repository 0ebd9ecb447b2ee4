"""What all tests of reading share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault
from qalqan.model.limits import Limits
from qalqan.sources.readers import built_in
from qalqan.sources.walker import walk

Walk = Callable[..., tuple[list[Draft], list[Fault]]]


@pytest.fixture(scope="session")
def isolate() -> Iterator[Isolate]:
    """One child process for all tests of this room."""
    pool = Isolate(Limits(), children=1)
    yield pool
    pool.close()


@pytest.fixture
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty scratch folder outside of the input."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture
def walked(isolate: Isolate, scratch: Path) -> Walk:
    """Return a function that walks an input to its end and sorts what came of it."""

    def run(
        path: Path, *, mapping: Mapping[str, Any] | None = None, **limits: float
    ) -> tuple[list[Draft], list[Fault]]:
        bounds = replace(Limits(), **limits)  # type: ignore[arg-type] # the tests name the limits
        found = list(walk(path, built_in(), bounds, isolate, scratch, mapping))
        drafts = [one for one in found if isinstance(one, Draft)]
        return drafts, [one for one in found if isinstance(one, Fault)]

    return run
