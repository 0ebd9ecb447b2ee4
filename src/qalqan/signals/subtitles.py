"""Extractor `subtitle`: the subtitles that a video file holds as text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from qalqan.model.items import MediaKind
from qalqan.model.manifest import Manifest
from qalqan.model.signals import SUBTITLE
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.picture_text.extractor import one_line
from qalqan.signals.spoken import Line, sightings

TASK = "qalqan.signals.subtitles_child:read"


class SubtitleExtractor:
    """Reads the subtitles inside a video: one signal for each sentence, with the stretch in which it is shown.

    Subtitles that are pictures (those of discs and broadcasts) are none of it. The whole file is read for it, so it is
    read in the background.
    """

    manifest = Manifest("subtitle", "1", "Subtitles inside videos", (SUBTITLE,))
    later = True

    def wants(self, subject: Subject) -> bool:
        """Every kept video."""
        return subject.path is not None and subject.media is not None and subject.media.kind is MediaKind.VIDEO

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Read them in a child process. Raises InputRefused for what is no video, LimitReached where it takes long."""
        found: list[Sighting] = []
        for lines in desk.isolate.stream(TASK, str(subject.path), desk.limits.video_seconds, desk.limits.text_chars):
            stream: list[Line] = lines
            found += sightings(SUBTITLE, stream)
        return Reading(tuple(found))

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return the words with single spaces; raises BadValue where there are none."""
        return one_line(value)

    def examples(self) -> Sequence[Example]:
        """Return two seconds of grey with a line of text."""
        return (Example(file=_subtitled(), media_kind=MediaKind.VIDEO, finds=((SUBTITLE, "The lake is calm today."),)),)


@cache
def _subtitled() -> bytes:
    return subtitled([(0.2, 1.4, "The lake is <i>calm</i> today.")])


def subtitled(lines: Sequence[tuple[float, float, str]], seconds: int = 2) -> bytes:
    """Return a grey video with these (start, end, text) lines as subtitles, for examples and tests."""
    import io
    from fractions import Fraction

    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        film, text = container.add_stream("mpeg4", rate=5), container.add_stream("subrip")
        film.width, film.height, film.pix_fmt = 160, 120, "yuv420p"
        text.codec_context.subtitle_header = _HEADER
        grey = av.VideoFrame.from_ndarray(np.full((120, 160, 3), 120, np.uint8), format="rgb24")
        for _ in range(5 * seconds):
            container.mux(film.encode(grey))
        container.mux(film.encode())
        for start, end, words in lines:
            packet = av.Packet(words.encode())
            packet.stream, packet.time_base = text, Fraction(1, 1000)
            packet.pts = packet.dts = round(1000 * start)
            packet.duration = round(1000 * (end - start))
            container.mux(packet)
    return out.getvalue()


_HEADER = (
    b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n"
    b"Style: Default,Arial,20\n\n[Events]\n"
    b"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)
