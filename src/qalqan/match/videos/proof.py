"""Whether two films agree because one is a copy, or because both show the same place.

The same camera on another day, a studio, a desk: every frame is near to every frame. A copy differs in that each moment
agrees best with its own moment. So agreement is compared with the same pairs of frames crossed in time, over as much
change as there is between the known film's own moments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qalqan.match.radius import Hashes

ENOUGH = 3
"""Different moments that must agree: fewer could be one still or one title card."""
SAME_FRAME = 8
"""Bits within which two frames of one film show the same."""
FAR = 80
"""Bits from which they show another scene."""
MANY_SCENES = 5
"""Scenes which agree in their order that are proof even where within each nothing can be told apart."""
LOCKED = 0.4
"""Share of the known film's own change by which crossed frames must agree less than aligned ones."""
LOCKED_POINTS = 0.3
"""Share of the points that must be lost where frames are crossed."""
LOCKED_USUAL = 0.18
"""The same where the speed is the known film's own: films of the same place agree best at any speed but that one."""
USUAL_MOMENTS = 5
"""Different moments without which that does not count."""
CROSSED = 1.0
"""Seconds from which frames are crossed in time."""
OTHER_SCENE = 0.15
"""Share of the aligned frames' points under which crossed ones show another scene."""
SAMPLES = 24
SEEN_SAMPLES = 9

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Proof:
    """What speaks for a copy."""

    moments: int
    """Different moments that agree."""
    scenes: int
    """Scenes among them that have nothing in common."""
    lock: float | None
    """How much the moments insist on their order, about 1 in a copy and 0 elsewhere; None where nothing moves."""
    line: float
    """The lock from which it is one."""

    @property
    def holds(self) -> bool:
        """Whether it is enough to speak of a copy."""
        if self.moments < ENOUGH:
            return False
        if self.lock is None:
            return self.scenes >= ENOUGH
        return self.lock >= self.line or self.scenes >= MANY_SCENES


def by_hashes(asked: Hashes, known: Hashes) -> Proof:
    """Return the proof of aligned frames (n, 32) of two films."""
    places = np.unique(np.linspace(0, len(asked) - 1, SAMPLES).round().astype(int))
    asked, known = asked[places], known[places]
    crossed, own = _apart(asked, known), _apart(known, known)
    aligned = np.diag(crossed)
    moved = (own > SAME_FRAME) & (own <= FAR)
    lock = None
    if moved.sum() >= 2 * ENOUGH:
        lost = crossed - (aligned[:, None] + aligned[None, :]) / 2
        lock = float(lost[moved].mean() / own[moved].mean())
    return Proof(_clique(own > SAME_FRAME), _clique(own > FAR), lock, LOCKED)


def by_points(
    pairs: Sequence[tuple[int, int]],
    moments: npt.NDArray[np.float64],
    agree: Callable[[int, int], float],
    *,
    usual: bool,
) -> Proof:
    """Return the proof of aligned frames with local features.

    `pairs`: numbers of a frame of the query and of the known one on the line; `moments`: the known frames' seconds;
    `agree` says how many points two frames share; `usual`: whether the speed is the known film's own.
    """
    places = np.unique(np.linspace(0, len(pairs) - 1, SEEN_SAMPLES).round().astype(int))
    chosen = [pairs[place] for place in places]
    shared = np.array([[agree(one, other) for _, other in chosen] for one, _ in chosen], np.float64)
    seconds = moments[[other for _, other in chosen]]
    full = np.maximum(np.diag(shared), 1.0)
    kept = shared / np.sqrt(full[:, None] * full[None, :])
    kept = (kept + kept.T) / 2
    late = np.abs(seconds[:, None] - seconds[None, :]) >= CROSSED
    same = late & (kept >= OTHER_SCENE)
    lock = float(1.0 - kept[same].mean()) if same.sum() >= 2 * ENOUGH else None
    different = _clique(late)
    needed = LOCKED_USUAL if usual and different >= USUAL_MOMENTS else LOCKED_POINTS
    return Proof(different, _clique(late & ~same), lock, needed)


def _apart(one: Hashes, other: Hashes) -> Matrix:
    return np.asarray(np.bitwise_count(one[:, None, :] ^ other[None, :, :]).sum(axis=2), np.float64)


def _clique(apart: npt.NDArray[np.bool_]) -> int:
    """Return how many rows differ from each other, taken one after the other."""
    kept: list[int] = []
    for row in range(len(apart)):
        if all(apart[row, one] for one in kept):
            kept.append(row)
    return len(kept)
