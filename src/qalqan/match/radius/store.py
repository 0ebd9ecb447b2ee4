"""The index in a folder: one process adds and removes at a time, any number of processes read.

It is a list of segments that never change, as in Lucene: what is added makes a new small one, what is removed is noted
beside them, and a merge makes one of several. Each change is complete when the manifest is replaced: whoever is killed
before has changed nothing. Files that it no longer names are removed; readers that have them mapped keep them.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qalqan.isolate import leavings
from qalqan.match.radius import file, manifest
from qalqan.match.radius.arrays import Hashes, Ids, Words
from qalqan.match.radius.fold import fold
from qalqan.match.radius.manifest import Manifest, Part, Removed
from qalqan.match.radius.permute import permuted
from qalqan.match.radius.plain import QUALITY
from qalqan.store.faults import full_disk_said

SMALL = 4_096
"""Rows up to which a segment is written anew with what is added."""
MANY = 8
"""Segments from which on a merge is due: each costs a query some microseconds."""
SHARE = 4
"""All is merged into one when what came or went since is more than the largest segment divided by this."""
AGAIN = "Free some space and run the same command again: the index is as it was before."

Loose = tuple[Words, Ids, Words, Ids]
"""Strong words and their ids, weak words and theirs."""


class RadiusStore:
    """Writes the index in a folder. Any number of them may write to it: they wait for each other."""

    def __init__(self, folder: Path, *, quality: int = QUALITY) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._quality = quality

    def add(self, ids: Ids, hashes: Hashes, quality: npt.NDArray[np.uint8] | None = None) -> None:
        """Add (n, 32) hashes with the ids that searches give for them; an id may have several.

        Those of a `quality` below the store's are weak: found only by an equal query, since such pictures are near to
        half of everything. Raises ValueError for arrays that do not fit, StoreError when the disk is full.
        """
        words = permuted(hashes)
        if ids.shape != (len(words),) or (quality is not None and quality.shape != ids.shape):
            raise ValueError("There must be one id, and one quality if any, for each hash.")
        if not len(words):
            return
        weak = np.zeros(len(words), bool) if quality is None else quality < self._quality
        new = words[~weak], ids[~weak].astype(np.uint64), words[weak], ids[weak].astype(np.uint64)
        with self._changing() as current:
            version, parts = current.version + 1, list(current.parts)
            if parts and not parts[-1].sealed and parts[-1].rows < SMALL:
                removed = manifest.read_removed(self._folder, current)
                new = _joined([*_loose(self._folder, [parts.pop()], removed), new])
            name = _name(manifest.SEGMENT)
            rows = _write(self._folder / name, new)
            parts.append(Part(name, rows, version))
            self._commit(dataclasses.replace(current, version=version, parts=tuple(parts)))

    def remove(self, ids: Ids) -> None:
        """Remove all hashes of these ids; what is added under them later is there again. Unknown ids do no harm."""
        with self._changing() as current:
            removed = manifest.read_removed(self._folder, current)
            kept = ~np.isin(removed.ids, ids)
            fresh = np.unique(ids).astype(np.uint64)
            every = np.concatenate([removed.ids[kept], fresh])
            since = np.concatenate([removed.since[kept], np.full(len(fresh), current.version + 1, np.uint64)])
            order = np.argsort(every)
            self._commit(dataclasses.replace(current, version=current.version + 1), Removed(every[order], since[order]))

    @property
    def merge_due(self) -> bool:
        """Whether there are so many segments that a merge would make searches noticeably quicker."""
        return len(manifest.read(self._folder).parts) > MANY

    def merge(self, *, everything: bool = False) -> bool:
        """Make one segment of several and forget what was removed; return whether there was anything to do.

        It takes seconds for millions of hashes. Meanwhile others add, remove, and search. Small segments are merged
        among themselves until they are a quarter of the largest one, or at once with `everything`.
        """
        with manifest.alone(self._folder, "merge"):
            with self._changing() as current:
                removed = manifest.read_removed(self._folder, current)
                chosen = current.parts if everything else _chosen(current, len(removed.ids))
                if len(chosen) <= 1 and not any(len(removed.later(part.since).ids) for part in chosen):
                    return False
                self._commit(_sealed(current, chosen))
            scratch = self._folder / (leavings.prefix("new") + secrets.token_hex(8))
            try:
                with full_disk_said(self._folder, AGAIN):
                    rows = _write(scratch, _joined(list(_loose(self._folder, chosen, removed))))
                self._land(scratch, Part(_name(manifest.SEGMENT), rows, current.version), chosen)
            finally:
                scratch.unlink(missing_ok=True)
        return True

    def _land(self, scratch: Path, merged: Part, chosen: Sequence[Part]) -> None:
        """Put the merged segment in the place of those that it was made of."""
        gone = {part.name for part in chosen}
        with self._changing() as current:
            scratch.replace(self._folder / merged.name)
            parts = [part for part in current.parts if part.name not in gone]
            older = sum(part.since <= merged.since for part in parts)
            parts.insert(older, merged)
            removed = manifest.read_removed(self._folder, current)
            left = removed.later(min(part.since for part in parts))
            self._commit(dataclasses.replace(current, version=current.version + 1, parts=tuple(parts)), left)

    @contextmanager
    def _changing(self) -> Iterator[Manifest]:
        """Give the current version to the only one who may change it."""
        with manifest.alone(self._folder, "writer"), full_disk_said(self._folder, AGAIN):
            yield manifest.read(self._folder)

    def _commit(self, fresh: Manifest, removed: Removed | None = None) -> None:
        """Make a version the current one; `removed` where that has changed. Then remove what it does not name."""
        if removed is not None:
            name = _name(manifest.REMOVED) if len(removed.ids) else None
            if name:
                manifest.write_removed(self._folder / name, removed)
            fresh = dataclasses.replace(fresh, removed=name)
        manifest.keep_names(self._folder)
        manifest.replace(self._folder, fresh)
        named = fresh.names()
        for path in self._folder.iterdir():
            if (manifest.NAMED.fullmatch(path.name) and path.name not in named) or leavings.is_left(path.name):
                path.unlink(missing_ok=True)


def _chosen(current: Manifest, removed: int) -> tuple[Part, ...]:
    """Return the segments that are to be merged now."""
    largest = max(current.parts, key=lambda part: part.rows, default=None)
    others = tuple(part for part in current.parts if part is not largest)
    if largest is None or SHARE * (removed + sum(part.rows for part in others)) >= largest.rows:
        return current.parts
    return others if len(others) > 1 else ()


def _sealed(current: Manifest, chosen: Sequence[Part]) -> Manifest:
    parts = tuple(dataclasses.replace(part, sealed=part.sealed or part in chosen) for part in current.parts)
    return dataclasses.replace(current, version=current.version + 1, parts=parts)


def _loose(folder: Path, parts: Sequence[Part], removed: Removed) -> Iterator[Loose]:
    """Yield what the segments hold and what is not removed from them."""
    for part in parts:
        mapped = file.opened(folder / part.name)
        mapped.verify()
        strong, strong_ids, weak, weak_ids = mapped.segment.unfolded()
        gone = removed.later(part.since)
        kept, weak_kept = ~gone.of(strong_ids), ~gone.of(weak_ids)
        yield strong[kept], strong_ids[kept], weak[weak_kept], weak_ids[weak_kept]


def _joined(each: list[Loose]) -> Loose:
    strong, strong_ids, weak, weak_ids = (np.concatenate(arrays) for arrays in zip(*each, strict=True))
    return strong, strong_ids, weak, weak_ids


def _write(path: Path, loose: Loose) -> int:
    """Write a segment that the disk has when this returns; return its rows."""
    strong, strong_ids, weak, weak_ids = loose
    try:
        file.write(path, fold(strong, strong_ids), fold(weak, weak_ids))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return len(strong_ids) + len(weak_ids)


def _name(ending: str) -> str:
    return secrets.token_hex(8) + ending
