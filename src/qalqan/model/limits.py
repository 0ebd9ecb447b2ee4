"""The bounds within which hostile input is read. Settings fill them; every reader and decoder obeys them."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one input. Sizes are bytes, times are seconds."""

    file_bytes: int = 4096 * MIB
    """A larger file is hashed but neither kept nor decoded."""
    record_bytes: int = 16 * MIB
    """One message, row or exchange of a stream."""
    text_chars: int = 1_000_000
    """Characters of one item's text; what is beyond is cut and counted."""
    json_depth: int = 64
    """Brackets within brackets."""
    archive_bytes: int = 64 * 1024 * MIB
    """What one archive may unpack to, all its members and inner archives together."""
    archive_ratio: int = 200
    """How many times its packed size a member may unpack to (small members are let be)."""
    archive_members: int = 1_000_000
    archive_depth: int = 3
    """Archives within archives."""
    picture_pixels: int = 100_000_000
    decode_seconds: float = 60.0
    """Wall clock for one decoding call (a picture, a page, thirty seconds of video)."""
    decode_memory: int = 2048 * MIB
    """Address space of a decoding child process."""
    video_seconds: float = 4 * 3600.0
    """How much of a recording is read."""
