"""`qalqan names`: whom stored items name."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, limited, plain, short, write_lines, write_table

KINDS = ("organisation", "outlet", "product", "person")


@click.command("names")
@click.option("--kind", type=click.Choice(KINDS), help="Only names of this kind.")
@limited()
@as_json
def command(kind: str | None, limit: int, offset: int, *, as_json: bool) -> None:
    """List whom stored items name, those named by most items first. To be named says nothing: reports name, too.

    With --json a line each: entity, name, kind, items (how many name it), first, last (when these were collected),
    link (the console's list of these items).
    """
    from qalqan.app import opened
    from qalqan.flow.names import named
    from qalqan.model.words import Sense

    with opened() as services:
        every = named(services, Sense(kind) if kind else None)
    found = every[offset : offset + limit]
    if as_json:
        write_lines({**plain(one), "link": link(one.entity)} for one in found)
        return
    rows = [
        (short(one.name, 40), one.kind or "", f"{one.items:,}", one.first, one.last, one.entity, link(one.entity))
        for one in found
    ]
    write_table(("name", "kind", "items", "first", "last", "entity", "where"), rows, "No item names anybody known.")
    if rows:
        click.echo(f"{len(rows):,} of {len(every):,}.")


def link(entity: str) -> str:
    """Return where the console lists the items that name somebody."""
    from urllib.parse import quote

    return f"/items?name={quote(entity, safe='')}"
