"""`qalqan again`: compare everything once more."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, whoami, write_object


@click.command("again")
@click.option("--new", "only_new", is_flag=True, help="Only with what changed in the banks since this was last done.")
@click.option("--detach", is_flag=True, help="Do not wait: leave the work to running workers (`qalqan worker`).")
@as_json
def command(*, only_new: bool, detach: bool, as_json: bool) -> None:
    """Compare all stored items with the banks again, after these have changed.

    New entries find what came before them; what was retired or disputed no longer counts. Running workers do this by
    themselves, for what is new. With --json: scan (null where nothing was to be done), items, and bands (how many
    items are in each).
    """
    from qalqan.app import opened
    from qalqan.cli.scan import walk
    from qalqan.flow.handing import compare_again
    from qalqan.flow.retro import begin_due
    from qalqan.store import items

    with opened() as services:
        scan = begin_due(services, whoami()) if only_new else compare_again(services, whoami())
        if scan and not detach:
            walk(services, [scan], quiet=as_json)
        with services.store.reading() as tx:
            totals = items.totals(tx)
    bands = {name: totals[name] for name in ("known", "likely", "look", "context", "nothing")}
    if as_json:
        write_object({"scan": scan.id if scan else None, "items": totals["items"], "bands": bands})
        return
    if scan is None:
        click.echo("Nothing changed in the banks since, or a comparison is under way: qalqan scans")
    flagged = f"{bands['known']:,} known, {bands['likely']:,} likely, {bands['look']:,} to look at"
    context = f" {bands['context']:,} more report, study or judge such things." if bands["context"] else ""
    click.echo(f"{totals['items']:,} items: {flagged}.{context}")
