"""Films: pairs of moments that look alike, the lines on which they lie, the stretches along these, and their proof."""

from qalqan.match.videos.matcher import VideoMatcher

__all__ = ["VideoMatcher"]
