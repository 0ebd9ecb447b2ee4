"""`qalqan bank`: known things."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from qalqan.cli.bank_stages import calibrate, index, rules
from qalqan.cli.out import as_json, limited, plain, short, visible, whoami, write_lines, write_object, write_table

if TYPE_CHECKING:
    from qalqan.flow.known import Added, Voucher

STATUSES = click.Choice(["active", "disputed", "quarantined", "retired"])


@click.group("bank")
def command() -> None:
    """Keep banks of known things: create, add, list, retire, import, export, rules, calibrate.

    A bank holds entries of one category. After a change, a running worker compares what is in the store already, or
    `qalqan again --new` does.
    """


@command.command("create")
@click.argument("name")
@click.option("--category", default="terrorist-content", show_default=True, help="A category of the policy.")
@click.option("--description", default="", help="What is in it and who keeps it.")
def create(name: str, category: str, description: str) -> None:
    """Create a bank."""
    from qalqan.app import opened
    from qalqan.flow.known import new_bank

    with opened() as services:
        bank = new_bank(services, name, category, whoami(), description)
    click.echo(f"The bank {bank.name} is there. Add to it: qalqan bank add {bank.name} FILE…")


@command.command("list")
@as_json
def list_all(*, as_json: bool) -> None:
    """List all banks.

    With --json a line each: id, name, category, description, created_by, created_at, rules, entries.
    """
    from qalqan.app import opened
    from qalqan.store import banks

    with opened() as services, services.store.reading() as tx:
        found, counts = banks.every(tx), banks.counts(tx)
    if as_json:
        write_lines({**plain(one), "entries": counts.get(one.id, {})} for one in found)
        return
    rows = [
        (
            one.name,
            one.category,
            *(counts.get(one.id, {}).get(status, 0) for status in STATUSES.choices),
            one.description,
        )
        for one in found
    ]
    write_table(("bank", "category", *STATUSES.choices, ""), rows, "No bank yet. Make one: qalqan bank create NAME")


@command.command("show")
@click.argument("name")
@click.option("--status", type=STATUSES, help="Only entries of this status.")
@limited()
@as_json
def show(name: str, status: str | None, limit: int, offset: int, *, as_json: bool) -> None:
    """List a bank's entries, newest first.

    With --json a line each: id, bank_id, kind, value, label, provenance, status, valid_until, media_sha256, added_by,
    added_at.
    """
    from qalqan.app import opened
    from qalqan.model.banks import EntryStatus
    from qalqan.store import banks

    with opened() as services, services.store.reading() as tx:
        bank = banks.by_name(tx, name)
        found = banks.entries_of(tx, bank.id, limit, offset, EntryStatus(status) if status else None)
    if as_json:
        write_lines(found)
        return
    rows = [
        (one.id, one.kind, short(one.label, 40), one.status, short(one.provenance, 24), one.added_at) for one in found
    ]
    write_table(("entry", "kind", "label", "status", "says", "since"), rows, "No such entry.")


@command.command("add")
@click.argument("name")
@click.argument("paths", metavar="[FILE…]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--kind", help="With --value: sha256, pdq, video-pdq, text, link, or another's.")
@click.option("--value", "values", multiple=True, help="A known value instead of a file; may be given several times.")
@click.option("--label", default="", help="What it is, in a few words; by default the file's name.")
@click.option("--provenance", default="", help="Who says that it is known; by default you.")
@click.option("--valid-until", type=click.DateTime(["%Y-%m-%d"]), help="The day (UTC) from which it no longer matches.")
@as_json
def add(  # noqa: PLR0913 - one argument an option
    name: str,
    paths: tuple[Path, ...],
    kind: str | None,
    values: tuple[str, ...],
    label: str,
    provenance: str,
    valid_until: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Add known files (or all files of a folder) or known values to a bank.

    A file gives an entry for each kind of signal read of it. With --json: entries (new), known (were there), refused
    ([what, why] pairs).
    """
    from qalqan.app import opened
    from qalqan.flow.known import add_paths, add_values
    from qalqan.store import banks

    if bool(paths) == bool(values) or (values and not kind):
        raise click.UsageError("Give either files, or --kind with one --value or more.")
    with opened() as services:
        with services.store.reading() as tx:
            bank = banks.by_name(tx, name)
        voucher = _voucher(provenance, valid_until)
        if values:
            outcomes = [add_values(services, bank, [(kind or "", value, label) for value in values], voucher)]
        else:
            outcomes = list(add_paths(services, bank, paths, voucher, label))
    _say_added(outcomes, as_json=as_json)


