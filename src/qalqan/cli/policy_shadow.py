"""`qalqan policy shadow`: a new policy in the shadow of the one in force; `history` and `back`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.out import as_json, limited, plain, visible, whoami, write_lines, write_object, write_table

if TYPE_CHECKING:
    from qalqan.flow.shadow import Status
    from qalqan.model.shadow import Side

CHANGES = ("flagged", "cleared", "higher", "lower", "category", "points")
again = click.option("--again", is_flag=True, help="Then weigh all stored items again, by running workers.")


@click.group("shadow")
def shadow_group() -> None:
    """Let a new policy weigh beside the one in force, see what it would change, then switch it on."""


@shadow_group.command("start")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--last", "older", type=click.IntRange(0), default=0, help="Weigh also so many of the newest stored items."
)
def start(file: Path, older: int) -> None:
    """Put the policy in FILE into the shadow; running workers and the console weigh with it what comes in."""
    from qalqan.app import opened
    from qalqan.assess.policy import read_text
    from qalqan.flow import shadow

    text = read_text(file)
    with opened() as services:
        walk = shadow.start(services, whoami(), text, str(file), older)
    click.echo(f"{visible(walk.label)} is in the shadow of {visible(walk.standing)}: qalqan policy shadow status")


@shadow_group.command("status")
@as_json
def status(*, as_json: bool) -> None:
    """Say what the policy in the shadow, or the last that was there, would change.

    With --json: policy, standing, running, switched_on, begun_at, begun_by, ended_at, ended_by, items, waiting, older,
    listed, fault, counts (change, band, other_band, items), decided (change, outcome: null where it is not decided,
    empty where it is in no case; items). Null where there never was one.
    """
    from qalqan.app import opened
    from qalqan.flow import shadow

    with opened() as services, services.store.reading() as tx:
        found = shadow.status(tx)
    if as_json:
        write_object(_plain_status(found) if found else None)
    elif found is None:
        click.echo("No policy was in the shadow yet: qalqan policy shadow start FILE")
    else:
        _say_status(found)


def _plain_status(found: Status) -> dict[str, Any]:
    walk = found.walk
    return {
        "policy": walk.label, "standing": walk.standing, "running": found.running, "switched_on": walk.switched_on,
        "begun_at": plain(walk.begun_at), "begun_by": walk.begun_by, "ended_at": plain(walk.ended_at),
        "ended_by": walk.ended_by, "items": found.total(), "waiting": found.waiting, "older": walk.left,
        "listed": found.listed, "fault": walk.fault, "counts": plain(found.counts), "decided": plain(found.decided),
    }  # fmt: skip


def _say_status(found: Status) -> None:
    walk = found.walk
    where = "in the shadow of" if found.running else "switched on after" if walk.switched_on else "taken out beside"
    click.echo(f"{visible(walk.label)}: {where} {visible(walk.standing)}, begun by {visible(walk.begun_by)}.")
    click.echo(f"{found.total():,} items weighed, {found.waiting + walk.left:,} wait.")
    if walk.fault:
        click.echo(f"What went wrong last: {visible(walk.fault)}")
    rows = [
        (one.change.value, plain(one.band) or "", plain(one.other_band) or "", f"{one.items:,}") for one in found.counts
    ]
    write_table(("change", "now", "then", "items"), rows, "")
    if found.decided:
        click.echo()
        told = [(one.change.value, _outcome(one.outcome), f"{one.items:,}") for one in found.decided]
        write_table(("change", "decided", "items"), told, "")


def _outcome(name: str | None) -> str:
    return "not yet" if name is None else name or "in no case"


@shadow_group.command("list")
@click.option("--change", type=click.Choice(CHANGES), help="Only these.")
@limited()
@as_json
def list_all(change: str | None, limit: int, offset: int, *, as_json: bool) -> None:
    """List items that would come to something else, the newest first; 10,000 are kept.

    With --json a line each: item, change, before, after (both with band, category, score, reasons that the other side
    does not give).
    """
    from qalqan.app import opened
    from qalqan.store import shadow

    with opened() as services, services.store.reading() as tx:
        walk = shadow.last(tx)
        found = shadow.page(tx, walk.id, change or "", limit, offset) if walk else []
    if as_json:
        write_lines(
            {"item": one.item_id, "change": one.change.value, "before": plain(one.before), "after": plain(one.after)}
            for one in found
        )
        return
    rows = [(one.item_id, one.change.value, _side(one.before), _side(one.after)) for one in found]
    write_table(("item", "change", "now", "then"), rows, "None differs.")


def _side(one: Side) -> str:
    return f"{one.band.value} ({one.score}, {one.category})" if one.score else one.band.value


@shadow_group.command("catch-up")
def catch_up() -> None:
    """Weigh here and now what waits for the shadow, where no worker and no console is running."""
    from qalqan.app import opened
    from qalqan.flow import shadow

    with opened() as services:
        done = sum(shadow.follow(services))
    click.echo(f"{done:,} items were weighed.")


@shadow_group.command("stop")
def stop() -> None:
    """Take the policy out of the shadow; what came of it stays to be read."""
    from qalqan.app import opened
    from qalqan.flow import shadow

    with opened() as services:
        walk = shadow.stop(services, whoami())
    click.echo(f"{visible(walk.label)} is in the shadow no more.")


@shadow_group.command("on")
@click.option("--confirm", metavar="NAME/VERSION", help="Its name and version, instead of being asked for them.")
@again
def switch_on(confirm: str | None, *, again: bool) -> None:
    """Put the policy in the shadow in force, in all running processes. Asks for its name, and shows what changes."""
    from qalqan.app import opened
    from qalqan.errors import NotFound
    from qalqan.flow import shadow

    with opened() as services:
        with services.store.reading() as tx:
            found = shadow.status(tx)
        if found is None or not found.running:
            raise NotFound("No policy is in the shadow.", hint="qalqan policy shadow start FILE")
        _say_status(found)
        for one in shadow.would_change(services, found.walk):
            click.echo(f"  {visible(one.line)}")
        if confirm is None and not sys.stdin.isatty():
            raise click.UsageError(f"Say --confirm {found.walk.label} to put it in force.")
        typed = confirm if confirm is not None else click.prompt("To put it in force, type its name and version")
        made = shadow.switch_on(services, whoami(), typed)
        click.echo(f"{visible(made.label)} is in force. Go back with: qalqan policy back")
        _follow_up(services, again=again)


def _follow_up(services: Any, *, again: bool) -> None:  # noqa: ANN401 - Services, which is loaded late
    from qalqan.flow.handing import compare_again

    if again:
        click.echo(
            f"All stored items are weighed again by running workers: scan {compare_again(services, whoami()).id}"
        )
    else:
        click.echo("What was weighed before stays as it is until: qalqan again")


@click.command("back")
@click.argument("turn", required=False, type=click.IntRange(0))
@again
def back(turn: int | None, *, again: bool) -> None:
    """Put an earlier policy in force again: the one before, or that of TURN in `qalqan policy history`.

    TURN 0 is the policy of the settings.
    """
    from qalqan.app import opened
    from qalqan.flow import policies

    with opened() as services:
        made = policies.go_back(services.store, services.policies, whoami(), turn)
        click.echo(f"{visible(made.label)} is in force.")
        _follow_up(services, again=again)


@click.command("history")
@limited(20)
@as_json
def history(limit: int, offset: int, *, as_json: bool) -> None:
    """List the policies that were put in force, the last one first: that one counts. Without any, the settings' does.

    With --json a line each: turn, label, settings (whether it is that of the settings), by, at.
    """
    from qalqan.app import opened
    from qalqan.store import policies

    with opened() as services, services.store.reading() as tx:
        found = policies.newest(tx, limit, offset)
    if as_json:
        write_lines(
            {"turn": one.turn, "label": one.label, "settings": one.text is None, "by": one.by, "at": plain(one.at)}
            for one in found
        )
        return
    rows = [(one.turn, one.label, "the settings'" if one.text is None else "", one.by, one.at) for one in found]
    write_table(("turn", "policy", "", "by", "at"), rows, "None: the policy of the settings is in force.")
