"""`qalqan person`: logins of the console."""

from __future__ import annotations

import secrets

import click

from qalqan.cli.out import as_json, plain, whoami, write_lines, write_table
from qalqan.model.roles import Role

ROLES = click.Choice([role.value for role in Role])


@click.group("person")
def command() -> None:
    """Manage logins of the console."""


@command.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """List everybody. With --json a line each: name, role, second_factor, created_at, off_at."""
    from qalqan.app import opened
    from qalqan.store import factors, people

    with opened() as services, services.store.reading() as tx:
        found, having = people.every(tx), factors.having(tx)
    if as_json:
        write_lines(
            {"name": one.name, "role": one.role, "second_factor": one.id in having,
             "created_at": plain(one.created_at), "off_at": plain(one.off_at)}
            for one in found
        )  # fmt: skip
        return
    rows = [(one.name, one.role, "yes" if one.id in having else "no", one.created_at, one.off_at) for one in found]
    write_table(("name", "role", "second factor", "since", "switched off"), rows, "Nobody yet.")


@command.command("add")
@click.argument("name")
@click.option("--role", type=ROLES, default=Role.VIEWER.value, show_default=True, help="What they are here for.")
def add(name: str, role: str) -> None:
    """Add somebody; a password is made and shown once."""
    from qalqan.app import opened
    from qalqan.store import audit, people

    password = secrets.token_urlsafe(12)
    with opened() as services, services.store.writing() as tx:
        people.add(tx, name, password, Role(role))
        audit.append(tx, whoami(), "person.added", name, role=role)
    click.echo(f"Login: {name} · role: {role} · password: {password}  (shown this once)")


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


@command.command("role")
@click.argument("name")
@click.argument("role", type=ROLES)
def role(name: str, role: str) -> None:
    """Give somebody another role, which ends their sessions. The last admin stays one."""
    from qalqan.app import opened
    from qalqan.store import audit, people

    with opened() as services, services.store.writing() as tx:
        people.set_role(tx, name, Role(role))
        audit.append(tx, whoami(), "person.role", name, role=role)
    click.echo(f"{name} is {role} now.")


@command.command("off")
@click.argument("name")
def off(name: str) -> None:
    """Let somebody in no more: ends their sessions, and their tokens open nothing. The last admin stays."""
    _switch(name, on=False)


@command.command("on")
@click.argument("name")
def on(name: str) -> None:
    """Let somebody in again who was switched off."""
    _switch(name, on=True)


def _switch(name: str, *, on: bool) -> None:
    from qalqan.app import opened
    from qalqan.store import audit, people

    with opened() as services, services.store.writing() as tx:
        people.switch(tx, name, on=on)
        audit.append(tx, whoami(), "person.on" if on else "person.off", name)
    click.echo(f"{name} may come in again." if on else f"{name} may not come in any more.")


@command.command("link")
@click.argument("name")
@click.argument("subject")
def link(name: str, subject: str) -> None:
    """Say that NAME is who the provider of logins (QALQAN_OIDC_ISSUER) calls SUBJECT, its `sub`."""
    from qalqan.app import opened
    from qalqan.errors import AlreadyThere, NotAllowed
    from qalqan.store import audit, identities, people

    with opened() as services, services.store.writing() as tx:
        issuer = services.settings.oidc_issuer
        if not issuer:
            raise NotAllowed("There is no provider of logins.", hint="Set QALQAN_OIDC_ISSUER first.")
        if not identities.link(tx, issuer, subject, people.by_name(tx, name).id):
            raise AlreadyThere(f"The provider's {subject!r} is somebody here already.")
        audit.append(tx, whoami(), "person.linked", name, issuer=issuer, subject=subject)
    click.echo(f"{name} comes in through {issuer} now.")


@command.group("totp")
def totp() -> None:
    """Manage second factors."""


@totp.command("reset")
@click.argument("name")
def reset(name: str) -> None:
    """Take somebody's second factor away, which ends their sessions: for a telephone that was lost."""
    from qalqan.app import opened
    from qalqan.store import audit, factors, people

    with opened() as services, services.store.writing() as tx:
        person = people.by_name(tx, name)
        factors.remove(tx, person.id)
        people.end_sessions(tx, person.id)
        audit.append(tx, whoami(), "person.totp.reset", name)
    click.echo(f"{name} has no second factor now.")
