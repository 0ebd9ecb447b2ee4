"""What `qalqan cases show` and `look` gather of a case, and how it is written for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli import show
from qalqan.cli.out import plain, short, visible, write_table

if TYPE_CHECKING:
    import sqlalchemy as sa

    from qalqan.model.cases import Member
    from qalqan.model.ids import Id

MOST = 1_000
"""Members of a case that are asked for; a case has fewer."""


def gather(tx: sa.Connection, case_id: Id, name: str, limit: int, offset: int) -> dict[str, Any]:
    """Return a case as somebody sees it. Raises NotFound."""
    from qalqan.flow import blind
    from qalqan.store import cases

    case = blind.as_seen(tx, cases.get(tx, case_id), name)
    told = blind.told(tx, case, name)
    notes = [] if told.veiled else cases.notes(tx, case.id)
    return {
        "case": plain(case),
        "members": _members(tx, cases.members(tx, case.id, limit, offset), cases.looked(tx, case.id, name)),
        "notes": plain(notes),
        "decisions": plain(told.history),
        "undone": plain(list(told.undone.values())),
        "asked": plain(told.asked),
        "waits_for_other": told.waits_for_other,
    }


def _members(tx: sa.Connection, members: Sequence[Member], looked: set[Id]) -> list[dict[str, Any]]:
    from qalqan.store import findings, items
    from qalqan.store.items import attachments_of

    ids = [one.item_id for one in members]
    stored, files, made = items.by_id(tx, ids), attachments_of(tx, ids), findings.current_assessments(tx, ids)
    return [
        {"item": one.item_id, "tie": one.tie, "added_at": plain(one.added_at), "looked": one.item_id in looked,
         "text": stored[one.item_id].text, "files": [file.name for file in files.get(one.item_id, ())],
         "assessments": plain(made.get(one.item_id, []))}
        for one in members
    ]  # fmt: skip


def say(shown: Mapping[str, Any]) -> None:
    """Write a case for people."""
    from qalqan.model.times import now
    from qalqan.review.protection import SEVERITIES

    case = shown["case"]
    click.secho(f"Case {case['id']}: {case['state']}, {case['band']}, {visible(case['category'])}", bold=True)
    click.echo(f"Severity {case['severity']} of 4. {SEVERITIES[case['severity']]}.")
    if case["claimed_by"] and datetime.fromisoformat(case["claimed_until"]) > now():
        click.echo(f"{visible(case['claimed_by'])} holds it until {case['claimed_until']}.")
    click.echo(f"Priority {case['priority']:g}:")
    for part in case["parts"]:
        click.echo(f"  {part['points']:+5g}  {_filled(part)}")
    _say_members(shown["members"], case["size"])
    _say_decisions(shown)


def _filled(told: Mapping[str, Any]) -> str:
    return visible(told["text"].format_map(told["facts"]))


def _say_members(members: Sequence[Mapping[str, Any]], size: int) -> None:
    rows = [
        (one["item"], one["tie"], "yes" if one["looked"] else "no", short(one["text"]), ", ".join(one["files"]))
        for one in members
    ]
    click.echo()
    write_table(("item", "tied by", "looked at", "text", "files"), rows, "No item here.")
    click.echo(f"{len(rows):,} of {size:,}.\n")
    for one in members:
        for made in one["assessments"][:1]:
            click.echo(f"{one['item']}: {made['score']} of 100, {made['band']}, {visible(made['category'])}")
            for reason in made["reasons"]:
                click.echo(f"  {reason['points']:+4d}  {_filled(reason)}")


def _say_decisions(shown: Mapping[str, Any]) -> None:
    if shown["asked"]:
        asked = ", ".join(str(one) for one in shown["asked"].values() if one)
        click.echo(f"\nA second person is asked for a finding of their own on: {visible(asked)}.")
    if shown["waits_for_other"]:
        click.echo("\nYour proposal waits for a second person.")
    gone = {one["decision_id"]: one for one in shown["undone"]}
    for one in shown["decisions"]:
        click.echo(f"\n{one['at']}  {visible(one['by'])}: {_in_words(one)}")
        if one["rationale"]:
            click.echo(f"  {visible(one['rationale'])}")
        if one["id"] in gone:
            click.echo(f"  Taken back by {visible(gone[one['id']]['by'])}, {gone[one['id']]['at']}.")
    for note in shown["notes"]:
        click.echo(f"\n{note['at']}  It came back: {visible(note['text'])}")


def _in_words(one: Mapping[str, Any]) -> str:
    sort = "second opinion, " if one["second_to"] else ""
    measure = f", asks for {one['measure']}" if one["measure"] != "none" else ""
    rule = f", by {one['ground']}" if one["ground"] else ""
    category = f", {one['category']}" if one["category"] else ""
    return visible(f"{sort}{one['outcome']}{category}{rule}{measure} ({one['id']})")


def see(tx: sa.Connection, case_id: Id, name: str, item_id: Id | None) -> tuple[Id, dict[str, Any]]:
    """Return an item of a case with all that is known of it; without a name the first that was not looked at.

    Raises NotFound for what is not in the case, NotAllowed for what no terminal shows.
    """
    from qalqan.errors import NotAllowed, NotFound
    from qalqan.store import cases

    inside = cases.item_ids(tx, cases.get(tx, case_id).id)
    looked = cases.looked(tx, case_id, name)
    wanted = item_id or next((one for one in inside if one not in looked), inside[0])
    if wanted not in inside:
        raise NotFound(f"The item {wanted} is not in this case.", hint="qalqan cases show CASE lists its items.")
    shown = show.gather(tx, wanted)
    if any(one["media_sha256"] for one in shown["attachments"]):
        where = f"/cases/{case_id}?item={wanted}"
        raise NotAllowed("This item has a file on it, and a terminal shows texts.", hint=f"In the console: {where}")
    return wanted, shown


def left_of(tx: sa.Connection, case_id: Id, name: str) -> int:
    """Count the items of a case that somebody has not looked at."""
    from qalqan.store import cases

    return len(set(cases.item_ids(tx, case_id)) - cases.looked(tx, case_id, name))
