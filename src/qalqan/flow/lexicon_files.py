"""Lexicons in and out as files: in the form of the built-in ones, as tables, and official lists."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from qalqan.errors import BadValue
from qalqan.flow.lexicon_changes import Listed
from qalqan.flow.services import Services
from qalqan.model.words import Entry, EntryState, Strength
from qalqan.signals.lexicon_file import LONGEST, MOST_TERMS, entries_of
from qalqan.signals.official import FORMS as LISTS
from qalqan.signals.official import read_list

FORMS = ("yaml", "csv", *LISTS)
LONGEST_CELL = 100_000
COLUMNS = (
    "language", "sense", "strength", "terms", "source", "entity", "name", "exact", "follows", "hits", "misses",
)  # fmt: skip
"""Columns of a table; several terms or sentences of one cell stand with `|` between them."""
_SEVERAL = ("terms", "hits", "misses")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
_DOCUMENT = re.compile(r"^---[ \t]*$", re.MULTILINE)
_STATE = re.compile(r"\A\s*state: (on|off)[ \t]*$", re.MULTILINE)
_WIDTH = 120


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file says."""

    on: tuple[Entry, ...]
    """Entries to come into force."""
    off: tuple[Entry, ...]
    """Entries that are switched off where the file was written."""
    origin: str
    """`hand`, or an official list with its date."""


def read_file(services: Services, path: Path, form: str, programmes: frozenset[str] | None = None) -> FileRead:
    """Return what a file says; `form` is one of FORMS. Raises BadValue or InputRefused, saying where it is wrong."""
    if form in LISTS:
        listing = read_list(services.isolate, path, form, programmes)
        return FileRead(listing.entries, (), listing.origin)
    on, off = read_entries(path, form)
    return FileRead(on, off, "hand")


def read_entries(path: Path, form: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return the entries of a yaml or csv file: those to be in force, those switched off. Raises BadValue."""
    with path.open("rb") as file:
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise BadValue(f"The lexicon {path.name} is larger than {LONGEST >> 20} MiB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadValue(f"The lexicon {path.name} is no text in UTF-8.", hint="Save it as UTF-8.") from error
    return (_of_table(text, path.name), ()) if form == "csv" else _of_documents(text, path.name)


def _of_documents(text: str, name: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Read a stream of documents as `written` writes it: each a lexicon, of what is in force or of what is not."""
    found: dict[str, list[Entry]] = {"on": [], "off": []}
    documents = [one for one in _DOCUMENT.split(text) if _says_something(one)] or [text]
    for number, document in enumerate(documents, 1):
        state = _STATE.match(document)
        body = document[state.end() :] if state else document
        called = name if len(documents) == 1 else f"{name}, document {number}"
        found[state[1] if state else "on"] += entries_of(body.encode(), called)
    return tuple(found["on"]), tuple(found["off"])


def _says_something(document: str) -> bool:
    """Whether anything but comments stands in a document."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in document.splitlines())


def _of_table(text: str, name: str) -> tuple[Entry, ...]:
    rows = list(_rows(text, name))
    by_language: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for number, row in rows:
        by_language.setdefault(row.pop("language"), []).append((number, row))
    return tuple(entry for language, numbered in by_language.items() for entry in _of_rows(language, numbered, name))


def _rows(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each row with its line's number, its cells as a lexicon file has them."""
    csv.field_size_limit(LONGEST_CELL)  # the whole process's: readers of large tables set it higher
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_columns(reader.fieldnames or (), name)
        for row in reader:
            yield reader.line_num, _understood(row, f"{name}, line {reader.line_num}")
    except csv.Error as error:
        raise BadValue(f"The table {name} cannot be read at line {reader.line_num}: {error}") from error


def _check_columns(columns: Sequence[str], name: str) -> None:
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown or not {"sense", "terms"} <= set(columns):
        wrong = f"has a column “{unknown[0][:40]}”" if unknown else "lacks the columns sense and terms"
        raise BadValue(f"The table {name} {wrong}.", hint=f"A lexicon's columns are {', '.join(COLUMNS)}.")


def _understood(row: dict[str, str], where: str) -> dict[str, Any]:
    if None in row:
        raise BadValue(f"{where}: more cells than columns.")
    cells = {column: (value or "").strip() for column, value in row.items()}
    made: dict[str, Any] = {column: value for column, value in cells.items() if value}
    for column in _SEVERAL:
        made[column] = [one.strip() for one in cells.get(column, "").split("|") if one.strip()]
    for column in ("exact", "follows"):
        value = cells.get(column, "").lower()
        if value not in _YES:
            raise BadValue(f"{where}: {column} is yes or no, not “{value[:40]}”.")
        made[column] = _YES[value]
    return {"language": "und", "strength": Strength.STRONG.value, "source": where.split(",", maxsplit=1)[0], **made}


def _of_rows(language: str, numbered: Sequence[tuple[int, dict[str, Any]]], name: str) -> tuple[Entry, ...]:
    """Return the entries of rows, held to the form all at once; where that fails, one by one, to say which it is."""
    if sum(len(row["terms"]) for _, row in numbered) > MOST_TERMS:
        raise BadValue(f"The table {name} has more than {MOST_TERMS:,} terms of one language.")
    try:
        return checked(language, [row for _, row in numbered], name)
    except BadValue:
        for number, row in numbered:
            checked(language, [row], f"{name}, line {number}")
        raise


def checked(language: str, entries: Sequence[dict[str, Any]], name: str) -> tuple[Entry, ...]:
    """Return entries of plain fields, held to the form of a lexicon file. Raises BadValue, naming `name`."""
    return entries_of(_document(language, "entries", entries).encode(), name)


def written(listed: Iterable[Listed]) -> Iterator[str]:
    """Yield entries as documents that `read_file` reads again: what is in force first, one document a language."""
    chosen = sorted(listed, key=lambda one: (one.status is EntryState.OFF, one.entry.language))
    for (is_off, language), group in groupby(chosen, lambda one: (one.status is EntryState.OFF, one.entry.language)):
        state, title = ("off", "Switched off") if is_off else ("on", "In force")
        entries = [_plain(one.entry) for one in group]
        yield f"---\nstate: {state}\n{_document(language, f'{title}: {language}', entries)}"


def _plain(entry: Entry) -> dict[str, Any]:
    """Return an entry's fields as a lexicon file has them, those that are as they are anyway left out."""
    names = ("entity", "name", "exact", "follows", "hits", "misses")
    more = {name: getattr(entry, name) for name in names}
    return {
        "sense": entry.sense.value,
        "strength": entry.strength.value,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in more.items() if value},
        "terms": list(entry.terms),
        "source": entry.source,
    }


class _Dumper(yaml.CSafeDumper):
    """Writes no aliases: lexicons are read without them."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's own form
        """Whether to write this in full wherever it stands."""
        return True


def _document(language: str, title: str, entries: Sequence[dict[str, Any]]) -> str:
    plain = {"language": language, "title": title, "entries": list(entries)}
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
