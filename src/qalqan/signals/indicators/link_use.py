"""What a link is there for: the words near it that call, report or study, as the lexicons found them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qalqan.model.indicators import MOST_CUES, Cue, LinkUse, Use
from qalqan.model.parts import Span
from qalqan.model.words import Sense, Strength
from qalqan.signals.lexicon import Hit

_USES = {
    **dict.fromkeys((Sense.PROMOTE, Sense.SOLICIT, Sense.RECRUIT, Sense.COORDINATE, Sense.RELEASE), Use.PROMOTES),
    **dict.fromkeys((Sense.NEWS, Sense.COURT, Sense.CONDEMN, Sense.COUNTER, Sense.MOURNING), Use.REPORTS),
    Sense.RESEARCH: Use.STUDIES,
}
_NEIGHBOURS = 3
"""Words on each side of a link that are kept for one use."""

SentenceOf = Callable[[int], int]
"""Returns the number of the sentence that a character belongs to."""


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A link in its one form, and where it stands."""

    link: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Near:
    """A word beside a link, and how far: sentences, then characters between them."""

    hit: Hit
    sentences: int
    characters: int

    @property
    def reach(self) -> tuple[int, int]:
        return self.sentences, self.characters


def link_use(links: Sequence[PlacedLink], hits: Sequence[Hit], sentence_of: SentenceOf) -> list[LinkUse]:
    """Return what each link is there for.

    Words of its own sentence and of the two beside it count, unless they are turned round, or quoted calls. Of those
    uses that a strong word speaks for, the one with the nearest decides; with two at the same distance, or without
    any strong word, it is unclear.
    """
    by_use = _by_use(hits)
    return [_use_of(link, by_use, sentence_of) for link in links]


_Words = Mapping[tuple[Use, Strength], Sequence[Hit]]


def _by_use(hits: Sequence[Hit]) -> _Words:
    by_use: dict[tuple[Use, Strength], list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: hit.span.start):
        said, use = hit.said, _USES.get(hit.said.sense)
        if use and not said.negated and said.sentence >= 0 and not (said.quoted and use is Use.PROMOTES):
            by_use.setdefault((use, said.strength), []).append(hit)
    return by_use


def _use_of(link: PlacedLink, words: _Words, sentence_of: SentenceOf) -> LinkUse:
    sentences = sentence_of(link.span.start), sentence_of(link.span.end - 1)
    near = {which: list(_near(link.span, sentences, hits)) for which, hits in words.items()}
    strong = sorted(
        (one.reach, use) for (use, strength), hits in near.items() for one in hits if strength is Strength.STRONG
    )
    tied = any(reach == strong[0][0] and use != strong[0][1] for reach, use in strong)
    if not strong or tied:
        return LinkUse(link.link, Use.UNCLEAR)
    use = strong[0][1]
    cues = sorted((one for strength in Strength for one in near.get((use, strength), ())), key=lambda one: one.reach)
    return LinkUse(link.link, use, tuple(_cue(one.hit) for one in cues)[:MOST_CUES])


def _near(span: Span, sentences: tuple[int, int], hits: Sequence[Hit]) -> Iterator[_Near]:
    """Yield the next words on both sides that stand in the link's sentences or right beside them."""
    at = bisect_left(hits, span.start, key=lambda hit: hit.span.start)
    for hit in hits[max(at - _NEIGHBOURS, 0) : at + _NEIGHBOURS]:
        number = hit.said.sentence
        apart = max(sentences[0] - number, number - sentences[1], 0)
        if apart <= 1:
            yield _Near(hit, apart, max(span.start - hit.span.end, hit.span.start - span.end, 0))


def _cue(hit: Hit) -> Cue:
    return Cue(hit.said.sense, hit.said.term, hit.span.start, hit.span.end)
