"""What is counted and listed of a policy in the shadow, whatever is weighed in whatever order."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from qalqan.model.assessments import Band
from qalqan.model.ids import Id, new_id
from qalqan.model.shadow import Change, Compared, Side, Walk
from qalqan.model.times import now
from qalqan.store import Store, shadow
from support import made

ITEMS = 5
BANDS = {
    Change.FLAGGED: (Band.NOTHING, Band.LOOK), Change.CLEARED: (Band.LIKELY, Band.NOTHING),
    Change.LOWER: (Band.LIKELY, Band.LOOK), Change.SAME: (Band.NOTHING, Band.NOTHING),
    Change.FAILED: (Band.NOTHING, Band.NOTHING),
}  # fmt: skip
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["hand in", "take", "keep"]), st.sets(st.integers(0, ITEMS - 1)),
        st.lists(st.sampled_from(sorted(BANDS)), min_size=ITEMS, max_size=ITEMS),
    ),
    max_size=25,
)  # fmt: skip
"""What is done, with which items, and what each of them would come to."""


def compared(item_id: Id, change: Change) -> Compared:
    """Return an item that comes out in a way."""
    before, after = (Side(band) for band in BANDS[change])
    return Compared(item_id, change, before, after)


@pytest.fixture
def ids(store: Store) -> list[Id]:
    """Store some items."""
    return [one.id for one in made.stored(store, *[f"The river is high, {n}." for n in range(ITEMS)])]


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(deeds=DEEDS)
def test_counts_and_list_are_those_of_what_each_item_came_to_last(
    store: Store, ids: list[Id], deeds: list[tuple[str, set[int], list[Change]]]
) -> None:
    """Handed in again and again, taken by several at once, kept late: the counts are those of a plain table."""
    waits: dict[Id, int] = {}
    last: dict[Id, Change] = {}
    taken: list[tuple[dict[Id, Id], dict[Id, int]]] = []
    with made.rolled_back(store) as tx:
        walk = Walk(new_id(), "new/1", "old/1", "", "Aziz", now(), 0)
        shadow.begin(tx, walk)
        for number, (deed, which, changes) in enumerate(deeds):
            if deed == "hand in":
                some = [ids[n] for n in which]
                shadow.hand_in(tx, some)
                waits.update(dict.fromkeys(some, number))
            elif deed == "take":
                taken.append((shadow.waiting(tx, walk.id, ITEMS), dict(waits)))
                assert set(taken[-1][0]) == set(waits)
            elif taken:
                marks, seen = taken.pop(0)
                found = [compared(one, changes[ids.index(one)]) for one in marks]
                due = [one for one in found if waits.get(one.item_id) == seen[one.item_id]]
                assert shadow.keep(tx, walk.id, found, marks) == len(due)
                for one in due:
                    last[one.item_id] = one.change
                    del waits[one.item_id]
            counted = Counter({one.change: one.items for one in shadow.counts(tx, walk.id)})
            assert counted == Counter(last.values())
            listed = {one.item_id: one.change for one in shadow.page(tx, walk.id, "", 100, 0)}
            assert listed == {one: change for one, change in last.items() if change not in (Change.SAME, Change.FAILED)}
            assert shadow.count_waiting(tx, walk.id, 100) == len(waits)
