"""The indexes over the banks in one process: large ones that stay, small ones for what changed since.

A changed entry is taken out of the large index's answers and, where it still matches, put into a small one beside it.
When the small one has grown, both are built anew as one in the background. So a bank of millions is not read again
because one entry came.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from qalqan.errors import StoreError
from qalqan.flow.index_files import FiledIndex, IndexFiles
from qalqan.match.contract import Filed, Finding, Index, Matcher
from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.ids import Id
from qalqan.model.signals import Signal
from qalqan.model.times import now
from qalqan.store import Store, banks

SMALL = 2000
"""Changed entries that are always few enough to be indexed beside the others."""
GROWN = 0.1
"""Share of changed entries from which all are built anew."""
TRY_AGAIN_SECONDS = 60.0
"""How long an index that could not be built is let be: a full disk does not empty itself."""
FILED = 50_000
"""Entries from which an index lies in a file that all processes map, where its matcher knows how."""


@dataclass(slots=True)
class Shelf:
    """One matcher's known things."""

    matcher: Matcher
    base: Index
    size: int
    banks: set[Id]
    """Banks that have entries here."""
    changed: dict[Id, BankEntry] = field(default_factory=dict)
    """What changed since the base was built, of whatever status."""
    fresh: Index | None = None

    @property
    def cost(self) -> float:
        """What its first stage costs."""
        return self.matcher.stages[0].cost

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield what its matcher finds, of entries as they are now."""
        for finding in self.base.find(signals):
            if finding.entry.id not in self.changed:
                yield finding
        if self.fresh is not None:
            yield from self.fresh.find(signals)

    def with_changes(self, changes: Iterable[BankEntry], rules: dict[Id, Bank]) -> Shelf:
        """Return this shelf with entries that changed; itself where none of them is of its kinds."""
        mine = {one.id: one for one in changes if one.kind in self.matcher.manifest.produces}
        if not mine:
            return self
        changed = {**self.changed, **mine}
        active = [one for one in changed.values() if _matches(one) and _runs(self.matcher, rules.get(one.bank_id))]
        banked = self.banks | {one.bank_id for one in active}
        return Shelf(self.matcher, self.base, self.size, banked, changed, self.matcher.build(active))

    @property
    def grown(self) -> bool:
        """Whether so much changed that it is to be built anew."""
        return len(self.changed) > max(SMALL, GROWN * self.size)


@dataclass(frozen=True, slots=True)
class Shelves:
    """All indexes at one version of the banks, the cheapest first, and the rules that hold then."""

    version: int
    shelves: tuple[Shelf, ...]
    banks: dict[Id, Bank]

    @property
    def never(self) -> set[Id]:
        """The banks of what must never match."""
        return {one.id for one in self.banks.values() if one.rules.negative}


class Indexes:
    """Gives the indexes as the banks are now. Safe to share between threads."""

    def __init__(self, store: Store, matchers: Sequence[Matcher], folder: Path) -> None:
        self._store = store
        self._matchers = matchers
        self._files = IndexFiles(store, folder)
        self._lock = threading.Lock()
        self._now: Shelves | None = None
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="qalqan-index")
        self._building: Future[Shelves] | None = None
        self._not_before = 0.0
        self._since: tuple[int, Shelves] | None = None

    def fresh(self) -> Shelves:
        """Return the indexes over the banks' present state."""
        with self._lock:
            self._take_built()
            self._now = self._caught_up(self._now) if self._now else self._built()
            grown = {one.matcher.manifest.name for one in self._now.shelves if one.grown}
            if self._building is None and grown and time.monotonic() >= self._not_before:
                self._building = self._builder.submit(self._built, grown)
            return self._now

    def _take_built(self) -> None:
        """Go over to what was built in the background; where that failed, as on a full disk, stay, and try later."""
        if self._building is None or not self._building.done():
            return
        built, self._building = self._building, None
        if built.exception() is None:
            self._now = built.result()
        else:
            self._not_before = time.monotonic() + TRY_AGAIN_SECONDS

    def close(self) -> None:
        """Wait for what is being built, and build no more."""
        self._builder.shutdown(wait=True, cancel_futures=True)

    def only_since(self, since: int) -> Shelves:
        """Return indexes over the entries that came or changed after a version of the banks, and all negative ones.

        Where very many did, they are the indexes over all: what else is found then is found again, and no more.
        """
        with self._store.reading() as tx:
            version, many = banks.version(tx), banks.count_changed(tx, since) > FILED
        if many:
            return self.fresh()
        with self._lock:
            if self._since is None or (self._since[0], self._since[1].version) != (since, version):
                self._since = (since, self._built_since(since))
            return self._since[1]

    def _built_since(self, since: int) -> Shelves:
        with self._store.reading() as tx:
            version, rules = banks.version(tx), {one.id: one for one in banks.every(tx)}
            entries = {one.id: one for one in banks.changed_since(tx, since) if _matches(one)}
            for bank in rules.values():
                if bank.rules.negative:
                    entries.update({one.id: one for one in banks.active(tx, bank.id)})
        return shelves_over(self._matchers, version, list(entries.values()), rules)

    def _built(self, grown: Collection[str] = ()) -> Shelves:
        """Build all indexes, those in files only where they have `grown` or are not there."""
        with self._store.reading() as tx:
            version, rules = banks.version(tx), {one.id: one for one in banks.every(tx)}
        made = (self._shelf(each, rules, anew=each.manifest.name in grown) for each in self._matchers)
        return self._caught_up(Shelves(version, _by_cost(made), rules))

    def _shelf(self, matcher: Matcher, rules: dict[Id, Bank], *, anew: bool) -> Shelf:
        kinds = matcher.manifest.produces
        with self._store.reading() as tx:
            if not isinstance(matcher, Filed) or banks.count_active(tx, kinds) < FILED:
                return _shelf(matcher, list(banks.active_of(tx, kinds)), rules)
            banked = banks.bank_ids_of(tx, kinds)
        filed = self._filed(matcher, anew=anew)
        shelf = Shelf(matcher, filed.index, filed.size, banked)
        with self._store.reading() as tx:
            return shelf.with_changes(banks.changed_since(tx, filed.version), rules)

    def _filed(self, matcher: Filed, *, anew: bool) -> FiledIndex:
        """Map a matcher's files, written anew where they are wanted so, are not there, or are far behind."""
        filed = None if anew else self._files.opened(matcher)
        if filed is None or self._is_far_behind(filed):
            self._files.build(matcher)
            filed = self._files.opened(matcher)
        if filed is None:
            hint = "Remove the folder `index` in the home folder and start again."
            raise StoreError(f"The index files of the matcher {matcher.manifest.name} cannot be used.", hint=hint)
        return filed

    def _is_far_behind(self, filed: FiledIndex) -> bool:
        with self._store.reading() as tx:
            return banks.count_changed(tx, filed.version) > max(SMALL, GROWN * filed.size)

    def _caught_up(self, shelves: Shelves) -> Shelves:
        with self._store.reading() as tx:
            version = banks.version(tx)
            if version == shelves.version:
                return shelves
            rules = {one.id: one for one in banks.every(tx)}
            changes = banks.changed_since(tx, shelves.version)
        return Shelves(version, tuple(one.with_changes(changes, rules) for one in shelves.shelves), rules)


def shelves_over(
    matchers: Sequence[Matcher], version: int, entries: Sequence[BankEntry], rules: dict[Id, Bank]
) -> Shelves:
    """Return indexes over these entries alone."""
    return Shelves(version, _by_cost(_shelf(each, entries, rules) for each in matchers), rules)


def _by_cost(shelves: Iterable[Shelf]) -> tuple[Shelf, ...]:
    return tuple(sorted(shelves, key=lambda one: one.cost))


def _shelf(matcher: Matcher, entries: Sequence[BankEntry], rules: dict[Id, Bank]) -> Shelf:
    kinds = matcher.manifest.produces
    mine = [one for one in entries if one.kind in kinds and _matches(one) and _runs(matcher, rules.get(one.bank_id))]
    return Shelf(matcher, matcher.build(mine), len(mine), {one.bank_id for one in mine})


def _matches(entry: BankEntry) -> bool:
    return entry.status is EntryStatus.ACTIVE and (entry.valid_until is None or entry.valid_until > now())


def _runs(matcher: Matcher, bank: Bank | None) -> bool:
    """Say whether any of a matcher's stages runs on a bank."""
    return bank is None or any(bank.rules.runs(stage.name) for stage in matcher.stages)
