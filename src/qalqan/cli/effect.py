"""How verbs show what a change would do to stored items, before it is saved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qalqan.cli.out import short, visible, write_table

if TYPE_CHECKING:
    from collections import Counter

    from rich.progress import Progress

    from qalqan.flow.effects import Effect, Place

NONE = "nothing"
BEFORE = 15
"""Characters of a text that are shown before what was found in it."""
F = TypeVar("F", bound=Callable[..., Any])


def looking_at(function: F) -> F:
    """Give a verb `--last` and `--all`: how many stored items it looks at."""
    last = click.option(
        "--last", type=click.IntRange(1), default=20_000, show_default=True, help="Look at so many of the newest items."
    )
    return last(click.option("--all", "every", is_flag=True, help="Look at all stored items.")(function))


def followed(effects: Iterator[Effect], *, quiet: bool) -> Effect:
    """Return an effect when all items have been looked at, with progress on the terminal."""
    with nullcontext() if quiet or not sys.stderr.isatty() else _bar() as bar:
        effect = next(effects)
        task = bar.add_task("", total=effect.wanted) if bar else None
        for effect in effects:
            if bar is not None and task is not None:
                bar.update(task, completed=effect.looked_at)
    return effect


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("trying it on stored items"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)


def plain_effect(effect: Effect) -> dict[str, Any]:
    """Return an effect as JSON: what `--json` writes under `effect`, and `policy simulate --json` as a whole."""
    return {
        "stored": effect.stored,
        "looked_at": effect.looked_at,
        "weighed": effect.weighed,
        "moved": effect.moved,
        "bands": _pairs(effect.bands),
        "categories": _pairs(effect.categories),
        "examples": [
            {"item": one.item.id, "before": _places(one.before), "after": _places(one.after), "words": list(one.words)}
            for one in effect.examples
        ],
    }


def _pairs(counted: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"before": one, "after": other, "items": n} for (one, other), n in sorted(counted.items())]


def _places(places: tuple[Place, ...]) -> list[dict[str, str]]:
    return [{"category": category, "band": band.value} for band, category in places]


def say_effect(effect: Effect) -> None:
    """Write an effect for people."""
    of_all = "all" if effect.looked_at == effect.stored else f"the newest {effect.looked_at:,} of"
    click.echo(
        f"Of {of_all} {effect.stored:,} stored items, {effect.weighed:,} were weighed anew "
        f"and {effect.moved:,} would come to something else."
    )
    if effect.moved:
        _table("band", effect.bands)
        _table("category", effect.categories)
        rows = [
            (one.item.id, _told(one.before), _told(one.after), ", ".join(one.words), _around(one.item.text, one.at))
            for one in effect.examples
        ]
        write_table(("item", "now", "then", "words", "text"), rows, "")


def _table(what: str, counted: Counter[tuple[str, str]]) -> None:
    rows = [(one or NONE, other or NONE, f"{n:,}") for (one, other), n in sorted(counted.items()) if one != other]
    if rows:
        write_table((f"{what} now", "then", "items"), rows, "")
        click.echo()


def _around(text: str | None, at: int) -> str:
    """Return what stands around a place of a text."""
    start = max(0, at - BEFORE)
    return ("…" if start else "") + short((text or "")[start:], 60)


def _told(places: tuple[Place, ...]) -> str:
    return visible(", ".join(f"{category} ({band.value})" for band, category in places)) or NONE
