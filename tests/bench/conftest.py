"""What the measuring scripts' tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qalqan.isolate import Isolate
from qalqan.model.limits import Limits
from qalqan.signals.contract import Desk


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """Return a desk with one decoding child."""
    limits = Limits()
    isolate = Isolate(limits, children=1)
    yield Desk(limits, isolate)
    isolate.close()
