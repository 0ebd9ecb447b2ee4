"""`qalqan read`: read now what no scan waited for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from qalqan.cli.out import as_json, write_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from qalqan.flow.services import Services


@click.command("read")
@click.option("--most", type=click.IntRange(min=1), help="Stop after so many files.")
@as_json
def command(*, most: int | None, as_json: bool) -> None:
    """Read words and codes in pictures and films, subtitles and speech, in stored files that nobody has read yet.

    No scan waits for this: it takes seconds a file. A running `qalqan worker` or `qalqan serve` does it by itself; this
    does it now. What is read is compared and weighed like an item's own text. Stop with Ctrl-C; nothing is lost. With
    --json: read (files), left (files that are still to be read).
    """
    from qalqan.app import opened
    from qalqan.flow.later import waiting

    with opened() as services:
        with services.store.reading() as tx:
            files = waiting(services, tx).files
        read = _read(services, files if most is None else min(files, most), quiet=as_json)
        with services.store.reading() as tx:
            left = waiting(services, tx).files
    if as_json:
        write_object({"read": read, "left": left})
        return
    click.echo(f"{read:,} files were read, {left:,} are left." if read or left else "There is nothing left to read.")


def _read(services: Services, most: int, *, quiet: bool) -> int:
    from qalqan.flow.later import Later
    from qalqan.flow.way import Way

    way = Way(services)
    later = Later(services, way.settle)
    read = 0
    try:
        with _progress(most, quiet=quiet) as told:
            while read < most:
                before = read
                for media in later.round():
                    read += 1
                    told(f"{media.kind.value} {media.sha256[:12]}")
                    if read >= most:
                        break
                if read == before:
                    break
            list(later.round(0))  # what was read last is weighed, too
    finally:
        later.close()
        way.close()
    return read


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    if quiet or not sys.stderr.isatty():
        yield lambda _what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    what = TextColumn("{task.fields[what]}")
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), what)
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, what="")
        yield lambda what: bar.update(task, advance=1, what=what)
