"""The file of a segment: whatever happens to its bytes is noticed, and never leads outside of it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qalqan.errors import StoreError
from qalqan.match.radius import RadiusReader, RadiusStore, file
from qalqan.match.radius.arrays import Ids, Words
from qalqan.match.radius.fold import fold, unfold
from qalqan.match.radius.permute import ORDER, permuted
from qalqan.match.radius.segment import build

MANY = 5_000


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a segment with tables, crowded groups, repeated and weak hashes; return its file."""
    words, ids = material()
    path = tmp_path_factory.mktemp("segment") / "one"
    file.write(path, fold(words, ids), fold(words[:50], ids[:50]))
    return path


def material() -> tuple[Words, Ids]:
    """Return words, of which a third are near each other, and ids."""
    hashes = np.random.default_rng(4).integers(0, 256, (MANY, 32), np.uint8)
    hashes[::3, 4:] = 7
    hashes[::50] = 1
    return permuted(hashes), np.arange(MANY, dtype=np.uint64)


def test_a_mapped_segment_answers_like_one_in_memory(written: Path) -> None:
    """The same arrays, the same answers, in any radius."""
    words, ids = material()
    mapped, made = file.opened(written), build(words, ids, words[:50], ids[:50])
    mapped.verify()
    assert made.tables is not None
    assert len(made.tables.crowded)
    for radius in (0, 31, 200):
        for one, other in zip(
            mapped.segment.within(words[:20], radius), made.within(words[:20], radius), strict=True
        ):  # fmt: skip
            np.testing.assert_array_equal(one, other)
    assert mapped.segment.rows == MANY + 50
    assert mapped.segment.bytes == made.bytes


def test_folding_and_unfolding_keep_every_pair() -> None:
    """Hashes and ids are the same afterwards, in the order of the hashes and ids."""
    words, ids = material()
    postings = fold(words, ids)
    assert len(postings.hashes) == len(np.unique(words, axis=0))
    out, named = unfold(postings)
    order = np.lexsort((ids, *words.T[::-1]))
    np.testing.assert_array_equal(out, words[order])
    np.testing.assert_array_equal(named, ids[order])


def test_the_order_of_bits_is_as_in_all_files() -> None:
    """Files that were written keep their meaning: these figures never change."""
    assert sorted(ORDER) == list(range(256))
    assert zlib.crc32(bytes(ORDER)) == 2_043_706_891
    hashes = np.random.default_rng(1).integers(0, 256, (2, 32), np.uint8)
    bits = np.unpackbits(hashes, axis=1)[:, list(ORDER)]
    np.testing.assert_array_equal(permuted(hashes), np.ascontiguousarray(np.packbits(bits, axis=1)).view(">u8"))


@settings(max_examples=150)
@given(data=st.data())
def test_damage_is_noticed_and_harmless(written: Path, data: st.DataObject) -> None:
    """Some bytes are overwritten: opening refuses it, or searches end and verifying refuses it."""
    content = bytearray(written.read_bytes())
    start = data.draw(st.one_of(st.integers(0, 100), st.integers(file.BEGIN, len(content) - 1)), "start")
    damage = data.draw(st.binary(min_size=1, max_size=64), "damage")
    fits = damage[: len(content) - start]
    if content[start : start + len(fits)] == fits or HOLE <= start < file.BEGIN:
        return
    content[start : start + len(fits)] = fits
    path = written.with_name("damaged")
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        _used(path)


HOLE = file.HEADER.size + 4
"""From here to the first array there is nothing."""


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(["strong.starts", "groups", "rows", "crowded", "weak.starts"]))
def test_arrays_full_of_nonsense_are_harmless(written: Path, seed: int, name: str) -> None:
    """Even where all places that lead elsewhere are random: searches end, and nothing outside is read."""
    mapped = file.opened(written)
    place = file.Layout(file.Counts(*_counts(written))).places[name]
    content = bytearray(written.read_bytes())
    content[place.start : place.end] = np.random.default_rng(seed).bytes(place.end - place.start)
    path = written.with_name("nonsense")
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        _used(path)
    mapped.verify()


def _counts(path: Path) -> tuple[int, ...]:
    _, _, parts, strong, strong_ids, weak, weak_ids, crowded, _ = file.HEADER.unpack(
        path.read_bytes()[: file.HEADER.size]
    )
    return parts, strong, strong_ids, weak, weak_ids, crowded


def _used(path: Path) -> None:
    mapped = file.opened(path)
    words, _ = material()
    mapped.segment.within(words[:2], 20, 1_000)
    mapped.verify()


@pytest.mark.parametrize("kept", [0, 10, 4_095, 4_096, 100_000, -1])
def test_a_file_that_was_cut_is_refused(written: Path, kept: int) -> None:
    """Its size is compared with what its header says."""
    path = written.with_name("cut")
    path.write_bytes(written.read_bytes()[:kept])
    with pytest.raises(StoreError, match="damaged"):
        file.opened(path)


@pytest.mark.parametrize(
    ("parts", "count", "version"), [(8, 1, 1), (10_000, 1, 1), (0, 1 << 63, 1), (16, (1 << 32) - 1, 1), (0, 1, 2)]
)
def test_counts_that_cannot_be_are_refused(tmp_path: Path, parts: int, count: int, version: int) -> None:
    """A header with a right checksum allocates nothing that the file does not have."""
    head = file.HEADER.pack(file.MAGIC, version, parts, count, count, count, count, count, 0)
    (tmp_path / "one").write_bytes((head + struct.pack("<I", zlib.crc32(head))).ljust(8_192, b"\0"))
    with pytest.raises(StoreError, match="damaged"):
        file.opened(tmp_path / "one")


def test_damage_that_is_found_while_warming_stops_searches(tmp_path: Path) -> None:
    """A reader that has found it out gives no more answers."""
    RadiusStore(tmp_path).add(np.arange(5, dtype=np.uint64), np.zeros((5, 32), np.uint8))
    segment = next(tmp_path.glob("*.segment"))
    content = bytearray(segment.read_bytes())
    content[file.BEGIN] ^= 1
    segment.write_bytes(content)
    reader = RadiusReader(tmp_path)
    reader.warmed(30.0)
    with pytest.raises(StoreError, match="checksum"):
        reader.within(np.zeros((1, 32), np.uint8), 31)
    with pytest.raises(StoreError, match="checksum"):
        reader.verify()
