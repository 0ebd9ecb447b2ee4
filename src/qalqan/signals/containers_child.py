"""What films and sounds have in common where they are opened. Runs in a decoding child process only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import av

Stream = TypeVar("Stream", av.VideoStream, av.AudioStream)

MOST_STARTS = 16
"""How often a file may bring a stream that nobody announced."""


def packets_of(container: av.container.InputContainer, stream: Stream) -> Iterator[av.Packet[Stream]]:
    """Yield a stream's packets, also where another stream appears in the middle, as in FLV: PyAV stumbles over that."""
    for _ in range(MOST_STARTS):
        try:
            yield from container.demux(stream)
        except IndexError:
            continue
        return


def why(error: Exception) -> str:
    """Return what FFmpeg says is wrong, without the path of the file, which is ours and tells nobody anything."""
    return str(getattr(error, "strerror", None) or type(error).__name__)[:200]
