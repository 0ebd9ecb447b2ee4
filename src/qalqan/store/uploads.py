"""What comes over the API, one thing at a time: each gets a walk of its own."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from qalqan.model.ids import Id, new_id
from qalqan.model.sources import Scan, ScanState
from qalqan.model.times import now
from qalqan.store import scans
from qalqan.store.records import key_of, on_conflict_nothing, row_of
from qalqan.store.tables import item_references
from qalqan.store.tables import scans as scan_table

MOST = 500


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


def call(tx: sa.Connection, platform: str, reference: str, item_id: Id) -> None:
    """Note what a platform calls an item that it handed in."""
    row = {"key": _key(platform, reference), "item_id": item_id}
    tx.execute(on_conflict_nothing(tx, item_references, "key", "item_id"), row)


def called(tx: sa.Connection, platform: str, reference: str) -> list[Id]:
    """Return the items that a platform calls so, the latest first: several where what it calls so has changed.

    At most MOST of them.
    """
    query = sa.select(item_references.c.item_id).where(item_references.c.key == _key(platform, reference))
    return [row.item_id for row in tx.execute(query.order_by(item_references.c.item_id.desc()).limit(MOST))]


def _key(platform: str, reference: str) -> str:
    return key_of("reference", platform, reference)
