"""`qalqan appeal`: appeals against decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.acting import acting, person_of
from qalqan.cli.out import as_json, limited, plain, short, visible, write_lines, write_object, write_table
from qalqan.model.cases import AppealState, Outcome

if TYPE_CHECKING:
    from qalqan.model.cases import Appeal

STATES = click.Choice([one.value for one in AppealState])
FIELDS = (
    "id", "decision_id", "case_id", "sender", "contact", "text", "reference", "state", "received_at", "due",
    "taken_by", "decided_by", "decided_at", "reasons",
)  # fmt: skip


@click.group("appeal")
def command() -> None:
    """Take in appeals against decisions, and answer those against other people's."""


@command.command("list")
@click.option("--state", type=STATES, help="Only those in this state.")
@limited()
@as_json
def list_all(state: str | None, limit: int, offset: int, *, as_json: bool) -> None:
    """List appeals: open ones first, and of these the one that is due first.

    With --json a line each: id, decision_id, case_id, sender, contact, text, reference, state, received_at, due,
    taken_by, decided_by, decided_at, reasons.
    """
    from qalqan.app import opened
    from qalqan.store import appeals

    with opened() as services, services.store.reading() as tx:
        total, found = appeals.count(tx, state or ""), appeals.page(tx, state or "", limit, offset)
    if as_json:
        write_lines(found)
        return
    rows = [
        (one.id, one.state, one.received_at, one.due, short(one.sender, 24), short(one.text, 50), one.decided_by)
        for one in found
    ]
    write_table(("id", "state", "received", "due", "sender", "text", "answered by"), rows, "No such appeal.")
    if rows:
        click.echo(f"{len(rows):,} of {total:,}.")


@command.command("show")
@click.argument("appeal")
@as_json
def show(appeal: str, *, as_json: bool) -> None:
    """Show an appeal, the decision that it is against, and the answer as its sender gets it.

    With --json one object: appeal, decision, standing (what stands on the case now), letter.
    """
    from qalqan.app import opened
    from qalqan.flow import appealing
    from qalqan.store import appeals

    with opened() as services, services.store.reading() as tx:
        found = appeals.get(tx, appeal)
        first, standing = appeals.decision(tx, found.decision_id), appeals.standing(tx, found.case_id)
    letter = appealing.letter(found, first, standing)
    if as_json:
        write_object({"appeal": plain(found), "decision": plain(first), "standing": plain(standing), "letter": letter})
        return
    _say(found)
    click.echo(f"\nAgainst: {first.outcome.value} by {visible(first.by)} on {first.at:%Y-%m-%d}, decision {first.id}\n")
    click.echo("\n".join(visible(line) for line in letter.splitlines()))


def _say(found: Appeal) -> None:
    rows = {
        "appeal": found.id, "state": found.state.value, "received": f"{found.received_at:%Y-%m-%d}",
        "due": f"{found.due:%Y-%m-%d}", "sender": found.sender, "contact": found.contact, "reference": found.reference,
        "case": found.case_id,
    }  # fmt: skip
    for name, value in rows.items():
        if value:
            click.echo(f"{click.style(name + ':', bold=True):<24} {visible(value)}")
    click.echo("\n" + "\n".join(visible(line) for line in found.text.splitlines()))


@command.command("add")
@click.argument("text")
@click.option("--decision", "decision_id", help="The decision that it is against (its id).")
@click.option("--item", "item_id", help="Or an item that was decided on (its id).")
@click.option("--platform", default="", help="Or the platform that handed the item in, with --item-reference.")
@click.option("--item-reference", default="", help="What that platform calls the item.")
@click.option("--sender", default="", help="Who appeals, as they give it.")
@click.option("--contact", default="", help="Where the answer goes.")
@click.option("--reference", default="", help="Their own: handed in twice, it is there once.")
@acting
@as_json
def add(text: str, who: str | None, *, as_json: bool, **named: Any) -> None:  # noqa: ANN401 - options by name
    """Take in an appeal that came by letter, mail or telephone; TEXT is what it says.

    With --json: id, decision_id, case_id, sender, contact, text, reference, state, received_at, due, taken_by,
    decided_by, decided_at, reasons.
    """
    from qalqan.app import opened
    from qalqan.flow import appealing
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.APPEALS, "appeal add")
        kept = appealing.take_in(services, person.name, appealing.Sent(text, **named))
    if as_json:
        write_object(kept)
    else:
        click.echo(f"Taken in: {kept.id}. An answer is due on {kept.due:%Y-%m-%d}.")


@command.command("decide")
@click.argument("appeal")
@click.option("--granted/--refused", default=None, required=True, help="Whether the decision is reversed or stands.")
@click.option("--reasons", required=True, help="Which the sender is told.")
@click.option("--outcome", type=click.Choice([one.value for one in Outcome]), help="With --granted: what it is.")
@click.option("--category", help="With --outcome terrorist: which one of the policy.")
@acting
@as_json
def decide(
    appeal: str, reasons: str, outcome: str | None, category: str | None, who: str | None,
    *, granted: bool, as_json: bool,
) -> None:  # fmt: skip
    """Answer an appeal, as somebody who had no part in the decision; granted, another decision stands from then on.

    With --json: id, decision_id, case_id, sender, contact, text, reference, state, received_at, due, taken_by,
    decided_by, decided_at, reasons.
    """
    from qalqan.app import opened
    from qalqan.flow import appealing
    from qalqan.model.roles import Right

    state = AppealState.GRANTED if granted else AppealState.REFUSED
    given = appealing.Answer(state, reasons, Outcome(outcome) if outcome else None, category)
    with opened() as services:
        person = person_of(services, who, Right.APPEALS, "appeal decide")
        ended = appealing.answer(services, person, appeal, given)
    if as_json:
        write_object(ended)
    else:
        click.echo(f"{visible(person.name)} {ended.state.value} it. The answer: qalqan appeal show {ended.id}")


@command.command("withdraw")
@click.argument("appeal")
@acting
def withdraw(appeal: str, who: str | None) -> None:
    """End an appeal that its sender takes back; the decision stays as it is."""
    from qalqan.app import opened
    from qalqan.flow import appealing
    from qalqan.model.roles import Right

    with opened() as services:
        person = person_of(services, who, Right.APPEALS, "appeal withdraw")
        appealing.withdraw(services, person.name, appeal)
    click.echo("The appeal is withdrawn.")
