"""Where in a thing something is: a span of text, a box in a picture, an interval of a recording."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` up to, not including, `end` of an item's raw text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions (0 to 1) of a picture's width and height, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Interval:
    """Seconds `start` to `end` of a recording."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one recording that is also in another."""

    query: Interval
    known: Interval
    speed: float = 1.0
    """How many seconds of the known one pass in a second of the query; negative where it runs backwards."""


WHOLE_PICTURE = Box(0.0, 0.0, 1.0, 1.0)
