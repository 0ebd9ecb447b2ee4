"""The file of a segment: a header, the arrays as they are used, and a checksum of each block.

What is checked when: opening compares the file's size with what the header's counts add up to, and verifies the
header's checksum and that of the table of checksums, so a file of any size opens in milliseconds. `Mapped.verify`
goes through the blocks; it also brings the file into memory. Until it has, a search over damaged blocks may give wrong
answers, but never reads outside of the arrays.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt

from qalqan.errors import StoreError
from qalqan.match.radius import plan, tables
from qalqan.match.radius.arrays import Postings
from qalqan.match.radius.fold import MOST
from qalqan.match.radius.segment import Segment

MAGIC = b"QALQANRI"
FORMAT = 1
HEADER = struct.Struct("<8sII5QI")
"""Magic, format, parts, the five counts, the checksum of the checksums; then the checksum of all of this."""
BEGIN = 4_096
"""Where the arrays begin."""
BLOCK = 1 << 20
"""Bytes that one checksum covers."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each: all sizes follow from these."""

    parts: int
    strong: int
    strong_ids: int
    weak: int
    weak_ids: int
    crowded: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an array lies in the file."""

    start: int
    shape: tuple[int, ...]
    type: np.dtype[Any]

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.start + int(np.prod(self.shape, dtype=object)) * self.type.itemsize


class Layout:
    """Where everything lies, for some counts."""

    def __init__(self, counts: Counts) -> None:
        groups = sum(1 << bits for bits in plan.lengths(counts.parts)) // tables.GROUP if counts.parts else 0
        shapes: list[tuple[str, tuple[int, ...], str]] = [
            ("strong.hashes", (counts.strong, 4), "<u8"),
            ("strong.starts", (counts.strong + 1,), "<u4"),
            ("strong.ids", (counts.strong_ids,), "<u8"),
            ("weak.hashes", (counts.weak, 4), "<u8"),
            ("weak.starts", (counts.weak + 1,), "<u4"),
            ("weak.ids", (counts.weak_ids,), "<u8"),
            ("groups", (groups, 2), "<u8"),
            ("rows", (max(0, counts.parts - 1), counts.strong), "<u4"),
            ("crowded", (counts.crowded, tables.GROUP + 1), "<u4"),
        ]
        self.places: dict[str, Place] = {}
        end = BEGIN
        for name, shape, kind in shapes:
            # Arrays begin where lines of the cache do.
            self.places[name] = Place(-(-end // 64) * 64, shape, np.dtype(kind))
            end = self.places[name].end
        self.blocks = Place(-(-end // 64) * 64, (-(-(end - BEGIN) // BLOCK),), np.dtype("<u4"))


def write(path: Path, strong: Postings, weak: Postings) -> None:
    """Write a new segment that the disk has when this returns. Raises OSError. One table at a time is in memory."""
    parts = plan.parts_for(len(strong.hashes))
    counts = Counts(parts, len(strong.hashes), len(strong.ids), len(weak.hashes), len(weak.ids), 0)
    layout = Layout(counts)
    with path.open("x+b") as file:
        for name, array in _named(strong, weak).items():
            _put(file, layout.places[name].start, array)
        crowded = _put_tables(file, layout, strong, parts)
        counts = Counts(parts, counts.strong, counts.strong_ids, counts.weak, counts.weak_ids, len(crowded))
        layout = Layout(counts)
        _put(file, layout.places["crowded"].start, crowded)
        file.truncate(layout.blocks.start)
        sums = _sums(file, layout)
        _put(file, layout.blocks.start, sums)
        head = HEADER.pack(MAGIC, FORMAT, parts, *_five(counts), zlib.crc32(sums.tobytes()))
        file.seek(0)
        file.write(head + struct.pack("<I", zlib.crc32(head)))
        file.flush()
        os.fsync(file.fileno())


def _put_tables(file: BufferedRandom, layout: Layout, strong: Postings, parts: int) -> npt.NDArray[np.uint32]:
    """Write the groups and rows of each table; return the crowded groups."""
    crowded = [np.empty((0, tables.GROUP + 1), np.uint32)]
    groups, rows = layout.places["groups"].start, layout.places["rows"].start
    for table in tables.each_table(strong.hashes, parts) if parts else ():
        groups = _put(file, groups, table.groups)
        rows = _put(file, rows, table.rows)
        crowded.append(table.crowded)
    return np.concatenate(crowded)


def _put(file: BufferedRandom, start: int, array: npt.NDArray[Any]) -> int:
    """Write an array at `start`; return where it ends."""
    file.seek(start)
    if array.size:
        file.write(np.ascontiguousarray(array).data.cast("B"))
    return start + array.nbytes


def _sums(file: BufferedRandom, layout: Layout) -> npt.NDArray[np.uint32]:
    file.seek(BEGIN)
    (blocks,) = layout.blocks.shape
    return np.array(
        [zlib.crc32(file.read(min(BLOCK, layout.blocks.start - file.tell()))) for _ in range(blocks)], "<u4"
    )


def _five(counts: Counts) -> tuple[int, int, int, int, int]:
    return counts.strong, counts.strong_ids, counts.weak, counts.weak_ids, counts.crowded


def _named(strong: Postings, weak: Postings) -> dict[str, npt.NDArray[Any]]:
    return {
        f"{name}.{field}": array
        for name, postings in (("strong", strong), ("weak", weak))
        for field, array in postings._asdict().items()
    }


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """A segment that is mapped from its file. It goes when nobody holds its arrays any more."""

    path: Path
    segment: Segment
    _bytes: mmap.mmap
    _layout: Layout

    def verify(self, stop: Event | None = None) -> None:
        """Compare all blocks with their checksums. Raises StoreError for the first that differs."""
        sums = _view(self._bytes, self._layout.blocks)
        for number, expected in enumerate(sums.tolist()):
            start = BEGIN + number * BLOCK
            with (
                memoryview(self._bytes) as whole,
                whole[start : min(start + BLOCK, self._layout.blocks.start)] as block,
            ):
                if zlib.crc32(block) != expected:
                    raise _damaged(self.path, f"block {number} has another checksum")
            if stop is not None and stop.is_set():
                return


def opened(path: Path) -> Mapped:
    """Map a segment. Raises StoreError where damage can be seen at once, OSError where it is not there."""
    with path.open("rb") as file:
        size = path.stat().st_size
        if size < BEGIN:
            raise _damaged(path, "it is too short")
        data = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    counts, sums = _header(path, data)
    layout = Layout(counts)
    if layout.blocks.end != size:
        raise _damaged(path, f"it has {size:,} bytes where its header says {layout.blocks.end:,}")
    if zlib.crc32(_view(data, layout.blocks).tobytes()) != sums:
        raise _damaged(path, "its checksums have another checksum")
    views = {name: _view(data, place) for name, place in layout.places.items()}
    return Mapped(path, _segment(views, counts.parts), data, layout)


def _header(path: Path, data: mmap.mmap) -> tuple[Counts, int]:
    """Return the counts and the checksum of the checksums, after looking whether they can be."""
    head = data[: HEADER.size]
    magic, version, parts, strong, strong_ids, weak, weak_ids, crowded, sums = HEADER.unpack(head)
    if magic != MAGIC or data[HEADER.size : HEADER.size + 4] != struct.pack("<I", zlib.crc32(head)):
        raise _damaged(path, "its header has another checksum")
    if version != FORMAT:
        raise _damaged(path, f"it has the format {version}, not {FORMAT}")
    counts = Counts(parts, strong, strong_ids, weak, weak_ids, crowded)
    if (parts and parts not in plan.PARTS) or max(_five(counts)) > MOST:
        raise _damaged(path, "its counts cannot be")
    return counts, sums


def _segment(views: dict[str, npt.NDArray[Any]], parts: int) -> Segment:
    strong, weak = (Postings(*(views[f"{name}.{field}"] for field in Postings._fields)) for name in ("strong", "weak"))
    made = tables.assembled(parts, views["groups"], views["crowded"], views["rows"]) if parts else None
    return Segment(strong, weak, made)


def _view(data: mmap.mmap, place: Place) -> npt.NDArray[Any]:
    return np.frombuffer(data, place.type, int(np.prod(place.shape)), place.start).reshape(place.shape)


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        f"The index file {path} is damaged: {why}.",
        hint="Remove its folder and build the index again from the banks.",
    )
