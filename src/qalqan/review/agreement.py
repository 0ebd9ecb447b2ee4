"""How far two people's answers agree beyond chance: Cohen's kappa, Krippendorff's alpha, with their intervals.

Both ask the same: of the disagreement that chance alone would bring, how much is not there? 1 is perfect agreement, 0
is what guessing by each answer's frequency gives. Cohen takes each side's own frequencies, Krippendorff those of both
together, and goes on working where answers are missing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qalqan.model.quality import Share

FEW = 20
"""Under so many cases nothing is told: the interval would hold nearly everything."""
ROUNDS = 2000
Z95 = 1.959963984540054
"""The quantile of the normal distribution that 95 % lie within, on both sides."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement, with the interval that holds the true one 95 times in 100."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far answers on the same cases agree."""

    cases: int
    same: Share
    """Cases with the same answer twice."""
    few: bool
    """Fewer cases than anything can be told of."""
    kappa: Coefficient | None
    """None where there are few, or where everybody gave one and the same answer: then it is not defined."""
    alpha: Coefficient | None


def agreement(pairs: Sequence[tuple[str, str]], least: int = FEW) -> Agreement:
    """Return how far pairs of answers agree; coefficients from `least` pairs on."""
    same, few = wilson(sum(one == other for one, other in pairs), len(pairs)), len(pairs) < least
    return Agreement(len(pairs), same, few, None if few else cohen(pairs), None if few else krippendorff(pairs))


def cohen(pairs: Sequence[tuple[Hashable, Hashable]]) -> Coefficient | None:
    """Return Cohen's kappa of pairs of answers; None where it is not defined.

    Source: Cohen, "A coefficient of agreement for nominal scales", 1960; its variance in large samples: Fleiss, Cohen
    and Everitt, "Large sample standard errors of kappa and weighted kappa", 1969, formula 13.
    """
    table = _table(pairs)
    if table is None:
        return None
    firsts, seconds = table.sum(axis=1), table.sum(axis=0)
    observed, chance = float(np.trace(table)), float(firsts @ seconds)
    if chance >= 1 - 1e-12:
        return None
    value = (observed - chance) / (1 - chance)
    sides = firsts[None, :] + seconds[:, None]
    on = float((np.diag(table) * ((1 - chance) - (firsts + seconds) * (1 - observed)) ** 2).sum())
    squares = table * (sides**2)
    off = (1 - observed) ** 2 * float(squares.sum() - np.trace(squares))
    rest = (observed * chance - 2 * chance + observed) ** 2
    variance = max(0.0, on + off - rest) / (len(pairs) * (1 - chance) ** 4)
    return _within(value, Z95 * math.sqrt(variance))


def _table(pairs: Sequence[tuple[Hashable, Hashable]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]] | None:
    """Return the share of each pair of answers, `(k, k) float64`, the first one's down; None of no pairs."""
    if not pairs:
        return None
    answers = {each: number for number, each in enumerate(sorted({one for pair in pairs for one in pair}, key=repr))}
    table = np.zeros((len(answers), len(answers)))
    for one, other in pairs:
        table[answers[one], answers[other]] += 1
    return table / len(pairs)


def _within(value: float, reach: float) -> Coefficient:
    return Coefficient(value, max(-1.0, value - reach), min(1.0, value + reach))


def krippendorff(units: Iterable[Sequence[Hashable]], rounds: int = ROUNDS) -> Coefficient | None:
    """Return Krippendorff's alpha for answers without an order; None where it is not defined.

    Each unit is the answers on one case, of any number of people; one with a single answer says nothing. The interval
    is drawn from `rounds` samples of units, with a fixed seed: the same answers give the same interval.

    Source: Krippendorff, "Computing Krippendorff's alpha-reliability", 2011; resampling of whole units: Zapf et al.,
    "Measuring inter-rater reliability for nominal data", 2016.
    """
    patterns = Counter(tuple(sorted(Counter(map(repr, unit)).items())) for unit in units if len(unit) > 1)
    if not patterns:
        return None
    answers = {name: number for number, name in enumerate(sorted({one for each in patterns for one, _ in each}))}
    counts = np.zeros((len(patterns), len(answers)))
    for row, pattern in enumerate(sorted(patterns)):
        for name, times in pattern:
            counts[row, answers[name]] = times
    often = np.array([patterns[each] for each in sorted(patterns)])
    value = float(_alpha(often[None, :], counts)[0])
    if math.isnan(value):
        return None
    units_in_all = int(often.sum())
    samples = np.random.default_rng(units_in_all).multinomial(units_in_all, often / units_in_all, size=rounds)
    drawn = _alpha(samples, counts)
    # A sample in which everybody gave the same answer defines no alpha; it holds no disagreement.
    low, high = np.quantile(np.where(np.isnan(drawn), 1.0, drawn), [0.025, 0.975])
    return Coefficient(value, float(low), float(high))


def _alpha(
    often: np.ndarray[tuple[int, int], np.dtype[np.int64]], counts: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return alpha for each row of `often`, how many units of each pattern `counts` there are; NaN: not defined."""
    people = counts.sum(axis=1)
    differing = (people**2 - (counts**2).sum(axis=1)) / (people - 1)
    totals = often @ counts
    values = totals.sum(axis=1)
    by_chance = values**2 - (totals**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(by_chance > 0, 1 - (values - 1) * (often @ differing) / by_chance, np.nan)


def wilson(right: int, of: int) -> Share:
    """Return a share with its interval at 95 %.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if not of:
        return Share(0, 0, 0.0, 1.0)
    share, z = right / of, Z95 * Z95 / of
    centre, reach = share + z / 2, Z95 * math.sqrt(share * (1 - share) / of + z / (4 * of))
    low, high = (centre - reach) / (1 + z), (centre + reach) / (1 + z)
    return Share(right, of, 0.0 if right == 0 else max(0.0, low), 1.0 if right == of else min(1.0, high))
