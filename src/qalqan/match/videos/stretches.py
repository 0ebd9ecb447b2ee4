"""The stretches that a film shares with a known one: found by their line, followed to their ends, and proved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import RADIUS
from qalqan.match.videos import proof
from qalqan.match.videos.films import Film
from qalqan.match.videos.found import SLACK, Found, aligned, ends
from qalqan.match.videos.lines import Anchors, Line, best_line
from qalqan.match.videos.points import by_points
from qalqan.match.videos.proof import Proof
from qalqan.match.videos.turns import turned
from qalqan.model.parts import Interval

MOST = 8
"""Stretches of one pair of films."""
GAP = 10.0
"""Seconds without agreement that a stretch may hold: something was put in or laid over."""
HOLE = 0.7
"""Seconds of frames that disagree, at a stretch's end, after which it has ended."""
LOOSEST = 64
"""Bits to which frames may differ on a line that is already known, at most."""
SAME_SCENE = 10.0
"""Mean bits up to which further stretches of a film that is proved are taken without proof."""
COVERED = 0.5
"""Share of a stretch's frames that must agree for its ends to be found by frames."""
FRAME_SCORE = 6.0
"""What a frame within the radius adds to the score."""


def found_in(asked: Film, known: Film, anchors: Anchors) -> list[Found]:
    """Return the proved stretches, the longest first."""
    followed = list(_followed(asked, known, anchors))
    found = [one for one in followed if one.proof.holds]
    if found:  # that it is this film is known now: still scenes of it need no proof of their own
        found += [one for one in followed if not one.proof.holds and one.bits is not None and one.bits <= SAME_SCENE]
    return sorted(found, key=lambda one: -one.lasts)


def _followed(asked: Film, known: Film, anchors: Anchors) -> Iterator[Found]:
    """Yield the stretches of the strongest lines, each of other moments of the query."""
    left = anchors
    fewest = min(proof.ENOUGH, max(1, len(np.unique(known.every))))
    for _ in range(MOST):
        if len(np.unique(left.voter)) < fewest:
            return
        best = best_line(left)
        if best is None:
            return
        line, on = best
        on = _longest_run(on)
        found = _by_frames(asked, known, line, on) or by_points(asked, known, line, on)
        if found is not None:
            yield found
        spent = found.query if found is not None else Interval(float(on.query.min()), float(on.query.max()))
        left = left.where((left.query < spent.start - 1e-6) | (left.query > spent.end + 1e-6))


def _longest_run(on: Anchors) -> Anchors:
    """Return the pairs without such long gaps between them, the heaviest run of them."""
    run = np.concatenate([[0], np.cumsum(np.diff(on.query) > GAP)])
    return on.where(run == np.bincount(run, on.weight).argmax())


def _by_frames(asked: Film, known: Film, line: Line, on: Anchors) -> Found | None:
    """Follow a line by the frames' hashes; None where they do not bear it."""
    if not len(asked.seconds) or not len(known.seconds):
        return None
    hashes = turned(asked.hashes, asked.mirrored, line.way)
    rows, bits = aligned(asked, hashes, known, line)
    inside = (asked.seconds >= on.query.min() - 1e-6) & (asked.seconds <= on.query.max() + 1e-6)
    near = inside & (bits <= RADIUS)
    if near.sum() < min(proof.ENOUGH, len(known.every)):
        return None
    limit = int(np.clip(np.median(bits[near]) + 24, RADIUS, LOOSEST))
    agree = bits <= limit
    if (agree & inside).sum() < COVERED * inside.sum() and (near.sum() < len(on) or len(on.voter[on.voter < 0])):
        return None
    first, last = _extended(asked.seconds, agree, np.flatnonzero(agree & inside))
    start, end = float(asked.seconds[first]), _until(asked, last)
    if first == 0 and _is_poor(known, line, float(asked.every[0]), start):
        start = float(asked.every[0])
    if last == len(asked.seconds) - 1 and _is_poor(known, line, end, asked.end):
        end = asked.end
    query, shown = ends(asked, known, line, start, end)
    chosen = np.flatnonzero(agree[first : last + 1]) + first
    chosen = chosen[known.telling(rows[chosen])]
    if not len(chosen):
        return None
    evidence = proof.by_hashes(hashes[chosen], known.hashes[rows[chosen]])
    if len(known.every) < proof.ENOUGH and len(np.unique(rows[chosen])) == len(known.seconds):
        evidence = Proof(proof.ENOUGH, proof.ENOUGH, None, 0.0)  # all there is of a very short film
    within = int(np.count_nonzero((asked.every >= query.start) & (asked.every < query.end)))
    return Found(
        line, query, shown, float(bits[chosen].mean()), len(chosen) / max(1, within), evidence,
        evidence.moments * FRAME_SCORE,
    )  # fmt: skip


def _extended(
    seconds: npt.NDArray[np.float64], agree: npt.NDArray[np.bool_], rows: npt.NDArray[np.intp]
) -> tuple[int, int]:
    """Return the first and the last row of a stretch that goes on from `rows` while frames agree."""
    first, last = int(rows[0]), int(rows[-1])
    hole = max(HOLE, 1.5 * float(np.median(np.diff(seconds)))) if len(seconds) > 1 else HOLE
    for row in range(first - 1, -1, -1):
        if seconds[first] - seconds[row] > hole:
            break
        first = row if agree[row] else first
    for row in range(last + 1, len(seconds)):
        if seconds[row] - seconds[last] > hole:
            break
        last = row if agree[row] else last
    return first, last


def _is_poor(known: Film, line: Line, start: float, end: float) -> bool:
    """Whether the known film, too, has only poor frames where the query has: fog, black, an empty road."""
    first, second = sorted((line.when(start), line.when(end)))
    good = (known.seconds > first - SLACK) & (known.seconds < second - SLACK)
    return not good.any()


def _until(asked: Film, row: int) -> float:
    """Return when a frame's stand ends: at the next one, after a second, or with the film."""
    at = float(asked.seconds[row])
    later = asked.every[asked.every > at + 1e-6]
    return min(at + 1.0, asked.end, float(later[0]) if len(later) else asked.end)
