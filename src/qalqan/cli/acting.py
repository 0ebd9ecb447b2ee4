"""Who acts where a verb decides: somebody with a login, held to the same rights as on the desk."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from qalqan.cli.out import whoami

if TYPE_CHECKING:
    from qalqan.flow.services import Services
    from qalqan.model.people import Person
    from qalqan.model.roles import Right

acting = click.option("--as", "who", metavar="NAME", help="Whose login it is; else QALQAN_PERSON, or your own name.")
"""Every verb that needs somebody with a login takes this option."""


def name_of(who: str | None) -> str:
    """Return the name under which somebody looks or acts."""
    return who or whoami()


def person_of(services: Services, who: str | None, right: Right, deed: str) -> Person:
    """Return who acts, and write down which user of this machine said so: the log tells what was done at a terminal.

    An empty deed is not written down: to look at one item after the other is none. Raises NotFound for nobody's name,
    NotAllowed for whoever may not come in any more or has no right to it.
    """
    from qalqan.errors import NotAllowed
    from qalqan.model.roles import may
    from qalqan.store import audit, people

    with services.store.writing() as tx:
        person = people.by_name(tx, name_of(who))
        if person.off_at is not None:
            raise NotAllowed(f"{person.name} may not come in any more.", hint="qalqan person on NAME lets them in.")
        if not may(person.role, right):
            raise NotAllowed(
                f"The role of {person.name}, {person.role}, may not do this.", hint="An admin gives other roles."
            )
        if deed:
            audit.append(tx, _user(), "person.at-terminal", person.name, deed=deed)
    return person


def _user() -> str:
    """Return this machine's user, whatever the environment says."""
    with suppress(KeyError, OSError):  # a container's user may have no name
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    return f"uid-{os.getuid()}"
