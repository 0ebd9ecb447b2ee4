"""`qalqan token`: what programs show instead of a login."""

from __future__ import annotations

import click

from qalqan.cli.out import as_json, plain, whoami, write_lines, write_object, write_table
from qalqan.model.roles import Right

SCOPES = click.Choice([right.value for right in Right])


@click.group("token")
def command() -> None:
    """Make and revoke tokens for programs."""


@command.command("add")
@click.argument("person")
@click.argument("name")
@click.option("--scope", "scopes", type=SCOPES, multiple=True, required=True, help="A right it has; repeat for more.")
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True, help="Days until it ends.")
@as_json
def add(person: str, name: str, scopes: tuple[str, ...], days: int, *, as_json: bool) -> None:
    """Make a token of PERSON's, called NAME; it is shown once. With --json: id, name, token, scopes, expires_at.

    It may do what its scopes say, as far as PERSON's role may at the time. A program sends it with each call to the
    API as `Authorization: Bearer TOKEN`.
    """
    from qalqan.app import opened
    from qalqan.store import audit, people, tokens

    with opened() as services, services.store.writing() as tx:
        shown, token = tokens.add(tx, people.by_name(tx, person), name, map(Right, scopes), days)
        audit.append(tx, whoami(), "token.added", token.id, owner=person, name=name, scopes=sorted(token.scopes))
    if as_json:
        write_object(
            {"id": token.id, "name": name, "token": shown, "scopes": sorted(token.scopes),
             "expires_at": plain(token.expires_at)}
        )  # fmt: skip
        return
    click.echo(f"Token: {shown}  (shown this once)")


@command.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """List all tokens. With --json a line each: id, owner, name, scopes, state, created_at, expires_at, used_at."""
    from qalqan.app import opened
    from qalqan.model.times import now
    from qalqan.store import tokens

    with opened() as services, services.store.reading() as tx:
        found = tokens.every(tx)
    if as_json:
        write_lines(
            {"id": one.id, "owner": owner, "name": one.name, "scopes": sorted(one.scopes),
             "state": tokens.state(one, now()), "created_at": plain(one.created_at),
             "expires_at": plain(one.expires_at), "used_at": plain(one.used_at)}
            for owner, one in found
        )  # fmt: skip
        return
    rows = [
        (one.id, owner, one.name, " ".join(sorted(one.scopes)), tokens.state(one, now()), one.expires_at, one.used_at)
        for owner, one in found
    ]
    write_table(("id", "owner", "name", "scopes", "state", "ends", "last used"), rows, "No tokens yet.")


@command.command("revoke")
@click.argument("token_id", metavar="ID")
def revoke(token_id: str) -> None:
    """End a token, by its id."""
    from qalqan.app import opened
    from qalqan.store import audit, tokens

    with opened() as services, services.store.writing() as tx:
        token = tokens.revoke(tx, token_id)
        audit.append(tx, whoami(), "token.revoked", token.id, name=token.name)
    click.echo(f"Revoked: {token.name}")
