"""`qalqan lexicon`: what words say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.lexicon_changes import add, bring_in, form_of, switch_off, switch_on
from qalqan.cli.out import as_json, limited, plain, short, visible, write_lines, write_object, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qalqan.flow.lexicon_changes import Listed
    from qalqan.model.words import Entry

DIGITS = 12
"""Digits of an entry's key that tables show."""


@click.group("lexicon")
def command() -> None:
    """Keep the lexicons: list, show, try, check, add, off, on, import, export.

    What comes with the program stays as it is: you add entries, or switch some off. Each change is first tried on what
    is stored, and saved when you agree.
    """


@command.command("list")
@click.option("--language", help="Only entries of this language: uz, ru, …; und for names.")
@click.option("--sense", help="Only entries that say this: solicit, praise, organisation, news, ….")
@click.option("--entity", help="Only names of this one.")
@click.option("--origin", help="Only entries from there: built-in, hand, un, ofac, ….")
@click.option("--words", help="Only entries with this in a term, a name or the source, however spelled.")
@click.option("--off", is_flag=True, help="Only entries that are switched off.")
@limited()
@as_json
def list_all(  # noqa: PLR0913 - one argument an option
    language: str | None,
    sense: str | None,
    entity: str | None,
    origin: str | None,
    words: str | None,
    limit: int,
    offset: int,
    *,
    off: bool,
    as_json: bool,
) -> None:
    """List entries: those that come with the program first, then those that were added.

    With --json a line each: entry (its key), language, sense, strength, terms, source, hits, misses, exact, follows,
    entity, name, origin, status, by, at, reason (of its last change).
    """
    from qalqan.app import opened
    from qalqan.flow.lexicon_changes import ListFilter, every, matching
    from qalqan.model.words import EntryState

    wanted = ListFilter(language, _sense(sense), entity, origin, EntryState.OFF if off else None, words)
    with opened() as services:
        found = matching(every(services), wanted)
    page = found[offset : offset + limit]
    if as_json:
        write_lines(_plain(one) for one in page)
        return
    _say_list(page)
    if page:
        click.echo(f"{len(page):,} of {len(found):,}.")


def _sense(name: str | None) -> Any:  # noqa: ANN401 - a Sense, which is loaded late
    from qalqan.model.words import Sense

    if name is None:
        return None
    if name not in list(Sense):
        raise click.UsageError(f"There is no sense {name!r}. There are: {', '.join(Sense)}.")
    return Sense(name)


def _plain(one: Listed) -> dict[str, Any]:
    entry, change = one.entry, one.change
    return {
        "entry": entry.key,
        **{name: plain(getattr(entry, name)) for name in ("language", "sense", "strength", "terms", "source")},
        **{name: plain(getattr(entry, name)) for name in ("hits", "misses", "exact", "follows", "entity", "name")},
        "origin": one.origin,
        "status": plain(one.status),
        "by": change.by if change else None,
        "at": plain(change.at) if change else None,
        "reason": change.reason if change else None,
    }


def _say_list(found: list[Listed]) -> None:
    rows = [
        (one.entry.key[:DIGITS], one.entry.language, one.entry.sense.value, one.entry.strength.value,
         len(one.entry.terms), short(one.entry.name or ", ".join(one.entry.terms), 60), one.origin, one.status.value)
        for one in found
    ]  # fmt: skip
    columns = ("entry", "language", "says", "strength", "terms", "", "origin", "")
    write_table(columns, rows, "No such entry.")


@command.command("show")
@click.argument("words", metavar="TERM|ENTRY")
@as_json
def show(words: str, *, as_json: bool) -> None:
    """Show the entries that have a term, however it is spelled, or that find something in these words; or one entry.

    With --json a line each: entry (its key), language, sense, strength, terms, source, hits, misses, exact, follows,
    entity, name, origin, status, by, at, reason (of its last change).
    """
    from qalqan.app import opened
    from qalqan.errors import NotFound
    from qalqan.flow.lexicon_changes import every, find, holding

    with opened() as services:
        listed = every(services)
    try:
        found = [find(listed, words)]
    except NotFound:
        found = holding(listed, words)
    if not found:
        raise NotFound(f"No entry has “{words}”, nor finds anything in it.", hint="qalqan lexicon list --words PART")
    if as_json:
        write_lines(_plain(one) for one in found)
        return
    for one in found:
        _say(one)


