"""What was read out of an item so that it can be compared."""

from __future__ import annotations

from dataclasses import dataclass

from qalqan.model.ids import Id
from qalqan.model.parts import Box, Interval, Span

# The kinds of the first hour. A signal's kind is plain text, so that a plugin can bring its own.
SHA256 = "sha256"
PDQ = "pdq"
VIDEO_PDQ = "video-pdq"
PICTURE_LOCAL = "picture-local"
"""Local features of a picture, packed as `model.local` says."""
VIDEO_LOCAL = "video-local"
"""Local features of some frames of a video."""
SOUND = "sound"
"""Landmarks of a recording's sound, packed as `model.sound` says."""
TEXT = "text"
LINK = "link"


@dataclass(frozen=True, slots=True)
class Signal:
    """One comparable thing, and where it was found. Belongs to a media file or to an item's own text.

    `value` is text in the kind's own form: 64 hexadecimal digits for `sha256`; for `pdq` 64 hexadecimal digits, or
    eight such hashes separated by spaces, those of the picture's turns and flips with the upright one first;
    normalised text for `text`; a canonical URL for `link`; for `video-pdq` one line a frame, each
    `seconds,quality,hex` or `seconds,quality,hex,hex of the mirrored frame`. A bank's entry has the shorter form:
    the upright hashes alone.
    """

    id: Id
    kind: str
    value: str
    extractor: str
    """Name and version: `picture/1`."""
    media_sha256: str | None = None
    item_id: Id | None = None
    span: Span | None = None
    box: Box | None = None
    interval: Interval | None = None
    quality: int | None = None
    """0 to 100 where the kind knows of quality (`pdq`)."""
