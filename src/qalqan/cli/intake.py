"""`qalqan intake`: what of the input could not be read."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, limited, sentences, write_lines, write_table


@click.group("intake")
def command() -> None:
    """See what of the input could not be read, and why."""


@command.command("problems")
@limited()
@as_json
def problems(limit: int, offset: int, *, as_json: bool) -> None:
    """List what could not be read, newest first, each with its reason and what to do.

    With --json a line each: id, source_id, step, where, code, message, hint, at.
    """
    from qalqan.app import opened
    from qalqan.store import intake

    with opened() as services, services.store.reading() as tx:
        found = intake.list_problems(tx, limit, offset)
        total = intake.count_problems(tx)
    if as_json:
        write_lines(found)
        return
    rows = [(one.where, one.code, sentences(one.message, one.hint)) for one in found]
    write_table(("where", "what", "why"), rows, "Everything could be read.")
    if rows:
        click.echo(f"{len(rows):,} of {total:,}.")
