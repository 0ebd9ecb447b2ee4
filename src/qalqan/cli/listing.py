"""What `items`, `search`, `matches` and `show` write alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.out import plain, short, write_lines, write_table
from qalqan.store import items as item_store

if TYPE_CHECKING:
    from qalqan.flow.services import Services
    from qalqan.model.parts import Interval
    from qalqan.store.findings import Found
    from qalqan.store.items import ItemFilter


def write_items(services: Services, wanted: ItemFilter, limit: int, offset: int, *, as_json: bool) -> None:
    """Write a page of items."""
    with services.store.reading() as tx:
        page = item_store.page(tx, wanted, limit, offset)
    write_page(page, as_json=as_json)


def write_page(page: item_store.Page, *, as_json: bool) -> None:
    """Write a page of items that was read."""
    if as_json:
        write_lines(page.items)
        return
    rows = [
        (one.id, one.kind, one.posted_at, short(one.author, 20), short(one.text or one.origin)) for one in page.items
    ]
    write_table(("id", "kind", "posted", "author", "text or place"), rows, "No such item.")
    if rows:
        click.echo(f"{len(rows):,} of {'more than ' if page.more else ''}{page.total:,}.")


def match_fields(found: Found) -> dict[str, Any]:
    """Return the documented fields of a match, as `qalqan matches --json` writes them."""
    match = found.match
    return {
        "id": match.id,
        "item": match.item_id,
        "origin": found.origin,
        "media": match.media_sha256,
        "name": found.name,
        "entry": match.entry_id,
        "label": found.entry.label,
        "status": found.entry.status,
        "bank": found.bank,
        "category": found.category,
        "kind": match.kind,
        "distance": match.distance,
        "transform": match.transform,
        "interval_query": plain(match.interval_query),
        "interval_known": plain(match.interval_known),
        "span_query": plain(match.span_query),
        "box_query": plain(match.box_query),
        "box_known": plain(match.box_known),
        "score": match.score,
        "stretches": plain(match.stretches),
        "verified": match.verified,
        "matcher": match.matcher,
        "found_at": plain(match.found_at),
    }


def write_matches(found: Iterable[Found]) -> None:
    """Write a table of matches for people."""
    columns = ("item", "file or place", "is", "bank", "kind", "distance", "part")
    rows = (
        (
            one.match.item_id,
            short(one.name or one.origin, 32),
            short(one.entry.label, 28),
            one.bank,
            one.match.kind,
            f"{one.match.distance:g}",
            part(one),
        )
        for one in found
    )
    write_table(columns, rows, "No match.")


def part(found: Found) -> str:
    """Return in a few words which part matched."""
    match = found.match
    if match.interval_query and match.interval_known:
        where = f"{_clock(match.interval_query)} is {_clock(match.interval_known)} of the known one"
    elif match.span_query:
        where = f"characters {match.span_query.start}–{match.span_query.end}"
    else:
        where = "all of it"
    return f"{where}, {match.transform}" if match.transform else where


def _clock(interval: Interval) -> str:
    from qalqan.assess.weigh import clock

    return f"{clock(interval.start)}–{clock(interval.end)}"
