"""Step 3 of the way: signals against the banks."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from qalqan.flow.services import Services
from qalqan.match.contract import Finding, Index, Matcher
from qalqan.model.banks import BankEntry
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Item
from qalqan.model.matches import Match
from qalqan.model.parts import Span
from qalqan.model.signals import TEXT, Signal
from qalqan.model.times import now
from qalqan.signals.normal import normalise
from qalqan.store import banks, items
from qalqan.store import signals as signal_store


@dataclass(frozen=True, slots=True)
class _Built:
    """The indexes over one state of the banks."""

    version: int
    expires: datetime | None
    """When the first of its entries runs out."""
    indexes: tuple[tuple[Matcher, Index], ...]


class Comparer:
    """Holds the indexes over the banks and builds them anew when a bank has changed. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._built: _Built | None = None

    def compare(self, item_ids: Sequence[Id]) -> list[Match]:
        """Return all matches of these items."""
        with self._services.store.reading() as tx:
            pairs = signal_store.of_items(tx, item_ids)
        by_signal: dict[Id, list[Id]] = {}
        for item_id, signal in pairs:
            by_signal.setdefault(signal.id, []).append(item_id)
        signals = list({signal.id: signal for _, signal in pairs}.values())
        found = [
            (item_id, matcher, finding)
            for matcher, finding in self._find(signals)
            for item_id in by_signal[finding.signal.id]
        ]
        with self._services.store.reading() as tx:
            matched = items.by_id(tx, [item_id for item_id, _, _ in found])
        return [_match(matched[item_id], matcher, finding) for item_id, matcher, finding in found]

    def _find(self, signals: Sequence[Signal]) -> Iterable[tuple[Matcher, Finding]]:
        for matcher, index in self._fresh().indexes:
            wanted = [one for one in signals if one.kind in matcher.manifest.produces]
            if wanted:
                yield from ((matcher, finding) for finding in index.find(wanted))

    def _fresh(self) -> _Built:
        with self._services.store.reading() as tx:
            version = banks.version(tx)
        with self._lock:
            built = self._built
            if built is None or built.version != version or (built.expires and built.expires <= now()):
                built = self._built = self._build(version)
            return built

    def _build(self, version: int) -> _Built:
        with self._services.store.reading() as tx:
            entries = banks.active(tx)
        expires = min((one.valid_until for one in entries if one.valid_until), default=None)
        return _Built(version, expires, tuple((each, _index(each, entries)) for each in self._services.matchers))


def _index(matcher: Matcher, entries: Sequence[BankEntry]) -> Index:
    return matcher.build([one for one in entries if one.kind in matcher.manifest.produces])


def _match(item: Item, matcher: Matcher, finding: Finding) -> Match:
    return Match(
        id=new_id(),
        item_id=item.id,
        signal_id=finding.signal.id,
        entry_id=finding.entry.id,
        kind=finding.kind or finding.signal.kind,
        matcher=f"{matcher.manifest.name}/{matcher.manifest.version}",
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
    )


def _raw_span(item: Item, finding: Finding) -> Span | None:
    """Return where in the item's own text it is: a text matcher knows only the normalised one."""
    span = finding.span_query
    if finding.signal.kind != TEXT or span is None:
        return finding.signal.span
    offsets = normalise(item.text or "").offsets
    return Span(offsets[span.start], offsets[span.end])
