"""Two videos in step: for each still of the one the still of the other that shows the same moment."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qalqan.model.items import Rendition, RenditionKind
from qalqan.model.matches import Match
from qalqan.model.parts import Interval
from qalqan.web.reveal import Shots

MOST = 8
"""Pairs of stills, evenly spread over what is shared."""


@dataclass(frozen=True, slots=True)
class InStep:
    """Two strips of equally many stills, each beside its own moment in the other."""

    here: Shots
    known: Shots


def in_step(match: Match, known_sha256: str | None, shots: Mapping[str, Shots]) -> InStep | None:
    """Return the stills of the shared interval, pair by pair; None where the two share none."""
    here, known = shots.get(match.media_sha256 or ""), shots.get(known_sha256 or "")
    if here is None or known is None or match.interval_query is None or match.interval_known is None:
        return None
    moments = _moments(here.renditions, match.interval_query)
    if not moments:
        return None
    aligned = [_across(at, match.interval_query, match.interval_known) for at in moments]
    return InStep(_only(here, moments), _only(known, _nearest(known.renditions, aligned)))


def _moments(renditions: Sequence[Rendition], within: Interval) -> list[float]:
    """Return the moments of stills within an interval, some evenly spread ones where there are many."""
    there = sorted({one.at for one in renditions if within.start <= one.at <= within.end})
    if len(there) <= MOST:
        return there
    return [there[round(i * (len(there) - 1) / (MOST - 1))] for i in range(MOST)]


def _across(at: float, query: Interval, known: Interval) -> float:
    """Return the moment of the known video that a moment of this one shows, at its own speed."""
    length = query.end - query.start
    share = (at - query.start) / length if length > 0 else 0.0
    return known.start + share * (known.end - known.start)


def _nearest(renditions: Sequence[Rendition], moments: Sequence[float]) -> list[float]:
    there = sorted({one.at for one in renditions})
    found = []
    for at in moments if there else ():
        place = bisect_left(there, at)
        found.append(min(there[max(0, place - 1) : place + 1], key=lambda one: abs(one - at)))
    return found


def _only(shots: Shots, moments: Sequence[float]) -> Shots:
    """Return a file's pictures at these moments alone, as often as they are asked for."""
    by_moment = {(one.kind, one.at): one for one in shots.renditions}
    kept = [by_moment[kind, at] for kind in RenditionKind for at in moments if (kind, at) in by_moment]
    return replace(shots, renditions=kept)
