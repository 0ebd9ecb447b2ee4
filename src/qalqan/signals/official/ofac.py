"""Reads the United States Treasury's list of Specially Designated Nationals: `sdn.csv`, and `alt.csv` beside it.

Columns are as in the Treasury's "SDN data formats": number, name, type, programme, …; number, alias number, sort, name.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from qalqan.errors import InputRefused
from qalqan.signals.official.naming import Listed

NOTHING = "-0-"
LONGEST_FIELD = 100_000
NUMBER, NAME, SORT, PROGRAMME, REMARKS = 0, 1, 2, 3, 11
ALIAS = 3
_OTHERWISE = re.compile(r"a\.k\.a\. '([^']{2,100})'")


def read(path: Path, programmes: frozenset[str]) -> Iterator[Listed]:
    """Yield those listed under one of these programmes. Raises InputRefused for what is no such list."""
    aliases = _aliases(path)
    for row in _rows(path):
        if len(row) <= PROGRAMME or not row[NUMBER].strip().isdigit():
            raise InputRefused(f"{path.name} is no list of Specially Designated Nationals", hint="It is named sdn.csv.")
        if programmes & set(re.findall(r"[A-Z0-9-]+", row[PROGRAMME].upper())):
            number = row[NUMBER].strip()
            remarks = row[REMARKS] if len(row) > REMARKS else ""
            person = row[SORT].strip() == "individual"
            others = tuple((_name(one, person=person), True) for one in aliases[number])
            others += tuple((name, True) for name in _OTHERWISE.findall(remarks))
            yield Listed(number, _name(row[NAME], person=person), others, person)


def _aliases(path: Path) -> defaultdict[str, list[str]]:
    """Return other names by number, from the file of aliases beside the list, where there is one."""
    beside = path.with_name(path.name.replace("sdn", "alt"))
    found: defaultdict[str, list[str]] = defaultdict(list)
    if beside != path and beside.is_file():
        for row in _rows(beside):
            if len(row) > ALIAS:
                found[row[NUMBER].strip()].append(row[ALIAS])
    return found


def _rows(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.reader(file):
                if len(row) > 1:  # the file ends with a lone control character
                    yield [field[:LONGEST_FIELD] for field in row]
    except (OSError, csv.Error) as error:
        raise InputRefused(f"{path.name} cannot be read: {error}") from error


def _name(text: str, *, person: bool) -> str:
    """Return a name as it is said: the list writes persons as `LAST, First`."""
    plain = text.strip()
    last, comma, first = plain.partition(", ")
    plain = f"{first} {last}" if person and comma and first else plain
    return "" if plain == NOTHING else plain
