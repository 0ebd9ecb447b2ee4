"""Measures what decisions and second looks say, and keeps it until something else would be measured.

A large store takes seconds to measure: who asks is then shown what was measured last, and when that was, while the
keeper measures anew. A small one is measured whenever it is asked.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import sqlalchemy as sa

from qalqan.model.quality import Pair, Precision, Share, Sort
from qalqan.model.times import now
from qalqan.review.agreement import Agreement, agreement, wilson
from qalqan.review.quality import agreements, precisions
from qalqan.store import Store, measuring
from qalqan.store.measuring import Spoke


class Days(IntEnum):
    """Times that are measured: so many days back."""

    MONTH = 30
    SEASON = 90
    YEAR = 365
    ALL = 0


USUAL = Days.SEASON
QUICK = 0.1
"""Seconds: what is measured as fast as this is measured whenever something has changed."""
REST = 20
"""Else only after so many times as long as it took."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the decisions and second looks of a time say."""

    days: Days
    at: datetime
    """When it was measured."""
    decided: int
    """Decisions that stand and were measured."""
    capped: bool
    """Whether there were more: only the newest are measured."""
    blind: Agreement
    golden: Agreement
    by_category: list[tuple[str, Agreement]]
    by_language: list[tuple[str, Agreement]]
    """The empty one is that of cases whose language is not known."""
    people: list[tuple[str, Share]]
    """How often each person came to what was agreed on at golden cases: for leads alone."""
    features: list[Precision]
    banks: list[Precision]
    matchers: list[Precision]


@dataclass(frozen=True, slots=True)
class _Kept:
    key: tuple[str, ...]
    until: float
    """On the monotonic clock: when it may be measured anew."""
    cost: float
    by_days: dict[Days, Measured]


class Figures:
    """The figures of one store, kept in this process."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._alone = threading.Lock()

    def of(self, store: Store, days: Days) -> Measured:
        """Return the figures of a time: of now, or of a large store the last ones."""
        kept = self._kept
        if kept is None or kept.cost < QUICK:
            kept = self._fresh(store)
        return kept.by_days[days]

    def refresh(self, store: Store) -> None:
        """Measure anew where something has changed and it was not measured just now."""
        if self._kept is None or time.monotonic() >= self._kept.until:
            self._fresh(store)

    def _fresh(self, store: Store) -> _Kept:
        with self._alone, store.reading() as tx:
            moment = now()
            key = (moment.date().isoformat(), *measuring.latest(tx))
            if self._kept is None or self._kept.key != key:
                self._kept = _measured(tx, key, moment)
            return self._kept


def _measured(tx: sa.Connection, key: tuple[str, ...], moment: datetime) -> _Kept:
    began = time.monotonic()
    pairs, times = measuring.pairs(tx), measuring.times(tx)
    spoke = [list(some(tx)) for some in (measuring.by_feature, measuring.by_bank, measuring.by_matcher)]
    found = {days: _of_window(days, moment, pairs, times, spoke) for days in Days}
    took = time.monotonic() - began
    return _Kept(key, began + (1 + REST) * took, took, found)


def _of_window(
    days: Days, moment: datetime, pairs: Sequence[Pair], times: Sequence[datetime], spoke: Sequence[Sequence[Spoke]]
) -> Measured:
    since = moment - timedelta(days=days) if days else datetime.min.replace(tzinfo=moment.tzinfo)
    given = [one for one in pairs if one.at >= since]
    blind = [one for one in given if one.sort is Sort.BLIND]
    golden = [one for one in given if one.sort is Sort.GOLDEN]
    features, banks, matchers = (precisions(_counted(some, since)) for some in spoke)
    decided = sum(one >= since for one in times)
    return Measured(
        days, moment, decided, decided >= measuring.NEWEST, agreement([(one.first, one.second) for one in blind]),
        agreement([(one.first, one.second) for one in golden]), agreements(blind, lambda one: one.category),
        agreements(blind, lambda one: one.language or ""), _people(golden), features, banks, matchers,
    )  # fmt: skip


def _counted(spoke: Iterable[Spoke], since: datetime) -> list[tuple[str, str, int]]:
    counts = Counter((one.name, one.outcome) for one in spoke if one.at >= since)
    return [(name, outcome, cases) for (name, outcome), cases in counts.items()]


def _people(golden: Iterable[Pair]) -> list[tuple[str, Share]]:
    """Return how often each person came to what was agreed on, by name."""
    given: dict[str, list[bool]] = defaultdict(list)
    for one in golden:
        given[one.by].append(one.first == one.second)
    return [(name, wilson(sum(some), len(some))) for name, some in sorted(given.items())]
