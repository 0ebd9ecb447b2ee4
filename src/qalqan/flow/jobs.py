"""Durable jobs: DBOS carries scans and batches to the processes that walk them; the truth stays in our own tables.

Every job is idempotent and takes one record id. What a dead process leaves is found by `Sweep` and given to the
living; so nothing depends on a job being handed over in the moment in which its record was written.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import psutil
import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from qalqan.errors import QalqanError, StoreError
from qalqan.flow import way
from qalqan.flow.intake import take_in
from qalqan.flow.services import Services
from qalqan.flow.sweep import QUEUE, Sweep, intake_queue, job_name
from qalqan.model.ids import Id, new_id
from qalqan.model.sources import Batch, BatchState, Problem, Scan, ScanState
from qalqan.model.times import now
from qalqan.store import audit, banks, intake, items, scans
from qalqan.store.scans import Worker

POLL_SECONDS = 0.2
BEAT_SECONDS = 5.0
STARTS_AT_MOST = 50
"""A batch begun so often without coming to its end has something in it that kills its process."""


class _BrokenOff(Exception):
    """The scan whose input is being read was cancelled."""


def this_process() -> Worker:
    """Return what tells this process from every other, on this machine or elsewhere."""
    pid = os.getpid()
    born = psutil.Process(pid).create_time()
    return Worker(f"{socket.gethostname()}-{pid}-{uuid.uuid4().hex[:8]}", socket.gethostname(), pid, born)


class Jobs:
    """The jobs of this process. There can be one at a time in a process, as DBOS is one a process."""

    def __init__(self, services: Services) -> None:
        self.worker = this_process()
        self._services = services
        self._way = way.Way(services)
        self._fresh: queue.SimpleQueue[Id | None] = queue.SimpleQueue()
        self._sweep = Sweep(services.store, self.worker)
        self.unwritten: dict[Id, str] = {}
        """Why scans failed where the store would not even take that: for whoever waits for them in this process."""
        self._beat = threading.Thread(target=self._beat_on, name="qalqan-beat", daemon=True)

    begun: ClassVar[bool] = False
    """Whether this process has ever taken jobs."""

    def start(self) -> None:
        """Begin to take jobs, those that dead processes left among them."""
        Jobs.begun = True
        DBOS(config=self._config())
        self._register()
        queues = {QUEUE: self._services.settings.workers, intake_queue(self.worker.host): 2}
        DBOS.listen_queues(list(queues))
        DBOS.launch()
        for name, at_once in queues.items():
            DBOS.register_queue(name, worker_concurrency=at_once, polling_interval_sec=POLL_SECONDS)
        self._services.store.blobs.sweep()
        self._note_alive()
        self._sweep.sweep()
        self._beat.start()

    def stop(self) -> None:
        """Take no more jobs and leave; what is under way here goes on elsewhere, or at the next start."""
        self._fresh.put(None)
        self._beat.join()
        DBOS.destroy(workflow_completion_timeout_sec=0)
        self._way.close()
        with contextlib.suppress(StoreError), self._services.store.writing() as tx:
            scans.forget_worker(tx, self.worker.id)

    def settle(self, item_ids: Sequence[Id]) -> None:
        """Compare and weigh items anew of which more has been read meanwhile: for the keeper of this process."""
        self._way.settle(item_ids)

    def _config(self) -> DBOSConfig:
        return {
            "name": "qalqan",
            "system_database_url": self._services.settings.jobs_url,
            "executor_id": self.worker.id,
            "application_version": "1",
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "CRITICAL",  # a failure is kept with its scan, where people look for it
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": 1.0,  # nobody waits for a notification
        }

    def _register(self) -> None:
        """Name the jobs and their steps; the names are all that lies in DBOS's tables."""

        @DBOS.step(name="read", retries_allowed=True, max_attempts=3)
        def read(batch_id: Id) -> None:
            self._way.read(batch_id)

        @DBOS.step(name="compare-and-weigh", retries_allowed=True, max_attempts=3)
        def compare_and_weigh(batch_id: Id) -> None:
            self._way.compare_and_weigh(batch_id)

        @DBOS.workflow(name="walk-batch")
        def walk_batch(batch_id: Id) -> None:
            batch = self._begin(batch_id)
            if batch is None:
                return
            with self._failing(batch.scan_id):
                read(batch_id)
                compare_and_weigh(batch_id)
                self._finish(batch.scan_id)

        @DBOS.workflow(name="take-in")
        def take_in_source(scan_id: Id) -> None:
            with self._failing(scan_id):
                self._take_in(scan_id)

        self._sweep.jobs = (take_in_source, walk_batch)

    def _take_in(self, scan_id: Id) -> None:
        with self._services.store.reading() as tx:
            scan = scans.get(tx, scan_id)
            source = intake.source(tx, scan.source_id) if scan and scan.source_id else None
        if scan is None or source is None or not _goes_on(scan, scan_id):
            return
        # The beat's thread hands the batches over: from within a job, DBOS would take each for a step of it, and a
        # job begun again makes fewer.
        try:
            take_in(self._services, scan, source, lambda batch_id: self._hand_on(batch_id, scan_id))
        except _BrokenOff:
            return
        with self._services.store.writing() as tx:
            scans.start_walking(tx, scan_id)
        self._finish(scan_id)

    def _hand_on(self, batch_id: Id, scan_id: Id) -> None:
        """Have a new batch handed over, unless its scan was cancelled meanwhile: then break the reading off."""
        with self._services.store.reading() as tx:
            scan = scans.get(tx, scan_id)
        if scan is None or not _goes_on(scan, scan_id):
            raise _BrokenOff
        self._fresh.put(batch_id)

    def _begin(self, batch_id: Id) -> Batch | None:
        """Count the start of a batch; return it unless there is nothing to do about it any more."""
        with self._services.store.writing() as tx:
            batch = scans.batch(tx, batch_id)
            scan = scans.get(tx, batch.scan_id) if batch else None
            if batch is None or scan is None or not _goes_on(scan, batch_id) or batch.state is not BatchState.WAITING:
                return None
            scans.count_attempt(tx, batch_id)
            if batch.attempts < STARTS_AT_MOST:
                return batch
            _give_up(tx, batch)
        self._finish(batch.scan_id)
        return None

    def _finish(self, scan_id: Id) -> None:
        with self._services.store.writing() as tx:
            way.finish(tx, scan_id)

    @contextmanager
    def _failing(self, scan_id: Id) -> Iterator[None]:
        """Let a failure end the scan with its reason, so that whoever waits for it is told."""
        try:
            yield
        except Exception as error:  # whatever it is, whoever waits must be told; it is raised on
            self._fail(scan_id, _reason(error))
            raise

    def _fail(self, scan_id: Id, failure: str) -> None:
        try:
            with self._services.store.writing() as tx:
                if scans.finish(tx, scan_id, ScanState.FAILED, failure):
                    _ask_again_later(tx, scan_id)
                    audit.append(tx, "qalqan", "scan.failed", scan_id, failure=failure)
        except StoreError:  # the scan stays as it is, and a later sweep begins the job again
            self.unwritten[scan_id] = failure
            raise

    def _note_alive(self) -> None:
        with self._services.store.writing() as tx:
            scans.worker_seen(tx, self.worker)

    def _beat_on(self) -> None:
        """Hand over new batches as they come; say now and then that this process lives, and look for orphans."""
        next_beat = time.monotonic() + BEAT_SECONDS
        while True:
            try:
                batch_id = self._fresh.get(timeout=max(0.0, next_beat - time.monotonic()))
                if batch_id is None:
                    return
                self._sweep.hand_over_batch(batch_id)
            except queue.Empty:
                self._live_on()
                next_beat = time.monotonic() + BEAT_SECONDS
            except StoreError:  # what is not handed over now is found by the next sweep
                continue

    def _live_on(self) -> None:
        with contextlib.suppress(StoreError):  # a database that is away now may be back at the next beat
            self._note_alive()
            self._sweep.sweep()


