"""`qalqan lexicon add`, `off`, `on` and `import`: changes, tried on stored items before they are saved."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qalqan.cli.effect import followed, looking_at, plain_effect, say_effect
from qalqan.cli.out import as_json, visible, whoami, write_object

if TYPE_CHECKING:
    from qalqan.flow.effects import Effect
    from qalqan.flow.lexicon_changes import Plan
    from qalqan.flow.lexicon_files import FileRead
    from qalqan.flow.services import Services

F = TypeVar("F", bound=Callable[..., Any])


def changing(function: F) -> F:
    """Give a verb that changes the lexicon what all of them have."""
    options = (
        click.option("--reason", default="", help="Why; kept with the entries and in the audit log."),
        click.option("--dry-run", is_flag=True, help="Only show what would change; save nothing."),
        click.option("--yes", is_flag=True, help="Save without asking."),
        click.option("--again", is_flag=True, help="Then read and compare all stored items again, as `qalqan again`."),
        looking_at,
        as_json,
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command("add")
@click.option("--language", default="und", show_default=True, help="Language of the terms: uz, ru, …; und for names.")
@click.option("--sense", required=True, help="What the terms say: solicit, praise, organisation, news, ….")
@click.option("--term", "terms", multiple=True, required=True, help="A term; may be given several times.")
@click.option(
    "--strength", type=click.Choice(["strong", "weak"]), default="strong", show_default=True,
    help="Whether it says something by itself, or only beside what is strong.",
)  # fmt: skip
@click.option("--exact", is_flag=True, help="Capitals and letters must be as written: for acronyms.")
@click.option("--follows", is_flag=True, help="A negation that stands behind what it turns round.")
@click.option("--entity", help="Whose name it is, in short: blue-heron-front.")
@click.option("--name", help="How reports call that one: Blue Heron Front.")
@click.option("--hit", "hits", multiple=True, help="A sentence in which it must be found; may be given several times.")
@click.option("--miss", "misses", multiple=True, help="A sentence in which it must not be; may be given several times.")
@click.option("--source", default="", help="Where the terms are from; by default you.")
@changing
def add(language: str, terms: tuple[str, ...], source: str, **options: Any) -> None:  # noqa: ANN401 - options by name
    """Add an entry. In a term, `*` at a word's end is any ending, and ` … ` stands for up to six words.

    It is refused where it is not found in its own sentences as it should be. What it would do to stored items is shown
    before it is saved. With --json: saved, added (entries), off (entries), known (were in force already), effect
    (stored, looked_at, weighed, moved, bands, categories, examples), scan (the walk that was begun, else null).
    """
    from qalqan.app import opened
    from qalqan.flow.lexicon_changes import plan_added
    from qalqan.flow.lexicon_files import checked

    names = ("sense", "strength", "exact", "follows", "entity", "name", "hits", "misses")
    plain = {name: list(value) if isinstance(value := options.pop(name), tuple) else value for name in names}
    entries = checked(language, [{**plain, "terms": list(terms), "source": source or whoami()}], "entry")
    with opened() as services:
        carry_out(services, plan_added(services, entries, options.pop("reason")), **options)


@click.command("off")
@click.argument("entries", metavar="ENTRY…", nargs=-1, required=True)
@changing
def switch_off(entries: tuple[str, ...], reason: str, **options: Any) -> None:  # noqa: ANN401 - options by name
    """Switch entries off, also those that come with the program: nothing is found by them any more.

    With --json: saved, added (entries), off (entries), known (were in force already), effect (stored, looked_at,
    weighed, moved, bands, categories, examples), scan (the walk that was begun, else null).
    """
    from qalqan.app import opened
    from qalqan.flow.lexicon_changes import every, find, plan_off

    if not reason:
        raise click.UsageError("Say why with --reason.")
    with opened() as services:
        listed = every(services)
        carry_out(services, plan_off(services, [find(listed, key).entry for key in entries], reason), **options)


@click.command("on")
@click.argument("entries", metavar="ENTRY…", nargs=-1, required=True)
@changing
def switch_on(entries: tuple[str, ...], reason: str, **options: Any) -> None:  # noqa: ANN401 - options by name
    """Switch entries on again.

    With --json: saved, added (entries), off (entries), known (were in force already), effect (stored, looked_at,
    weighed, moved, bands, categories, examples), scan (the walk that was begun, else null).
    """
    from qalqan.app import opened
    from qalqan.flow.lexicon_changes import every, find, plan_added

    with opened() as services:
        listed = every(services)
        plan = plan_added(services, [find(listed, key).entry for key in entries], reason)
        carry_out(services, plan, **options)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--form", type=click.Choice(["yaml", "csv", "un", "ofac"]),
    help="Form of the file: yaml as `export` writes it, a csv table, or an official list; by default its name says it.",
)  # fmt: skip
@click.option("--programme", "programmes", multiple=True, help="Of an official list only this, or these.")
@click.option("--replace", is_flag=True, help="Switch off whom earlier imports of the list named and this does not.")
@changing
def bring_in(file: Path, form: str | None, reason: str, **options: Any) -> None:  # noqa: ANN401 - options by name
    """Import a file of entries, or an official list of names (United Nations XML; the US Treasury's sdn.csv).

    A table has the columns language, sense, strength, terms, source, entity, name, exact, follows, hits, misses.
    Several terms or sentences of one cell stand with `|` between them. With --json: saved, added (entries), off
    (entries), known (were in force already), effect (stored, looked_at, weighed, moved, bands, categories, examples),
    scan (the walk that was begun, else null).
    """
    from qalqan.app import opened
    from qalqan.flow.lexicon_files import read_file
    from qalqan.signals.official import FORMS as LISTS

    chosen = form or form_of(file)
    programmes, replaces = frozenset(one.upper() for one in options.pop("programmes")), options.pop("replace")
    if chosen not in LISTS and (programmes or replaces):
        raise click.UsageError("--programme and --replace are for official lists: --form un, --form ofac.")
    with opened() as services:
        read = read_file(services, file, chosen, programmes or None)
        plan = _plan_of_file(
            services, read, reason or f"import of {file.name}", listed=chosen in LISTS, replaces=replaces
        )
        carry_out(services, plan, **options)


def _plan_of_file(services: Services, read: FileRead, reason: str, *, listed: bool, replaces: bool) -> Plan:
    from dataclasses import replace

    from qalqan.flow.lexicon_changes import plan_added, plan_list, plan_off

    if listed:
        return plan_list(services, read.on, read.origin, reason, replaces=replaces)
    plan = plan_added(services, read.on, reason)
    return replace(plan, off=plan_off(services, read.off, reason).off)


def form_of(file: Path) -> str:
    """Return a file's form by its name. Raises UsageError."""
    form = {".yaml": "yaml", ".yml": "yaml", ".csv": "csv"}.get(file.suffix.lower())
    if form is None:
        raise click.UsageError(f"What form has {file.name}? Say so with --form.")
    return form


def carry_out(  # noqa: PLR0913 - one argument an option
    services: Services,
    plan: Plan,
    last: int,
    *,
    every: bool,
    dry_run: bool,
    yes: bool,
    again: bool,
    as_json: bool,
) -> None:
    """Show what a plan would do to stored items, and save it where that is wanted."""
    from qalqan.flow import effects
    from qalqan.flow.lexicon_changes import after, save

    if plan.empty:
        _say_result(plan, None, None, saved=False, as_json=as_json)
        return
    effect = followed(effects.of_lexicon(services, after(services, plan), None if every else last), quiet=as_json)
    if not as_json:
        say_effect(effect)
    wanted = not dry_run and (yes or _agreed(plan, as_json=as_json))
    scan = None
    if wanted:
        done = save(services, plan, whoami())
        plan = _as_done(plan, done)
        scan = _begin_again(services, quiet=as_json) if again else None
    _say_result(plan, effect, scan, saved=wanted, as_json=as_json)


def _as_done(plan: Plan, done: Any) -> Plan:  # noqa: ANN401 - a Saved, which is loaded late
    from dataclasses import replace

    return replace(plan, added=done.added, off=done.off)


def _agreed(plan: Plan, *, as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        raise click.UsageError(
            "Nothing was saved: nobody can be asked here. Save with --yes, or only look with --dry-run."
        )
    return click.confirm(f"{_what(plan)}: save?", default=False)


def _what(plan: Plan) -> str:
    halves = ((plan.added, "on"), (plan.off, "off"))
    return ", ".join(f"{len(one):,} {'entry' if len(one) == 1 else 'entries'} {how}" for one, how in halves if one)


def _begin_again(services: Services, *, quiet: bool) -> str:
    from qalqan.cli.scan import walk
    from qalqan.flow.handing import compare_again

    scan = compare_again(services, whoami())
    walk(services, [scan], quiet=quiet)
    return scan.id


def _say_result(plan: Plan, effect: Effect | None, scan: str | None, *, saved: bool, as_json: bool) -> None:
    if as_json:
        write_object(
            {"saved": saved, "added": [one.key for one in plan.added], "off": [one.key for one in plan.off],
             "known": plan.known, "effect": plain_effect(effect) if effect else None, "scan": scan}
        )  # fmt: skip
        return
    if plan.empty and not saved:
        click.echo("Nothing to change: what is wanted is so already.")
        return
    click.echo(f"{_what(plan) or 'Nothing'}: {'saved' if saved else 'not saved'}.")
    for one in (*plan.added, *plan.off)[:5]:
        click.echo(f"  {one.key[:12]}  {one.language} {one.sense.value} {visible(one.terms[0])}")
    if saved and scan is None:
        click.echo("New items are read with it from now on; what is in the store: qalqan again")
