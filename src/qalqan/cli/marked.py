"""A text on the terminal with what was found in it marked, by words as well as by colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from qalqan.cli.out import plain, short, visible, write_table

if TYPE_CHECKING:
    from qalqan.flow.trying import Tried, Word

LONGEST = 20_000
"""Characters of a text that are shown."""


def say_text(tried: Tried) -> None:
    """Write the text, each term followed by what it says: `Donate to{solicit} the Blue Heron Front{organisation}`."""
    text, at, parts = tried.text[:LONGEST], 0, []
    for word in tried.words:
        if word.span and not word.media_sha256 and at <= word.span.start < word.span.end <= len(text):
            parts += [_lines(text[at : word.span.start]), _mark(word, text[word.span.start : word.span.end])]
            at = word.span.end
    click.echo("".join((*parts, _lines(text[at:]), "…" if len(tried.text) > LONGEST else "")) + "\n")


def _mark(word: Word, shown: str) -> str:
    said = word.said
    how = "".join(name for name, holds in (("not ", said.negated), ("quoted ", said.quoted)) if holds)
    tag = click.style(f"{{{how}{said.sense.value}}}", fg=_colour(word), dim=True)
    return click.style(_lines(shown), fg=_colour(word), underline=True) + tag


def _colour(word: Word) -> str:
    from qalqan.model.words import ACTS, CONTEXTS, WHO

    sense = word.said.sense
    groups = (("red", ACTS), ("yellow", WHO), ("green", CONTEXTS))
    return "blue" if word.said.negated else next((colour for colour, group in groups if sense in group), "cyan")


def _lines(text: str) -> str:
    """Return text from outside so that it cannot steer the terminal, its lines kept."""
    return "\n".join("".join(c if c.isprintable() or c == " " else "�" for c in one) for one in text.split("\n"))


def say_words(words: Iterable[Word]) -> None:
    """Write a table of the terms that were found."""
    columns = ("says", "strength", "term", "language", "sentence", "how", "name")
    rows = [
        (one.said.sense.value, one.said.strength.value, short(one.said.term, 40), one.said.language,
         _where(one), ", ".join(_how(one)), short(one.said.name, 40))
        for one in words
    ]  # fmt: skip
    write_table(columns, rows, "No term of the lexicons stands in it.")


def _where(word: Word) -> str:
    if word.media_sha256:
        return f"{word.said.sentence + 1}, in a file"
    return str(word.said.sentence + 1) if word.said.sentence >= 0 else f"the {word.said.place}'s name"


def _how(word: Word) -> Iterator[str]:
    said = word.said
    yield from (name for name, holds in (("negated", said.negated), ("quoted", said.quoted)) if holds)
    if said.asked:
        yield "in a question"


def plain_words(words: Iterable[Word]) -> list[dict[str, Any]]:
    """Return terms as JSON."""
    return [{**plain(one.said), "span": plain(one.span), "media": one.media_sha256} for one in words]


def plain_assessments(tried: Tried) -> list[dict[str, Any]]:
    """Return what a text comes to as JSON, without ids: nothing of it is stored."""
    names = ("category", "score", "band", "policy")
    return [
        {**{name: plain(getattr(one, name)) for name in names}, "reasons": plain(one.reasons)}
        for one in tried.assessments
    ]


def say_outcome(tried: Tried) -> None:
    """Write what a text comes to, each reason with its points and its words, and why it does not come to more."""
    for one in tried.assessments:
        click.secho(f"{visible(one.category)}: {one.score} of 100, {one.band.value}  (policy {one.policy})", bold=True)
        for reason in one.reasons:
            click.echo(f"  {reason.points:+4d}  {visible(reason.text.format_map(reason.facts))}")
    if not tried.assessments:
        click.secho("It comes to nothing.", bold=True)
    for kept in tried.why_not:
        click.echo(f"   why not  {visible(kept.text.format_map(kept.facts))}")
