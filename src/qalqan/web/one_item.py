"""All that a page tells of one item: its text, its files, what known things it matches and why that gives its score.

The page of an item shows it, and the page of a case, member by member.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from qalqan.assess.why_not import WhyNot, why_not
from qalqan.model.assessments import Assessment, Band
from qalqan.model.banks import Bank, BankEntry
from qalqan.model.ids import Id
from qalqan.model.items import Attachment, Media, Occurrence
from qalqan.model.matches import Match
from qalqan.model.signals import INDICATORS, LANGUAGE, SAID, SHA256, Signal
from qalqan.store import banks, findings, intake, items, pages, signals
from qalqan.web import spoken
from qalqan.web.lists import Paging
from qalqan.web.reveal import Shots, shots
from qalqan.web.visits import Visit

MATCHES = 20
FILES = 60
CARRIERS = 20
PROBLEMS = 20
REVEALS = 10


@dataclass(frozen=True, slots=True)
class Pair:
    """A match with both of its sides."""

    match: Match
    entry: BankEntry
    bank: Bank
    name: str | None
    """The matched file's name on the item."""
    same_file: bool = False
    """Whether the matched file is also, byte for byte, the known one: told here instead of in a card of its own."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files that a page speaks of: the item's own and the known ones."""

    media: dict[str, Media]
    shots: dict[str, Shots]


def told(tx: sa.Connection, visit: Visit, item_id: Id, page: int) -> dict[str, object]:
    """Return what templates show of an item, with this page of its matches. Raises NotFound."""
    found = items.get(tx, item_id)
    paging = Paging(pages.count_matches_of(tx, item_id), page, MATCHES)
    pairs = _pairs(tx, found, pages.nearest_matches(tx, item_id, paging.size, paging.offset))
    hung_on = found.attachments[:FILES]
    return {
        "item": found.item,
        "attachments": hung_on,
        "more_files": len(found.attachments) - len(hung_on),
        "pairs": pairs,
        "paging": paging,
        "source": intake.source(tx, found.item.source_id),
        "problems": pages.problems_of_item(tx, found.item, PROBLEMS),
        **_beside(tx, visit, found, hung_on, pairs),
        **_said(tx, visit, found),
    }


def _said(tx: sa.Connection, visit: Visit, found: Occurrence) -> dict[str, object]:
    """Return what stands for an item, and what was read of its words."""
    item_id = found.item.id
    assessments = findings.current_assessments(tx, [item_id]).get(item_id, [])
    of_it = signals.of_kinds(tx, [item_id], spoken.KINDS).get(item_id, [])
    return {
        "assessments": _by_band(assessments),
        "read": spoken.spoken(found.item.text or "", of_it, assessments),
        "why_not": _why_not(tx, visit, item_id, of_it),
        "file_names": {one.media_sha256: one.name for one in found.attachments if one.media_sha256},
    }


def _by_band(made: Sequence[Assessment]) -> list[Assessment]:
    """Return assessments, the most urgent band first."""
    order = list(Band)
    return sorted(made, key=lambda one: (order.index(one.band), -one.score, one.category))


def _why_not(tx: sa.Connection, visit: Visit, item_id: Id, of_it: Sequence[Signal]) -> tuple[WhyNot, ...]:
    weighed = [one for one in of_it if one.kind in (SAID, LANGUAGE, *INDICATORS)]
    if not any(one.kind == SAID for one in weighed):
        return ()
    return why_not(visit.services.policy, weighed, findings.matches_of(tx, [item_id]).get(item_id, []))


def _pairs(tx: sa.Connection, found: Occurrence, matches: Sequence[Match]) -> list[Pair]:
    entries = pages.entries_by_id(tx, [one.entry_id for one in matches])
    by_id = {one.id: one for one in banks.every(tx)}
    names = {one.media_sha256: one.name for one in reversed(found.attachments)}
    pairs = []
    for match in matches:
        entry = entries[match.entry_id]
        name = names.get(match.media_sha256) if match.media_sha256 else None
        pairs.append(Pair(match, entry, by_id[entry.bank_id], name))
    return _folded(pairs)


def _folded(pairs: list[Pair]) -> list[Pair]:
    """Return pairs without those that only say "the same file" where another shows the same two files side by side."""
    same = {_files_of(one) for one in pairs if one.match.kind == SHA256}
    shown = {_files_of(one) for one in pairs if one.match.kind != SHA256}
    return [
        replace(one, same_file=_files_of(one) in same)
        for one in pairs
        if one.match.kind != SHA256 or _files_of(one) not in shown or one.entry.media_sha256 is None
    ]


def _files_of(pair: Pair) -> tuple[str | None, str | None]:
    return pair.match.media_sha256, pair.entry.media_sha256


def _beside(
    tx: sa.Connection, visit: Visit, found: Occurrence, hung_on: Sequence[Attachment], pairs: Sequence[Pair]
) -> dict[str, object]:
    """Return the files on the page, where else the item's own were seen, and who looked at them."""
    own = [one.media_sha256 for one in hung_on if one.media_sha256]
    own += [pair.match.media_sha256 for pair in pairs if pair.match.media_sha256]
    known = [pair.entry.media_sha256 for pair in pairs if pair.entry.media_sha256]
    everything = list(dict.fromkeys([*own, *known]))
    return {
        "files": Files(items.media_by_hash(tx, everything), shots(tx, visit, everything)),
        "carriers": pages.carriers(tx, own, found.item.id, CARRIERS + 1),
        "carriers_shown": CARRIERS,
        "reveals": pages.reveals(tx, own, REVEALS),
    }
