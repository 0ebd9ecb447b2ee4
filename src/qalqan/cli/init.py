"""`qalqan init`: make the store and the first login."""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING

import click

from qalqan.cli.out import as_json, whoami, write_object

if TYPE_CHECKING:
    from qalqan.flow.services import Services


@click.command("init")
@click.option("--admin", default="admin", show_default=True, help="Name of the first login, made where there is none.")
@click.option("--no-warm", is_flag=True, help="Leave compiling to the first file that needs it.")
@as_json
def command(admin: str, *, no_warm: bool, as_json: bool) -> None:
    """Make the store and the first login here, or upgrade the store, and compile the loops that compare.

    Compiling takes some ten seconds, once a machine and version. Safe to run again. With --json: home,
    store, admin, password (null where there was a login already).
    """
    from qalqan.app import opened
    from qalqan.store import audit, people

    with opened(create=True) as services:
        password = None
        with services.store.writing() as tx:
            if not people.every(tx):
                password = secrets.token_urlsafe(12)
                people.add(tx, admin, password)
                audit.append(tx, whoami(), "person.added", admin, role="admin")
        if not no_warm:
            _warm(services, quiet=as_json)
        home, store = str(services.settings.home), services.store.engine.url.render_as_string(hide_password=True)
    if as_json:
        write_object({"home": home, "store": store, "admin": admin, "password": password})
        return
    click.echo(f"The store is ready: {store}")
    if password:
        click.echo(
            f"First login: {admin} · password: {password}  (shown this once; change it: qalqan person password {admin})"
        )
    click.echo("Next: qalqan bank create NAME, then qalqan bank add NAME FILE…, then qalqan scan FOLDER")


def _warm(services: Services, *, quiet: bool) -> None:
    from qalqan.flow.warming import warm

    for done in warm(services):
        if not quiet and sys.stderr.isatty():
            click.echo(f"\rCompiling what compares: {done:<12}", nl=False, err=True)
    if not quiet and sys.stderr.isatty():
        click.echo("\r" + " " * 40 + "\r", nl=False, err=True)
