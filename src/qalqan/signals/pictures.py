"""Extractor `picture`: PDQ hashes and local features of pictures, and their working copies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from qalqan.errors import BadValue
from qalqan.model.items import MediaKind, RenditionKind
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Box
from qalqan.model.signals import PDQ, PICTURE_LOCAL
from qalqan.signals.contract import Desk, Example, Picture, Reading, Sighting, Subject
from qalqan.signals.files import hex_256

TASK = "qalqan.signals.pictures_child:read"


class PictureExtractor:
    """Reads a picture, its first frame where it moves, so that edited copies of it are found.

    - `pdq`: eight hashes separated by spaces, those of the picture's turns and flips, so that a turned or mirrored
      copy is found too; a known picture's value holds the first of them, the upright one, alone. Where borders
      surround the picture, a second signal has the hashes of what lies inside them, and the box where that is.
    - `picture-local`: local features (`model.local`), where the picture has enough of them. A known picture's value
      holds the most telling ones. They are left out where the desk wants no parts.
    """

    manifest = Manifest("picture", "2", "Copies of pictures by PDQ and local features", (PDQ, PICTURE_LOCAL))

    def wants(self, subject: Subject) -> bool:
        """Every kept picture."""
        return subject.path is not None and subject.media is not None and subject.media.kind is MediaKind.PICTURE

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Decode it in a child process. Raises InputRefused for a broken picture, LimitReached for one too large."""
        found = desk.isolate.call(TASK, str(subject.path), desk.limits.picture_pixels, desk.copies, desk.parts)
        sightings = tuple(
            Sighting(kind, value, box=Box(*box), quality=quality) for kind, value, box, quality in found["sightings"]
        )
        return Reading(sightings, unpacked(found["pictures"]), found["width"], found["height"])

    def canonical(self, kind: str, value: str) -> str:
        """Return the first, upright, hash in lower case, or the most telling local features.

        The others are for queries only. Raises BadValue.
        """
        if kind == PICTURE_LOCAL:
            return _most_telling(value)
        upright, *_ = [hex_256(part, "a PDQ hash") for part in value.split() or [value]]
        return upright

    def examples(self) -> Sequence[Example]:
        """Return one drawn landscape."""
        return (Example(file=_landscape(), media_kind=MediaKind.PICTURE, finds=((PDQ, "*"),)),)


def _most_telling(value: str) -> str:
    from qalqan.model import local

    try:
        return local.unpacked(value).first(local.KNOWN_POINTS).packed()
    except ValueError as error:
        raise BadValue(f"a picture's local features are as `qalqan` wrote them: {error}") from error


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
