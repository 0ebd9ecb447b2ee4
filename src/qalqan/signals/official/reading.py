"""Reads an official list, whichever it is, into entries of the lexicons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qalqan.errors import InputRefused
from qalqan.isolate import Isolate
from qalqan.model.words import Entry
from qalqan.signals.official import ofac
from qalqan.signals.official.naming import Listed, entries_of

FORMS = ("un", "ofac")
PROGRAMMES = {
    "un": frozenset({"AL-QAIDA", "TALIBAN", "SOMALIA"}),
    "ofac": frozenset({"SDGT", "FTO", "SDT"}),
}
"""Which programmes of a list are about terrorism; the others (arms, narcotics, countries) are left out."""
LARGEST = 256 << 20
UN_TASK = "qalqan.signals.official.un_child:read"


@dataclass(frozen=True, slots=True)
class Listing:
    """A dated list and what came of it."""

    origin: str
    """`un 2026-02-27`."""
    listed: int
    """Bodies under these programmes; persons are left out."""
    entries: tuple[Entry, ...]


def read_list(isolate: Isolate, path: Path, form: str, programmes: frozenset[str] | None = None) -> Listing:
    """Return the entries of the list in `path`. Raises InputRefused for what is no such list."""
    if path.stat().st_size > LARGEST:
        raise InputRefused(f"{path.name} has more than {LARGEST >> 20} MiB: no list is that large")
    chosen = programmes or PROGRAMMES[form]
    if form == "un":
        date, listed = _un(isolate, path, chosen)
    else:
        date = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
        listed = list(ofac.read(path, chosen))
    source = {"un": "UN Security Council list", "ofac": "OFAC SDN list"}[form]
    # Persons stay out: their names are those of many others, and a name cannot say which one is meant.
    bodies = [one for one in listed if one.name and not one.person]
    entries = tuple(entry for one in bodies for entry in entries_of(one, source))
    return Listing(f"{form} {date}", len(bodies), entries)


def _un(isolate: Isolate, path: Path, programmes: frozenset[str]) -> tuple[str, list[Listed]]:
    date, listed = "", []
    for part in isolate.stream(UN_TASK, str(path.resolve())):
        if len(part) == 2:  # noqa: PLR2004 - the date and its name
            date = str(part[1])[:10]
        else:
            listed += list(_one(part, programmes))
    return date, listed


def _one(part: Any, programmes: frozenset[str]) -> Iterator[Listed]:  # noqa: ANN401 - whatever a child answered
    match part:
        case [str(reference), str(programme), str(name), [*others], bool(person)]:
            if programme.upper() in programmes:
                pairs = tuple((str(one[0]), bool(one[1])) for one in others if isinstance(one, list) and len(one) > 1)
                yield Listed(reference, name, pairs, person)
