"""`qalqan decisions`: what people decided and what stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from qalqan.cli.acting import acting, name_of
from qalqan.cli.out import as_json, limited, plain, short, write_lines, write_table
from qalqan.model.cases import Outcome

if TYPE_CHECKING:
    import sqlalchemy as sa

    from qalqan.model.cases import Decision
    from qalqan.store.decision_list import DecisionFilter

FIELDS = (
    "id", "case_id", "by", "at", "outcome", "category", "ground", "jurisdiction", "rationale", "measure", "policy",
    "item_ids", "supersedes",
)  # fmt: skip
F = TypeVar("F", bound=Callable[..., Any])


def narrowed(function: F) -> F:
    """Give a verb the options that say which decisions are meant."""
    for option in (
        acting,
        click.option("--person", help="Only those that this person made."),
        click.option("--category", help="Only those of this category of the policy."),
        click.option("--outcome", type=click.Choice([one.value for one in Outcome]), help="Only of this outcome."),
        click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="From then on, UTC."),
    ):
        function = option(function)
    return function


@click.group("decisions")
def command() -> None:
    """List and export the decisions that stand. Proposals that wait for a second person are not among them."""


@command.command("list")
@narrowed
@limited()
@as_json
def list_all(limit: int, offset: int, *, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - options by name
    """List the decisions that stand, newest first; one that was superseded or taken back stands no longer.

    With --json a line each: id, case_id, by, at, outcome, category, ground, jurisdiction, rationale, measure, policy,
    item_ids, supersedes.
    """
    from qalqan.app import opened
    from qalqan.store import decision_list

    with opened() as services, services.store.reading() as tx:
        wanted = _wanted(tx, **asked)
        total, found = decision_list.count(tx, wanted), decision_list.page(tx, wanted, limit, offset)
    if as_json:
        write_lines(map(_plain, found))
        return
    rows = [
        (one.id, one.at, one.by, one.outcome, one.category, one.measure, len(one.item_ids), short(one.rationale, 40))
        for one in found
    ]
    columns = ("id", "when", "who", "outcome", "category", "measure", "items", "reasons")
    write_table(columns, rows, "No such decision stands.")
    if rows:
        click.echo(f"{len(rows):,} of {total:,}.")


@command.command("export")
@click.option("--format", "form", type=click.Choice(["ndjson", "csv"]), default="ndjson", show_default=True,
              help="Form of the file.")  # fmt: skip
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="A file instead of the terminal.")
@narrowed
def export(form: str, out: IO[str], **asked: Any) -> None:  # noqa: ANN401 - options by name
    """Export the decisions that stand, newest first: the same fields as `list --json`, in CSV the ids with spaces.

    The export itself is in the audit log, with what it was narrowed by.
    """
    from qalqan.app import opened
    from qalqan.flow.exports import lines
    from qalqan.store import audit, decision_list

    named = {name: str(value) for name, value in asked.items() if value is not None and name != "who"}
    with opened() as services:
        with services.store.writing() as tx:
            audit.append(tx, name_of(asked["who"]), "decisions.exported", form, **named)
        with services.store.reading() as tx:
            rows = _rows(decision_list.each(tx, _wanted(tx, **asked)), form)
            for line in lines(FIELDS, rows, "csv" if form == "csv" else "ndjson"):
                out.write(line)


def _rows(found: Iterator[Decision], form: str) -> Iterator[dict[str, Any]]:
    for one in found:
        row = _plain(one)
        yield {**row, "item_ids": " ".join(one.item_ids)} if form == "csv" else row


def _plain(one: Decision) -> dict[str, Any]:
    row = plain(one)
    return {name: row[name] for name in FIELDS}


def _wanted(
    tx: sa.Connection,
    *,
    since: datetime | None,
    outcome: str | None,
    category: str | None,
    person: str | None,
    who: str | None,
) -> DecisionFilter:
    """Return which decisions are meant: never those on cases that who asks is to look at without knowing them."""
    from qalqan.flow import quality
    from qalqan.store.decision_list import DecisionFilter

    hidden = tuple(quality.veils(tx, name_of(who)))
    moment = since.replace(tzinfo=UTC) if since else None
    return DecisionFilter(moment, outcome, hidden=hidden, category=category, by=person)
