"""`qalqan settings`: what can be set."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, write_lines, write_table


@click.command("settings")
@as_json
def command(*, as_json: bool) -> None:
    """Show every setting, its value and its meaning. With --json a line each: variable, value, default, meaning."""
    from qalqan.settings import described, read_settings

    found = described(read_settings())
    if as_json:
        write_lines(found)
        return
    write_table(
        ("variable", "value", "meaning"), [(one["variable"], one["value"], one["meaning"]) for one in found], ""
    )
