"""A known thing found again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qalqan.model.ids import Id
from qalqan.model.parts import Box, Interval, Span, Stretch


@dataclass(frozen=True, slots=True)
class Match:
    """A signal of an item is near a bank's entry: how near, and which part of which."""

    id: Id
    item_id: Id
    signal_id: Id
    entry_id: Id
    kind: str
    """What sort of nearness it is: the signal's kind, or `still` for a picture that is a frame of a video."""
    matcher: str
    """Name and version: `pictures/1`."""
    distance: float
    """In the kind's own unit, 0 for identical: bits of 256 for pictures, mean bits for videos."""
    verified: bool
    """Whether a second, independent look at the content confirmed it (identical content always is)."""
    found_at: datetime
    media_sha256: str | None = None
    transform: str | None = None
    """How the known picture was turned or mirrored: `mirrored`, `turned 90°`, …; None where as it is."""
    box_query: Box | None = None
    box_known: Box | None = None
    interval_query: Interval | None = None
    interval_known: Interval | None = None
    span_query: Span | None = None
    score: float | None = None
    """How unlikely chance is: −log10 of how often it would do as well; None where the stage does not say."""
    stretches: tuple[Stretch, ...] = ()
    """The stretches that two recordings share, where there are several; the intervals name the longest."""