def _voucher(provenance: str, valid_until: datetime | None) -> Voucher:
    from datetime import UTC

    from qalqan.flow.known import Voucher

    until = valid_until.replace(tzinfo=UTC) if valid_until else None
    return Voucher(whoami(), provenance or whoami(), until)


def _say_added(outcomes: list[Added], *, as_json: bool) -> None:
    entries, known = sum(one.entries for one in outcomes), sum(one.known for one in outcomes)
    refused = [pair for one in outcomes for pair in one.refused]
    if as_json:
        write_object({"entries": entries, "known": known, "refused": refused})
        return
    click.echo(f"Entries: {entries:,} added, {known:,} there already, {len(refused):,} refused.")
    for what, why in refused:
        click.echo(f"  {visible(what)}: {visible(why)}")
    if entries:
        click.echo("What is in the store already is compared with them by a running worker, or: qalqan again --new")


def _status_command(verb: str, status: str, about: str) -> None:
    @command.command(verb, help=about)
    @click.argument("entry")
    @click.option("--reason", required=True, help="Why; kept with the entry and in the audit log.")
    def change(entry: str, reason: str) -> None:
        from qalqan.app import opened
        from qalqan.flow.known import change_status
        from qalqan.model.banks import EntryStatus

        with opened() as services:
            changed = change_status(services, entry, EntryStatus(status), whoami(), reason)
        click.echo(f"“{visible(changed.label)}” is {changed.status} now.")
        click.echo("What it had found is weighed anew by a running worker, or: qalqan again --new")


_status_command("retire", "retired", "Retire an entry: it no longer matches. Its history stays.")
_status_command("dispute", "disputed", "Dispute an entry: it does not match until the dispute is settled.")
_status_command("restore", "active", "Restore a retired, disputed or quarantined entry: it matches again.")


@command.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", help="For a plain list, one value a line: the kind of all of them.")
@click.option("--provenance", default="", help="Who says so, where the list does not; by default the list's name.")
@as_json
def import_list(name: str, file: Path, kind: str | None, provenance: str, *, as_json: bool) -> None:
    """Import a list: NDJSON or CSV as `export` writes them, or with --kind one value a line.

    With --json: entries (new), known (were there), refused ([what, why] pairs).
    """
    from qalqan.app import opened
    from qalqan.flow.exchange import import_entries
    from qalqan.store import banks

    with opened() as services:
        with services.store.reading() as tx:
            bank = banks.by_name(tx, name)
        outcomes = list(import_entries(services, bank, file, kind, whoami(), provenance or file.name))
    _say_added(outcomes, as_json=as_json)


@command.command("export")
@click.argument("name")
@click.option(
    "--format",
    "form",
    type=click.Choice(["ndjson", "csv"]),
    default="ndjson",
    show_default=True,
    help="Form of the list.",
)
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="A file instead of the terminal.")
def export(name: str, form: str, out: IO[str]) -> None:
    """Export a bank's entries for a partner: kind, value, label, provenance, status, valid_until."""
    from qalqan.app import opened
    from qalqan.flow.exchange import export_entries
    from qalqan.store import audit, banks

    with opened() as services:
        with services.store.reading() as tx:
            bank = banks.by_name(tx, name)
            for line in export_entries(tx, bank, form):
                out.write(line)
        with services.store.writing() as tx:
            audit.append(tx, whoami(), "bank.exported", name, format=form)


command.add_command(rules)
command.add_command(calibrate)
command.add_command(index)
