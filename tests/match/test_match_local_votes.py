"""Cells, lists and votes of local features, against plain ways to the same answers."""

from __future__ import annotations

from math import comb

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qalqan.match.local.cells import CELLS, cells_of, codebook
from qalqan.match.local.chance import log_tail, score_of
from qalqan.match.local.examples import invented, upside_down
from qalqan.match.local.index import REACHES, LocalIndex
from qalqan.match.local.postings import Asked, coarse, hits, ordered, signatures_of
from qalqan.match.local.turned import WAYS
from qalqan.model.local import Local

MOST_BITS = 24
WEIGHTS = np.linspace(1, 0, 65, dtype=np.float32)


def words(seed: int, count: int) -> npt.NDArray[np.uint64]:
    """Return random points' bits."""
    return np.random.default_rng(seed).integers(0, 2**64, (count, 2), dtype=np.uint64)


def apart(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Return the bits in which every word of one differs from every word of the other."""
    return np.asarray(np.bitwise_count(a[:, None] ^ b[None]), np.int64)


@given(st.integers(0, 10_000), st.integers(1, 16))
@settings(max_examples=25)
def test_cells_are_the_nearest_pairs_of_centres(seed: int, probes: int) -> None:
    """The first is made of each half's nearest centre; the sums of both distances never fall."""
    points = words(seed, 20)
    upper, lower = apart(points[:, 0], codebook()), apart(points[:, 1].byteswap(), codebook())
    cells = cells_of(points, probes)
    sums = np.take_along_axis(upper, cells // 256, 1) + np.take_along_axis(lower, cells % 256, 1)
    assert np.array_equal(sums[:, 0], upper.min(axis=1) + lower.min(axis=1))
    assert (np.diff(sums, axis=1) >= 0).all()
    assert all(len(set(row)) == probes for row in cells.tolist())


@pytest.mark.parametrize("probes", [0, 17])
def test_more_cells_than_there_are_combinations_cannot_be_asked_for(probes: int) -> None:
    """The loops have room for sixteen."""
    with pytest.raises(ValueError, match="cells"):
        cells_of(words(1, 3), probes)


@given(st.integers(0, 10_000), st.integers(0, 300), st.integers(0, 40))
@settings(max_examples=25)
def test_hits_are_all_near_signatures_of_the_cells_looked_into(seed: int, known: int, asked: int) -> None:
    """As many and the same as a look at each pair gives."""
    random = np.random.default_rng(seed)
    cells = random.integers(0, 5, known).astype(np.int32)
    places = random.integers(0, 256, (known, 4), dtype=np.uint8)
    marks = random.integers(0, 2**64, known, dtype=np.uint64)
    postings = ordered(cells, random.integers(0, 9, known).astype(np.uint32), marks, places)
    question = Asked(
        random.permuted(np.tile(np.arange(5, dtype=np.int32), (asked, 1)), axis=1)[:, :2].copy(),
        random.integers(0, 2**64, asked, dtype=np.uint64),
        random.integers(0, 256, (asked, 4), dtype=np.uint8),
        np.zeros(asked, np.uint8),
    )
    where, who, worth = hits(question, postings, WEIGHTS, MOST_BITS)
    distances = apart(question.signatures, postings.signatures)
    of_cell = np.repeat(np.arange(CELLS), np.diff(postings.starts))
    looked = (question.cells[:, :, None] == of_cell[None, None]).any(axis=1)
    assert sorted(zip(who.tolist(), where.tolist(), strict=True)) == [
        (i, j) for i, j in np.argwhere(looked & (distances <= MOST_BITS)).tolist()
    ]
    assert (worth > 0).all()


def test_endless_lists_are_not_read() -> None:
    """A point that looks like a thousand others says nothing."""
    same = np.zeros(2000, np.uint64)
    postings = ordered(np.zeros(2000, np.int32), np.arange(2000, dtype=np.uint32), same, np.zeros((2000, 4), np.uint8))
    question = Asked(np.zeros((1, 1), np.int32), same[:1], np.zeros((1, 4), np.uint8), np.zeros(1, np.uint8))
    where, _, _ = hits(question, postings, WEIGHTS, MOST_BITS)
    assert len(where) == 0


def test_signatures_hold_every_second_bit_of_both_words() -> None:
    """What differs in an even bit only is not seen; the others are all there."""
    assert signatures_of(np.array([[0xAA, 0xAA]], np.uint64)).tolist() == [0xFF]
    assert signatures_of(np.array([[0x55, 0x55]], np.uint64)).tolist() == [0]


def test_coarse_places_do_not_depend_on_the_picture_s_size() -> None:
    """The same picture read at half its size gives the same bytes."""
    places = np.array([[100.0, 40.0, 3.0, 1.0], [511.0, 300.0, 5.5, -3.0]], np.float32)
    half = places * (0.5, 0.5, 1, 1) - (0, 0, 1, 0)
    assert np.array_equal(coarse(places, 512.0), coarse(half.astype(np.float32), 256.0))


@pytest.fixture(scope="module")
def index() -> LocalIndex:
    """Return an index of thirty invented pictures."""
    return LocalIndex.build([invented(seed) for seed in range(30)])


@pytest.mark.parametrize("seed", [0, 7, 29])
def test_the_right_picture_and_way_come_first(seed: int, index: LocalIndex) -> None:
    """All its points are at their places; hardly any of another's are."""
    first, *others = index.voted(upside_down(invented(seed)))
    assert (first.number, WAYS[first.way]) == (seed, (False, False))
    assert first.votes > 50
    assert all(other.votes < 4 for other in others)


def test_candidates_are_told_once_each_and_at_most_as_many_as_asked_for(index: LocalIndex) -> None:
    """A picture that speaks in several ways is one candidate."""
    numbers = [number for number, _ in index.candidates(invented(3), 5)]
    assert len(numbers) == len(set(numbers)) <= 5


def test_a_larger_index_is_asked_more_narrowly() -> None:
    """Chance votes grow with the number of points: probes and bits must fall."""
    reaches = [reach for _, reach in REACHES]
    assert [reach.probes for reach in reaches] == sorted((reach.probes for reach in reaches), reverse=True)


def test_an_index_of_pictures_without_points_is_no_error() -> None:
    """Plain pictures may be banked."""
    empty = invented(1).first(0)
    assert LocalIndex.build([empty, empty]).find(invented(1)) == []
    assert LocalIndex.build([]).find(invented(1)) == []
    assert LocalIndex.build([invented(1)]).find(empty) == []


def test_the_same_points_at_places_by_chance_are_no_find(index: LocalIndex) -> None:
    """What is shared is shared only where it lies as it should."""
    known = invented(5)
    shuffled = known.points.copy()
    order = np.random.default_rng(5).permutation(len(shuffled))
    shuffled["x"], shuffled["y"] = shuffled["x"][order], shuffled["y"][order]
    assert all(one.score < 6 for _, one in index.find(Local(known.width, known.height, shuffled, known.thumb)))


@given(st.integers(4, 60), st.integers(0, 300), st.integers(4, 40))
def test_more_agreement_is_a_better_score_and_more_chances_a_worse_one(agree: int, chances: int, bits: int) -> None:
    """The score rises with each agreeing pair and falls with pairs that could have agreed and did not."""
    area = 512.0 * 384.0

    def score(good: int, bad: int) -> float:
        return score_of(np.full(good + bad, bits, np.int32), np.arange(good + bad) < good, area, 1.0)

    assert score(agree + 1, chances) >= score(agree, chances) >= score(agree, chances + 20) >= 0


@given(st.integers(1, 60), st.floats(0, 1), st.floats(0.001, 0.5))
def test_the_tail_is_never_below_the_exact_one(n: int, share: float, chance: float) -> None:
    """The score may say too little, never too much."""
    k = round(share * n)
    exact = sum(comb(n, i) * chance**i * (1 - chance) ** (n - i) for i in range(k, n + 1))
    assert 10 ** log_tail(n, k, chance) >= exact * (1 - 1e-9)
