"""`qalqan scans`: what was handed in and how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qalqan.cli.out import as_json, limited, plain, write_lines, write_table

if TYPE_CHECKING:
    from qalqan.model.sources import Scan


def _again(scan: Scan) -> str:
    return "all items again" if scan.since is None else "all items, for what changed in the banks"


@click.command("scans")
@limited(20)
@as_json
def command(limit: int, offset: int, *, as_json: bool) -> None:
    """List what was handed in and how far it has come, newest first.

    With --json a line each: id, source_id, state, host, mapping, started_at, finished_at, failure, read, added, round,
    since (the version of the banks after which entries count, null where all do), location, progress (batches,
    batches_done, batches_failed, size, size_done).
    """
    from qalqan.app import opened
    from qalqan.store import items, scans

    with opened() as services, services.store.reading() as tx:
        found = scans.newest(tx, limit, offset)
        places = items.locations(tx, [one.source_id for one in found if one.source_id])
        rows = [(one, places.get(one.source_id or "", _again(one)), scans.progress(tx, one.id)) for one in found]
    if as_json:
        write_lines({**plain(scan), "location": place, "progress": plain(progress)} for scan, place, progress in rows)
        return
    write_table(
        ("id", "started", "state", "items", "new", "place"),
        [
            (one.id, one.started_at, one.failure or one.state, f"{one.read:,}", f"{one.added:,}", place)
            for one, place, _ in rows
        ],
        "Nothing was handed in yet. Begin with: qalqan scan FOLDER",
    )
