"""Extractor `video`: hashes and local features of a video's frames, and stills of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from qalqan.errors import BadValue
from qalqan.model.film import MOST_FRAMES, MOST_LOCAL, SPARSE, Frame, film_text, frames_of, seen_of, thinned
from qalqan.model.items import MediaKind
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Interval
from qalqan.model.signals import VIDEO_LOCAL, VIDEO_PDQ
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.pictures import unpacked

if TYPE_CHECKING:
    from qalqan.signals.videos_child import Part

LOOK = "qalqan.signals.videos_child:look"
DENSE = "qalqan.signals.videos_child:dense"
CLOSER = "qalqan.signals.videos_child:closer"
KNOWN_POINTS = 200
"""Points of each frame of a known video: a frame is seldom alone."""
MARGIN = 1.0
"""Seconds read on both sides of a stretch that is looked at more closely: its ends are to be found."""
MOST_STRETCHES = 64


class VideoExtractor:
    """Hashes frames, upright and mirrored, and takes local features of some, as `model.film` writes them.

    `read` looks at key frames only, which costs a hundredth of playing the video; short videos, and those with few key
    frames, are read densely. `read_known` reads every frame, which a known video deserves. `look_closer` reads every
    frame of some stretches. A file with sound only gives no signal.
    """

    manifest = Manifest("video", "2", "Copies and excerpts of videos by their frames", (VIDEO_PDQ, VIDEO_LOCAL))

    def wants(self, subject: Subject) -> bool:
        """Every kept video."""
        return subject.path is not None and subject.media is not None and subject.media.kind is MediaKind.VIDEO

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Look at it in a child process.

        Raises InputRefused where no frame can be decoded, LimitReached where frames are too large or take too long.
        """
        return self._read(LOOK, subject, desk)

    def read_known(self, subject: Subject, desk: Desk) -> Reading:
        """Read every frame in a child process, ten seconds at a time. Raises as `read` does."""
        return self._read(DENSE, subject, desk)

    def look_closer(self, subject: Subject, desk: Desk, stretches: Sequence[Interval]) -> Reading:
        """Read every frame of these stretches and of a second around them. Raises as `read` does."""
        limits = desk.limits
        found: list[Sighting] = []
        for stretch in _apart(stretches, limits.video_seconds):
            parts = desk.isolate.stream(
                CLOSER, str(subject.path), limits.picture_pixels, [(stretch.start, stretch.end)]
            )
            lines, last = _gathered(parts)
            if last is not None:
                found += lines.sightings(Interval(stretch.start, min(stretch.end, max(stretch.start, last["read_to"]))))
        return Reading(tuple(found))

    def _read(self, task: str, subject: Subject, desk: Desk) -> Reading:
        limits = desk.limits
        parts = desk.isolate.stream(task, str(subject.path), limits.picture_pixels, limits.video_seconds)
        lines, last = _gathered(parts)
        if last is None:
            return Reading()
        return Reading(
            tuple(lines.sightings(Interval(0.0, last["read_to"]))),
            unpacked(last["pictures"]),
            last["width"],
            last["height"],
            duration=last["read_to"] if last["complete"] else None,
            notes=tuple(_notes(last)),
        )

    def canonical(self, kind: str, value: str) -> str:
        """Return the frames in the order of their seconds, each as `seconds,quality,hex`, or as `seconds,features`."""
        try:
            if kind == VIDEO_LOCAL:
                return "\n".join(
                    f"{one.seconds:.3f},{one.local.first(KNOWN_POINTS).packed()}" for one in seen_of(value)
                )
            frames, sparse = frames_of(value)
        except ValueError as error:
            raise BadValue(str(error)) from error
        return film_text((Frame(one.seconds, one.quality, one.digits) for one in frames), sparse=sparse)

    def examples(self) -> Sequence[Example]:
        """Return three seconds of a moving circle."""
        return (Example(file=_circle(), media_kind=MediaKind.VIDEO, finds=((VIDEO_PDQ, "*"), (VIDEO_LOCAL, "*"))),)


class _Lines:
    """What came over the pipe, never more of it than a value may hold."""

    def __init__(self) -> None:
        self._frames: list[str] = []
        self._local: list[str] = []
        self._sparse = False

    def take(self, part: Part) -> None:
        """Add a part's lines."""
        if part["anew"]:
            self._frames, self._local = [], []
        self._sparse = part["sparse"]
        self._frames = thinned(self._frames + part["frames"], MOST_FRAMES)
        self._local = thinned(self._local + part["local"], MOST_LOCAL)

    def sightings(self, interval: Interval) -> Iterator[Sighting]:
        """Yield the signals of what was taken."""
        if self._frames:
            value = "\n".join([SPARSE, *self._frames] if self._sparse else self._frames)
            yield Sighting(VIDEO_PDQ, value, interval=interval)
        if self._local:
            yield Sighting(VIDEO_LOCAL, "\n".join(self._local), interval=interval)


def _gathered(parts: Iterable[Part]) -> tuple[_Lines, Part | None]:
    """Return the lines of all parts, and the last part; None where there was no film."""
    lines, last = _Lines(), None
    for last in parts:
        lines.take(last)
    return lines, last


def _apart(stretches: Sequence[Interval], seconds: float) -> list[Interval]:
    """Return the stretches with a second around each, in order, those that touch as one, and at most 64."""
    joined: list[Interval] = []
    for stretch in sorted(stretches, key=lambda one: one.start):
        start, end = max(0.0, stretch.start - MARGIN), min(seconds, stretch.end + MARGIN)
        if joined and start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, end))
        elif start < end:
            joined.append(Interval(start, end))
    return joined[:MOST_STRETCHES]


def _notes(last: Part) -> Iterator[str]:
    if last["skipped"]:
        yield f"{last['skipped']} broken packets or frames of the video were left out"
    if not last["complete"]:
        yield f"the video was read up to {last['read_to']:.0f} s (QALQAN_VIDEO_SECONDS)"


@cache
def _circle() -> bytes:
    import io

    import av
    import numpy as np
    from PIL import Image, ImageDraw

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(15):
            image = Image.linear_gradient("L").resize((160, 120)).convert("RGB")
            draw = ImageDraw.Draw(image)
            for spot in range(12):
                draw.rectangle((13 * spot, 9 * spot, 13 * spot + 8, 9 * spot + 5), fill="navy")
            draw.ellipse((8 * number, 30, 8 * number + 40, 70), fill="crimson")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()
