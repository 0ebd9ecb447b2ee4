"""A term's parts put together: where the whole term stands among a text's words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from qalqan.signals.patterns import Pattern
from qalqan.signals.terms import Term

Seen = dict[int, list[int]]
"""For parts of terms the numbers of the words at which they begin, rising."""


class Place(NamedTuple):
    """A term that stands at some words of a text. There are many: a tuple is made quickest."""

    term: Term
    first: int
    """Its first word's number."""
    last: int
    """The number of the word after its last one."""
    parts: tuple[tuple[int, int], ...]
    """The same for each of its parts."""


def put_together(term: Term, seen: Seen) -> Iterable[Place]:
    """Return where a term stands whose parts were all seen, each at its nearest to the rarest of them."""
    if len(term.parts) > 1:
        return _from_rarest(term, seen)
    words = term.pattern[0].words
    return [Place(term, first, first + words, ((first, first + words),)) for first in seen[term.parts[0]]]


def _from_rarest(term: Term, seen: Seen) -> Iterator[Place]:
    firsts = [seen[part] for part in term.parts]
    rarest = min(range(len(firsts)), key=lambda part: len(firsts[part]))
    for first in firsts[rarest]:
        parts = [(first, first + term.pattern[rarest].words)]
        if _to_the_left(term.pattern, firsts, rarest, parts) and _to_the_right(term.pattern, firsts, rarest, parts):
            yield Place(term, parts[0][0], parts[-1][1], tuple(parts))


def _to_the_left(pattern: Pattern, firsts: Sequence[list[int]], rarest: int, parts: list[tuple[int, int]]) -> bool:
    for part in range(rarest - 1, -1, -1):
        before, words = parts[0][0], pattern[part].words
        at = bisect_right(firsts[part], before - words) - 1
        if at < 0 or before - firsts[part][at] - words > pattern[part + 1].gap:
            return False
        parts.insert(0, (firsts[part][at], firsts[part][at] + words))
    return True


def _to_the_right(pattern: Pattern, firsts: Sequence[list[int]], rarest: int, parts: list[tuple[int, int]]) -> bool:
    for part in range(rarest + 1, len(pattern)):
        after = parts[-1][1]
        at = bisect_left(firsts[part], after)
        if at == len(firsts[part]) or firsts[part][at] - after > pattern[part].gap:
            return False
        parts.append((firsts[part][at], firsts[part][at] + pattern[part].words))
    return True
