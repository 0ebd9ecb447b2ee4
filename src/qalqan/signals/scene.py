"""What stands around the terms of a text, and which of them count."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from qalqan.model.parts import Span
from qalqan.model.words import ACTS, WHO, Said, Sense, Strength
from qalqan.signals.key import Keyed
from qalqan.signals.negations import Negations
from qalqan.signals.places import Place
from qalqan.signals.scripts import may_stand
from qalqan.signals.sentences import Clauses, Quotations, Sentences

MOST_HITS = 1000
"""Hits of one text; the senses that have most of them give way first."""
_BETWEEN = 1
"""Words between a name and a word that says it is an enemy's: an article."""
_TURNED = ACTS | {Sense.PROMOTE}
_RUN = re.compile(r"\S+")
_MARK = re.compile("://|www\\.|@")
_FULL_STOP = re.compile("[.!?؟۔…]")


class Hit(NamedTuple):
    """A term that stands in a text, and where."""

    said: Said
    span: Span
    entry: int
    """The number of its entry within the lexicon."""


def _is_address(run: str) -> bool:
    return "://" in run or run.startswith("www.") or run.find("@") > 0


class _Found(NamedTuple):
    place: Place
    negated: bool


class Scene:
    """A text, and its words, sentences and quotations."""

    def __init__(self, text: str, words: Keyed) -> None:
        self._text = text
        self._words = words
        self._sentences = Sentences(text)
        self._addresses = (
            [one.span() for one in _RUN.finditer(text) if _is_address(one[0])] if _MARK.search(text) else []
        )

    def hits(self, places: Iterable[Place]) -> list[Hit]:
        """Return the hits at these places, by where they begin."""
        standing = [place for place in places if self._stands(place)]
        if not standing:
            return []
        cues = [place for place in standing if place.term.said.sense is Sense.NEGATION]
        negations = Negations(cues, self._between_clauses()) if cues else None
        found = [
            _Found(place, negations is not None and place.term.said.sense in _TURNED and negations.turn(place))
            for place in standing
        ]
        against = [place for place in standing if place.term.said.sense is Sense.AGAINST]
        found = [self._opposed(one, against) for one in found]
        quotations = Quotations(self._text)
        return [self._hit(one, quotations) for one in _not_too_many(list(_longest(found)))]

    def _stands(self, place: Place) -> bool:
        """Whether a term stands there as it must be written, in a script of its language, and within one sentence."""
        if not may_stand(place.term.said, self._raw(place)) or self._is_in_address(place):
            return False
        if place.term.exact and not self._is_written(place):
            return False
        if place.last - place.first == 1 or self._number(place.first) == self._number(place.last - 1):
            return True
        if len(place.parts) > 1:
            return False
        span = self._span(place)  # a term may go over a line's end, never over a full stop
        return not _FULL_STOP.search(self._text, span.start, span.end)

    def _number(self, word: int) -> int:
        """Return the number of a word's sentence."""
        return self._sentences.number(self._words.starts[word])

    def _is_written(self, place: Place) -> bool:
        raw, term = self._raw(place), place.term.said.term
        return raw.startswith(term[:-1]) if term.endswith("*") else raw == term

    def _opposed(self, found: _Found, against: list[Place]) -> _Found:
        """Mark a name that stands directly beside a word that says it is an enemy's."""
        place = found.place
        if place.term.said.sense not in WHO or not any(self._is_beside(place, cue) for cue in against):
            return found
        return _Found(place, negated=True)

    def _is_beside(self, name: Place, cue: Place) -> bool:
        gap = cue.first - name.last if cue.term.follows else name.first - cue.last
        return 0 <= gap <= _BETWEEN and self._number(name.first) == self._number(cue.first)

    def _is_in_address(self, place: Place) -> bool:
        """Whether it is a part of a link or a mail address: a name may be, what somebody says may not."""
        if place.term.said.sense in WHO or not self._addresses:
            return False
        at = self._words.starts[place.first]
        before = bisect_right(self._addresses, at, key=lambda span: span[0]) - 1
        return before >= 0 and at < self._addresses[before][1]

    def _raw(self, place: Place) -> str:
        span = self._span(place)
        return self._text[span.start : span.end]

    def _span(self, place: Place) -> Span:
        return Span(self._words.starts[place.first], self._words.ends[place.last - 1])

    def _between_clauses(self) -> Callable[[int, int], bool]:
        clauses = Clauses(self._text)

        def parted(before: int, after: int) -> bool:
            if self._number(before) != self._number(after):
                return True
            return clauses.parted(self._words.ends[before], self._words.starts[after])

        return parted

    def _hit(self, found: _Found, quotations: Quotations) -> Hit:
        said, span = found.place.term.said, self._span(found.place)
        number = self._number(found.place.first)
        told = Said(
            said.sense, said.term, said.strength, said.language, number, said.entity, said.name,
            negated=found.negated, quoted=quotations.holds(span.start, span.end), asked=self._sentences.asks(number),
        )  # fmt: skip
        return Hit(told, span, found.place.term.entry)


def _longest(found: list[_Found]) -> Iterator[_Found]:
    """Yield what lies within nothing longer that says the same as strongly; of names only the longest at a place."""
    longest: dict[object, Place] = {}
    """For what is said the place that reaches furthest so far."""
    found.sort(key=_by_place)
    for one in found:
        place, negated = one
        said = place.term.said
        name = said.sense in WHO
        own = "who" if name else (said.sense, negated, said.strength)
        over = (own,) if name or said.strength is Strength.STRONG else (own, (said.sense, negated, Strength.STRONG))
        if any(key in longest and _covers(longest[key], place, name=name) for key in over):
            continue
        if own not in longest or longest[own].last < place.last:
            longest[own] = place
        yield one


def _by_place(one: _Found) -> tuple[int, int, str]:
    place = one.place
    return place.first, -place.last, place.term.said.strength  # strong before weak


def _covers(over: Place, place: Place, *, name: bool) -> bool:
    if over.last < place.last:
        return False
    same = (over.first, over.last) == (place.first, place.last)
    return not (name and same) or over.term.said.entity == place.term.said.entity


def _not_too_many(found: list[_Found]) -> list[_Found]:
    """Return at most MOST_HITS: what is said most often gives way first, so that a flood hides no name and no act."""
    if len(found) <= MOST_HITS:
        return found
    counts = Counter(map(_what, found))
    # Half of them for who is named at most, and as many for what is said of them.
    shares = {
        name: _share([n for (who, *_), n in counts.items() if who is name], MOST_HITS // 2) for name in (True, False)
    }
    taken: Counter[_What] = Counter()
    kept: Counter[bool] = Counter()
    chosen = []
    for one in found:
        what = _what(one)
        taken[what] += 1
        share = shares[what[0]]
        # The first ones of each and the last ones: what comes at a long text's end is no less said.
        told = taken[what] <= (share + 1) // 2 or taken[what] > counts[what] - share // 2
        if told and kept[what[0]] < MOST_HITS // 2:
            kept[what[0]] += 1
            chosen.append(one)
    return chosen


_What = tuple[bool, Sense, str, bool]
"""Whether somebody is named, the sense, who or which term, and whether it is turned round."""


def _what(found: _Found) -> _What:
    said = found.place.term.said
    return said.sense in WHO, said.sense, said.entity or said.term, found.negated


def _share(counts: list[int], most: int) -> int:
    """Return how often each thing may be told so that all together are told at most so many times; at least once."""
    return max((share for share in range(1, most) if sum(min(n, share) for n in counts) <= most), default=1)
