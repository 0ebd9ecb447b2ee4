"""`qalqan scan`: hand something in and see what is known in it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.out import as_json, whoami, write_object
from qalqan.errors import BadValue

if TYPE_CHECKING:
    from qalqan.flow.services import Services
    from qalqan.model.sources import Scan

LONGEST_MAPPING = 1 << 20
"""Characters of a column mapping."""


@click.command("scan")
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--legal-basis", help="On what ground you hold this: a public page, a report, a warrant's number.")
@click.option("--label", help="A name for it; by default the file's or folder's own.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Column mapping of a table, as YAML.",
)
@click.option("--detach", is_flag=True, help="Do not wait: leave the work to running workers (`qalqan worker`).")
@as_json
def command(
    paths: tuple[Path, ...],
    legal_basis: str | None,
    label: str | None,
    mapping: Path | None,
    *,
    detach: bool,
    as_json: bool,
) -> None:
    """Hand in folders, files, exports or archives, and see what is known in them.

    Understood are files of any type, Telegram Desktop exports, CSV and NDJSON tables, saved web pages, WARC and WACZ,
    and ZIP or tar archives of any of these. Handing the same thing in again adds nothing. A scan that was broken off,
    however it was, goes on with the same command.

    With --json one object: items, media, signals, matches, problems (all that the store now holds of this input),
    added (items that were new), seconds, bands (items in which something is found, by band),
    unread (files that wait for the slower readers), scans (id, location, state, read, added).
    """
    from qalqan.app import opened
    from qalqan.flow.handing import HandedIn, hand_in

    handed = HandedIn(whoami(), legal_basis, label, _read(mapping) if mapping else None)
    started = time.monotonic()
    with opened() as services:
        scans = [hand_in(services, path, handed) for path in paths]
        if not detach:
            walk(services, scans, quiet=as_json)
        summary = _summary(services, scans, time.monotonic() - started)
    if as_json:
        write_object(summary)
    else:
        _say(summary, detach=detach)


def _read(mapping: Path) -> str:
    try:
        with mapping.open(encoding="utf-8") as file:
            return file.read(LONGEST_MAPPING)
    except UnicodeDecodeError as error:
        raise BadValue(f"The column mapping {mapping} is no text in UTF-8.") from error


def walk(services: Services, scans: list[Scan], *, quiet: bool) -> None:
    """Walk these scans in this process, with progress on the terminal. Raises StoreError when one of them fails."""
    from qalqan.cli.progress import show
    from qalqan.flow.jobs import Jobs

    jobs = Jobs(services)
    jobs.start()
    try:
        for scan in scans:
            show(services, scan, jobs, quiet=quiet)
    except KeyboardInterrupt:
        click.echo(
            "\nStopped. Nothing is lost: the same command goes on from here, or a running worker does.", err=True
        )
        sys.stderr.flush()
        os._exit(130)  # jobs under way must not hold us; they are made to be broken off
    finally:
        jobs.stop()


def _summary(services: Services, scans: list[Scan], seconds: float) -> dict[str, Any]:
    from qalqan.flow.later import waiting
    from qalqan.store import items
    from qalqan.store import scans as scan_store

    source_ids = [scan.source_id for scan in scans if scan.source_id]
    with services.store.reading() as tx:
        ended = [one for one in (scan_store.get(tx, scan.id) for scan in scans) if one]
        totals = items.totals_of(tx, source_ids)
        bands = items.bands_of(tx, source_ids)
        places = items.locations(tx, source_ids)
        unread = waiting(services, tx).files
    return {
        **totals,
        "added": sum(one.added for one in ended),
        "seconds": round(seconds, 2),
        "bands": bands,
        "unread": unread,
        "scans": [
            {
                "id": one.id,
                "location": places.get(one.source_id or ""),
                "state": one.state,
                "read": one.read,
                "added": one.added,
            }
            for one in ended
        ],
    }


def _say(summary: dict[str, Any], *, detach: bool) -> None:
    if detach:
        click.echo("Handed in. A running worker will walk it: qalqan worker. See how far it is: qalqan scans")
        return
    bands = summary["bands"]
    found = bands["known"] + bands["likely"] + bands["look"]
    size = f"{summary['items']:,} items ({summary['added']:,} new) with {summary['media']:,} files"
    parts = f"{bands['known']:,} known, {bands['likely']:,} likely, {bands['look']:,} to look at"
    context = f" {bands['context']:,} more report, study or judge such things." if bands["context"] else ""
    click.echo(f"{size} in {summary['seconds']:.1f} s.\nIn {found:,} something was found: {parts}.{context}")
    click.echo("See them: qalqan items --band found · known things: qalqan matches · in the console: qalqan serve")
    if summary["unread"]:
        click.echo(
            f"{summary['unread']:,} files wait for the slower readers (words in pictures, codes, speech): qalqan read"
        )
    if summary["problems"]:
        click.echo(f"{summary['problems']:,} things could not be read: qalqan intake problems")
