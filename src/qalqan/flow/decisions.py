"""Reads people's decisions, stored ones or from a file, and what now stands for the items that they speak of."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qalqan.assess.learning import Decided, Outcome
from qalqan.errors import BadValue, LimitReached, UsageError
from qalqan.flow.services import Services
from qalqan.model.assessments import Band
from qalqan.model.ids import Id
from qalqan.store import decision_list, findings
from qalqan.store.decision_list import DecisionFilter
from qalqan.store.records import batched

LONGEST = 64 << 20
"""Characters of a file of decisions."""
FILE = "learned-from.csv"
MOST = 200_000
AT_ONCE = 1_000
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_COLUMNS = ("item", "outcome")
_FORM = "A line each: item,outcome under such a heading (CSV), or an object with both (NDJSON)."


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions about items of which something was found."""

    decided: tuple[Decided, ...]
    left_out: int
    """Decisions about items that are not here, or that are in no band: there is nothing to order."""


def read_decisions(services: Services, path: Path) -> Decisions:
    """Return the decisions in a file, the last one of each item. Raises BadValue with the line, LimitReached."""
    return _decided(services, _outcomes(path))


def stored_decisions(services: Services) -> Decisions:
    """Return what people have decided here and what stands, and write down which it was; the newest MOST items.

    What was superseded or taken back counts no longer; proposals, second opinions and second looks never do. The file
    lets the order be audited on the very decisions that it was learned from, while people go on deciding.
    """
    outcomes: dict[Id, Outcome] = {}
    with services.store.reading() as tx:
        stand = decision_list.each(tx, DecisionFilter())
        for item, outcome in ((item, made.outcome) for made in stand for item in made.item_ids):
            outcomes.setdefault(item, Outcome(outcome.value))
            if len(outcomes) == MOST:
                break
    path = services.settings.home / FILE
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_text("".join(("item,outcome\n", *(f"{item},{one}\n" for item, one in outcomes.items()))), "utf-8")
    fresh.replace(path)
    return _decided(services, outcomes)


def learned_from(services: Services) -> Decisions:
    """Return the stored decisions that an order was last learned from. Raises UsageError where none were."""
    path = services.settings.home / FILE
    if not path.exists():
        raise UsageError("No order was learned from what was decided here.", hint="Learn one: qalqan learn fit")
    return read_decisions(services, path)


def _decided(services: Services, outcomes: Mapping[Id, Outcome]) -> Decisions:
    decided: list[Decided] = []
    for some in batched(sorted(outcomes), AT_ONCE):
        with services.store.reading() as tx:
            made = findings.current_assessments(tx, some)
        for item_id in some:
            standing = tuple(made.get(item_id, ()))
            if any(one.band is not Band.NOTHING for one in standing):
                decided.append(Decided(item_id, outcomes[item_id], standing))
    return Decisions(tuple(decided), len(outcomes) - len(decided))


def _outcomes(path: Path) -> dict[Id, Outcome]:
    text = _text(path)
    rows = _of_json(text) if text.lstrip().startswith("{") else _of_table(text)
    outcomes: dict[Id, Outcome] = {}
    for line, item, outcome in rows:
        if not isinstance(item, str) or not _ID.match(item):
            raise BadValue(f"Line {line} of {path} names no item by its id.", hint=_FORM)
        if outcome not in list(Outcome):
            known = ", ".join(Outcome)
            raise BadValue(f"Line {line} of {path} has no outcome that is known.", hint=f"Outcomes are {known}.")
        outcomes[item] = Outcome(outcome)
        if len(outcomes) > MOST:
            raise LimitReached(f"{path} holds more than {MOST:,} decisions.", hint="Take the newest ones.")
    return outcomes


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(LONGEST + 1)
    except UnicodeDecodeError as error:
        raise BadValue(f"{path} is no text in UTF-8.", hint=_FORM) from error
    if len(text) > LONGEST:
        raise LimitReached(f"{path} is longer than {LONGEST:,} characters.", hint="Take the newest decisions.")
    return text


def _of_json(text: str) -> Iterator[tuple[int, Any, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadValue(f"Line {number} is no JSON.", hint=_FORM) from error
        yield (number, row.get("item"), row.get("outcome")) if isinstance(row, dict) else (number, None, None)


def _of_table(text: str) -> Iterator[tuple[int, Any, Any]]:
    reader = csv.DictReader(text.splitlines())
    try:
        if not set(_COLUMNS) <= set(reader.fieldnames or ()):
            raise BadValue("The table has no columns item and outcome.", hint=_FORM)
        for row in reader:
            yield reader.line_num, row["item"], row["outcome"]
    except csv.Error as error:
        raise BadValue(f"Line {reader.line_num} cannot be read: {error}", hint=_FORM) from error
