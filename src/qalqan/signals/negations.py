"""Which acts a text turns round: “never donate”, „spendet nicht“, “bağış yapmayın”."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable

from qalqan.signals.places import Place

_REACH = 3
"""Words that may stand between a negation and what it turns round."""
_LONGEST = 40
"""Words of the longest negation there can be, gaps and all."""


class Negations:
    """A text's negations, by where they begin."""

    def __init__(self, places: Iterable[Place], parted: Callable[[int, int], bool]) -> None:
        """Take the places of negations, and what tells whether a comma or a sentence's end stands between two words."""
        self._places = sorted(places, key=lambda place: place.first)
        self._firsts = [place.first for place in self._places]
        self._parted = parted

    def turn(self, act: Place) -> bool:
        """Whether one of them turns an act round: it stands over it, or near it in the same clause.

        Words that the act's own term has turn nothing round: “do not forget to donate”.
        """
        start = bisect_left(self._firsts, act.first - _REACH - _LONGEST)
        end = bisect_left(self._firsts, act.last + _REACH + 1)
        return any(self._turns(one, act) for one in self._places[start:end])

    def _turns(self, one: Place, act: Place) -> bool:
        if one.first < act.last and act.first < one.last:
            return not any(
                first <= one.first and one.last <= last and last - first > one.last - one.first
                for first, last in act.parts
            )
        if not one.term.families & act.term.families:
            return False
        if one.term.follows:
            return 0 <= one.first - act.last <= _REACH and not self._parted(act.last - 1, one.first)
        return 0 <= act.first - one.last <= _REACH and not self._parted(one.last - 1, act.first)
