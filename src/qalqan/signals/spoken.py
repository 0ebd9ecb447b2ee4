"""Lines of subtitles and of speech, put together to sentences with the stretch of the recording they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypedDict

from qalqan.model.parts import Interval
from qalqan.signals.contract import Sighting

LONGEST = 400
"""Characters of one signal, about: it is short enough to say where in the recording it is."""
PAUSE = 4.0
"""Seconds between two lines that belong together, at the most."""
ENDS = '.!?…؟۔"”»'
"""A line that ends so ends what was said."""


class Line(TypedDict):
    """What is shown or said from one moment to another, in seconds."""

    start: float
    end: float
    text: str


def sightings(kind: str, lines: Iterable[Line]) -> Iterator[Sighting]:
    """Yield one sighting of this kind for each sentence or pause."""
    held: list[Line] = []
    for line in lines:
        if held and not _goes_on(held, line):
            yield _sighting(kind, held)
            held = []
        held.append(line)
    if held:
        yield _sighting(kind, held)


def _goes_on(held: list[Line], line: Line) -> bool:
    last = held[-1]
    long = sum(len(one["text"]) for one in held) >= LONGEST
    return not long and not last["text"].endswith(tuple(ENDS)) and 0 <= line["start"] - last["end"] <= PAUSE


def _sighting(kind: str, held: list[Line]) -> Sighting:
    text = " ".join(line["text"] for line in held)
    start = min(line["start"] for line in held)
    return Sighting(kind, text, interval=Interval(start, max(start, *(line["end"] for line in held))))
