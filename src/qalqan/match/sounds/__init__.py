"""Matcher `sound`: recordings that share a stretch of sound with a known one, faster, slower, higher or lower as well."""

from qalqan.match.sounds.matcher import SoundIndex, SoundMatcher

__all__ = ["SoundIndex", "SoundMatcher"]
