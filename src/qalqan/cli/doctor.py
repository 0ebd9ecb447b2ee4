"""`qalqan doctor`: what is here and what is missing."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, write_lines

MARKS = {"ok": ("✓", "green"), "missing": ("–", "yellow"), "broken": ("✗", "red")}


@click.command("doctor")
@as_json
def command(*, as_json: bool) -> None:
    """Say what is installed, what is missing, and what brings it.

    With --json a line each: part, state (ok, missing, broken), found, brings. Exit code 1 when something is broken;
    what is only missing is needed by some and named with them.
    """
    from qalqan.cli.checks import all_checks

    found = all_checks()
    if as_json:
        write_lines(found)
    for one in () if as_json else found:
        mark, colour = MARKS[one.state]
        click.echo(f"{click.style(mark, fg=colour)} {one.part:<26} {one.found}")
        if one.brings:
            click.echo(f"{'':29}{one.brings}")
    if any(one.state == "broken" for one in found):
        click.get_current_context().exit(1)
