"""Banks in and out as lists: NDJSON and CSV of our own fields, or one value a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa

from qalqan.errors import BadValue
from qalqan.flow.known import Added, Voucher, add_values
from qalqan.flow.services import Services
from qalqan.model.banks import Bank, EntryStatus
from qalqan.store import banks

FIELDS = ("kind", "value", "label", "provenance", "status", "valid_until")
AT_ONCE = 1000
LONGEST_LINE = 16 << 20
LONGEST_WORDS = 500
"""Characters of a label, or of who says so."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, Any]


def export_entries(tx: sa.Connection, bank: Bank, form: str) -> Iterator[str]:
    """Yield the lines of a bank's entries, oldest first, as `ndjson` or `csv`."""
    rows = ({name: _plain(getattr(entry, name)) for name in FIELDS} for entry in banks.all_entries_of(tx, bank.id))
    if form == "ndjson":
        yield from (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    yield _csv_line(FIELDS)
    yield from (_csv_line([_cell(row[name]) for name in FIELDS]) for row in rows)


def _plain(value: object) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else None if value is None else str(value)


def _cell(value: str | None) -> str:
    """Return a cell that no spreadsheet takes for a formula; `_uncell` takes the mark away again."""
    text = value or ""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _uncell(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith((*_FORMULA, "'")) else text


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # as RFC 4180 has it; only so is a lone \r quoted
    return line.getvalue()


def import_entries(
    services: Services, bank: Bank, file: Path, kind: str | None, by: str, provenance: str
) -> Iterator[Added]:
    """Add a list's rows a thousand at a time, yielding what became of each lot. Retired rows are left out, and counted.

    Raises BadValue for a file that is none of these lists; a bad row is refused and the rest goes on.
    """
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = _rows(stream, file, kind)
        while lot := list(islice(rows, AT_ONCE)):
            yield _add(services, bank, lot, by, provenance)


def _add(services: Services, bank: Bank, lot: list[Row], by: str, provenance: str) -> Added:
    """Add one lot; rows that share who says so and until when are stored together."""
    total = Added()
    groups: dict[tuple[str, datetime | None], list[tuple[str, str, str]]] = {}
    for row in lot:
        try:
            key, value = _understood(row, provenance)
            groups.setdefault(key, []).append(value)
        except BadValue as error:
            total.refused.append((str(row.get("value"))[:80], error.message))
    for (says, until), values in groups.items():
        one = add_values(services, bank, values, Voucher(by, says, until))
        total.entries, total.known = total.entries + one.entries, total.known + one.known
        total.refused += one.refused
    return total


def _understood(row: Row, provenance: str) -> tuple[tuple[str, datetime | None], tuple[str, str, str]]:
    if row.get("status") not in (None, "", EntryStatus.ACTIVE.value):
        raise BadValue(f"is {row['status']}: only active entries are taken over")
    kind, value = row.get("kind"), row.get("value")
    if not isinstance(kind, str) or not isinstance(value, str) or not value:
        raise BadValue("needs a kind and a value")
    says, label = _words(row.get("provenance") or provenance), _words(row.get("label"))
    return (says, _until(row.get("valid_until"))), (kind, value, label)


def _words(value: object) -> str:
    """Return what a list says in words, as the store holds it: without NUL and halves of surrogate pairs, and short."""
    text = "" if value is None else str(value)[:LONGEST_WORDS]
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _until(text: Any) -> datetime | None:  # noqa: ANN401 - whatever stood in a list
    if not text:
        return None
    try:
        until = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise BadValue(f"valid_until is no ISO 8601 time: {text}") from error
    try:
        return until.astimezone(UTC) if until.tzinfo else until.replace(tzinfo=UTC)
    except OverflowError as error:
        raise BadValue(f"valid_until lies outside of the years 1 to 9999: {text}") from error


def _rows(stream: TextIO, file: Path, kind: str | None) -> Iterator[Row]:
    if kind is not None:
        return ({"kind": kind, "value": line.strip()} for line in _lines(stream) if line.strip())
    if file.suffix.lower() == ".csv":
        return _csv_rows(stream, file)
    return (_json_row(line) for line in _lines(stream) if line.strip())


def _lines(stream: TextIO) -> Iterator[str]:
    while line := stream.readline(LONGEST_LINE):
        yield line


def _csv_rows(stream: TextIO, file: Path) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_LINE)  # a film's frames are one cell
    reader = csv.DictReader(_lines(stream))
    try:
        if not {"kind", "value"} <= set(reader.fieldnames or ()):
            raise BadValue(
                f"{file.name} has no columns `kind` and `value`.",
                hint="For one value a line, name their kind: --kind pdq",
            )
        for row in reader:
            yield {name: _uncell(row[name]) for name in FIELDS if isinstance(row.get(name), str)}
    except csv.Error as error:
        raise BadValue(
            f"{file.name} is no CSV from line {reader.line_num + 1} on: {error}.",
            hint="What stands before it is added.",
        ) from error


def _json_row(line: str) -> Row:
    """Return a line's object; one that is none is refused later, as a row without a kind."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    return row if isinstance(row, dict) else {"value": line.strip()[:80]}
