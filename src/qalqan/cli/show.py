"""`qalqan show`: one item with all that is known about it."""

from __future__ import annotations

from typing import Any

import click

from qalqan.cli.out import as_json, plain, visible, write_object


@click.command("show")
@click.argument("record", metavar="ID")
@as_json
def command(record: str, *, as_json: bool) -> None:
    """Show one item with its matches and reasons; ID is an item's or a match's.

    With --json one object: item, attachments, media, assessments (each with its reasons), matches.
    """
    from qalqan.app import opened

    with opened() as services, services.store.reading() as tx:
        shown = gather(tx, record)
    if as_json:
        write_object(shown)
    else:
        say(shown)


def gather(tx: Any, record: str) -> dict[str, Any]:  # noqa: ANN401 - a connection; SQLAlchemy is loaded late
    """Return all that is known about an item, named by its own id or by that of a match. Raises NotFound."""
    from qalqan.cli.listing import match_fields
    from qalqan.store import findings, items

    item_id = findings.item_of(tx, record) or record
    occurrence = items.get(tx, item_id)
    hashes = [one.media_sha256 for one in occurrence.attachments if one.media_sha256]
    return {
        "item": plain(occurrence.item),
        "attachments": plain(occurrence.attachments),
        "media": plain(items.media_by_hash(tx, hashes)),
        "assessments": plain(findings.current_assessments(tx, [item_id]).get(item_id, [])),
        "matches": [match_fields(one) for one in findings.matches_of(tx, [item_id]).get(item_id, [])],
    }


def say(shown: dict[str, Any]) -> None:
    """Write it for people."""
    item = shown["item"]
    for name in ("id", "kind", "origin", "channel", "author", "posted_at", "forwarded_from"):
        if item[name]:
            click.echo(f"{click.style(name + ':', bold=True):<24} {visible(item[name])}")
    for one in shown["attachments"]:
        there = one["media_sha256"] or one["missing"] or ""
        click.echo(f"{click.style('file:', bold=True):<24} {visible(one['name'])} {visible(there)}")
    if item["text"]:
        click.echo("\n" + "\n".join(visible(line) for line in item["text"].splitlines()) + "\n")
    for one in shown["assessments"]:
        click.secho(f"{one['category']}: {one['score']} of 100, {one['band']}  (policy {one['policy']})", bold=True)
        for reason in one["reasons"]:
            click.echo(f"  {reason['points']:+4d}  {visible(reason['text'].format_map(reason['facts']))}")
    if not shown["assessments"]:
        click.echo("Nothing in it is known.")
