"""Matcher `sound`: recordings that share a stretch of sound with a known one, also faster or higher."""

from qalqan.match.sounds.matcher import SoundIndex, SoundMatcher

__all__ = ["SoundIndex", "SoundMatcher"]
