"""Learns from people's decisions in which order to show the items of one band: never a band, never a decision.

A logistic regression over which reasons an item has. It sees the reasons' names in the policy, their points and their
number; never a word, a language, an author, a channel or a name.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qalqan.errors import BadValue
from qalqan.model.assessments import Assessment, Band
from qalqan.model.ids import Id

FOLDS = 5
SUPPORTS = "supports"
"""The number of supporting reasons, tenths; ten at most count."""
_MOST_SUPPORTS = 10
_PENALTY = 1.0
_STEPS = 50
_CLOSE = 1e-10
_FLAT = 30.0
"""Where the logistic function is held: beyond it, nothing but rounding changes."""

Floats = NDArray[np.float64]


class Outcome(StrEnum):
    """What a person found an item to be."""

    TERRORIST = "terrorist"
    LAWFUL = "lawful"
    NOT_ENOUGH = "not-enough"
    CONTEXT = "news-research-counter"
    WRONG_MATCH = "wrong-match"


@dataclass(frozen=True, slots=True)
class Decided:
    """An item with a person's decision, and what now stands for it."""

    item_id: Id
    outcome: Outcome
    made: tuple[Assessment, ...]

    @property
    def band(self) -> Band:
        """The band of its strongest assessment."""
        return min(self.made, key=lambda one: (-one.score, one.category)).band


@dataclass(frozen=True, slots=True)
class Model:
    """A learned order. Raises BadValue where its parts do not fit together."""

    policy: str
    """Name and version of the policy under which the decided items had been weighed."""
    made_at: datetime
    decisions: int
    terrorist: int
    """How many of them found terrorist content."""
    decided: str
    """SHA-256 of the decisions that it was learned from."""
    names: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    supports: tuple[str, ...]
    """The policy's names of supporting reasons."""
    auc: float | None
    """How often, of two decided items of one band, the terrorist one comes first; by cross-validation. 0.5 is chance.
    None where no band holds both."""
    auc_points: float | None
    """The same for the order by points, which it would replace."""

    def __post_init__(self) -> None:
        if len(self.names) != len(self.weights) or not all(map(math.isfinite, (*self.weights, self.intercept))):
            raise BadValue("The learned order is damaged.", hint="Learn it anew: qalqan learn fit")

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of all that it consists of."""
        parts = [str(getattr(self, name)) for name in self.__slots__]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def rank(self, made: Iterable[Assessment]) -> float:
        """Return where an item stands within its band, from 0 to below 1; the highest comes first."""
        has = features(made, self.supports)
        total = self.intercept + sum(
            weight * has.get(name, 0.0) for name, weight in zip(self.names, self.weights, strict=True)
        )
        return 1 / (1 + math.exp(-max(-_FLAT, min(_FLAT, total))))


def features(made: Iterable[Assessment], supports: Collection[str]) -> dict[str, float]:
    """Return what the order sees of an item: which reasons it has, with how many points, and how many supports."""
    seen: dict[str, float] = {}
    supporting = 0
    for reason in (reason for one in made for reason in one.reasons):
        if reason.points <= 0 and not reason.feature.startswith("context-"):
            continue  # what is no longer known says nothing
        supporting += reason.feature in supports
        seen[f"has:{reason.feature}"] = 1.0
        points = f"points:{reason.feature}"
        seen[points] = max(seen.get(points, 0.0), reason.points / 100)
    seen[SUPPORTS] = min(supporting, _MOST_SUPPORTS) / _MOST_SUPPORTS
    return seen


def fit(decided: Sequence[Decided], supports: Collection[str], policy: str, at: datetime) -> Model:
    """Return the order that decisions teach. Raises BadValue where all decisions say the same, or there are none."""
    is_terrorist = np.array([one.outcome is Outcome.TERRORIST for one in decided], dtype=np.float64)
    if not 0 < is_terrorist.sum() < len(decided):
        raise BadValue(
            "Nothing can be learned from decisions that all say the same.",
            hint="It takes items that were found to be terrorist content, and others, each with a finding of ours.",
        )
    seen = [features(one.made, supports) for one in decided]
    names = tuple(sorted({name for one in seen for name in one}))
    table = np.array([[one.get(name, 0.0) for name in names] for one in seen])
    weights = _weights(table, is_terrorist)
    bands = [one.band for one in decided]
    points = np.array([max(one.score for one in each.made) for each in decided], dtype=np.float64)
    folds = np.array([int(_hash(one.item_id)[:8], 16) % FOLDS for one in decided])
    return Model(
        policy=policy, made_at=at, decisions=len(decided), terrorist=int(is_terrorist.sum()),
        decided=digest_of((one.item_id, one.outcome) for one in decided),
        names=names, weights=tuple(map(float, weights[:-1])), intercept=float(weights[-1]),
        supports=tuple(sorted(supports)), auc=_cross_validated(table, is_terrorist, bands, folds),
        auc_points=auc(points, is_terrorist, bands, folds),
    )  # fmt: skip


def digest_of(decisions: Iterable[tuple[Id, Outcome]]) -> str:
    """Return SHA-256 of decisions, whatever their order."""
    return _hash("\n".join(sorted(f"{item},{outcome.value}" for item, outcome in decisions)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _weights(table: Floats, wanted: Floats) -> Floats:
    """Return logistic regression's weights, the intercept last: Newton's method, with an L2 penalty on all but it."""
    inputs = np.hstack([table, np.ones((len(table), 1))])
    penalty = np.full(inputs.shape[1], _PENALTY)
    penalty[-1] = 1e-9  # only so that there is always one answer
    weights = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chance = _logistic(inputs @ weights)
        slope = inputs.T @ (chance - wanted) + penalty * weights
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < _CLOSE:
            break
    return weights


def _logistic(values: Floats) -> Floats:
    result: Floats = 1 / (1 + np.exp(-np.clip(values, -_FLAT, _FLAT)))
    return result


def _cross_validated(table: Floats, wanted: Floats, bands: Sequence[Band], folds: NDArray[Any]) -> float | None:
    """Return the order's AUC within bands, each item ranked by a model that had not seen it."""
    ranks = np.zeros(len(wanted))
    for fold in range(FOLDS):
        held_out = folds == fold
        known = wanted[~held_out]
        if 0 < known.sum() < len(known):
            weights = _weights(table[~held_out], known)
            ranks[held_out] = table[held_out] @ weights[:-1]
    return auc(ranks, wanted, bands, folds)


def auc(ranks: Floats, wanted: Floats, bands: Sequence[Band], folds: NDArray[Any]) -> float | None:
    """Return the share of pairs of one band and one fold whose wanted item stands higher; ties count half."""
    won, pairs = 0.0, 0
    groups: dict[tuple[Band, int], list[int]] = {}
    for at, band in enumerate(bands):
        groups.setdefault((band, int(folds[at])), []).append(at)
    for places in groups.values():
        of_it = np.array(places)
        chosen = wanted[of_it] > 0
        others = np.sort(ranks[of_it][~chosen])
        below = np.searchsorted(others, ranks[of_it][chosen], "left")
        up_to = np.searchsorted(others, ranks[of_it][chosen], "right")
        won += float((below + up_to).sum()) / 2
        pairs += len(others) * int(chosen.sum())
    return round(won / pairs, 4) if pairs else None
