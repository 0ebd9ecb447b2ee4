"""Finds the jobs that nobody does, from our own tables, and hands them to DBOS."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import psutil
from dbos import DBOS, SetWorkflowID

from qalqan.flow import way
from qalqan.model.ids import Id
from qalqan.model.sources import Scan, ScanState
from qalqan.store import Store, scans
from qalqan.store.faults import plain_errors
from qalqan.store.scans import Worker

QUEUE = "walk"
SILENT_SECONDS = 60.0
"""A worker on another machine that has not been seen for so long is dead."""
AT_ONCE = 500
TAKEN = "PENDING"
"""DBOS's word for a job that a process has taken."""
ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
"""DBOS's words for a job that nobody will take again."""

Job = Callable[[Id], None]


def intake_queue(host: str) -> str:
    """Return the queue of scans whose input lies on this machine."""
    return f"intake-{host}"


def job_name(record_id: Id, scan: Scan) -> str:
    """Return the name of the job for a scan's input or one of its batches, another each time it is taken up again."""
    return f"{record_id}.{scan.round}"


class Sweep:
    """Hands over what waits, and takes from the dead what they held."""

    def __init__(self, store: Store, worker: Worker) -> None:
        self._store = store
        self._worker = worker
        self._handed_over: set[str] = set()
        self.jobs: tuple[Job, Job] | None = None
        """What takes in a scan's input, and what walks a batch: set once they are registered."""

    def sweep(self) -> None:
        """Look over all unfinished scans. Safe to run in every process at once: a job handed over twice is one job.

        Raises StoreError where the database cannot be reached or takes no more.
        """
        with plain_errors():
            self._take_from_the_dead()
            with self._store.reading() as tx:
                unfinished = scans.unfinished(tx)
            waiting = {job for scan in unfinished for job in self._hand_over(scan)}
            self._handed_over &= waiting
            self._let_begin_again(waiting)

    def hand_over_batch(self, batch_id: Id) -> None:
        """Hand over one batch that was just written. Raises StoreError as `sweep` does."""
        with plain_errors():
            with self._store.reading() as tx:
                batch = scans.batch(tx, batch_id)
                scan = scans.get(tx, batch.scan_id) if batch else None
            if scan is not None:
                self._enqueue(QUEUE, 1, scan, batch_id)

    def _hand_over(self, scan: Scan) -> Sequence[str]:
        """Hand over what waits of a scan; return the names of those jobs. End it where nothing does."""
        names = []
        if scan.source_id is not None and scan.state in (ScanState.WAITING, ScanState.READING):
            if scan.host == self._worker.host:
                names.append(self._enqueue(intake_queue(scan.host), 0, scan, scan.id))
        else:
            with self._store.writing() as tx:
                way.finish(tx, scan.id)
        with self._store.reading() as tx:
            batches = scans.waiting_batches(tx, AT_ONCE, scan.id)
        return [*names, *(self._enqueue(QUEUE, 1, scan, one.id) for one in batches)]

    def _let_begin_again(self, waiting: set[str]) -> None:
        """Forget jobs that ended without ending their record, as on a full disk: the next sweep hands them over."""
        if not waiting:
            return
        for job in DBOS.list_workflows(workflow_ids=sorted(waiting), status=ENDED, load_input=False, load_output=False):
            DBOS.delete_workflow(job.workflow_id)
            self._handed_over.discard(job.workflow_id)

    def _enqueue(self, queue: str, which: int, scan: Scan, record_id: Id) -> str:
        name = job_name(record_id, scan)
        if name not in self._handed_over and self.jobs is not None:
            with SetWorkflowID(name):
                DBOS.enqueue_workflow(queue, self.jobs[which], record_id)
            self._handed_over.add(name)
        return name

    def _take_from_the_dead(self) -> None:
        living = self._living()
        for job in DBOS.list_workflows(status=TAKEN, load_input=False, load_output=False):
            if job.executor_id not in living:
                DBOS.resume_workflow(job.workflow_id, queue_name=job.queue_name)

    def _living(self) -> set[str]:
        """Return the ids of the workers that live, and forget the others."""
        with self._store.writing() as tx:
            silent = scans.workers_silent(tx, SILENT_SECONDS)
            known = scans.workers_known(tx)
            dead = {one.id for one in known if one.id in silent or not self._lives(one)}
            for worker_id in dead:
                scans.forget_worker(tx, worker_id)
        return {one.id for one in known} - dead

    def _lives(self, worker: Worker) -> bool:
        """Whether a worker's process lives. On another machine only its silence can tell."""
        if worker.host != self._worker.host:
            return True
        try:
            return abs(psutil.Process(worker.pid).create_time() - worker.born) < 1.0
        except psutil.NoSuchProcess:
            return False
