"""What was planted where, and how well a scan did against it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from qalqan.errors import InputRefused

Expected = Literal["found", "hard"]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Planted:
    """One known thing that comes back somewhere in the material."""

    origin: str
    """Where, from the material's folder: `telegram:chat/1842/message/45`, `folder/album.zip!/lake.jpg`."""
    known: str
    """The label of the known thing: a file name or a link."""
    edit: str
    """What was done to it, in plain words."""
    expected: Expected
    """`found`, or `hard` where a first version may miss it."""
    file: str | None = None
    """Name of the file that carries it; None where it is in the text."""
    chat: int | None = None
    message: int | None = None
    here: Interval | None = None
    """Seconds of the planted film that are known; None where all of it is."""
    there: Interval | None = None
    """The seconds of the known film that these are."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything planted. Nothing else in the material is known."""

    planted: tuple[Planted, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One match as the store has it."""

    origin: str
    """The item's origin."""
    names: tuple[str, ...]
    """The names of its attachments."""
    entry_label: str


@dataclass(frozen=True, slots=True)
class Row:
    """How one kind of edit fared."""

    edit: str
    expected: Expected
    planted: int
    found: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Found, missed and wrong."""

    found: tuple[Planted, ...]
    missed: tuple[Planted, ...]
    wrong: tuple[Seen, ...]
    """Matches where nothing was planted, or another thing; each place and label once."""

    @property
    def missed_expected(self) -> tuple[Planted, ...]:
        """What should have been found and was not."""
        return tuple(each for each in self.missed if each.expected == "found")

    @property
    def missed_hard(self) -> tuple[Planted, ...]:
        """What was missed as a first version may."""
        return tuple(each for each in self.missed if each.expected == "hard")

    def table(self) -> tuple[Row, ...]:
        """Return one row for each kind of edit: those to be found first, then by their words."""
        found = {(each.origin, each.known) for each in self.found}
        groups: dict[tuple[Expected, str], list[bool]] = {}
        for each in (*self.found, *self.missed):
            groups.setdefault((each.expected, each.edit), []).append((each.origin, each.known) in found)
        return tuple(Row(edit, expected, len(hits), sum(hits)) for (expected, edit), hits in sorted(groups.items()))


def write_truth(truth: Truth, path: Path) -> None:
    """Write a truth file."""
    rows = [{key: value for key, value in asdict(each).items() if value not in (None, "")} for each in truth.planted]
    path.write_text(json.dumps({"version": 1, "planted": rows}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_truth(path: Path) -> Truth:
    """Read a truth file.

    Raises InputRefused when it is none.
    """
    try:
        rows = json.loads(path.read_text("utf-8"))["planted"]
        return Truth(tuple(_planted(row) for row in rows))
    except (OSError, ValueError, TypeError, KeyError) as error:
        hint = "make the material anew with `qalqan demo`"
        raise InputRefused(f"{path} is no truth file of the demonstration: {error}", hint=hint) from error


def _planted(row: dict[str, Any]) -> Planted:
    spans: dict[str, Interval] = {key: (row[key][0], row[key][1]) for key in ("here", "there") if key in row}
    return Planted(**{**row, **spans})


def judge(truth: Truth, matches: Iterable[Seen]) -> Verdict:
    """Return what of the truth the matches found, what they missed, and what they claim wrongly."""
    found: set[Planted] = set()
    wrong: dict[tuple[str, str], Seen] = {}
    for seen in matches:
        hits = [each for each in truth.planted if each.known == seen.entry_label and is_at(each, seen)]
        found.update(hits)
        if not hits:
            wrong.setdefault((seen.origin, seen.entry_label), seen)
    missed = tuple(each for each in truth.planted if each not in found)
    return Verdict(tuple(each for each in truth.planted if each in found), missed, tuple(wrong.values()))


def is_at(planted: Planted, seen: Seen) -> bool:
    """Whether a match is at the place where this was planted, whatever part of the path the user handed in.

    A message is told by its chat and its number; a file by the end of its origin, or by its name among
    an item's attachments, as the pictures of a saved page are.
    """
    if planted.message is not None:
        return seen.origin == f"telegram:chat/{planted.chat}/message/{planted.message}"
    tail = planted.origin.partition("/")[2]
    return f"/{seen.origin}".endswith(f"/{tail}") or planted.file in {PurePosixPath(name).name for name in seen.names}
