"""What comes over the API, one thing at a time: each gets a walk of its own."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from qalqan.model.ids import Id, new_id
from qalqan.model.sources import Scan, ScanState
from qalqan.model.times import now
from qalqan.store import scans
from qalqan.store.records import row_of
from qalqan.store.tables import scans as scan_table


def begin(tx: sa.Connection, source_id: Id, item_ids: Sequence[Id]) -> Scan:
    """Begin the walk of items that lie in the store already: there is no input to be read.

    Each call gets a scan of its own. One that others add to could end just before their batch is seen, and then nobody
    would walk that batch.
    """
    count = len(item_ids)
    scan = Scan(new_id(), source_id, ScanState.WALKING, scans.HERE, None, now(), None, None, count, count, 0, None)
    tx.execute(scan_table.insert(), row_of(scan))
    scans.add_batch(tx, scan.id, item_ids)
    return scan
