"""`qalqan person`: logins of the console."""

from __future__ import annotations

import secrets

import click

from qalqan.cli.out import as_json, whoami, write_lines, write_table


@click.group("person")
def command() -> None:
    """Manage logins of the console."""


@command.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """List everybody. With --json a line each: name, role, created_at."""
    from qalqan.app import opened
    from qalqan.cli.out import plain
    from qalqan.store import people

    with opened() as services, services.store.reading() as tx:
        found = people.every(tx)
    if as_json:
        write_lines({"name": one.name, "role": one.role, "created_at": plain(one.created_at)} for one in found)
        return
    write_table(("name", "role", "since"), [(one.name, one.role, one.created_at) for one in found], "Nobody yet.")


@command.command("add")
@click.argument("name")
def add(name: str) -> None:
    """Add somebody; a password is made and shown once."""
    from qalqan.app import opened
    from qalqan.store import audit, people

    password = secrets.token_urlsafe(12)
    with opened() as services, services.store.writing() as tx:
        people.add(tx, name, password)
        audit.append(tx, whoami(), "person.added", name, role="admin")
    click.echo(f"Login: {name} · password: {password}  (shown this once)")


@command.command("password")
@click.argument("name")
def password(name: str) -> None:
    """Give somebody a new password, which ends their sessions; it is made and shown once."""
    from qalqan.app import opened
    from qalqan.store import audit, people

    fresh = secrets.token_urlsafe(12)
    with opened() as services, services.store.writing() as tx:
        people.set_password(tx, name, fresh)
        audit.append(tx, whoami(), "person.password", name)
    click.echo(f"Login: {name} · password: {fresh}  (shown this once)")
