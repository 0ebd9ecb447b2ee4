"""The records of a table, one after the other: rows of a CSV, lines of NDJSON. Each bounded, bad ones reported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from qalqan.errors import InputRefused
from qalqan.model.limits import Limits
from qalqan.sources.json_stream import JsonStream

DELIMITERS = ",;\t|"


class Row(NamedTuple):
    """One record, or what is wrong with it."""

    number: int
    record: Mapping[str, Any]
    trouble: InputRefused | None = None


def delimiter(sample: str) -> str:
    """Return what parts the columns of a CSV that begins with `sample`."""
    header = sample.splitlines()[0] if sample.strip() else ""
    try:
        found = csv.Sniffer().sniff(sample, DELIMITERS).delimiter
    except csv.Error:
        found = ""
    if found and found in header:
        return found
    return max(DELIMITERS, key=header.count)


def columns(sample: str) -> list[str]:
    """Return the header's column names of a CSV that begins with `sample`; empty when there is none."""
    try:
        return next(csv.reader([sample.splitlines()[0]], delimiter=delimiter(sample)), [])
    except (IndexError, csv.Error):
        return []


def of_csv(path: Path, encoding: str, sample: str, limits: Limits) -> Iterator[Row]:
    """Yield the rows below the header, numbered from 1. A field over `limits.record_bytes` makes its row bad."""
    csv.field_size_limit(limits.record_bytes)  # the whole process's: nothing else here reads CSV
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(_lines(file, limits), delimiter=delimiter(sample))
        header = next(reader, [])
        number = 0
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                number += 1
                yield Row(number, {}, InputRefused(f"is a row that cannot be read: {error}"))
                continue
            if cells is None:
                return
            if cells:
                number += 1
                yield _row(number, header, cells)


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) > len(header):
        return Row(number, {}, InputRefused(f"has {len(cells)} fields where the header has {len(header)}"))
    return Row(number, dict(zip(header, cells, strict=False)))


def _lines(file: TextIO, limits: Limits) -> Iterator[str]:
    """Yield lines; what is beyond the bound of one is passed over."""
    while line := file.readline(limits.record_bytes):
        yield line
        while not line.endswith(("\n", "\r")) and (line := file.readline(limits.record_bytes)):
            pass


def of_ndjson(path: Path, limits: Limits) -> Iterator[Row]:
    """Yield the object of each line, numbered as the lines are. What is no object makes its row bad."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(limits.record_bytes + 1):
            number += 1
            if len(line) > limits.record_bytes:
                _pass_over_line(file, limits)
                yield Row(number, {}, InputRefused(f"is a line of more than {limits.record_bytes} bytes"))
            elif line.strip():
                yield _object(number, line, limits)


def _pass_over_line(file: io.BufferedReader, limits: Limits) -> None:
    while (rest := file.readline(limits.record_bytes)) and not rest.endswith(b"\n"):
        pass


def _object(number: int, line: bytes, limits: Limits) -> Row:
    stream = JsonStream(io.BytesIO(line), limits)
    try:
        value = stream.value(stream.next())
        stream.finish()
    except InputRefused as error:
        return Row(number, {}, error)
    if not isinstance(value, dict):
        return Row(number, {}, InputRefused("is a line that holds no object"))
    return Row(number, value)
