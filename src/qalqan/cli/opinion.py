"""`qalqan opinion`: a machine's second opinion on one item, where an endpoint is set."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, visible, whoami, write_object


@click.command("opinion")
@click.argument("item")
@as_json
def command(item: str, *, as_json: bool) -> None:
    """Ask the endpoint that is set for a second opinion on an item: its text is sent there. Off unless it is set.

    It decides nothing and weighs nothing, and is kept nowhere; the audit log keeps that it was asked, and by whom.
    An answer that names no category of the policy, or quotes what the text does not say, is refused.
    With --json: item, note (what it is), category (or none), title, why, quotes, model, sent (characters of text).
    """
    from qalqan.app import opened
    from qalqan.flow.second_opinion import MARK, second_opinion

    with opened() as services:
        found = second_opinion(services, item, whoami())
    if as_json:
        write_object(
            {"item": item, "note": MARK, "category": found.category, "title": found.title, "why": found.why,
             "quotes": found.quotes, "model": found.model, "sent": found.sent}
        )  # fmt: skip
        return
    click.echo(f"{MARK}\n{visible(found.model)} says: {visible(found.title)}\n  {visible(found.why)}")
    for quote in found.quotes:
        click.echo(f"  “{visible(quote)}”")
    click.echo(f"{found.sent:,} characters of the item's text were sent.")
