"""`qalqan cancel`: end a scan."""

from __future__ import annotations

import click

from qalqan.cli.out import whoami


@click.command("cancel")
@click.argument("scan", metavar="SCAN")
def command(scan: str) -> None:
    """End a scan that is under way; what it has found stays. `qalqan scan` with the same path takes it up again."""
    from qalqan.app import opened
    from qalqan.flow.handing import cancel

    with opened() as services:
        cancel(services, scan, whoami())
    click.echo("Cancelled.")
