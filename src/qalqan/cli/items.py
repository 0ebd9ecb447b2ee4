"""`qalqan items`: list items."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, limited
from qalqan.model.assessments import Band
from qalqan.model.items import ItemKind

BANDS = ["found", *(band.value for band in Band)]


@click.command("items")
@click.option("--kind", type=click.Choice([kind.value for kind in ItemKind]), help="Only items of this kind.")
@click.option("--band", type=click.Choice(BANDS), help="Only items in this band; `found` is all but `nothing`.")
@click.option("--names", help="Only items that name this one, by its entity as `qalqan names` has it.")
@click.option("--has", help="Only items with a signal of this kind: wallet, handle, link, name, pdq, ….")
@click.option("--by-learned", is_flag=True, help="Within one band, in the order learned from decisions.")
@limited()
@as_json
def command(  # noqa: PLR0913 - one argument an option
    kind: str | None, band: str | None, names: str | None, has: str | None, limit: int, offset: int,
    *, by_learned: bool, as_json: bool,
) -> None:  # fmt: skip
    """List items, newest first; with --band, highest score first, or by what was learned (`qalqan learn`).

    With --json a line each: id, source_id, kind, reader, origin, platform, channel, channel_ref, author, author_ref,
    posted_at, text, links, reply_to, forwarded_from, extra, collected_at.
    """
    from qalqan.app import opened
    from qalqan.cli.listing import write_items, write_page
    from qalqan.flow import ordering
    from qalqan.store.items import ItemFilter

    with opened() as services:
        wanted = ItemFilter(kind=kind, band=band, names=names, has=has)
        if by_learned:
            write_page(ordering.page(services, wanted, limit, offset), as_json=as_json)
        else:
            write_items(services, wanted, limit, offset, as_json=as_json)
