"""`qalqan matches`: list known things that were found again."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, limited, write_lines


@click.command("matches")
@click.option("--bank", help="Only matches with this bank.")
@click.option(
    "--kind",
    help="Only this kind: sha256, pdq, picture-local, video-pdq, video-local, sound, still, text, link, or another's.",
)
@click.option("--item", help="Only this item's.")
@click.option("--verified/--unverified", default=None, help="Only verified ones, or only others.")
@limited(200)
@as_json
def command(
    bank: str | None,
    kind: str | None,
    item: str | None,
    limit: int,
    offset: int,
    *,
    verified: bool | None,
    as_json: bool,
) -> None:
    """List known things that were found again, newest first.

    With --json a line each: id, item, origin, media (SHA-256 of the file, null for text and links), name, entry, label,
    status (of the entry), bank, category, kind, distance (bits of 256 for pictures and video frames; 100 less the
    score for parts of pictures; share of other text for texts, of other sounds for sound; 0 for exact kinds),
    transform, interval_query and interval_known ({start, end} in seconds, null where it is no recording), span_query
    ({start, end} in characters, null where it is no text), box_query and box_known ({left, top, width, height} in
    fractions, null where it is no picture), score (-log10 of how often chance does as well, null where the stage does
    not say), stretches ([{query, known, speed}] where recordings share several), verified, matcher, found_at. With
    --json and no --limit of your own, all of them.
    """
    from qalqan.app import opened
    from qalqan.cli.listing import match_fields, write_matches
    from qalqan.store import findings
    from qalqan.store.findings import MatchFilter

    wanted = MatchFilter(item_id=item, bank=bank, kind=kind, verified=verified)
    given = click.get_current_context().get_parameter_source("limit")
    every = as_json and given is click.core.ParameterSource.DEFAULT
    with opened() as services, services.store.reading() as tx:
        found = findings.list_matches(tx, wanted, None if every else limit, offset)
        if as_json:
            write_lines(match_fields(one) for one in found)
            return
        write_matches(found)
        click.echo(f"{findings.count_matches(tx, wanted):,} in all.")
