"""Reads files in the background with extractors that no scan waits for, and weighs anew what comes of it.

Which files are still to be read follows from the store alone (`readings`), so the work may be broken off anywhere and
taken up by any process. A file is read once, however many items carry it. What was read of it, the note that it was
read, and the note that its items are to be weighed land together.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from qalqan.flow.reading import Read, label, read_media, write, write_problems
from qalqan.flow.services import Services
from qalqan.isolate import Isolate
from qalqan.model.ids import Id
from qalqan.model.items import Media
from qalqan.signals.contract import Extractor, ReadsLater
from qalqan.store import signals as signal_store
from qalqan.store import unread

AT_ONCE = 200
"""Files that are looked up together, newest first: what comes meanwhile waits for no more than these."""
SHUFFLED = 16
"""Files next in turn of which each process takes any: two that read the same one at once do it for nothing."""
ROUND_SECONDS = 60.0
"""After so long the keeper looks after its other work, and new files are looked up."""
WEIGH_SECONDS = 30.0
"""What was read is weighed after so long at the latest, many files together."""
ANEW_SECONDS = 900.0
"""So often all files are looked up, and not only those that came after nothing was left."""
MARGIN = 10_000
"""Items numbered so far before the newest one may yet come: of several that are stored at once, any ends first."""

Settle = Callable[[Sequence[Id]], None]
"""Compares and weighs items anew: `flow.way.Way.settle`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is still to be done."""

    files: int
    """Files that some extractor has not read."""
    unweighed: int
    """Files of which something was read that has not been weighed yet; counted up to 1,000."""


def waiting(services: Services, tx: sa.Connection) -> Waiting:
    """Return how much is still to be read in the background."""
    labels = [label(one) for one in services.later]
    if not labels:
        return Waiting(0, 0)
    return Waiting(unread.count_unread(tx, labels), len(unread.to_weigh(tx, labels, 1000)))


class Later:
    """Reads in the background, one file after another. For one thread; several processes may each have one."""

    def __init__(self, services: Services, settle: Settle) -> None:
        # Scans keep their children to themselves.
        self._services = replace(services, isolate=Isolate(services.settings.limits, 1))
        self._settle = settle
        self._labels = [label(one) for one in services.later]
        self._after = 0
        """The item up to which nothing is left to read."""
        self._anew = 0.0
        self._last_seen = -1

    def close(self) -> None:
        """End its child process."""
        self._services.isolate.close()

    def round(self, seconds: float = ROUND_SECONDS) -> Iterator[Media]:
        """Read files for about so long, the newest first, and weigh what came of it; yield each file that was read."""
        began = weighed = time.monotonic()
        for media, left in self._unread():
            self._read(media, left)
            yield media
            if time.monotonic() - weighed > WEIGH_SECONDS:
                self._weigh()
                weighed = time.monotonic()
            if time.monotonic() - began > seconds:
                break
        self._weigh()

    def _unread(self) -> Iterator[tuple[Media, tuple[Extractor, ...]]]:
        """Yield files with the extractors that have not read them."""
        hashes = self._hashes()
        while hashes:
            sha256 = hashes.pop(random.randrange(min(SHUFFLED, len(hashes))))  # noqa: S311 - no secret hangs on it
            with self._services.store.reading() as tx:
                found = signal_store.media_by_hash(tx, [sha256])
                done = signal_store.already_read(tx, [sha256])
            left = tuple(one for one in self._services.later if not done & _marks(sha256, label(one)))
            if found and left:  # else another process has read it meanwhile
                yield found[0], left

    def _hashes(self) -> list[str]:
        """Return files to be read; quick where nothing has come since there were none."""
        if not self._labels:
            return []
        if time.monotonic() >= self._anew:
            self._after, self._last_seen, self._anew = 0, -1, time.monotonic() + ANEW_SECONDS
        with self._services.store.reading() as tx:
            newest = unread.newest_item(tx)
            if newest == self._last_seen:
                return []
            hashes = unread.newest_unread(tx, self._labels, self._after, AT_ONCE)
        if not hashes:
            self._last_seen, self._after = newest, max(0, newest - MARGIN)
        return hashes

    def _read(self, media: Media, left: Sequence[Extractor]) -> None:
        """Read one file and write all that came of it at once."""
        read = read_media(self._services, media, left)
        marked = {mark for _, mark in read.marks}
        refused = [label(one) for one in left if label(one) not in marked]
        with self._services.store.writing() as tx:
            write(tx, [read])
            signal_store.mark_read(tx, [(media.sha256, one + unread.REFUSED) for one in refused])
            unread.note_came(tx, media.sha256, _came(read, left))
            write_problems(tx, media, read, unread.carriers(tx, [media.sha256]) if read.refused else [])

    def _weigh(self) -> None:
        """Compare and weigh the items that carry what was read. Broken off, it is done again."""
        while True:
            with self._services.store.reading() as tx:
                marks = unread.to_weigh(tx, self._labels, AT_ONCE)
                ids = unread.carriers(tx, [sha256 for sha256, _ in marks])
            if not marks:
                return
            for start in range(0, len(ids), self._services.settings.batch_size):
                self._settle(ids[start : start + self._services.settings.batch_size])
            with self._services.store.writing() as tx:
                unread.note_weighed(tx, marks)


def at_once_and_later(extractors: Sequence[Extractor]) -> tuple[tuple[Extractor, ...], tuple[Extractor, ...]]:
    """Return the extractors that a scan waits for, and those that read in the background."""
    later = tuple(one for one in extractors if isinstance(one, ReadsLater) and one.later)
    return tuple(one for one in extractors if one not in later), later


def _marks(sha256: str, name: str) -> set[tuple[str, str]]:
    return {(sha256, name), (sha256, name + unread.REFUSED)}


def _came(read: Read, left: Sequence[Extractor]) -> list[str]:
    """Return the labels of the extractors of which something came."""
    told = {one.extractor for one in read.signals}
    return [label(one) for one in left if label(one) in told]
