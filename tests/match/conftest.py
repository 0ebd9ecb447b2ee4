"""What the matchers' tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.parts import Interval
from qalqan.model.signals import Signal
from qalqan.model.times import now


@pytest.fixture(scope="session")
def entry() -> Callable[[str, str], BankEntry]:
    """Return a way to make an active entry."""

    def make(kind: str, value: str) -> BankEntry:
        return BankEntry(
            new_id(), new_id(), kind, value, "a view", "test", EntryStatus.ACTIVE, None, None, "test", now()
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def signal() -> Callable[..., Signal]:
    """Return a way to make a signal."""

    def make(kind: str, value: str, quality: int | None = 100, seconds: float | None = None) -> Signal:
        interval = None if seconds is None else Interval(0.0, seconds)
        return Signal(new_id(), kind, value, "test/1", quality=quality, interval=interval)

    return make
