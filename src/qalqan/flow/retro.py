"""New known things against all that is stored already: a walk of its own, for what changed since the last one."""

from __future__ import annotations

from qalqan.flow.handing import again
from qalqan.flow.services import Services
from qalqan.model.signals import LINK, SHA256
from qalqan.model.sources import Scan
from qalqan.store import banks, items, scans

SETTLING = (SHA256, LINK)
"""Kinds of entries that spare a file the dearer stages."""
ITEMS_AT_ONCE = 2000
"""Items of one batch: only a few entries are compared with them, so they pass quickly."""


def begin_due(services: Services, by: str) -> Scan | None:
    """Begin to compare stored items with what changed in the banks since that was last done.

    Returns None where nothing changed, or where a walk of all items is under way: what changed meanwhile is found by
    the next. Where the change may bring back what something else had kept away (a negative entry, one that settled
    files), everything is compared with everything. The walk, its batches and the note of it land together, so a process
    that dies leaves nothing half begun.
    """
    with services.store.reading() as tx:
        if banks.version(tx) == banks.compared_to(tx):
            return None
    with services.store.writing() as tx:
        since, version = banks.compared_to(tx), banks.version(tx)
        if since == version or scans.walks_again(tx):
            return None
        banks.note_compared(tx, version)
        if items.first(tx) is None:
            return None
        if banks.brings_back(tx, since, SETTLING):
            return again(tx, scans.begin_all(tx), by, services.settings.batch_size, "all items")
        what = "all items, for what changed in the banks"
        return again(tx, scans.begin_since(tx, since), by, ITEMS_AT_ONCE, what)
