"""Searches in the index of a folder, while others change it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import numpy as np

from qalqan.errors import StoreError
from qalqan.match.radius import file, manifest
from qalqan.match.radius.arrays import FoundIds, Hashes, Words
from qalqan.match.radius.file import Mapped
from qalqan.match.radius.manifest import Manifest, Removed
from qalqan.match.radius.permute import permuted
from qalqan.match.radius.segment import ALL, cut, united

TRIES = 100
"""How often the manifest is read anew where a merge removes a file between reading its name and opening it."""


@dataclass(frozen=True, slots=True)
class View:
    """One version of the index, mapped."""

    manifest: Manifest
    segments: tuple[Mapped, ...]
    removed: tuple[Removed, ...]
    """For each segment, what was removed after its hashes came."""

    def within(self, queries: Words, radius: int, limit: int) -> FoundIds:
        """Return what the segments find, without what was removed."""
        pairs = zip(self.segments, self.removed, strict=True)
        each = [_left(mapped, removed, queries, radius, limit) for mapped, removed in pairs]
        if not each:
            return np.empty(0, np.intp), np.empty(0, np.uint64), np.empty(0, np.uint8)
        return each[0] if len(each) == 1 else cut(united(each), limit)


def _left(mapped: Mapped, removed: Removed, queries: Words, radius: int, limit: int) -> FoundIds:
    """Return what one segment finds and what was not removed from it."""
    if not len(removed.ids):
        return mapped.segment.within(queries, radius, limit)
    # What is removed must not take the places of what is left.
    whose, ids, bits = mapped.segment.within(queries, radius)
    kept = ~removed.of(ids)
    return cut((whose[kept], ids[kept], bits[kept]), limit)


class RadiusReader:
    """The index as it was when this was made or refreshed last. Threads may share it."""

    def __init__(self, folder: Path, *, warm: bool = True) -> None:
        """Open the current version. Raises StoreError where it is damaged.

        With `warm`, a thread loads the compiled code and reads and verifies all of the files in the background, so that
        the first searches wait for neither. If it finds damage, all later searches raise StoreError.
        """
        self._folder = folder
        self._warm = warm
        self._stop = Event()
        self._damage: StoreError | None = None
        self._warming: Thread | None = None
        self._view = self._opened(None)
        self._start(self._view.segments)

    @property
    def version(self) -> int:
        """The version that is searched: it rises with every change."""
        return self._view.manifest.version

    @property
    def rows(self) -> int:
        """Pairs of id and hash in the segments, with removed ones that no merge has taken out yet."""
        return sum(part.rows for part in self._view.manifest.parts)

    def within(self, queries: Hashes, radius: int, limit: int | None = None) -> FoundIds:
        """Return (query, id, bits) for all hashes within `radius` bits of (n, 32) queries; weak ones where equal.

        With a `limit`, at most so many of each query, the nearest ones. Sorted by query, id and bits. Raises StoreError
        once the files have turned out to be damaged.
        """
        if self._damage is not None:
            raise self._damage
        return self._view.within(permuted(queries), radius, ALL if limit is None else limit)

    def refresh(self) -> bool:
        """Go over to the current version; return whether it is another. Searches under way end in the old one."""
        before = self._view
        if manifest.read(self._folder).version == before.manifest.version:
            return False
        self._view = self._opened(before)
        self._start(tuple(mapped for mapped in self._view.segments if mapped not in before.segments))
        return True

    def verify(self) -> None:
        """Compare every block with its checksum now. Raises StoreError for the first that differs."""
        for mapped in self._view.segments:
            mapped.verify()

    def warmed(self, seconds: float) -> bool:
        """Wait until the warming has ended, at most so long; return whether it has."""
        if self._warming is not None:
            self._warming.join(seconds)
        return self._warming is None or not self._warming.is_alive()

    def close(self) -> None:
        """End the warming. The files are let go when the last search has ended."""
        self._stop.set()
        self._view = View(Manifest(), (), ())

    def _opened(self, before: View | None) -> View:
        """Open the current version, with the segments that are mapped already."""
        known = {mapped.path.name: mapped for mapped in before.segments} if before else {}
        for _ in range(TRIES):
            current = manifest.read(self._folder)
            try:
                removed = manifest.read_removed(self._folder, current)
                segments = (known.get(part.name) or file.opened(self._folder / part.name) for part in current.parts)
                return View(current, tuple(segments), tuple(removed.later(part.since) for part in current.parts))
            except FileNotFoundError:
                continue
        raise StoreError(
            f"The index in {self._folder} names files that are not there.",
            hint="Remove the folder and build the index again from the banks.",
        )

    def _start(self, fresh: tuple[Mapped, ...]) -> None:
        if self._warm and fresh:
            self._warming = Thread(target=self._verify, args=(fresh,), name="warm-index", daemon=True)
            self._warming.start()

    def _verify(self, fresh: tuple[Mapped, ...]) -> None:
        try:
            for mapped in fresh:
                mapped.segment.within(permuted(np.zeros((1, 32), np.uint8)), 0)
                mapped.verify(self._stop)
        except StoreError as damage:
            self._damage = damage
