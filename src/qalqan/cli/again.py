"""`qalqan again`: compare everything once more."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, whoami, write_object


@click.command("again")
@click.option("--detach", is_flag=True, help="Do not wait: leave the work to running workers (`qalqan worker`).")
@as_json
def command(*, detach: bool, as_json: bool) -> None:
    """Compare all stored items with the banks again, after these have changed.

    New entries find what came before them; what was retired or disputed no longer counts. With --json: scan, items,
    and bands (how many items are in each).
    """
    from qalqan.app import opened
    from qalqan.cli.scan import walk
    from qalqan.flow.handing import compare_again
    from qalqan.store import items

    with opened() as services:
        scan = compare_again(services, whoami())
        if not detach:
            walk(services, [scan], quiet=as_json)
        with services.store.reading() as tx:
            totals = items.totals(tx)
    bands = {name: totals[name] for name in ("known", "likely", "look", "nothing")}
    if as_json:
        write_object({"scan": scan.id, "items": totals["items"], "bands": bands})
        return
    parts = f"{bands['known']:,} known, {bands['likely']:,} likely, {bands['look']:,} to look at"
    click.echo(f"{totals['items']:,} items: {parts}.")
