"""`qalqan demo`: the whole way once, on harmless material."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress

    from qalqan.demo.material import Material
    from qalqan.demo.truth import Verdict
    from qalqan.flow.services import Services


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Stop after the summary.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the console; by default QALQAN_PORT.")
def command(port: int | None, *, no_serve: bool) -> None:
    """Make harmless material, scan it, and serve the console.

    Drawn pictures, films with sound and texts of an invented group are put into a bank; edited copies of them come back
    in a chat of several hundred ordinary messages and in a folder. A truth file says which; the summary is held
    against it. A second run finds all of it in place. It lives in QALQAN_HOME: remove that folder to begin anew.
    """
    from qalqan.app import opened
    from qalqan.cli.scan import walk
    from qalqan.cli.serve import serve
    from qalqan.demo import run

    started = time.monotonic()
    with opened(create=True) as services:
        material = _material(services.settings.home / "material")
        _fill(services, material)
        click.echo("Scanning the chat export and the folder …", err=True)
        walk(services, run.hand_in_material(services, material), quiet=False)
        _summary(run.verdict(services, material), services, time.monotonic() - started)
        if no_serve:
            return
        login = run.give_login(services)
        click.secho(f"\nLogin: {login.name} · password: {login.password}", bold=True)
        serve(services, None, port, work=True)


def _material(folder: Path) -> Material:
    """Make the material, or take what an earlier run has made to its end."""
    from qalqan.demo.material import Material, make_material

    made = Material(folder, folder / "known", folder / "export", folder / "folder", folder / "truth.json")
    if made.truth.exists():
        click.echo(f"The material is there already: {folder}", err=True)
        return made
    shutil.rmtree(folder, ignore_errors=True)
    click.echo("Drawing harmless pictures, films and a chat …", err=True)
    with _bar() as bar:
        task = bar.add_task("", total=None) if bar else None

        def show(what: str, done: int, of: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, description=what, completed=done, total=of)

        return make_material(folder, progress=show)


def _fill(services: Services, material: Material) -> None:
    from qalqan.demo import run

    click.echo("Putting the known things into a bank …", err=True)
    with _bar() as bar:
        task = bar.add_task("", total=None) if bar else None
        for done, label in enumerate(run.fill_bank(services, material), 1):
            if bar is not None and task is not None:
                bar.update(task, description=label[:28], completed=done)


def _bar() -> AbstractContextManager[Progress | None]:
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    return Bar(TextColumn("{task.description:<28}"), BarColumn(), console=Console(stderr=True), transient=True)


def _summary(verdict: Verdict, services: Services, seconds: float) -> None:
    from qalqan.cli.out import write_table
    from qalqan.store import items

    with services.store.reading() as tx:
        totals = items.totals(tx)
    rows = [
        (row.edit, f"{row.found} of {row.planted}", "" if row.expected == "found" else "hard")
        for row in verdict.table()
    ]
    write_table(("what was done to it", "found", ""), rows, "Nothing was planted.")
    planted = len(verdict.found) + len(verdict.missed)
    click.echo(
        f"\n{totals['items']:,} items, {totals['media']:,} files, {planted} known things planted among them: "
        f"{len(verdict.found)} found, {len(verdict.missed)} missed "
        f"({len(verdict.missed_hard)} of them hard), {len(verdict.wrong)} wrong. {seconds:.1f} s."
    )
    for missed in verdict.missed_expected:
        click.echo(f"  missed: {missed.known} at {missed.origin}: {missed.edit}")
    for wrong in verdict.wrong:
        click.echo(f"  wrong: {wrong.entry_label} at {wrong.origin}")
