"""Precision of what spoke for terrorist content, from what was decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from qalqan.model.cases import Outcome
from qalqan.model.quality import Pair, Precision
from qalqan.review.agreement import Agreement, agreement, wilson


def precisions(counted: Iterable[tuple[str, str, int]]) -> list[Precision]:
    """Return the precision of each name from (name, outcome, cases); the one with most cases first.

    Right is what was decided as terrorist content. Cases of which there is not enough to say are left out of the share.
    """
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for name, outcome, cases in counted:
        outcomes[name][outcome] += cases
    made = [_precision(name, some) for name, some in outcomes.items()]
    return sorted(made, key=lambda one: (-one.decided.of, one.name))


def _precision(name: str, outcomes: Counter[str]) -> Precision:
    decided = outcomes.total() - outcomes[Outcome.NOT_ENOUGH.value]
    return Precision(name, wilson(outcomes[Outcome.TERRORIST.value], decided), dict(sorted(outcomes.items())))


def agreements(pairs: Sequence[Pair], by: Callable[[Pair], str]) -> list[tuple[str, Agreement]]:
    """Return how far answers agree, for each group that `by` names; the largest group first."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in pairs:
        groups[by(one)].append((one.first, one.second))
    return sorted(((name, agreement(some)) for name, some in groups.items()), key=lambda one: (-one[1].cases, one[0]))
