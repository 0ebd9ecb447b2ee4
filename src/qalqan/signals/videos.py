"""Extractor `video`: a PDQ hash for every second of a video, and stills of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from qalqan.errors import BadValue
from qalqan.model.items import MediaKind
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Interval
from qalqan.model.signals import VIDEO_PDQ
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.files import hex_256
from qalqan.signals.pictures import unpacked

if TYPE_CHECKING:
    from qalqan.signals.videos_child import Part

TASK = "qalqan.signals.videos_child:read"
MOST_FRAMES = 100_000
"""Frames of one known video: more than a day of them."""


class VideoExtractor:
    """Hashes the first frame at or after each whole second, upright and mirrored.

    One signal a video: a line for each frame, `seconds,quality,hex,hex of the mirrored frame`. A known video's lines
    end after the first hash. A file with sound only gives no signal.
    """

    manifest = Manifest("video", "1", "Copies and excerpts of videos by PDQ of frames", (VIDEO_PDQ,))

    def wants(self, subject: Subject) -> bool:
        """Every kept video."""
        return subject.path is not None and subject.media is not None and subject.media.kind is MediaKind.VIDEO

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Decode it in a child process, thirty seconds at a time.

        Raises InputRefused where no frame can be decoded, LimitReached where frames are too large or take too long.
        """
        limits = desk.limits
        parts = desk.isolate.stream(TASK, str(subject.path), limits.picture_pixels, limits.video_seconds)
        lines: list[str] = []
        last: Part | None = None
        for last in parts:
            lines += last["lines"]
        return Reading() if last is None else _reading(lines, last)

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return the frames in the order of their seconds, each as `seconds,quality,hex`."""
        lines = value.split()
        if not 0 < len(lines) <= MOST_FRAMES:
            msg = f"a known video has 1 to {MOST_FRAMES} lines `seconds,quality,hex`, this one has {len(lines)}"
            raise BadValue(msg)
        frames = sorted(_frame(line) for line in lines)
        return "\n".join(f"{seconds:.3f},{quality},{digits}" for seconds, quality, digits in frames)

    def examples(self) -> Sequence[Example]:
        """Return three seconds of a moving circle."""
        return (Example(file=_circle(), media_kind=MediaKind.VIDEO, finds=((VIDEO_PDQ, "*"),)),)


def _reading(lines: list[str], last: Part) -> Reading:
    sighting = Sighting(VIDEO_PDQ, "\n".join(lines), interval=Interval(0.0, last["read_to"]))
    return Reading(
        (sighting,),
        unpacked(last["pictures"]),
        last["width"],
        last["height"],
        duration=last["read_to"] if last["complete"] else None,
        notes=tuple(_notes(last)),
    )


def _notes(last: Part) -> Iterable[str]:
    if last["skipped"]:
        yield f"{last['skipped']} broken packets or frames of the video were left out"
    if not last["complete"]:
        yield f"the video was read up to {last['read_to']:.0f} s (QALQAN_VIDEO_SECONDS)"


def _frame(line: str) -> tuple[float, int, str]:
    try:
        seconds, quality, digits = line.split(",")[:3]
        at, worth = float(seconds), int(quality)
    except ValueError as error:
        msg = f"a frame is written `seconds,quality,hex`, not {line[:80]!r}"
        raise BadValue(msg) from error
    if not (math.isfinite(at) and 0 <= at < 1e9 and 0 <= worth <= 100):  # noqa: PLR2004 - seconds of 30 years; a quality in percent
        msg = f"seconds are 0 or more and quality is 0 to 100, not {line[:80]!r}"
        raise BadValue(msg)
    return at, worth, hex_256(digits, "a frame's PDQ hash")


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
            ImageDraw.Draw(image).ellipse((8 * number, 30, 8 * number + 40, 70), fill="crimson")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()
