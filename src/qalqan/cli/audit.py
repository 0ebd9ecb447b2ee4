"""`qalqan audit`: the log of everything anyone did."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, limited, write_lines, write_object, write_table


@click.group("audit")
def command() -> None:
    """Read and check the log of everything anyone did."""


@command.command("list")
@limited()
@as_json
def list_newest(limit: int, offset: int, *, as_json: bool) -> None:
    """List what was done, newest first. With --json a line each: seq, at, by, verb, subject, detail, previous, hash."""
    from qalqan.app import opened
    from qalqan.store import audit

    with opened() as services, services.store.reading() as tx:
        found = audit.newest(tx, limit + offset)[offset:]
    if as_json:
        write_lines(found)
        return
    rows = [(one.seq, one.at, one.by, one.verb, one.subject, one.detail or "") for one in found]
    write_table(("", "when", "who", "what", "of what", ""), rows, "Nothing was done yet.")


@command.command("verify")
@click.option("--head", help="A hash noted earlier: the check fails when its event is no longer there.")
@as_json
def verify(head: str | None, *, as_json: bool) -> None:
    """Check that the log holds together: that nothing in it was changed, removed or slipped in.

    Note the head that it prints, outside this machine: with --head, a log whose end was cut off is told, too.
    With --json: events, head. Exit code 7 when it does not hold.
    """
    from qalqan.app import opened
    from qalqan.store import audit

    with opened() as services, services.store.reading() as tx:
        checked = audit.verify(tx, head)
    if as_json:
        write_object(checked)
    else:
        click.echo(f"The log holds: {checked.events:,} events.\nHead: {checked.head}")
