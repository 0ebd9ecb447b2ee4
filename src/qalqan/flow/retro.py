"""New known things against all that is stored already: a walk of its own, for what changed since the last one."""

from __future__ import annotations

import sqlalchemy as sa

from qalqan.flow.services import Services
from qalqan.model.sources import Scan
from qalqan.store import audit, banks, items, scans

ITEMS_AT_ONCE = 2000
"""Items of one batch: only a few entries are compared with them, so they pass quickly."""


def begin_due(services: Services, by: str) -> Scan | None:
    """Begin to compare stored items with what changed in the banks since that was last done.

    Returns None where nothing changed, or where a walk of all items is under way: what changed meanwhile is found by
    the next. The walk, its batches and the note of it land together, so a process that dies leaves nothing half begun.
    """
    with services.store.reading() as tx:
        if banks.version(tx) == banks.compared_to(tx):
            return None
    with services.store.writing() as tx:
        since, version = banks.compared_to(tx), banks.version(tx)
        if since == version or scans.walks_again(tx):
            return None
        banks.note_compared(tx, version)
        return _begin(tx, since, by)


def _begin(tx: sa.Connection, since: int, by: str) -> Scan | None:
    ids = items.ids_after(tx, None, ITEMS_AT_ONCE)
    if not ids:
        return None
    scan = scans.begin_since(tx, since)
    while ids:
        scans.add_batch(tx, scan.id, ids)
        scans.count_read(tx, scan.id, len(ids), 0)
        ids = items.ids_after(tx, ids[-1], ITEMS_AT_ONCE)
    scans.start_walking(tx, scan.id)
    audit.append(tx, by, "scan.started", scan.id, location="all items, for what changed in the banks")
    return scan
