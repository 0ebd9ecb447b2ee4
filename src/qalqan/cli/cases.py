"""`qalqan cases`: the queue of the desk on a terminal. It shows texts and reasons, never a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qalqan.cli.acting import acting, name_of, person_of
from qalqan.cli.cases_decide import decide, second, undo
from qalqan.cli.cases_rules import rules
from qalqan.cli.out import as_json, limited, visible, write_lines, write_object, write_table
from qalqan.model.cases import CaseState

if TYPE_CHECKING:
    from qalqan.model.cases import Case
    from qalqan.store.cases import QueueFilter

F = TypeVar("F", bound=Callable[..., Any])


def narrowed(function: F) -> F:
    """Give a verb the filters of the queue's page."""
    states = click.Choice([one.value for one in CaseState])
    for option in (
        click.option("--state", type=states, default="open", show_default=True, help="Only of this state."),
        click.option("--source", "source_id", help="Only what came from this source (its id)."),
        click.option("--platform", default="", help="Only of this platform."),
        click.option("--category", default="", help="Only of this category of the policy."),
        click.option("--language", default="", help="Only in this language: uz-Latn, ru, …."),
        click.option("--queue", default="", help="Only of this queue."),
    ):
        function = option(function)
    return function


def _wanted(state: str, claimed_by: str | None = None, **asked: Any) -> QueueFilter:  # noqa: ANN401 - options by name
    from qalqan.store.cases import QueueFilter

    return QueueFilter(state=CaseState(state), claimed_by=claimed_by, **asked)


@click.group("cases")
def command() -> None:
    """Work through the cases of the desk, held to what people are held to there; nothing unblurred is shown."""


@command.command("list")
@narrowed
@click.option("--holder", help="Only those that this person holds.")
@acting
@limited()
@as_json
def list_all(
    who: str | None, holder: str | None, limit: int, offset: int, *, as_json: bool, **asked: Any,  # noqa: ANN401 - the same
) -> None:  # fmt: skip
    """List cases, the most pressing first.

    With --json a line each: id, state, category, band, score, size, severity, priority, parts, language, platform,
    source_id, queue, opened_at, due, claimed_by, claimed_until.
    """
    from qalqan.app import opened
    from qalqan.flow import blind
    from qalqan.flow.deciding import held_by_other

    with opened() as services, services.store.reading() as tx:
        wanted, moved = _wanted(claimed_by=holder, **asked), blind.moved(tx, name_of(who))
        total, found = blind.count(tx, wanted, moved), blind.page(tx, wanted, limit, offset, moved)
    if as_json:
        write_lines(found)
        return
    rows = [
        (one.id, f"{one.priority:g}", one.band, one.category, one.size, one.severity, one.language, one.platform,
         one.queue, one.due, one.claimed_by if held_by_other(one, "") else "")
        for one in found
    ]  # fmt: skip
    columns = (
        "id",
        "priority",
        "band",
        "category",
        "items",
        "severity",
        "language",
        "platform",
        "queue",
        "due",
        "held by",
    )
    write_table(columns, rows, "No such case.")
    if rows:
        click.echo(f"{len(rows):,} of {total:,}.")


@command.command("show")
@click.argument("case")
@acting
@limited(20)
@as_json
def show(case: str, who: str | None, limit: int, offset: int, *, as_json: bool) -> None:
    """Show a case: why it comes where it does, its items with the reasons of each, and what was decided on it.

    Whoever is to come to a finding of their own is not told what was decided. With --json one object: case, members
    (item, tie, added_at, looked, text, files, assessments), notes, decisions, undone, asked (what a second person is
    asked for), waits_for_other.
    """
    from qalqan.app import opened
    from qalqan.cli.cases_show import gather, say

    with opened() as services, services.store.reading() as tx:
        shown = gather(tx, case, name_of(who), limit, offset)
    if as_json:
        write_object(shown)
    else:
        say(shown)


@command.command("take")
@click.argument("case", required=False)
@narrowed
@acting
@as_json
def take(case: str | None, who: str | None, *, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - options by name
    """Take a case, or without CASE the most pressing one that nobody holds; others may take it when its time is over.

    With --json the case as in `list`: id, state, category, band, score, size, severity, priority, parts, language,
    platform, source_id, queue, opened_at, due, claimed_by, claimed_until.
    """
    from qalqan.app import opened
    from qalqan.errors import NotFound
    from qalqan.flow import holding
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.REVIEW, "cases take")
        taken = holding.take(services, person, case) if case else holding.take_next(services, person, _wanted(**asked))
    if taken is None:
        raise NotFound("No such case waits that nobody holds.", hint="qalqan cases list shows who holds what.")
    if as_json:
        write_object(taken)
        return
    until = taken.claimed_until.isoformat(timespec="minutes") if taken.claimed_until else ""
    click.echo(f"{person.name} holds the case {taken.id} until {until}: {_in_a_line(taken)}.")
    click.echo(f"Next: qalqan cases look {taken.id}")


def _in_a_line(case: Case) -> str:
    items = "1 item" if case.size == 1 else f"{case.size:,} items"
    return visible(f"{case.band}, {case.category}, {items}")


@command.command("release")
@click.argument("case")
@acting
def release(case: str, who: str | None) -> None:
    """Let a case go that one holds."""
    from qalqan.app import opened
    from qalqan.flow import holding
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.REVIEW, "cases release")
        holding.let_go(services, person, case)
    click.echo(f"{person.name} does not hold the case {visible(case)}.")


@command.command("look")
@click.argument("case")
@click.argument("item", required=False)
@acting
@as_json
def look(case: str, item: str | None, who: str | None, *, as_json: bool) -> None:
    """Show an item of a case and note that one has seen it; without ITEM the first that one has not seen.

    All of a case's items are looked at before it is decided. A terminal shows texts: an item with a file on it is
    looked at in the console. With --json: case, item, attachments, media, assessments, matches (as `qalqan show` has
    them), left (items of the case still to be looked at).
    """
    from qalqan.app import opened
    from qalqan.cli.cases_show import left_of, see
    from qalqan.cli.show import say
    from qalqan.flow import holding
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.REVIEW, "")
        with services.store.reading() as tx:
            seen, shown = see(tx, case, person.name, item)
        holding.look(services, person, case, seen)
        with services.store.reading() as tx:
            left = left_of(tx, case, person.name)
    if as_json:
        write_object({"case": case, **shown, "left": left})
        return
    say(shown)
    click.echo(f"{left:,} left." if left else f"All are looked at. Next: qalqan cases decide {visible(case)}")


@command.command("gather")
@as_json
def gather_all(*, as_json: bool) -> None:
    """Put stored items of which something was found into cases, those that are in none yet. May be done again.

    New items come into cases by themselves. With --json: items (that came into a case).
    """
    from qalqan.app import opened
    from qalqan.flow import casing

    with opened() as services:
        placed = sum(casing.gather(services))
    if as_json:
        write_object({"items": placed})
    else:
        click.echo(f"{placed:,} items came into a case.")


for one in (decide, second, undo, rules):
    command.add_command(one)
