"""The way, in its order. Each step is a room; what a step makes is in the store before the next begins.

A thing arrives (`intake`), is read, compared, weighed. What a person decides about it, and what follows from that,
joins here as those rooms are built.

Any step may be broken off and begun again: what it makes has natural keys, so nothing is lost and nothing is there
twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from qalqan.assess.weigh import weigh
from qalqan.flow import casing, flood
from qalqan.flow.comparing import Comparer
from qalqan.flow.reading import read_closer, read_items
from qalqan.flow.services import Services
from qalqan.model.ids import Id
from qalqan.model.signals import INDICATORS, SAID
from qalqan.model.sources import BatchState, ScanState
from qalqan.store import audit, findings, scans, shadow, signals

WEIGHED = (SAID, *INDICATORS)
"""Kinds of signals that weigh by themselves: words, and what they point at."""


class Way:
    """Walks batches of items from step 2 on; step 1, `flow.intake`, has put them into the store."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._comparer = Comparer(services)

    def close(self) -> None:
        """End what runs in the background."""
        self._comparer.close()

    def read(self, batch_id: Id) -> None:
        """Take step 2: read the signals of a batch's items; what is only compared with what is new has its own."""
        with self._services.store.reading() as tx:
            read_before = scans.since(tx, batch_id) is not None
        if not read_before:
            read_items(self._services, self._items_of(batch_id))

    def compare_and_weigh(self, batch_id: Id) -> None:
        """Take steps 3 and 4: compare with the banks, weigh what was found, end the batch, all in one transaction."""
        with self._services.store.reading() as tx:
            item_ids, since = scans.batch_item_ids(tx, batch_id), scans.since(tx, batch_id)
        self._settle(item_ids, since, lambda tx: scans.end_batch(tx, batch_id, BatchState.DONE))

    def settle(self, item_ids: Sequence[Id]) -> None:
        """Take steps 3 and 4 again for items of which more has been read meanwhile."""
        self._settle(item_ids, None, lambda _tx: None)

    def _settle(self, item_ids: Sequence[Id], since: int | None, end: Callable[[sa.Connection], None]) -> None:
        compared = self._comparer.compare(item_ids, since)
        if compared.closer and read_closer(self._services, compared.closer):
            compared = self._comparer.compare(item_ids, since)
        with self._services.store.writing() as tx:
            findings.add_matches(tx, compared.matches)
            findings.take_back(tx, item_ids, compared.matches, since)
            floods = flood.set_aside(tx, compared.matches)
            made = self._weigh(tx, item_ids)
            casing.place(tx, item_ids)
            # Compared with what is new in the banks, most stay what they were; the shadow weighs those that may not.
            moved = made | {one.item_id for one in compared.matches}
            shadow.hand_in(tx, item_ids if since is None else sorted(moved))
            end(tx)
            flood.note(tx, floods)

    def _items_of(self, batch_id: Id) -> list[Id]:
        with self._services.store.reading() as tx:
            return scans.batch_item_ids(tx, batch_id)

    def _weigh(self, tx: sa.Connection, item_ids: Sequence[Id]) -> set[Id]:
        """Weigh items; return those that come to something else than before."""
        found = findings.matches_of(tx, item_ids)
        standing = findings.current_assessments(tx, item_ids)
        said = signals.of_kinds(tx, item_ids, WEIGHED)
        policy, changed = self._services.policies.within(tx), set()
        for item_id in sorted(found.keys() | standing.keys() | said.keys()):
            of_item = (found.get(item_id, ()), standing.get(item_id, ()), said.get(item_id, ()))
            if made := weigh(policy, item_id, *of_item):
                findings.add_assessments(tx, made)
                changed.add(item_id)
        return changed


def finish(tx: sa.Connection, scan_id: Id) -> bool:
    """End a scan whose input is read and whose batches are all walked; return whether this call did."""
    scan = scans.get(tx, scan_id)
    if scan is None or scan.state is not ScanState.WALKING or scans.waiting_batches(tx, 1, scan_id):
        return False
    if not scans.finish(tx, scan_id, ScanState.DONE):
        return False
    audit.append(tx, "qalqan", "scan.finished", scan_id, read=scan.read, added=scan.added)
    return True
