"""The line: what counts as found, and what as sure. Measured, not deduced: see `docs/matching.md`."""

from __future__ import annotations

from qalqan.match.local.verify import Verified

FINDS = ((30.0, -1.0), (10.0, 0.6), (6.0, 0.75))
"""(score, what three in four windows of the thumbnails correlate by) from which on it is a find. Letters, stickers,
other covers change thumbnails, not many points. A few points of a caption or of a telephone's screen, though, are in
all pictures that have one."""
SURE_SCORE, SURE_ALIKE = 30.0, 0.5
"""The same for what is sure."""
UNSEEN_SCORE = 10.0
"""The least score for a find where the thumbnails are too plain to say anything."""
FIND_AREA, SURE_AREA = 0.05, 0.1
"""The part of either picture's area that must be shared: a few like letters or a common sign are no copy."""
BEST = 100.0


def is_found(verified: Verified) -> bool:
    """Whether the agreement is worth telling a person."""
    if _area(verified) < FIND_AREA:
        return False
    if verified.quartile is None:
        return verified.score >= UNSEEN_SCORE
    return any(verified.score >= score and verified.quartile >= alike for score, alike in FINDS)


def is_sure(verified: Verified) -> bool:
    """Whether points and thumbnails both say so, over more than a sign."""
    if _area(verified) < SURE_AREA or verified.quartile is None:
        return False
    return verified.score >= SURE_SCORE and verified.quartile >= SURE_ALIKE


def distance_of(verified: Verified) -> float:
    """Return 100 less the score, at least 0."""
    return round(max(0.0, BEST - verified.score), 1)


def _area(verified: Verified) -> float:
    """Return the larger of both pictures' shared parts."""
    return max(box.width * box.height for box in (verified.box_known, verified.box_query))
