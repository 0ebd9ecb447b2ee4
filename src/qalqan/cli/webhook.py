"""`qalqan webhook`: who is told of decisions."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, plain, whoami, write_lines, write_object, write_table
from qalqan.model.webhooks import EVENTS


@click.group("webhook")
def command() -> None:
    """Tell platforms of decisions and appeals: add, list, test, end."""


@command.command("add")
@click.argument("url")
@click.option("--event", "events", type=click.Choice(EVENTS), multiple=True, help="Only of these; by default of all.")
@as_json
def add(url: str, events: tuple[str, ...], *, as_json: bool) -> None:
    """Add an address; the secret that deliveries are signed with is shown once. With --json: id, secret."""
    from qalqan.app import opened
    from qalqan.flow import webhooks

    with opened() as services:
        secret, webhook = webhooks.add(services, whoami(), url, events)
    if as_json:
        write_object({"id": webhook.id, "secret": secret})
        return
    click.echo(f"Webhook {webhook.id}\nSecret: {secret}  (shown this once)")


@command.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """List the addresses. With --json a line each: id, url, events, added_by, added_at."""
    from qalqan.app import opened
    from qalqan.store import webhooks

    with opened() as services, services.store.reading() as tx:
        found = webhooks.every(tx)
    if as_json:
        write_lines(
            {"id": one.id, "url": one.url, "events": list(one.events), "added_by": one.added_by,
             "added_at": plain(one.added_at)}
            for one in found
        )  # fmt: skip
        return
    rows = [(one.id, one.url, ", ".join(one.events) or "all") for one in found]
    write_table(("id", "address", "events"), rows, empty="There are none.")


@command.command("test")
@click.argument("webhook_id")
def test(webhook_id: str) -> None:
    """Send a test delivery to WEBHOOK_ID with the next round of `qalqan serve` or `qalqan worker`."""
    from qalqan.app import opened
    from qalqan.flow import webhooks

    with opened() as services:
        delivery_id = webhooks.send_test(services, whoami(), webhook_id)
    click.echo(f"Delivery {delivery_id} waits to be sent.")


@command.command("end")
@click.argument("webhook_id")
def end(webhook_id: str) -> None:
    """Tell WEBHOOK_ID of nothing more."""
    from qalqan.app import opened
    from qalqan.flow import webhooks

    with opened() as services:
        webhooks.end(services, whoami(), webhook_id)
    click.echo("Ended.")
