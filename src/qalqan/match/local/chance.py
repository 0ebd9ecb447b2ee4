"""How likely it is that as many pairs of points agree by chance.

The number of false alarms: L. Moisan and B. Stival, "A probabilistic criterion to detect rigid point matches", IJCV
2004. Its negative logarithm to base ten is the score: with a score of s, ten to the power of −s agreements like it are
to be expected where nothing is shared and points lie by chance. Points of real pictures do not, so the line that
is drawn is far above 0 and measured, not deduced.
"""

from __future__ import annotations

from math import lgamma, log, log10, pi

import numpy as np
import numpy.typing as npt

from qalqan.match.local.geometry import SIZE_OFF, TIGHT_PIXELS, TURN_OFF

STEPS = (16, 20, 24, 28, 32, 36, 40, 44)
"""Distances in bits up to which pairs are looked at: few near pairs that agree say more than many far ones."""

WAYS_TRIED = 4
"""Mirrored, inverted, both, neither."""
OCTAVES = 4.0
"""Sizes of points in one picture lie about so far apart."""


def score_of(distances: npt.NDArray[np.int32], agree: npt.NDArray[np.bool_], area: float, size: float) -> float:
    """Return −log₁₀ of the expected number of agreements like this one by chance.

    `distances` (n,) in bits and whether each pair agrees (counted once a place); `area` of the query in pixels;
    `size`: how much larger the known picture is there.
    """
    chance = _chance(area, size)
    best = 0.0
    for step in STEPS:
        near = distances <= step
        best = max(best, _one_step(int(near.sum()), int((near & agree).sum()), chance))
    return best


def _chance(area: float, size: float) -> float:
    """Return how likely a pair by chance lies where a map says, with its turn and size."""
    pixels = TIGHT_PIXELS * min(max(size, 0.6), 1.6)
    place = pi * pixels**2 / max(area * 0.5, 1.0)
    return min(0.5, max(place, 1e-3) * (TURN_OFF / pi) * (2 * SIZE_OFF / OCTAVES))


def _one_step(pairs: int, agreeing: int, chance: float) -> float:
    """Two pairs are taken by the hypothesis itself; the others agree by chance or not."""
    free, good = pairs - 2, agreeing - 2
    if good <= 0:
        return 0.0
    tests = pairs * WAYS_TRIED * len(STEPS)
    return max(0.0, -(log10(tests) + log_tail(free, good, chance)))


def log_tail(n: int, k: int, chance: float) -> float:
    """Return log₁₀ of the binomial tail P(X ≥ k), k ≤ n, or a little more: its first term and a bound on the rest."""
    rest = (n - k) / (k + 1) * chance / (1 - chance)
    if k <= n * chance or rest >= 1:
        return 0.0
    first = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(chance) + (n - k) * log(1 - chance)
    return min(0.0, (first - log(1 - rest)) / log(10))
