"""Extractor `picture`: PDQ hashes of pictures, and their working copies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from qalqan.model.items import MediaKind, RenditionKind
from qalqan.model.manifest import Manifest
from qalqan.model.parts import WHOLE_PICTURE
from qalqan.model.signals import PDQ
from qalqan.signals.contract import Desk, Example, Picture, Reading, Sighting, Subject
from qalqan.signals.files import hex_256

TASK = "qalqan.signals.pictures_child:read"


class PictureExtractor:
    """Hashes a picture, its first frame where it moves, so that edited copies are found by nearness.

    A value holds eight hashes separated by spaces, those of the picture's turns and flips, so that a turned or
    mirrored copy is found too; a known picture's value holds the first of them, the upright one, alone.
    """

    manifest = Manifest("picture", "1", "Near copies of pictures by PDQ", (PDQ,))

    def wants(self, subject: Subject) -> bool:
        """Every kept picture."""
        return subject.path is not None and subject.media is not None and subject.media.kind is MediaKind.PICTURE

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Decode it in a child process. Raises InputRefused for a broken picture, LimitReached for one too large."""
        found = desk.isolate.call(TASK, str(subject.path), desk.limits.picture_pixels)
        sighting = Sighting(PDQ, " ".join(found["hashes"]), box=WHOLE_PICTURE, quality=found["quality"])
        return Reading((sighting,), unpacked(found["pictures"]), found["width"], found["height"])

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return the first, upright, hash in lower case; the others are for queries only."""
        upright, *_ = [hex_256(part, "a PDQ hash") for part in value.split() or [value]]
        return upright

    def examples(self) -> Sequence[Example]:
        """Return one drawn landscape."""
        return (Example(file=_landscape(), media_kind=MediaKind.PICTURE, finds=((PDQ, "*"),)),)


def unpacked(pictures: Sequence[tuple[str, float, bytes, int, int]]) -> tuple[Picture, ...]:
    """Return working copies as they came over the pipe in the contract's form."""
    return tuple(Picture(RenditionKind(kind), at, jpeg, width, height) for kind, at, jpeg, width, height in pictures)


@cache
def _landscape() -> bytes:
    import io

    from PIL import Image, ImageDraw

    image = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((220, 20, 270, 70), fill="gold")
    draw.polygon([(0, 240), (90, 90), (190, 240)], fill="slateblue")
    draw.polygon([(120, 240), (240, 130), (320, 240)], fill="seagreen")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
