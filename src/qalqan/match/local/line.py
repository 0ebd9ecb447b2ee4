"""The line: what counts as found, and what as sure."""

from __future__ import annotations

from qalqan.match.local.regions import ALIKE
from qalqan.match.local.verify import Verified

LEAST_SCORE = 5.0
"""Agreement that chance gives once in 100,000 pairs of pictures, by the model of `chance`, is a find where the
thumbnails do not speak against it."""
SURE_SCORE = 8.0
UNLIKE = 0.2
"""A correlation under which they are not."""
BEYOND_LOOKS = 30.0
"""A score that stands against unlike thumbnails: letters, stickers and other covers change them, not the points."""
BEST = 100.0


def is_found(verified: Verified) -> bool:
    """Whether the agreement is worth telling a person."""
    if verified.score < LEAST_SCORE:
        return False
    seen = verified.correlation
    return verified.score >= BEYOND_LOOKS or (verified.score >= SURE_SCORE if seen is None else seen >= UNLIKE)


def is_sure(verified: Verified) -> bool:
    """Whether points and thumbnails both say so."""
    seen = verified.correlation
    return verified.score >= SURE_SCORE and seen is not None and seen >= ALIKE


def distance_of(verified: Verified) -> float:
    """Return 100 less the score, at least 0."""
    return round(max(0.0, BEST - verified.score), 1)
