"""How verbs write: tables for people on a terminal, JSON for programs."""

from __future__ import annotations

import getpass
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

import click

IDS = ("id", "item", "entry", "scan")
WIDE = 200
"""Columns of a table that is written into a file or a pipe."""

_STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON lets stand but a terminal obeys (C1 controls, marks that turn the direction of writing), and halves of
surrogate pairs, which cannot be written at all."""

F = TypeVar("F", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON: one object, or a line each for lists.")


def limited(default: int = 50) -> Callable[[F], F]:
    """Give a listing verb `--limit` and `--offset`."""

    def decorate(function: F) -> F:
        offset = click.option(
            "--offset", type=click.IntRange(0), default=0, show_default=True, help="Leave out so many."
        )
        limit = click.option(
            "--limit", type=click.IntRange(1), default=default, show_default=True, help="List at most so many."
        )
        return limit(offset(function))

    return decorate


def whoami() -> str:
    """Return the name under which this person's doings are logged: `QALQAN_PERSON`, or the login name."""
    with suppress(KeyError, OSError):  # a container's user may have no name
        return os.environ.get("QALQAN_PERSON") or getpass.getuser()
    return f"uid-{os.getuid()}"


def plain(value: object) -> Any:  # noqa: ANN401 - any JSON
    """Return a record as JSON holds it: parts as objects, times as ISO 8601."""
    import msgspec

    return msgspec.to_builtins(value)


def write_object(value: object) -> None:
    """Write one JSON object."""
    click.echo(_STEERING.sub(_escaped, json.dumps(plain(value), ensure_ascii=False)))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def write_lines(values: Iterable[object]) -> None:
    """Write one JSON object a line."""
    for value in values:
        write_object(value)


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Write a table for people, or the sentence `empty` where there are no rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        # What people copy from here must stand in one piece.
        table.add_column(column, no_wrap=column in IDS, overflow="fold")
    for row in rows:
        # Text from outside is text, never markup, and its control characters are made visible.
        table.add_row(*(Text(_cell(value)) for value in row))
    if not table.rows:
        click.echo(empty)
        return
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDE).print(table)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return visible("" if value is None else str(value))


def visible(text: str) -> str:
    """Return text from outside so that it cannot steer a terminal: one line, control characters as �."""
    return "".join(char if char.isprintable() or char == " " else "�" for char in " ".join(text.split()))


def sentences(message: str, hint: str) -> str:
    """Return what happened and what to do next as sentences of one line."""
    return f"{message.rstrip('.')}. {hint}" if hint else message


def short(text: str | None, width: int = 60) -> str:
    """Return the beginning of a text from outside, for a table's cell."""
    line = visible((text or "")[: width * 2])
    return line if len(line) <= width else line[: width - 1] + "…"
