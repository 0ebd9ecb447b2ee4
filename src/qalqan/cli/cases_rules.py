"""`qalqan cases rules`: rules that put new cases into queues."""

from __future__ import annotations

import click

from qalqan.cli.acting import acting, person_of
from qalqan.cli.out import as_json, visible, write_lines, write_table


@click.group("rules")
def rules() -> None:
    """List, add and delete the rules that put new cases into queues: the first whose every part fits."""


@rules.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """List the rules in the order in which they are asked.

    With --json a line each: id, ordinal, queue, language, category, platform, source_id, by, at.
    """
    from qalqan.app import opened
    from qalqan.store import views

    with opened() as services, services.store.reading() as tx:
        found = views.routes(tx)
    if as_json:
        write_lines(found)
        return
    rows = [(one.id, one.queue, one.language, one.category, one.platform, one.source_id, one.by) for one in found]
    columns = ("id", "queue", "language", "category", "platform", "source", "by")
    write_table(columns, rows, "No rule: all cases are in the common queue.")


@rules.command("add")
@click.argument("queue")
@click.option("--language", default="", help="Fits cases in this language.")
@click.option("--category", default="", help="Fits cases of this category of the policy.")
@click.option("--platform", default="", help="Fits cases of this platform.")
@click.option("--source", "source_id", help="Fits what came from this source (its id).")
@acting
def add(queue: str, language: str, category: str, platform: str, source_id: str | None, who: str | None) -> None:
    """Add a rule behind the others; it holds for cases that are opened from now on."""
    from qalqan.app import opened
    from qalqan.model.cases import Route
    from qalqan.model.ids import new_id
    from qalqan.model.roles import Right
    from qalqan.model.times import now
    from qalqan.store import audit, views

    with opened() as services:
        person = person_of(services, who, Right.LEAD, "cases rules add")
        rule = Route(new_id(), 0, queue, language, category, platform, source_id, person.name, now())
        with services.store.writing() as tx:
            made = views.add_route(tx, rule)
            audit.append(tx, person.name, "route.added", made.id, queue=made.queue)
    click.echo(f"New cases that fit come into the queue {visible(made.queue)}: rule {made.id}")


@rules.command("delete")
@click.argument("rule")
@acting
def delete(rule: str, who: str | None) -> None:
    """Delete a rule; cases that it has put into a queue stay there."""
    from qalqan.app import opened
    from qalqan.model.roles import Right
    from qalqan.store import audit, views

    with opened() as services:
        person = person_of(services, who, Right.LEAD, "cases rules delete")
        with services.store.writing() as tx:
            views.delete_route(tx, rule)
            audit.append(tx, person.name, "route.deleted", rule)
    click.echo(f"The rule {visible(rule)} is gone.")
