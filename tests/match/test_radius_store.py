"""The index in a folder, held to a list: whatever is added, removed, merged, opened again, or killed."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qalqan.errors import StoreError
from qalqan.match.radius import Hashes, PlainRadius, RadiusReader, RadiusStore, manifest

Row = tuple[int, bytes, bool]
"""An id, its hash, and whether it is weak."""


def some(seed: int, many: int) -> Hashes:
    """Return hashes of which many are near each other and some equal; the same for the same seed."""
    chance = np.random.default_rng(seed % 7)
    centres = chance.integers(0, 256, (5, 32), np.uint8)
    chance = np.random.default_rng(seed)
    hashes = centres[chance.integers(0, 5, many)]
    hashes[np.arange(many), chance.integers(0, 32, many)] ^= chance.integers(0, 256, many, np.uint8)
    return hashes


def expected(rows: list[Row], queries: Hashes, radius: int) -> list[tuple[int, int, int]]:
    """Return what a search must find: strong hashes within the radius, weak ones that are equal."""
    found = []
    for weak in (False, True):
        chosen = [row for row in rows if row[2] is weak]
        hashes = np.frombuffer(b"".join(row[1] for row in chosen), np.uint8).reshape(-1, 32)
        near = PlainRadius(hashes).within(queries, 0 if weak else radius)
        found += [(query, chosen[row][0], bits) for query, row, bits in zip(*(a.tolist() for a in near), strict=True)]
    return sorted(found)


def found(reader: RadiusReader, queries: Hashes, radius: int, limit: int | None = None) -> list[tuple[int, int, int]]:
    """Return what a search finds, as triples in its order."""
    return list(zip(*(array.tolist() for array in reader.within(queries, radius, limit)), strict=True))


class Stored(RuleBasedStateMachine):
    """Changes an index in any order, and looks after each whether a reader sees the same as a list."""

    @initialize()
    def begin(self) -> None:
        """Start with an empty folder."""
        self.folder = tempfile.TemporaryDirectory()
        self.store = RadiusStore(Path(self.folder.name))
        self.reader = RadiusReader(Path(self.folder.name), warm=False)
        self.rows: list[Row] = []

    @rule(seed=st.integers(0, 1_000), many=st.sampled_from([0, 1, 5, 40, 2_500]), first=st.integers(0, 60))
    def add(self, seed: int, many: int, first: int) -> None:
        """Add hashes, every third weak; ids may be there already or have been removed."""
        ids, hashes = np.arange(first, first + many, dtype=np.uint64), some(seed, many)
        quality = np.where(ids % 3 == 0, 49, 50).astype(np.uint8)
        self.store.add(ids, hashes, quality)
        self.rows += [
            (number, row.tobytes(), number % 3 == 0) for number, row in zip(ids.tolist(), hashes, strict=True)
        ]

    @rule(first=st.integers(0, 70), many=st.integers(0, 50))
    def remove(self, first: int, many: int) -> None:
        """Remove ids, of which some are not there."""
        gone = range(first, first + many)
        self.store.remove(np.arange(first, first + many, dtype=np.uint64))
        self.rows = [row for row in self.rows if row[0] not in gone]

    @rule(everything=st.booleans())
    def merge(self, *, everything: bool) -> None:
        """Merge what is due, or everything."""
        self.store.merge(everything=everything)

    @rule()
    def open_again(self) -> None:
        """Go on with a new writer and a new reader."""
        self.reader.close()
        self.store = RadiusStore(Path(self.folder.name))
        self.reader = RadiusReader(Path(self.folder.name), warm=False)

    @invariant()
    def answers_are_the_same(self) -> None:
        """Near, exact and limited searches; and no file is there that the index does not name."""
        if not hasattr(self, "reader"):
            return
        self.reader.refresh()
        files = {path.name for path in Path(self.folder.name).iterdir()} - {"index.json", "writer.lock", "merge.lock"}
        assert files == manifest.read(Path(self.folder.name)).names()
        queries = some(len(self.rows), 3)
        for radius in (0, 9, 31):
            assert found(self.reader, queries, radius) == expected(self.rows, queries, radius)
        limited, every = found(self.reader, queries, 31, 2), expected(self.rows, queries, 31)
        assert set(limited) <= set(every)
        for query in range(3):
            nearest = sorted(bits for owner, _, bits in every if owner == query)[:2]
            assert sorted(bits for owner, _, bits in limited if owner == query) == nearest

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestStored = Stored.TestCase
TestStored.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder for an index."""
    return tmp_path / "index"


