"""Time on hard material is counted by the server's clock: never more than has passed, never for anybody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qalqan.model.ids import Id
from qalqan.model.protection import WEAKEST, Shield
from qalqan.store import Store, people, protection
from qalqan.store.tables_protection import exposures, looking
from support import filled

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def somebody(store: Store) -> Id:
    """Add a person."""
    with store.writing() as tx:
        return people.add(tx, "amina", filled.PASSWORD).id


def after(seconds: float) -> datetime:
    """Return a moment after noon."""
    return NOON + timedelta(seconds=seconds)


def counted(store: Store, person_id: Id, moment: datetime = NOON) -> float:
    """Return the seconds of that day."""
    with store.reading() as tx:
        return protection.today(tx, person_id, moment)


def test_the_floor_is_declared_until_a_lead_sets_one(store: Store) -> None:
    """Blur 7, grey, without sound, stills; each change is a new row."""
    with store.writing() as tx:
        assert protection.floor(tx) == Shield(7, grey=True, mute=True, stills=True)
        protection.set_floor(tx, Shield(9), "leila")
        protection.set_floor(tx, Shield(8, grey=False), "leila")
        assert protection.floor(tx) == Shield(8, grey=False)
        assert [one.blur for one in protection.newest_floors(tx, 5)] == [8, 9]


def test_ones_own_is_kept_and_replaced(store: Store, somebody: Id) -> None:
    """Who has set nothing adds nothing to the floor."""
    with store.writing() as tx:
        assert protection.own(tx, somebody) == WEAKEST
        for wanted in (Shield(9), Shield(8, mute=False)):
            protection.set_own(tx, somebody, wanted)
            assert protection.own(tx, somebody) == wanted


def test_a_look_counts_from_reveal_over_beats_to_its_end(store: Store, somebody: Id) -> None:
    """Seven seconds by severity, on that day."""
    with store.writing() as tx:
        protection.begin(tx, somebody, 3, 20, NOON)
        protection.beat(tx, somebody, after(3))
        protection.beat(tx, somebody, after(6))
        protection.end(tx, somebody, after(7))
        protection.beat(tx, somebody, after(60))
        found = protection.days_of(tx, somebody)
    assert [(one.day, one.severity, one.millis) for one in found] == [("2026-03-01", 3, 7000)]


def test_a_browser_that_falls_silent_counts_to_the_end_of_its_key_and_no_further(store: Store, somebody: Id) -> None:
    """Who sends no beats gains nothing, and who closes the lid loses little."""
    with store.writing() as tx:
        protection.begin(tx, somebody, 2, 20, NOON)
        protection.begin(tx, somebody, 2, 20, after(3600))
        assert protection.today(tx, somebody, NOON) == 20


def test_beats_without_a_reveal_count_nothing(store: Store, somebody: Id) -> None:
    """Nor do those after the end."""
    with store.writing() as tx:
        for second in range(10):
            protection.beat(tx, somebody, after(second))
    assert counted(store, somebody) == 0


def test_what_is_not_hard_is_not_counted_and_ends_what_was(store: Store, somebody: Id) -> None:
    """A landscape after a poster is rest."""
    with store.writing() as tx:
        protection.begin(tx, somebody, 4, 20, NOON)
        protection.begin(tx, somebody, 0, 20, after(5))
        protection.beat(tx, somebody, after(8))
    assert counted(store, somebody) == 5


def test_a_pause_of_five_minutes_begins_a_new_stretch(store: Store, somebody: Id) -> None:
    """A shorter one does not."""
    with store.writing() as tx:
        for start in (0, 200, 200 + 8 + 300):
            protection.begin(tx, somebody, 3, 20, after(start))
            protection.end(tx, somebody, after(start + 8))
            found = protection.looking_of(tx, somebody)
            assert found is not None
            assert found.stretch == {0: 8000, 200: 16000, 508: 8000}[start]


def test_two_at_once_count_once_as_the_harder(store: Store, somebody: Id) -> None:
    """Nobody has two pairs of eyes."""
    with store.writing() as tx:
        protection.begin(tx, somebody, 3, 20, NOON)
        protection.begin(tx, somebody, 1, 20, after(0))
        protection.end(tx, somebody, after(10))
        assert [(one.severity, one.millis) for one in protection.days_of(tx, somebody)] == [(3, 10_000)]


def test_days_older_than_two_weeks_are_forgotten(store: Store, somebody: Id) -> None:
    """The plot shows them no more, and nothing else needs them."""
    with store.writing() as tx:
        for day in range(20):
            start = NOON + timedelta(days=day)
            protection.begin(tx, somebody, 3, 20, start)
            protection.end(tx, somebody, start + timedelta(seconds=5))
        assert len(protection.days_of(tx, somebody)) == protection.DAYS
        assert protection.totals(tx, "2026-03-20") == [("amina", "2026-03-20", 5.0)]


deeds = st.lists(st.tuples(st.sampled_from(["begin", "beat", "end"]), st.floats(0, 40), st.integers(0, 4)), max_size=30)


@given(deeds=deeds)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_more_than_has_passed_is_counted(store: Store, somebody: Id, deeds: list[tuple[str, float, int]]) -> None:
    """Whatever is sent, in whatever order: at most the time since the first reveal, and never somebody else's."""
    with store.writing() as tx:
        tx.execute(exposures.delete())
        tx.execute(looking.delete())
        moment, first = NOON, None
        for deed, wait, severity in deeds:
            moment += timedelta(seconds=wait)
            if deed == "begin":
                first = first or moment
                protection.begin(tx, somebody, severity, 20, moment)
            else:
                (protection.beat if deed == "beat" else protection.end)(tx, somebody, moment)
        total = protection.today(tx, somebody, NOON)
        assert total <= ((moment - first).total_seconds() if first else 0)
        assert {one.severity for one in protection.days_of(tx, somebody)} <= {1, 2, 3, 4}