def _ask_again_later(tx: sa.Connection, scan_id: Id) -> None:
    """Where a walk of all stored items failed, let the next one begin with what it was begun for."""
    scan = scans.get(tx, scan_id)
    if scan is not None and scan.source_id is None:
        banks.compared_only_to(tx, scan.since or 0)


def _goes_on(scan: Scan, record_id: Id) -> bool:
    """Whether this job is still to be done: neither has its scan ended, nor is it of an earlier round of it."""
    return scan.state.value in scans.UNFINISHED and DBOS.workflow_id == job_name(record_id, scan)


def _reason(error: Exception) -> str:
    """Return in words why a job failed; of a step that was tried several times, why its last try did."""
    tries = getattr(error, "errors", None)  # DBOS keeps the class to itself
    if isinstance(tries, list) and tries:
        error = tries[-1]
    if isinstance(error, QalqanError):
        return f"{error.message.rstrip('.')}. {error.hint}".strip()
    return f"{type(error).__name__}: {error}"


def _give_up(tx: sa.Connection, batch: Batch) -> None:
    """End a batch that cannot be walked, and say so where people look for what could not be read."""
    scans.end_batch(tx, batch.id, BatchState.FAILED)
    for one in items.occurrences(tx, scans.batch_item_ids(tx, batch.id)):
        message = f"was given up after {STARTS_AT_MOST} starts that ended with the process"
        hint = "Something in this batch kills its process. Scan it in smaller batches: QALQAN_BATCH_SIZE=1."
        problem = Problem(new_id(), one.item.source_id, "flow", one.item.origin, "input-refused", message, hint, now())
        intake.add_problems(tx, [problem])