def numbered(first: int, many: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return ids."""
    return np.arange(first, first + many, dtype=np.uint64)


def test_old_files_go_and_readers_keep_what_they_see(folder: Path) -> None:
    """A merge leaves one segment; a reader of the version before still answers from it, until it is refreshed."""
    store = RadiusStore(folder)
    for number in range(4):
        store.add(numbered(3_000 * number, 3_000), some(number, 3_000))
    old = RadiusReader(folder)
    before = found(old, some(0, 5), 31)
    store.remove(numbered(0, 9_000))
    assert store.merge(everything=True)
    assert len(list(folder.glob("*.segment"))) == 1
    assert not list(folder.glob("*.removed"))
    assert found(old, some(0, 5), 31) == before
    assert old.refresh()
    assert not old.refresh()
    assert old.rows == 3_000
    assert {number // 3_000 for _, number, _ in found(old, some(3, 5), 31)} == {3}


def test_small_additions_share_a_segment(folder: Path) -> None:
    """A thousand entries that come one by one are one segment, not a thousand."""
    store = RadiusStore(folder)
    for number in range(30):
        store.add(numbered(number, 1), some(number, 1))
    assert len(list(folder.glob("*.segment"))) == 1
    assert not store.merge_due
    assert not store.merge()


def test_merges_are_due_when_there_are_many_segments(folder: Path) -> None:
    """Small segments are merged among themselves, and with the largest once they are a quarter of it."""
    store = RadiusStore(folder)
    store.add(numbered(0, 80_000), some(1, 80_000))
    for number in range(8):
        assert not store.merge_due
        store.add(numbered(0, 4_096), some(number, 4_096))
    # Eight small and a large one.
    assert store.merge_due
    assert store.merge()
    assert RadiusReader(folder).rows == 80_000 + 8 * 4_096
    assert len(list(folder.glob("*.segment"))) == 1
    store.add(numbered(0, 5_000), some(1, 5_000))
    store.add(numbered(0, 5_000), some(2, 5_000))
    assert store.merge()
    assert len(list(folder.glob("*.segment"))) == 2
    assert RadiusReader(folder).rows == 80_000 + 8 * 4_096 + 2 * 5_000


class Interrupted(RadiusStore):
    """A writer that is overtaken by another while it merges."""

    def _land(self, *arguments: object) -> None:
        other = RadiusStore(self._folder)
        other.add(numbered(500, 10), some(9, 10))
        other.remove(numbered(0, 5))
        other.add(numbered(2, 1), some(8, 1))
        super()._land(*arguments)  # type: ignore[arg-type] # whatever it is given


def test_others_may_write_while_a_merge_is_under_way(folder: Path) -> None:
    """What came during the merge is there, what went is gone, and what came again is there once."""
    store = Interrupted(folder)
    store.add(numbered(0, 100), some(1, 100))
    store.remove(numbered(50, 10))
    rows = [(number, row.tobytes(), False) for number, row in enumerate(some(1, 100)) if not 50 <= number < 60]
    assert store.merge(everything=True)
    rows = [row for row in rows if row[0] >= 5]
    rows += [(500 + number, row.tobytes(), False) for number, row in enumerate(some(9, 10))]
    rows += [(2, some(8, 1).tobytes(), False)]
    queries = np.concatenate([some(1, 20), some(9, 3), some(8, 1)])
    assert found(RadiusReader(folder), queries, 31) == expected(rows, queries, 31)
    assert RadiusStore(folder).merge(everything=True)
    assert found(RadiusReader(folder), queries, 31) == expected(rows, queries, 31)
    assert RadiusReader(folder).rows == len(rows)


def test_writers_wait_for_each_other_and_readers_for_nobody(folder: Path) -> None:
    """Four threads that add and merge at once lose nothing, while a reader sees only whole additions."""
    RadiusStore(folder)
    reader, seen, done = RadiusReader(folder), [0], threading.Event()

    def read() -> None:
        while not done.is_set():
            reader.refresh()
            seen.append(len(found(reader, some(1, 10)[:1], 0)))

    def write(worker: int) -> None:
        store = RadiusStore(folder)
        for number in range(8):
            store.add(numbered(1_000 * worker + 10 * number, 10), np.repeat(some(1, 10)[:1], 10, axis=0))
            store.merge(everything=number % 3 == worker % 3)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    watching = threading.Thread(target=read)
    for thread in (watching, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    watching.join()
    assert all(count % 10 == 0 for count in seen)
    assert seen == sorted(seen)
    reader.refresh()
    assert len(found(reader, some(1, 10)[:1], 0)) == 320


WRITER = """
import sys
from pathlib import Path
import numpy as np
from qalqan.match.radius import RadiusStore
store, number = RadiusStore(Path(sys.argv[1])), int(sys.argv[2])
while True:
    hashes = np.random.default_rng(number).integers(0, 256, (50, 32), np.uint8)
    store.add(np.arange(number * 50, number * 50 + 50, dtype=np.uint64), hashes)
    print("added", number, flush=True)
    store.remove(np.arange(number * 50, number * 50 + 10, dtype=np.uint64))
    print("removed", number, flush=True)
    store.merge(everything=number % 2 == 0)
    number += 1
"""


def test_killed_at_any_moment_the_last_complete_version_is_there(folder: Path) -> None:
    """What was reported done is there; what was under way is there wholly or not at all; nothing is left over."""
    chance, number = random.Random(5), 0
    RadiusStore(folder)
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, str(folder), str(number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(chance.randint(1, 9))]
            threading.Event().wait(chance.random() * 0.05)
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.read().splitlines()
        done, last = lines[-1].split()
        reader = RadiusReader(folder, warm=False)
        reader.verify()
        there = found_ids(reader, int(last) + 2)
        complete = {each for each in range(int(last) * 50 + 50) if each % 50 >= 10}
        under_way = set(range(int(last) * 50, int(last) * 50 + 10))
        following = set(range(int(last) * 50 + 50, int(last) * 50 + 100))
        if done == "added":
            assert there in (complete, complete | under_way)
        else:
            assert there in (complete, complete | following)
        number = int(last) + 1
        RadiusStore(folder).remove(numbered(int(last) * 50, 10))
        RadiusStore(folder).remove(numbered(int(last) * 50 + 50, 50))
    assert {path.suffix for path in folder.iterdir()} <= {".segment", ".removed", ".lock", ".json"}


def found_ids(reader: RadiusReader, numbers: int) -> set[int]:
    """Return the ids that are found by their own hashes."""
    every = [np.random.default_rng(number).integers(0, 256, (50, 32), np.uint8) for number in range(numbers)]
    return set(reader.within(np.concatenate(every), 0)[1].tolist())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_the_version_before(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """It is said in one sentence; nothing half-written is named, and the same works once there is room."""
    store = RadiusStore(folder)
    store.add(numbered(0, 5_000), some(1, 5_000))
    store.add(numbered(0, 100), some(2, 100))
    before = found(RadiusReader(folder), some(1, 5), 31)

    def refuse(_: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        for change in (
            lambda: store.add(numbered(100, 100), some(1, 100)),
            lambda: store.remove(numbered(0, 100)),
            lambda: store.merge(everything=True),
        ):
            with pytest.raises(StoreError, match="takes no more"):
                change()
    assert found(RadiusReader(folder), some(1, 5), 31) == before
    store.remove(numbered(0, 5_000))
    assert not found(RadiusReader(folder), some(1, 5), 31)


def test_arrays_that_do_not_fit_are_refused(folder: Path) -> None:
    """One id and one quality for each hash."""
    store = RadiusStore(folder)
    with pytest.raises(ValueError, match="one id"):
        store.add(numbered(0, 2), some(1, 3))
    with pytest.raises(ValueError, match="one quality"):
        store.add(numbered(0, 3), some(1, 3), np.zeros(2, np.uint8))


def test_weak_hashes_are_found_only_by_equal_ones(folder: Path) -> None:
    """A thousand blank frames answer no query but a blank one, and are asked about once."""
    store = RadiusStore(folder, quality=60)
    blank = np.zeros((1_000, 32), np.uint8)
    store.add(numbered(0, 1_000), blank, np.full(1_000, 59, np.uint8))
    store.add(numbered(1_000, 1), blank[:1], np.array([60], np.uint8))
    near = blank[:1].copy()
    near[0, 0] = 1
    reader = RadiusReader(folder)
    assert found(reader, near, 31) == [(0, 1_000, 1)]
    assert len(found(reader, blank[:1], 31)) == 1_001
    assert len(found(reader, blank[:1], 31, limit=7)) == 7


@pytest.mark.parametrize("content", [b"", b"00000000\n{}", b"x" * 5_000, b'3b2a6e4c\n{"version": 1}'])
def test_a_damaged_manifest_is_said(folder: Path, content: bytes) -> None:
    """Neither readers nor writers take it for an empty index."""
    store = RadiusStore(folder)
    store.add(numbered(0, 1), some(1, 1))
    (folder / "index.json").write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        RadiusReader(folder)
    with pytest.raises(StoreError, match="damaged"):
        store.add(numbered(0, 1), some(1, 1))


def test_a_missing_segment_is_said(folder: Path) -> None:
    """A reader does not wait for it for ever."""
    RadiusStore(folder).add(numbered(0, 1), some(1, 1))
    next(folder.glob("*.segment")).unlink()
    with pytest.raises(StoreError, match="not there"):
        RadiusReader(folder)


def test_a_damaged_list_of_removed_ids_is_said(folder: Path) -> None:
    """Else what was removed would be found again."""
    store = RadiusStore(folder)
    store.add(numbered(0, 9), some(1, 9))
    store.remove(numbered(0, 3))
    removed = next(folder.glob("*.removed"))
    content = removed.read_bytes()
    for damaged in (content[:-1], content[:-16], content[:9] + b"x" + content[10:], b""):
        removed.write_bytes(damaged)
        with pytest.raises(StoreError, match="damaged"):
            RadiusReader(folder)
