"""How far people agree: coefficients that others have computed before us, and what is told of few cases."""

from __future__ import annotations

import math

import krippendorff as yardstick
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.review.agreement import FEW, agreement, cohen, krippendorff, wilson

answers = st.sampled_from(["terrorist", "lawful", "not-enough"])


def pairs_of(table: list[list[int]]) -> list[tuple[int, int]]:
    """Return pairs of answers whose table this is."""
    return [(row, column) for row, line in enumerate(table) for column, n in enumerate(line) for _ in range(n)]


def test_kappa_of_a_published_table() -> None:
    """20 of 50 proposals taken by both, 15 by neither: 0.4, the worked example of many textbooks."""
    found = cohen(pairs_of([[20, 5], [10, 15]]))
    assert found is not None
    assert found.value == pytest.approx(0.4)


def test_the_interval_of_kappa_is_the_published_one() -> None:
    """Fleiss, Cohen and Everitt, 1969, table 1: kappa 0.429, its variance 0.002885."""
    table = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
    found = cohen(pairs_of(table))
    assert found is not None
    assert found.value == pytest.approx(0.429, abs=0.001)
    assert ((found.high - found.low) / 2 / 1.959964) ** 2 == pytest.approx(0.002885, abs=0.00001)


def test_alpha_of_the_published_example() -> None:
    """Krippendorff, 2011, example C: four observers, answers missing; alpha for answers without an order is 0.743."""
    nothing = None
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nothing, nothing, nothing],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nothing, 3],
        [nothing, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nothing],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nothing],
    ]
    found = krippendorff([[one for one in unit if one is not None] for unit in zip(*rows, strict=True)])
    assert found is not None
    assert found.value == pytest.approx(0.743, abs=0.001)
    assert found.low < found.value <= found.high


@given(st.lists(st.lists(answers, min_size=2, max_size=4), min_size=2, max_size=30))
def test_alpha_is_what_another_implementation_says(units: list[list[str]]) -> None:
    """The library `krippendorff` comes to the same figure, or neither is defined."""
    names = sorted({one for unit in units for one in unit})
    counts = np.array([[unit.count(name) for name in names] for unit in units])
    found = krippendorff(units, rounds=10)
    if len(names) < 2:
        assert found is None
        return
    theirs = yardstick.alpha(value_counts=counts, level_of_measurement="nominal")
    assert found is not None
    assert found.value == pytest.approx(theirs, abs=1e-9)


@given(st.lists(st.tuples(answers, answers), min_size=1, max_size=60))
def test_kappa_is_its_definition(pairs: list[tuple[str, str]]) -> None:
    """What agrees beyond chance, of what could; it is undefined only where both gave one answer throughout."""
    size = len(pairs)
    observed = sum(one == other for one, other in pairs) / size
    names = {one for pair in pairs for one in pair}
    chance = sum(
        sum(one == name for one, _ in pairs) * sum(other == name for _, other in pairs) / size**2 for name in names
    )
    found = cohen(pairs)
    if math.isclose(chance, 1):
        assert found is None
    else:
        assert found is not None
        assert found.value == pytest.approx((observed - chance) / (1 - chance), abs=1e-9)
        assert -1 <= found.low <= found.value <= found.high <= 1


def test_few_cases_tell_nothing() -> None:
    """Under the least number of cases no coefficient is given, and the shares say how wide they are."""
    found = agreement([("lawful", "lawful"), ("lawful", "terrorist")] * 5)
    assert (found.few, found.kappa, found.alpha) == (True, None, None)
    assert (found.same.right, found.same.of) == (5, 10)
    assert found.same.low < 0.25
    assert found.same.high > 0.75


def test_one_answer_throughout_defines_nothing() -> None:
    """Where everybody always gives the same answer there is no chance to compare with."""
    found = agreement([("lawful", "lawful")] * FEW)
    assert (found.few, found.kappa, found.alpha) == (False, None, None)
    assert found.same.share == 1


def test_the_same_answers_give_the_same_interval() -> None:
    """Drawing is fixed: a page that is loaded anew shows the same figures."""
    pairs = [("lawful", "lawful")] * 30 + [("lawful", "terrorist")] * 5 + [("terrorist", "terrorist")] * 15
    assert agreement(pairs) == agreement(list(reversed(pairs)))


def test_the_interval_of_alpha_holds_the_truth_about_as_often_as_it_says() -> None:
    """Of 200 samples drawn from one known way of answering, at least 90 % of the intervals hold its true alpha."""
    draw = np.random.default_rng(7)
    held = 0
    for _ in range(200):
        truth = draw.random(150) < 0.5
        both = [tuple(bool(one) ^ bool(draw.random() < 0.1) for _ in range(2)) for one in truth]
        found = krippendorff(both, rounds=400)
        assert found is not None
        held += found.low <= 0.64 <= found.high  # 1 - 0.18 / 0.5
    assert held >= 180


@pytest.mark.parametrize(
    ("right", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)]
)
def test_the_interval_of_a_share_is_the_published_one(right: int, of: int, low: float, high: float) -> None:
    """Newcombe, 1998, table I gives 81 of 263 as 0.2553 to 0.3662."""
    found = wilson(right, of)
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-4)


def test_of_nothing_everything_is_possible() -> None:
    """A share of nothing has no value, and an interval that holds all."""
    found = wilson(0, 0)
    assert (found.share, found.low, found.high) == (None, 0.0, 1.0)
