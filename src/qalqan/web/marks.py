"""Cuts a text into what was found in it and what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qalqan.model.parts import Span

AROUND = 600
"""Characters shown on either side of a marked part of a long text."""
SHORT = 8000
"""A text up to this length is shown whole."""
EXCERPT = 280


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a text that says something."""

    span: Span
    role: str = ""
    """`act`, `who`, `beside`, `context`, `negation`; empty for what a known thing matched."""
    label: str = ""
    """What it says, in a word: `praise`."""
    number: int = 0
    """By which the page names its place; 0 for none."""
    counts: bool = False
    """Whether a reason stands on it."""
    turned: bool = False
    """Whether it is negated or quoted, and so says nothing of the writer."""
    about: str = ""
    """One line for those who point at it."""

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """What is shown first where several stand at one place: what counts, then the shorter."""
        return not self.counts, not self.role, self.span.end - self.span.start, self.number


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text."""

    text: str
    marked: bool = False
    left_out: int = 0
    """Characters that are left out in its place."""
    mark: Mark | None = None
    """What is marked in it."""
    starts: tuple[int, ...] = ()
    """Numbers of the marks that begin with it."""
    tagged: bool = True
    """Whether the mark's label stands behind it: behind its last piece only."""


_Stretch = tuple[int, int, Mark, tuple[int, ...], bool]
"""Start, end, what is shown there, the numbers of the marks that begin there, whether its mark ends there."""


def pieces(text: str, spans: Iterable[Span], *, whole: bool = False) -> list[Piece]:
    """Return `text` cut at `spans`; of a long one, unless `whole`, only its start and what is near the spans."""
    return marked(text, [Mark(Span(*ends)) for ends in _merged(spans, len(text))], whole=whole)


def marked(text: str, marks: Iterable[Mark], *, whole: bool = False) -> list[Piece]:
    """Return `text` cut at `marks`, which may overlap; of a long one, unless `whole`, what `pieces` returns of it."""
    stretches = _stretches(marks, len(text))
    spans = [Span(start, end) for start, end, *_ in stretches]
    windows = [(0, len(text))] if whole or len(text) <= SHORT else _windows(spans, len(text))
    cut: list[Piece] = []
    at = 0
    for start, end in windows:
        if start > at:
            cut.append(Piece("", left_out=start - at))
        cut.extend(_cut(text, start, end, stretches))
        at = end
    if at < len(text):
        cut.append(Piece("", left_out=len(text) - at))
    return cut


def excerpt(text: str | None, span: Span | None = None) -> list[Piece]:
    """Return the few words of a text that a list shows: around `span`, else its start."""
    text = text or ""
    stretches = _stretches([Mark(span)] if span else [], len(text))
    start = max(0, stretches[0][0] - EXCERPT // 3) if stretches else 0
    end = min(len(text), start + EXCERPT)
    cut = _cut(text, start, end, stretches)
    before = [Piece("", left_out=start)] if start else []
    return [*before, *cut, *([Piece("", left_out=len(text) - end)] if end < len(text) else [])]


def _stretches(marks: Iterable[Mark], length: int) -> list[_Stretch]:
    """Return the marks' places in order, none over another: where several stand, the one that ranks first is shown."""
    held = [(*_held(one.span, length), one) for one in marks]
    inside = sorted((one for one in held if one[0] < one[1]), key=lambda one: one[2].rank)
    edges = sorted({edge for start, end, _ in inside for edge in (start, end)})
    taken: dict[int, Mark] = {}
    begun: dict[int, list[int]] = {}
    places = {edge: at for at, edge in enumerate(edges)}
    for start, end, mark in inside:
        begun.setdefault(start, []).extend([mark.number] if mark.number else [])
        for at in range(places[start], places[end]):
            taken.setdefault(at, mark)
    joined: list[_Stretch] = []
    for at in sorted(taken):
        start, end, mark = edges[at], edges[at + 1], taken[at]
        starts = tuple(begun.get(start, ()))
        if joined and joined[-1][1] == start and joined[-1][2] is mark and not starts:
            joined[-1] = (joined[-1][0], end, mark, joined[-1][3], True)
        else:
            joined.append((start, end, mark, starts, True))
    last = {id(mark): at for at, (_, _, mark, _, _) in enumerate(joined)}
    return [(*one[:4], last[id(one[2])] == at) for at, one in enumerate(joined)]


def _held(span: Span, length: int) -> tuple[int, int]:
    """Return the span's ends, held to the text."""
    return max(0, min(span.start, length)), max(0, min(span.end, length))


def _merged(spans: Iterable[Span], length: int) -> list[tuple[int, int]]:
    """Return the spans in order, overlapping ones as one, held to the text."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        start, end = _held(span, length)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def _windows(spans: Sequence[Span], length: int) -> list[tuple[int, int]]:
    near = [Span(0, AROUND), *(Span(one.start - AROUND, one.end + AROUND) for one in spans)]
    return _merged(near, length)


def _cut(text: str, start: int, end: int, stretches: Sequence[_Stretch]) -> list[Piece]:
    cut, at = [], start
    for first, last, mark, starts, tagged in stretches:
        if last <= start or first >= end:
            continue
        if first > at:
            cut.append(Piece(text[at:first]))
        told = text[max(first, at) : min(last, end)]
        cut.append(Piece(told, marked=True, mark=mark, starts=starts, tagged=tagged))
        at = min(last, end)
    if at < end:
        cut.append(Piece(text[at:end]))
    return cut
