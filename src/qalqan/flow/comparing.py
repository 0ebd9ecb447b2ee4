"""Step 3 of the way: signals against the banks, from the cheapest stage to the dearest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qalqan.flow.indexes import Indexes, Shelf, Shelves
from qalqan.flow.services import Services
from qalqan.match.contract import Finding, Stage
from qalqan.match.negative import without_explained
from qalqan.model.banks import Bank
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item
from qalqan.model.matches import Match
from qalqan.model.parts import Interval, Span
from qalqan.model.signals import PDQ, TEXT, Signal
from qalqan.model.text_words import TEXT_WORDS
from qalqan.model.times import now
from qalqan.signals.key import keyed
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
        self._indexes = Indexes(services.store, services.matchers, services.settings.home / "index")

    def close(self) -> None:
        """End what builds indexes in the background."""
        self._indexes.close()

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
        told = [one for one in found if not one.stage.hints]
        carried = [(item_id, one) for one in told for item_id in by_signal[one.finding.signal.id]]
        with self._services.store.reading() as tx:
            matched = items.by_id(tx, [item_id for item_id, _ in carried])
        return Compared([match_of(matched[item_id], one) for item_id, one in carried], closer_of(found))


@dataclass(frozen=True, slots=True)
class Told:
    """A finding that stands, and who found it."""

    finding: Finding
    matcher: str
    """Name and version."""
    stage: Stage


def closer_of(told: Sequence[Told]) -> dict[str, tuple[Interval, ...]]:
    """Return the stretches that findings ask to be read more closely, by their file's hash."""
    wanted: defaultdict[str, list[Interval]] = defaultdict(list)
    for one in told:
        if one.finding.closer and one.finding.signal.media_sha256:
            wanted[one.finding.signal.media_sha256] += one.finding.closer
    return {media: tuple(stretches) for media, stretches in wanted.items()}


def find(shelves: Shelves, signals: Sequence[Signal]) -> list[Told]:
    """Take signals through the cascade: what the banks' rules admit, less what a negative bank explains.

    Where a stage settles a file for a bank, dearer stages say nothing more about the two; where it is settled for all
    banks of a dearer stage, that one is not asked.
    """
    settled: defaultdict[str, set[Id]] = defaultdict(set)
    told: dict[int, Told] = {}
    for shelf in shelves.shelves:
        asked = [one for one in signals if _is_open(one, shelf, settled)]
        for one in _admitted(shelf, asked, shelves.banks):
            finding = one.finding
            owner, bank_id = _owner(finding.signal), finding.entry.bank_id
            if one.stage.settles:
                settled[owner].add(bank_id)
            elif bank_id in settled[owner]:
                continue
            told[id(finding)] = one
    left = without_explained([one.finding for one in told.values()], shelves.never)
    return _without_echoes([told[id(one)] for one in left])


def _without_echoes(told: list[Told]) -> list[Told]:
    """Return findings without near texts where the same known thing is there to the letter: one look, weighed once."""
    exact = {_known_text(one.finding) for one in told if one.finding.signal.kind == TEXT}
    return [one for one in told if one.finding.signal.kind != TEXT_WORDS or _known_text(one.finding) not in exact]


def _known_text(finding: Finding) -> tuple[str, Id, str, str | None]:
    entry = finding.entry
    return finding.signal.item_id or finding.signal.id, entry.bank_id, entry.label, entry.media_sha256


def _is_open(signal: Signal, shelf: Shelf, settled: dict[str, set[Id]]) -> bool:
    return signal.kind in shelf.matcher.manifest.produces and not shelf.banks <= settled[_owner(signal)]


def _owner(signal: Signal) -> str:
    """Return what is settled when a signal is: its file, or itself where it is an item's own."""
    return signal.media_sha256 or signal.id


def _admitted(shelf: Shelf, signals: Sequence[Signal], banks: dict[Id, Bank]) -> Iterator[Told]:
    if not signals:
        return
    stages = {stage.name: stage for stage in shelf.matcher.stages}
    label = f"{shelf.matcher.manifest.name}/{shelf.matcher.manifest.version}"
    for finding in shelf.find(signals):
        stage = stages.get(finding.stage or "", shelf.matcher.stages[0])
        if _admits(banks.get(finding.entry.bank_id), finding, stage):
            yield Told(finding, label, stage)


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


def match_of(item: Item, told: Told) -> Match:
    """Return a finding that stands as a match of an item that has it."""
    finding = told.finding
    return Match(
        id=new_id(),
        item_id=item.id,
        signal_id=finding.signal.id,
        entry_id=finding.entry.id,
        kind=finding.kind or finding.signal.kind,
        matcher=told.matcher,
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
    """Return where in the item's own text it is: text matchers know only normalised characters, or words."""
    span = finding.span_query
    if span is None or finding.signal.media_sha256 is not None:
        return finding.signal.span
    if finding.signal.kind == TEXT:
        offsets = normalise(item.text or "").offsets
        return Span(offsets[span.start], offsets[span.end])
    if finding.signal.kind == TEXT_WORDS:
        whole = finding.signal.span
        words = keyed((item.text or "")[: whole.end if whole else None])
        last = len(words.ends) - 1  # a hostile text's words may be parted otherwise where it was cut
        return Span(words.starts[min(span.start, last)], words.ends[min(span.end - 1, last)])
    return finding.signal.span
