"""Step 3 of the way: signals against the banks, from the cheapest stage to the dearest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qalqan.flow.indexes import Indexes, Shelf, Shelves
from qalqan.flow.services import Services
from qalqan.match.contract import Finding, Matcher, Stage
from qalqan.match.negative import without_explained
from qalqan.model.banks import Bank
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item
from qalqan.model.matches import Match
from qalqan.model.parts import Interval, Span
from qalqan.model.signals import PDQ, TEXT, Signal
from qalqan.model.times import now
from qalqan.signals.normal import normalise
from qalqan.store import items
from qalqan.store import signals as signal_store

IN_BITS = ("radius", "symmetry", "still")
"""Stages whose distance is in bits of 256: a bank's radius holds for them."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing some items."""

    matches: list[Match]
    closer: dict[str, tuple[Interval, ...]] = field(default_factory=dict)
    """Stretches of recordings, by their file's hash, to be read more closely and compared again."""


class Comparer:
    """Compares items with the banks. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._indexes = Indexes(services.store, services.matchers)

    def compare(self, item_ids: Sequence[Id], since: int | None = None) -> Compared:
        """Return all matches of these items; with `since`, only those with entries changed after that version."""
        with self._services.store.reading() as tx:
            pairs = signal_store.of_items(tx, item_ids)
        by_signal: dict[Id, list[Id]] = {}
        for item_id, signal in pairs:
            by_signal.setdefault(signal.id, []).append(item_id)
        signals = list({signal.id: signal for _, signal in pairs}.values())
        shelves = self._indexes.fresh() if since is None else self._indexes.only_since(since)
        found = find(shelves, signals)
        told = [(item_id, label, one) for label, one in found.pairs for item_id in by_signal[one.signal.id]]
        with self._services.store.reading() as tx:
            matched = items.by_id(tx, [item_id for item_id, _, _ in told])
        return Compared([_match(matched[item_id], label, one) for item_id, label, one in told], found.closer)


@dataclass(frozen=True, slots=True)
class FoundBy:
    """What signals came to in the cascade."""

    pairs: tuple[tuple[str, Finding], ...]
    """Each finding behind the name and version of its matcher."""

    @property
    def closer(self) -> dict[str, tuple[Interval, ...]]:
        """The stretches that findings ask to be read more closely, by their file's hash."""
        wanted: defaultdict[str, list[Interval]] = defaultdict(list)
        for _, finding in self.pairs:
            if finding.closer and finding.signal.media_sha256:
                wanted[finding.signal.media_sha256] += finding.closer
        return {media: tuple(stretches) for media, stretches in wanted.items()}


def find(shelves: Shelves, signals: Sequence[Signal]) -> FoundBy:
    """Take signals through the cascade: what the banks' rules admit, less what a negative bank explains.

    Where a stage settles a file for a bank, dearer stages say nothing more about the two; where it is settled for all
    banks of a dearer stage, that one is not asked.
    """
    settled: defaultdict[str, set[Id]] = defaultdict(set)
    by: dict[int, str] = {}
    found: list[Finding] = []
    for shelf in shelves.shelves:
        asked = [one for one in signals if _is_open(one, shelf, settled)]
        for finding, stage in _admitted(shelf, asked, shelves.banks):
            if finding.entry.bank_id in settled[_owner(finding.signal)] and not stage.settles:
                continue
            by[id(finding)] = _label(shelf.matcher)
            found.append(finding)
            if stage.settles:
                settled[_owner(finding.signal)].add(finding.entry.bank_id)
    return FoundBy(tuple((by[id(one)], one) for one in without_explained(found, shelves.never)))


def _is_open(signal: Signal, shelf: Shelf, settled: dict[str, set[Id]]) -> bool:
    return signal.kind in shelf.matcher.manifest.produces and not shelf.banks <= settled[_owner(signal)]


def _owner(signal: Signal) -> str:
    """Return what is settled when a signal is: its file, or itself where it is an item's own."""
    return signal.media_sha256 or signal.id


def _admitted(shelf: Shelf, signals: Sequence[Signal], banks: dict[Id, Bank]) -> Iterator[tuple[Finding, Stage]]:
    if not signals:
        return
    stages = {stage.name: stage for stage in shelf.matcher.stages}
    for finding in shelf.find(signals):
        stage = stages.get(finding.stage or "", shelf.matcher.stages[0])
        if _admits(banks.get(finding.entry.bank_id), finding, stage):
            yield finding, stage


def _admits(bank: Bank | None, finding: Finding, stage: Stage) -> bool:
    """Say whether a bank's rules, and the entry's own date, let a finding stand."""
    until = finding.entry.valid_until
    if until is not None and until <= now():
        return False
    if bank is None:
        return True
    quality = finding.signal.quality
    plain = finding.signal.kind == PDQ and quality is not None and quality < bank.rules.quality
    far = stage.name in IN_BITS and finding.distance > bank.rules.radius
    return bank.rules.runs(stage.name) and not plain and not far


def _label(matcher: Matcher) -> str:
    return f"{matcher.manifest.name}/{matcher.manifest.version}"


def _match(item: Item, matcher: str, finding: Finding) -> Match:
    return Match(
        id=new_id(),
        item_id=item.id,
        signal_id=finding.signal.id,
        entry_id=finding.entry.id,
        kind=finding.kind or finding.signal.kind,
        matcher=matcher,
        distance=finding.distance,
        verified=finding.verified,
        found_at=now(),
        media_sha256=finding.signal.media_sha256,
        transform=finding.transform,
        box_query=finding.box_query,
        box_known=finding.box_known,
        interval_query=finding.interval_query,
        interval_known=finding.interval_known,
        span_query=_raw_span(item, finding),
        score=finding.score,
        stretches=finding.stretches,
    )


def _raw_span(item: Item, finding: Finding) -> Span | None:
    """Return where in the item's own text it is: a text matcher knows only the normalised one."""
    span = finding.span_query
    if finding.signal.kind != TEXT or span is None:
        return finding.signal.span
    offsets = normalise(item.text or "").offsets
    return Span(offsets[span.start], offsets[span.end])
