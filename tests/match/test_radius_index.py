"""The index in memory, held to the plain search: whatever the data, the same answers."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qalqan.match.radius import Found, Hashes, PlainRadius, RadiusIndex
from qalqan.match.radius.index import PLAIN
from qalqan.match.radius.plan import lengths, parts_for, probe


def made(seed: int, many: int, shape: str) -> tuple[Hashes, Hashes]:
    """Return hashes of a certain kind, and queries at 0 to 60 bits from some of them."""
    chance = np.random.default_rng(seed)
    if shape == "random":
        hashes = chance.integers(0, 256, (many, 32), np.uint8)
    elif shape == "clusters":
        centres = chance.integers(0, 256, (9, 32), np.uint8)
        sizes = 1.0 / np.arange(1, 10)
        hashes = moved(centres[chance.choice(9, many, p=sizes / sizes.sum())], chance, 8)
    elif shape == "copies":
        hashes = chance.integers(0, 256, (40, 32), np.uint8)[chance.integers(0, 40, many)]
    else:  # few different bytes: every part has the same few values
        hashes = chance.choice(np.array([0, 1, 255], np.uint8), (many, 32), p=[0.9, 0.05, 0.05])
    return hashes, moved(hashes[chance.integers(0, many, 12)], chance, 60)


def moved(hashes: Hashes, chance: np.random.Generator, most: int) -> Hashes:
    """Return copies with up to `most` bits changed in each."""
    bits = np.unpackbits(hashes, axis=1)
    ranks = chance.random(bits.shape).argsort(axis=1)
    return np.packbits(bits ^ (ranks < chance.integers(0, most + 1, (len(bits), 1))), axis=1)


def assert_same(found: Found, expected: Found) -> None:
    """Fail unless both say the same in the same order and form."""
    assert [array.dtype for array in found] == [array.dtype for array in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


SHAPES = st.sampled_from(["random", "clusters", "copies", "few bytes"])


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32),
    many=st.integers(PLAIN + 1, PLAIN + 3_000),
    shape=SHAPES,
    radius=st.one_of(st.integers(0, 31), st.sampled_from([32, 40, 64, 128, 255])),
)
def test_finds_what_the_plain_search_finds(seed: int, many: int, shape: str, radius: int) -> None:
    """Any radius; random, clustered, repeated and skewed hashes; as sorted and in the same types."""
    hashes, queries = made(seed, many, shape)
    assert_same(RadiusIndex(hashes).within(queries, radius), PlainRadius(hashes).within(queries, radius))


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), many=st.sampled_from([5, 3_000]), shape=SHAPES, limit=st.integers(1, 50))
def test_a_limit_keeps_the_nearest(seed: int, many: int, shape: str, limit: int) -> None:
    """Each query gets the nearest so many, true ones, in the order of the rows; of equally near ones any."""
    hashes, queries = made(seed, many, shape)
    whose, rows, bits = RadiusIndex(hashes).within(queries, 31, limit)
    every = dict(zip(*pairs(PlainRadius(hashes).within(queries, 31)), strict=True))
    for query in range(len(queries)):
        nearest = sorted(distance for (owner, _), distance in every.items() if owner == query)[:limit]
        assert sorted(bits[whose == query].tolist()) == nearest
        assert (np.diff(rows[whose == query]) > 0).all()
    assert all(every[pair] == distance for pair, distance in zip(*pairs((whose, rows, bits)), strict=True))


def pairs(found: Found) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the (query, row) pairs and their distances."""
    return list(zip(found[0].tolist(), found[1].tolist(), strict=True)), found[2].tolist()


def test_a_hundred_thousand_hashes() -> None:
    """At a size where each table has hundreds of thousands of values: near and far queries, some rows repeated."""
    hashes, queries = made(3, 100_000, "random")
    hashes[::7] = hashes[3]
    index = RadiusIndex(hashes)
    assert_same(index.within(queries, 31), PlainRadius(hashes).within(queries, 31))
    assert_same(index.within(hashes[3:4], 0), PlainRadius(hashes).within(hashes[3:4], 0))


def test_many_queries_at_once() -> None:
    """They are answered in blocks, and numbered through all of them."""
    hashes, _ = made(5, 3_000, "clusters")
    assert_same(RadiusIndex(hashes).within(hashes[:700], 9), PlainRadius(hashes).within(hashes[:700], 9))


def test_more_rows_with_one_value_than_are_compared_at_a_time() -> None:
    """Eight thousand different hashes that agree in their first half are all found from one of them."""
    chance = np.random.default_rng(1)
    hashes = np.zeros((8_000, 32), np.uint8)
    hashes[:, 16:] = chance.integers(0, 256, (8_000, 16), np.uint8)
    assert_same(RadiusIndex(hashes).within(hashes[:3], 64), PlainRadius(hashes).within(hashes[:3], 64))
    near = moved(np.repeat(hashes[:1], 8_000, axis=0), chance, 15)
    assert_same(RadiusIndex(near).within(hashes[:1], 31), PlainRadius(near).within(hashes[:1], 31))


@pytest.mark.parametrize("many", [0, 1, PLAIN, PLAIN + 1])
def test_no_queries_and_no_rows(many: int) -> None:
    """Nothing is found where there is nothing, in the same form."""
    hashes = np.zeros((many, 32), np.uint8)
    none = np.empty((0, 32), np.uint8)
    assert_same(RadiusIndex(hashes).within(none, 31), PlainRadius(hashes).within(none, 31))
    assert_same(RadiusIndex(hashes).within(np.full((1, 32), 255, np.uint8), 31), (
        np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.uint8)
    ))  # fmt: skip


def test_what_is_no_hash_is_refused() -> None:
    """Rows of another length or type are a mistake of the caller."""
    with pytest.raises(ValueError, match="rows of 32 bytes"):
        RadiusIndex(np.zeros((PLAIN + 1, 31), np.uint8))
    index = RadiusIndex(np.zeros((PLAIN + 1, 32), np.uint8))
    with pytest.raises(ValueError, match="rows of 32 bytes"):
        index.within(np.zeros((1, 32), np.uint64), 31)


@pytest.mark.parametrize("rows", [3_000, 100_000, 1_000_000, 10_000_000, 100_000_000])
def test_every_probe_is_complete(rows: int) -> None:
    """Hashes r bits apart have a part within its radius: the radii and one more for each part add up to r + 1."""
    parts = parts_for(rows)
    assert sum(lengths(parts)) == 256
    for radius in range(32):
        plan = probe(parts, rows, radius)
        if plan is None:
            continue  # all rows are looked at
        guaranteed = 0
        for table, bits in enumerate(lengths(parts)):
            masks = set(plan.masks[plan.begins[table] : plan.begins[table + 1]].tolist())
            near = max((mask.bit_count() for mask in masks), default=-1)
            assert len(masks) == sum(comb(bits, count) for count in range(near + 1))
            assert all(0 <= mask < 1 << bits for mask in masks)
            guaranteed += near + 1
        assert guaranteed == radius + 1
