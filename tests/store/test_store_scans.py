"""Scans, their batches, and the processes that walk them."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from qalqan.model.ids import Id, new_id
from qalqan.model.sources import BatchState, ScanState
from qalqan.store import Store, intake, scans
from qalqan.store.scans import Progress, Worker
from qalqan.store.tables import workers
from support.made import NOON, stored


@pytest.fixture
def source(store: Store) -> Id:
    """Hand something in."""
    with store.writing() as tx:
        return intake.ensure_source(tx, "/exports/valley", "valley", "Aziz").id


def test_a_scan_begins_once(store: Store, source: Id) -> None:
    """While one is under way, beginning again gives the same; after its end, a new one."""
    with store.writing() as tx:
        first, is_new = scans.begin(tx, source, "columns: {}")
        assert is_new
        assert (first.state, first.mapping, first.host) == (ScanState.WAITING, "columns: {}", socket.gethostname())
        assert scans.begin(tx, source) == (first, False)
        scans.finish(tx, first.id, ScanState.DONE)
        second, is_new = scans.begin(tx, source)
        assert is_new
        assert second.id != first.id


@pytest.mark.parametrize("state", [ScanState.FAILED, ScanState.CANCELLED])
def test_a_scan_that_was_given_up_is_taken_up_again(store: Store, source: Id, state: ScanState) -> None:
    """It is the same scan in its next round, waiting and without its old failure."""
    with store.writing() as tx:
        first, _ = scans.begin(tx, source)
        scans.finish(tx, first.id, state, "The disk was full.")
        again, is_new = scans.begin(tx, source, "columns: {}")
        assert not is_new
        assert again == scans.get(tx, first.id)
    assert (again.id, again.state, again.round, again.mapping) == (first.id, ScanState.WAITING, 1, "columns: {}")
    assert (again.failure, again.finished_at) == (None, None)


def test_threads_begin_a_scan_once(store: Store, source: Id) -> None:
    """Whoever asks at the same time gets the same scan, and it is new to one of them."""

    def run(_number: int) -> tuple[Id, bool]:
        with store.writing() as tx:
            scan, is_new = scans.begin(tx, source)
        return scan.id, is_new

    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(run, range(8)))
    assert len({scan_id for scan_id, _ in begun}) == 1
    assert sum(is_new for _, is_new in begun) == 1


def test_a_walk_of_everything_replaces_the_one_before(store: Store, source: Id) -> None:
    """It began with older banks; scans of sources are left alone."""
    with store.writing() as tx:
        own, _ = scans.begin(tx, source)
        first = scans.begin_all(tx)
        second = scans.begin_all(tx)
        ended = scans.get(tx, first.id)
        assert ended is not None
        assert ended.state is ScanState.CANCELLED
        assert scans.unfinished(tx) == [own, second]
        assert scans.newest(tx, 2) == [second, ended]
        assert scans.newest(tx, 2, 2) == [own]


def test_a_scan_goes_from_reading_to_walking_to_its_end(store: Store, source: Id) -> None:
    """Counts add up, begin anew with a new reading, and an ended scan stays ended."""
    with store.writing() as tx:
        scan, _ = scans.begin(tx, source)
        scans.start_reading(tx, scan.id)
        scans.count_read(tx, scan.id, 10, 4)
        scans.count_read(tx, scan.id, 5, 0)
        read = scans.get(tx, scan.id)
        scans.start_reading(tx, scan.id)
        scans.count_read(tx, scan.id, 15, 0)
        again = scans.get(tx, scan.id)
        scans.start_walking(tx, scan.id)
        walking = scans.get(tx, scan.id)
        assert scans.finish(tx, scan.id, ScanState.FAILED, "No more room.")
        assert not scans.finish(tx, scan.id, ScanState.DONE)
        scans.start_walking(tx, scan.id)
        ended = scans.get(tx, scan.id)
    assert read is not None
    assert again is not None
    assert walking is not None
    assert ended is not None
    assert (read.state, read.read, read.added) == (ScanState.READING, 15, 4)
    assert (again.read, again.added, walking.state) == (15, 4, ScanState.WALKING)
    assert (ended.state, ended.failure) == (ScanState.FAILED, "No more room.")
    assert ended.finished_at is not None


def test_a_scan_that_is_not_there(store: Store) -> None:
    """Neither it nor a batch of it."""
    with store.writing() as tx:
        assert (scans.get(tx, new_id()), scans.batch(tx, new_id())) == (None, None)
        assert not scans.finish(tx, new_id(), ScanState.DONE)
        assert scans.progress(tx, new_id()) == Progress(0, 0, 0, 0, 0)


def test_a_batch_holds_items_in_the_order_of_reading(store: Store, source: Id) -> None:
    """Whatever order they are added in; attempts are counted."""
    ids = [one.id for one in stored(store, "One.", "Two.", "Three.")]
    with store.writing() as tx:
        scan, _ = scans.begin(tx, source)
        batch = scans.add_batch(tx, scan.id, ids[::-1])
        assert scans.batch_item_ids(tx, batch.id) == ids
        scans.count_attempt(tx, batch.id)
        scans.count_attempt(tx, batch.id)
        counted = scans.batch(tx, batch.id)
        assert counted is not None
        assert (counted.attempts, counted.size, counted.state) == (2, 3, BatchState.WAITING)


def test_batches_that_wait_and_how_far_a_scan_has_come(store: Store, source: Id) -> None:
    """Done and failed ones no longer wait; those of an ended scan are not walked any more."""
    ids = [one.id for one in stored(store, "One.", "Two.", "Three.")]
    with store.writing() as tx:
        scan, _ = scans.begin(tx, source)
        other = scans.begin_all(tx)
        made = [scans.add_batch(tx, scan.id, ids[:size]) for size in (1, 2, 3)]
        elsewhere = scans.add_batch(tx, other.id, ids)
        assert scans.waiting_batches(tx, 9) == [*made, elsewhere]
        scans.end_batch(tx, made[0].id, BatchState.DONE)
        scans.end_batch(tx, made[1].id, BatchState.FAILED)
        assert scans.waiting_batches(tx, 1) == made[2:]
        assert scans.waiting_batches(tx, 9, other.id) == [elsewhere]
        assert scans.progress(tx, scan.id) == Progress(batches=3, batches_done=1, batches_failed=1, size=6, size_done=3)
        scans.finish(tx, scan.id, ScanState.CANCELLED)
        assert scans.waiting_batches(tx, 9) == [elsewhere]


def test_workers_that_live_and_that_are_silent(store: Store) -> None:
    """A worker seen again is the same; one not seen for long is told, and may be given up."""
    one, two = Worker("a", "host", 7, 1.5), Worker("b", "host", 8, 2.5)
    with store.writing() as tx:
        scans.worker_seen(tx, one)
        scans.worker_seen(tx, two)
        tx.execute(sa.update(workers).values(seen=NOON))
        scans.worker_seen(tx, two)
        assert scans.workers_known(tx) == [one, two]
        assert scans.workers_silent(tx, 60) == {"a"}
        scans.forget_worker(tx, "a")
        assert scans.workers_known(tx) == [two]
        assert scans.workers_silent(tx, 60) == set()
