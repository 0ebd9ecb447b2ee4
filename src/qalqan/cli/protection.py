"""`qalqan protection`: the organisation's floor of protection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qalqan.cli.out import as_json, whoami, write_object, write_table

if TYPE_CHECKING:
    from qalqan.model.protection import Shield


@click.command("protection")
@click.option("--blur", type=click.IntRange(0, 10), help="Blur of pictures: 0 none, 10 only colours.")
@click.option("--grey/--colours", default=None, help="Blurred pictures have no colours.")
@click.option("--mute/--sound", default=None, help="What is ever played starts without sound.")
@click.option("--stills/--moving", default=None, help="Recordings are shown as stills.")
@click.option("--pause", type=click.IntRange(1, 240), help="Minutes of hard material after which a pause is proposed.")
@click.option("--day", type=click.IntRange(1, 720), help="Minutes of hard material a day; then it stays blurred.")
@as_json
def command(
    blur: int | None,
    pause: int | None,
    day: int | None,
    *,
    grey: bool | None,
    mute: bool | None,
    stills: bool | None,
    as_json: bool,
) -> None:
    """Show the organisation's floor of protection, or set parts of it.

    Each person may protect themselves more in the console; nobody else can change that. With --json: blur, grey, mute,
    stills, pause_minutes, day_minutes.
    """
    from dataclasses import replace

    from qalqan.app import opened
    from qalqan.flow import protection as shields
    from qalqan.store import protection

    named = {
        "blur": blur, "grey": grey, "mute": mute, "stills": stills, "pause_minutes": pause, "day_minutes": day,
    }  # fmt: skip
    wanted = {name: value for name, value in named.items() if value is not None}
    with opened() as services:
        with services.store.reading() as tx:
            found = protection.floor(tx)
        if wanted:
            found = replace(found, **wanted)  # type: ignore[arg-type] # each value is what its option says
            shields.set_floor(services, whoami(), found)
    if as_json:
        write_object(found)
    else:
        _say(found)


def _say(floor: Shield) -> None:
    rows = [
        ("blur", f"{floor.blur} of 10"),
        ("grey", "yes" if floor.grey else "no"),
        ("mute", "yes" if floor.mute else "no"),
        ("stills only", "yes" if floor.stills else "no"),
        ("a pause after", f"{floor.pause_minutes} minutes"),
        ("bound of a day", f"{floor.day_minutes} minutes"),
    ]
    write_table(("protection", "floor"), rows, "")
