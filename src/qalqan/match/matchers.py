"""The matchers that come with Qalqan."""

from __future__ import annotations

from qalqan.match.contract import Matcher
from qalqan.match.exact import ExactMatcher
from qalqan.match.pictures import PictureMatcher
from qalqan.match.stills import StillMatcher
from qalqan.match.texts import TextMatcher
from qalqan.match.videos import VideoMatcher


def built_in() -> tuple[Matcher, ...]:
    """Return every built-in matcher, the surest first."""
    return (ExactMatcher(), TextMatcher(), PictureMatcher(), VideoMatcher(), StillMatcher())
