"""The line: what counts as found, and what as sure. Measured, not deduced: see `docs/matching.md`."""

from __future__ import annotations

from qalqan.match.local.regions import ALIKE
from qalqan.match.local.verify import Verified
from qalqan.model.parts import Box

LEAST_SCORE = 6.0
"""Below it agreements of unrelated drawings begin."""
UNLIKE = 0.3
"""A correlation of the thumbnails under which they speak against it."""
UNSEEN_SCORE = 10.0
"""The least score where the thumbnails are too plain to say anything, and the least that is sure."""
BEYOND_LOOKS = 30.0
"""A score that stands against unlike thumbnails: letters, stickers and other covers change them, not the points."""
LEAST_AREA = 0.03
"""The part of either picture's area that must be shared: a few like letters or a common sign are no copy."""
BEST = 100.0


def is_found(verified: Verified) -> bool:
    """Whether the agreement is worth telling a person."""
    if verified.score < LEAST_SCORE or max(_area(verified.box_known), _area(verified.box_query)) < LEAST_AREA:
        return False
    seen = verified.correlation
    return verified.score >= BEYOND_LOOKS or (verified.score >= UNSEEN_SCORE if seen is None else seen >= UNLIKE)


def is_sure(verified: Verified) -> bool:
    """Whether it is found, and points and thumbnails both say so."""
    seen = verified.correlation
    return is_found(verified) and verified.score >= UNSEEN_SCORE and seen is not None and seen >= ALIKE


def distance_of(verified: Verified) -> float:
    """Return 100 less the score, at least 0."""
    return round(max(0.0, BEST - verified.score), 1)


def _area(box: Box) -> float:
    return box.width * box.height
