"""`qalqan search`: find items by words."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, limited


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@limited()
@as_json
def command(words: tuple[str, ...], limit: int, offset: int, *, as_json: bool) -> None:
    """Find items that hold all of these words, in any script; a word that ends in * finds its beginnings.

    Looked through are texts, channels, authors, links and file names. With --json as `qalqan items --json`.
    """
    from qalqan.app import opened
    from qalqan.cli.listing import write_items
    from qalqan.store.items import ItemFilter

    with opened() as services:
        write_items(services, ItemFilter(query=" ".join(words)), limit, offset, as_json=as_json)
