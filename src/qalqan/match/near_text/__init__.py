"""Matcher `near-text`: known texts that were edited, shortened, put in another order or script, or into other texts."""

from qalqan.match.near_text.matcher import NearTextIndex, NearTextMatcher

__all__ = ["NearTextIndex", "NearTextMatcher"]