def _say(one: Listed) -> None:
    entry, change = one.entry, one.change
    state = "" if one.status.value == "on" else ", switched off"
    head = f"{entry.language} {entry.sense.value}, {entry.strength.value}{state}"
    click.secho(f"{entry.key[:DIGITS]}  {head}", bold=True)
    notes = [name for name, holds in (("capitals as written", entry.exact), ("stands behind", entry.follows)) if holds]
    if entry.name:
        notes.insert(0, f"name of {entry.name} ({entry.entity})")
    lines = [
        ("", ", ".join(notes)),
        ("terms", " | ".join(entry.terms)),
        ("source", entry.source),
        *(("finds", sentence) for sentence in entry.hits),
        *(("not in", sentence) for sentence in entry.misses),
        ("origin", one.origin),
    ]
    if change:
        lines.append(("changed", f"{change.at:%Y-%m-%d %H:%M} by {change.by}: {change.status.value} — {change.reason}"))
    for name, text in lines:
        if text:
            click.echo(f"  {name:<8} {visible(text)}")


@command.command("try")
@click.argument("text", required=False)
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read the text from a file instead."
)
@as_json
def try_it(text: str | None, file: Path | None, *, as_json: bool) -> None:
    """Show what is found in a text: names, acts, contexts, negated or quoted, language, indicators. Nothing is stored.

    With --json: text, language, words (sense, term, strength, language, sentence, entity, name, negated, quoted, asked,
    place, span, media), indicators (kind, value, span), assessments (category, score, band, policy, reasons).
    """
    from qalqan.app import opened
    from qalqan.cli.marked import plain_assessments, plain_words, say_outcome, say_text, say_words
    from qalqan.flow.trying import try_text

    given = read_given(text, file)
    with opened() as services:
        tried = try_text(services, given)
    indicators = [{"kind": one.kind, "value": one.value, "span": plain(one.span)} for one in tried.indicators]
    if as_json:
        write_object(
            {"text": tried.text, "language": tried.language, "words": plain_words(tried.words),
             "indicators": indicators, "assessments": plain_assessments(tried)}
        )  # fmt: skip
        return
    say_text(tried)
    say_words(tried.words)
    click.echo(f"\nLanguage: {tried.language or 'cannot be told'}")
    for one in indicators:
        click.echo(f"{one['kind']}: {visible(one['value'])}")
    say_outcome(tried)


def read_given(text: str | None, file: Path | None) -> str:
    """Return the text that was typed, or that a file holds. Raises UsageError, BadValue."""
    from qalqan.errors import BadValue
    from qalqan.flow.trying import LONGEST

    if (text is None) == (file is None):
        raise click.UsageError("Give either a text or --file.")
    if file is None:
        return text or ""
    with file.open("rb") as stream:
        content = stream.read(4 * LONGEST + 1)  # a character has four bytes at most
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadValue(f"{file.name} is no text in UTF-8, or longer than {LONGEST:,} characters.") from error


@command.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", type=click.Choice(["yaml", "csv"]), help="Form of the file; by default its name says it.")
def check(file: Path | None, form: str | None) -> None:
    """Check a file, or what is in force: its form, each term, the sentences that it must and must not be found in.

    What came from official lists has no sentences and is left out.
    """
    from qalqan.flow.lexicon_changes import refuse_failing
    from qalqan.flow.lexicon_files import read_entries
    from qalqan.signals.lexicon import built_in
    from qalqan.signals.lexicon_examples import failing

    if file is None:
        entries = _kept_by_hand()
    else:
        on, off = read_entries(file, form or form_of(file))
        entries = (*on, *off)
    refuse_failing(failing(entries, built_in().entries))
    terms, sentences = (sum(map(len, lists)) for lists in _sizes(entries))
    what = file.name if file else "The lexicon in force"
    click.echo(f"{visible(what)} holds: {len(entries):,} entries, {terms:,} terms, {sentences:,} sentences.")


def _kept_by_hand() -> tuple[Entry, ...]:
    from qalqan.app import opened
    from qalqan.flow.lexicon_changes import BUILT_IN, BY_HAND, every
    from qalqan.model.words import EntryState

    with opened() as services:
        listed = every(services)
    return tuple(one.entry for one in listed if one.origin in (BUILT_IN, BY_HAND) and one.status is EntryState.ON)


def _sizes(entries: Iterable[Entry]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    return [one.terms for one in entries], [(*one.hits, *one.misses) for one in entries]


@command.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--everything", is_flag=True, help="What comes with the program as well.")
def export(file: Path | None, *, everything: bool) -> None:
    """Write what was added and what was switched off as YAML, to be read or to be imported elsewhere."""
    from qalqan.app import opened
    from qalqan.flow.lexicon_changes import every
    from qalqan.flow.lexicon_files import written

    with opened() as services:
        listed = [one for one in every(services) if everything or one.change]
    if not listed:
        click.echo("Nothing was changed in the lexicons.", err=True)
        return
    with file.open("w", encoding="utf-8") if file else click.open_file("-", "w") as out:
        for document in written(listed):
            out.write(document)
    if file is not None:
        click.echo(f"{len(listed):,} entries are in {visible(str(file))}.", err=True)
        sys.stderr.flush()


command.add_command(add)
command.add_command(switch_off)
command.add_command(switch_on)
command.add_command(bring_in)
