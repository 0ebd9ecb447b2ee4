"""Counting tries at a login."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from qalqan.store import Store, tries
from qalqan.store.tables_people import tries as table
from qalqan.store.tries import Bound

FIVE = Bound(5, 60)


def taken(store: Store, moment: float, **bounds: Bound) -> bool:
    """Count a try in a transaction of its own."""
    with store.writing() as tx:
        return tries.take(tx, bounds, moment)


def test_so_many_tries_then_one_for_each_share_of_the_time(store: Store) -> None:
    """Five in a minute; after twelve seconds one more, after a minute's rest five."""
    assert [taken(store, 100.0, aziz=FIVE) for _ in range(6)] == [True] * 5 + [False]
    assert [taken(store, 112.1, aziz=FIVE) for _ in range(2)] == [True, False]
    assert [taken(store, 200.0, aziz=FIVE) for _ in range(6)] == [True] * 5 + [False]


def test_a_refused_try_counts_nowhere(store: Store) -> None:
    """Whoever is refused for one key has used up nothing under the other."""
    for _ in range(5):
        taken(store, 100.0, aziz=FIVE)
    assert [taken(store, 100.0, aziz=FIVE, place=FIVE) for _ in range(3)] == [False] * 3
    assert [taken(store, 100.0, place=FIVE) for _ in range(6)] == [True] * 5 + [False]


def test_a_try_that_succeeded_is_given_back(store: Store) -> None:
    """Any number of good ones fit in."""
    for _ in range(20):
        assert taken(store, 100.0, aziz=FIVE)
        with store.writing() as tx:
            tries.give_back(tx, {"aziz": FIVE})


def test_what_is_remembered_is_bounded_and_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many names are tried, few are kept; those with the most tries are kept longest."""
    monkeypatch.setattr(tries, "REMEMBERED", 20)
    for _ in range(5):
        taken(store, 100.0, aziz=FIVE)
    for number in range(60):
        taken(store, 100.0, **{f"other {number}": FIVE})
    with store.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() <= 20
    assert not taken(store, 100.0, aziz=FIVE)
    assert taken(store, 1000.0, aziz=FIVE)
    with store.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 1
