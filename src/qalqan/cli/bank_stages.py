"""`qalqan bank rules`, `calibrate` and `index`: how a bank is compared, and how often it is wrong."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.out import as_json, plain, short, visible, whoami, write_lines, write_object, write_table

if TYPE_CHECKING:
    from rich.progress import Progress

    from qalqan.flow.stages import StageRow
    from qalqan.model.calibrations import Calibration


@click.command("rules")
@click.argument("name")
@click.option("--radius", type=click.IntRange(0, 31), help="Bits of 256 within which two hashes count as near.")
@click.option("--quality", type=click.IntRange(50, 100), help="PDQ quality below which a picture is not compared.")
@click.option("--stages", help="The stages that run, with commas between them; `all` for all.")
@click.option("--negative/--positive", default=None, help="Whether it holds what must never match (logos, flags, …).")
@click.option("--flood", type=click.IntRange(0), help="Different things a day that set an entry aside; 0 for never.")
@as_json
def rules(name: str, stages: str | None, *, as_json: bool, **wanted: Any) -> None:  # noqa: ANN401 - options by name
    """Show or change how a bank is compared: radius, quality, stages, negative, flood.

    Shows each stage of the cascade from cheap to dear: what it costs, what it decides, whether it runs on this bank,
    and how often it matched harmless things when it was last measured. With --json: bank, radius, quality, stages,
    negative, flood, cascade (stage, cost_ms, decides, runs, asked, wrong, rate, at_most, measured_at).
    """
    from qalqan.app import opened
    from qalqan.flow.stages import cascade, changed_rules, set_rules
    from qalqan.store import banks

    if stages is not None:
        wanted["stages"] = () if stages.strip() == "all" else tuple(one.strip() for one in stages.split(","))
    with opened() as services:
        with services.store.reading() as tx:
            bank = banks.by_name(tx, name)
        if any(value is not None for value in wanted.values()):
            bank = set_rules(services, bank, changed_rules(services, bank.rules, wanted), whoami())
        with services.store.reading() as tx:
            rows = cascade(services, tx, bank)
    if as_json:
        write_object({"bank": bank.name, **plain(bank.rules), "cascade": [_plain_stage(one) for one in rows]})
        return
    kind = "what must never match" if bank.rules.negative else "known things"
    click.echo(f"{visible(bank.name)} holds {kind}. Near is {bank.rules.radius} bits of 256 or fewer, from quality")
    click.echo(
        f"{bank.rules.quality} on. An entry is set aside after {bank.rules.flood or 'no number of'} things a day."
    )
    _write_stages(rows)


def _plain_stage(row: StageRow) -> dict[str, Any]:
    measured = row.measured
    return {
        "stage": row.stage.name, "cost_ms": row.stage.cost, "decides": row.stage.decides, "runs": row.runs,
        "asked": measured.asked if measured else None, "wrong": measured.wrong if measured else None,
        "rate": measured.rate if measured else None, "at_most": measured.at_most if measured else None,
        "measured_at": plain(measured.at) if measured else None,
    }  # fmt: skip


def _write_stages(rows: list[StageRow]) -> None:
    shown = [
        (one.stage.name, f"{one.stage.cost:g} ms", "yes" if one.runs else "no", _said(one.measured), one.stage.decides)
        for one in rows
    ]
    write_table(("stage", "cost", "runs", "matched harmless things", "decides"), shown, "No stage.")


def _said(measured: Calibration | None) -> str:
    if measured is None or measured.at_most is None:
        return "not measured"
    return f"{measured.wrong:,} of {measured.asked:,} (at most {measured.at_most:.2%})"


@click.command("calibrate")
@click.argument("name")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
def calibrate(name: str, paths: tuple[Path, ...], *, as_json: bool) -> None:
    """Measure how often a bank matches harmless files, stage by stage. Nothing is stored of the files.

    Give as many harmless pictures, videos and sounds of the kind that your users post as you have: with none wrong of
    3,000, the rate is at most 0.1 %, with 95 % certainty. With --json a line each: id, bank_id, stage, distractors,
    asked, wrong, nearest (by bits of 256), culprits (pairs of entry and times), by, at, rate, at_most.
    """
    from qalqan.app import opened
    from qalqan.flow.calibrating import Asked, ask_about, shelves_of, write_down
    from qalqan.store import banks

    with opened() as services:
        with services.store.reading() as tx:
            bank = banks.by_name(tx, name)
        asked = Asked()
        with _bar("asking about harmless files", quiet=as_json) as bar:
            task = bar.add_task("", total=None) if bar else None
            for asked in ask_about(services, shelves_of(services, bank), paths):
                if bar is not None and task is not None:
                    bar.update(task, completed=asked.files)
        where = ", ".join(str(path) for path in paths)
        made = write_down(services, bank, asked, f"{asked.files:,} files of {short(where, 200)}", whoami())
    if as_json:
        write_lines({**plain(one), "rate": one.rate, "at_most": one.at_most} for one in made)
        return
    rows = [(one.stage, f"{one.asked:,}", f"{one.wrong:,}", f"{one.at_most or 0:.2%}") for one in made]
    write_table(("stage", "asked", "wrong", "at most (95 %)"), rows, "No stage.")
    for known in asked.known:
        click.echo(f"  {visible(known)} is in the bank itself and was not counted.")
    for one in made:
        for entry, times in one.culprits[:5]:
            click.echo(f"  {one.stage}: the entry {entry} matched {times:,}. Look at it: qalqan bank dispute {entry}")


@click.command("index")
@as_json
def index(*, as_json: bool) -> None:
    """Read banked files by every stage that has not read them: after an upgrade, or for a new stage.

    Running workers do this by themselves. May be stopped at any time: what is read stays. With --json: files (read),
    entries (new).
    """
    from qalqan.app import opened
    from qalqan.flow.deepen import deepen, depths

    files = entries = 0
    with opened() as services:
        with services.store.reading() as tx:
            total = sum(one.unread for one in depths(services, tx).values())
        with _bar("reading banked files", quiet=as_json) as bar:
            task = bar.add_task("", total=total) if bar else None
            for _, added in deepen(services):
                files, entries = files + 1, entries + added
                if bar is not None and task is not None:
                    bar.update(task, completed=files)
    if as_json:
        write_object({"files": files, "entries": entries})
        return
    click.echo(f"{files:,} files read, {entries:,} entries added.")


def _bar(doing: str, *, quiet: bool) -> Progress | nullcontext[None]:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
