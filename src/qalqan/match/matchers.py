"""The matchers that come with Qalqan."""

from __future__ import annotations

from qalqan.match.contract import Matcher
from qalqan.match.exact import ExactMatcher
from qalqan.match.local.matcher import LocalMatcher
from qalqan.match.near_text import NearTextMatcher
from qalqan.match.pictures import PictureMatcher
from qalqan.match.sounds.matcher import SoundMatcher
from qalqan.match.stills import StillMatcher
from qalqan.match.texts import TextMatcher
from qalqan.match.videos import VideoMatcher


def built_in() -> tuple[Matcher, ...]:
    """Return every built-in matcher, the surest first."""
    pictures = (PictureMatcher(), LocalMatcher())
    return (ExactMatcher(), TextMatcher(), NearTextMatcher(), *pictures, VideoMatcher(), StillMatcher(), SoundMatcher())
