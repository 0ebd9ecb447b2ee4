"""Cuts a text into what was matched and what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qalqan.model.parts import Span

AROUND = 600
"""Characters shown on either side of a matched part of a long text."""
SHORT = 8000
"""A text up to this length is shown whole."""
EXCERPT = 280


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text."""

    text: str
    marked: bool = False
    left_out: int = 0
    """Characters that are left out in its place."""


def pieces(text: str, spans: Iterable[Span], *, whole: bool = False) -> list[Piece]:
    """Return `text` cut at `spans`; of a long one, unless `whole`, only its start and what is near the spans."""
    merged = _merged(spans, len(text))
    windows = [(0, len(text))] if whole or len(text) <= SHORT else _windows(merged, len(text))
    cut: list[Piece] = []
    at = 0
    for start, end in windows:
        if start > at:
            cut.append(Piece("", left_out=start - at))
        cut.extend(_cut(text, start, end, merged))
        at = end
    if at < len(text):
        cut.append(Piece("", left_out=len(text) - at))
    return cut


def excerpt(text: str | None, span: Span | None = None) -> list[Piece]:
    """Return the few words of a text that a list shows: around `span`, else its start."""
    text = text or ""
    spans = _merged([span] if span else [], len(text))
    start = max(0, spans[0][0] - EXCERPT // 3) if spans else 0
    end = min(len(text), start + EXCERPT)
    cut = _cut(text, start, end, spans)
    before = [Piece("", left_out=start)] if start else []
    return [*before, *cut, *([Piece("", left_out=len(text) - end)] if end < len(text) else [])]


def _merged(spans: Iterable[Span], length: int) -> list[tuple[int, int]]:
    """Return the spans in order, overlapping ones as one, held to the text."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        start, end = max(0, min(span.start, length)), max(0, min(span.end, length))
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def _windows(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    near = [Span(0, AROUND), *(Span(start - AROUND, end + AROUND) for start, end in spans)]
    return _merged(near, length)


def _cut(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    cut, at = [], start
    for first, last in spans:
        if last <= start or first >= end:
            continue
        if first > at:
            cut.append(Piece(text[at:first]))
        cut.append(Piece(text[max(first, at) : min(last, end)], marked=True))
        at = min(last, end)
    if at < end:
        cut.append(Piece(text[at:end]))
    return cut
