"""Banks, their entries, and the counter that says that an index is old."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from qalqan.errors import AlreadyThere, NotFound
from qalqan.model.banks import Bank, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.times import now
from qalqan.store import Store, banks
from support.made import entry


@pytest.fixture
def bank(store: Store) -> Bank:
    """Make a bank."""
    with store.writing() as tx:
        return banks.create(tx, "herons", "terrorist-content", "Aziz", "posters of the Blue Heron Front")


def _value(number: int) -> str:
    return f"{number:064x}"


def test_a_bank_is_found_by_its_name(store: Store, bank: Bank) -> None:
    """Names are unique, listed in order, and an unknown one is said to be so."""
    with store.writing() as tx:
        other = banks.create(tx, "geese", "spam", "Aziz")
        with pytest.raises(AlreadyThere, match="'herons'"):
            banks.create(tx, "herons", "spam", "Dilnoza")
        assert banks.by_name(tx, "herons") == bank
        assert banks.every(tx) == [other, bank]
        with pytest.raises(NotFound, match="'swans'"):
            banks.by_name(tx, "swans")


def test_entries_are_added_once(store: Store, bank: Bank) -> None:
    """The same kind and value in the same bank is one entry; another kind or bank is another."""
    first = entry(bank.id)
    with store.writing() as tx:
        geese = banks.create(tx, "geese", "spam", "Aziz")
        assert banks.add_entries(tx, [first, replace(first, id=new_id())]) != []
        assert banks.add_entries(tx, [replace(first, id=new_id(), label="again")]) == []
        more = [entry(bank.id, kind="sha256"), entry(geese.id)]
        assert sorted(banks.add_entries(tx, more)) == sorted(one.id for one in more)
        assert banks.add_entries(tx, []) == []
        assert banks.counts(tx) == {bank.id: {"active": 2}, geese.id: {"active": 1}}


def test_entries_are_listed_newest_first(store: Store, bank: Bank) -> None:
    """In pages, by status, and as one long stream from the oldest on."""
    made = [entry(bank.id, _value(n)) for n in range(5)]
    with store.writing() as tx:
        banks.add_entries(tx, made)
        retired = banks.change_status(tx, made[0].id, EntryStatus.RETIRED, "Dilnoza", "a mistake")
        assert banks.entries_of(tx, bank.id, 2, 1) == [made[3], made[2]]
        assert banks.entries_of(tx, bank.id, 9, status=EntryStatus.RETIRED) == [retired]
        assert list(banks.all_entries_of(tx, bank.id)) == [retired, *made[1:]]
        assert banks.entry(tx, made[1].id) == made[1]
        with pytest.raises(NotFound):
            banks.entry(tx, new_id())


def test_a_status_keeps_its_history(store: Store, bank: Bank) -> None:
    """Each change says who, when, why; the newest is what holds."""
    one = entry(bank.id)
    with store.writing() as tx:
        banks.add_entries(tx, [one])
        banks.change_status(tx, one.id, EntryStatus.DISPUTED, "Dilnoza", "It is a news report.")
        after = banks.change_status(tx, one.id, EntryStatus.ACTIVE, "Aziz", "It is not.")
        changes = banks.changes_of(tx, one.id)
        assert banks.entry(tx, one.id) == after == one
        assert banks.changes_of(tx, new_id()) == []
        with pytest.raises(NotFound):
            banks.change_status(tx, new_id(), EntryStatus.RETIRED, "Aziz", "")
    assert [(change.status, change.by, change.reason) for change in changes] == [
        (EntryStatus.DISPUTED, "Dilnoza", "It is a news report."), (EntryStatus.ACTIVE, "Aziz", "It is not."),
    ]  # fmt: skip
    assert changes[0].at <= changes[1].at


def test_only_active_and_valid_entries_match(store: Store, bank: Bank) -> None:
    """A disputed, a retired and an expired one do not; one that expires later still does."""
    made = [entry(bank.id, _value(n)) for n in range(3)]
    late = entry(bank.id, _value(8), valid_until=now() + timedelta(hours=1))
    over = entry(bank.id, _value(9), valid_until=now() - timedelta(seconds=1))
    with store.writing() as tx:
        banks.add_entries(tx, [*made, late, over])
        banks.change_status(tx, made[0].id, EntryStatus.DISPUTED, "Aziz", "")
        banks.change_status(tx, made[1].id, EntryStatus.RETIRED, "Aziz", "")
        assert banks.active(tx) == [made[2], late]


def test_every_change_raises_the_version(store: Store, bank: Bank) -> None:
    """Adding and changing do; adding nothing new, an undone change and looking do not."""
    one = entry(bank.id)
    versions = []
    with store.writing() as tx:
        versions.append(banks.version(tx))
        banks.add_entries(tx, [one])
        versions.append(banks.version(tx))
        banks.add_entries(tx, [one])
        versions.append(banks.version(tx))
        banks.change_status(tx, one.id, EntryStatus.DISPUTED, "Aziz", "")
        versions.append(banks.version(tx))
    assert versions == [0, 1, 1, 2]


def test_threads_that_add_at_once_lose_no_version(store: Store, bank: Bank) -> None:
    """Each of their changes is counted, and the same entry from all of them is there once."""

    def run(name: int) -> None:
        for number in range(10):
            with store.writing() as tx:
                banks.add_entries(tx, [entry(bank.id, _value(name * 100 + number)), entry(bank.id, _value(999))])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(1, 5)))
    with store.reading() as tx:
        assert banks.version(tx) == 40
        assert banks.counts(tx) == {bank.id: {"active": 41}}
