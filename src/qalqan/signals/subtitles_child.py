"""Reads the subtitles inside a video. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import av
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle

from qalqan.signals.spoken import Line
from qalqan.signals.videos_decode_child import opened

STREAMS = 8
"""Subtitles in so many languages are read."""
MOST_LINES = 50_000
LONGEST = 2_000
"""Characters of one line."""
PART_SECONDS = 10.0
"""Seconds of work after which what was read is handed on: the time limit of a decoding call holds for each part."""
_STYLES = re.compile(r"\{[^}]{0,500}\}|<[^>]{0,200}>")
"""Styles as the subtitle formats ASS and SubRip write them."""


def read(path: str, seconds: float, chars: int) -> Iterator[list[Line]]:
    """Yield the lines of one of its languages after the other, at most `chars` characters of the first `seconds`.

    Raises InputRefused for what is no video.
    """
    with open(path, "rb") as file, opened(file) as container:  # noqa: PTH123 - PyAV reads from open files
        streams = [one for one in container.streams.subtitles if one.codec_context is not None][:STREAMS]
        if not streams:
            return
        held: dict[int, list[Line]] = {one.index: [] for one in streams}
        read_chars, began = 0, time.monotonic()
        for index, line in _lines(container, streams):
            read_chars += len(line["text"])
            if line["start"] > seconds or read_chars > chars:
                break
            held[index].append(line)
            if time.monotonic() - began > PART_SECONDS:
                yield from _taken(held)
                began = time.monotonic()
        yield from _taken(held)


def _taken(held: dict[int, list[Line]]) -> Iterator[list[Line]]:
    """Yield what was read, also where that is nothing: it says that the work goes on."""
    for index, lines in held.items():
        yield lines
        held[index] = []


def _lines(container: av.container.InputContainer, streams: list[SubtitleStream]) -> Iterator[tuple[int, Line]]:
    """Yield (stream, line); broken packets are left out."""
    packets = container.demux(streams)
    for _ in range(MOST_LINES):
        try:
            packet = next(packets, None)
            if packet is None:
                return
            shown = packet.decode() if packet.size else []
        except av.EOFError:
            return
        except (av.FFmpegError, ValueError, IndexError):
            continue
        text = " ".join(_plain(one) for one in shown if isinstance(one, AssSubtitle)).strip()
        if text and packet.pts is not None and packet.time_base:
            start = max(0.0, float(packet.pts * packet.time_base))
            length = max(0.0, float((packet.duration or 0) * packet.time_base))
            yield packet.stream.index, Line(start=start, end=start + length, text=text)


def _plain(subtitle: AssSubtitle) -> str:
    text = bytes(subtitle.dialogue).decode("utf-8", "replace")
    return " ".join(_STYLES.sub("", text[: 2 * LONGEST].replace("\\N", " ").replace("\\h", " ")).split())[:LONGEST]
