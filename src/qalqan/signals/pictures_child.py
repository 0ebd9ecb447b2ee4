"""Decodes one picture. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

import struct
from typing import BinaryIO, TypedDict

import numpy as np
from PIL import Image

from qalqan.errors import InputRefused, LimitReached
from qalqan.model.signals import PDQ, PICTURE_LOCAL
from qalqan.signals.borders import content_box
from qalqan.signals.local_child import local_of
from qalqan.signals.pdq import LONGEST, Pixels, Shrunk, digits, eight_hashes_of
from qalqan.signals.renditions import WirePicture, renditions

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "DIB", "TIFF", "ICO", "JPEG2000", "PPM", "TGA")
"""What Pillow may open. Not among them: formats that start other programs (EPS) or are no pictures (PDF, WMF)."""

DECODED_SIDES = (640, 256)
"""A JPEG is decoded at a half, a quarter or an eighth where that leaves so many pixels on its long and short sides."""
HASHED_SIDES = (1024, 256)
"""Any other is averaged down by the whole number that leaves at least so many."""

ORIENTATION = 0x0112  # the EXIF tag
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation."""

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    RuntimeError,
    struct.error,
)
"""What Pillow raises for broken files."""

Image.MAX_IMAGE_PIXELS = None  # our own limit stands in its place


WireSighting = tuple[str, str, tuple[float, float, float, float], int | None]
"""Kind, value, box (left, top, width, height), quality: a `contract.Sighting` as it crosses the pipe."""


class Decoded(TypedDict):
    """What `read` gives back."""

    sightings: list[WireSighting]
    width: int
    height: int
    pictures: list[WirePicture]


def read(path: str, pixels: int, copies: bool = True, parts: bool = True) -> Decoded:  # noqa: FBT001, FBT002 - as it crosses the pipe
    """Decode the first frame of the picture at `path`, of at most `pixels` pixels: its signals and two copies.

    Without `copies`, none are made; without `parts`, there are no local features among the signals.
    """
    small, whole = decoded(path, pixels)
    pictures = renditions(small, 0.0) if copies else []
    found = _sightings(small, whole, parts=parts)
    return Decoded(sightings=found, width=whole.width, height=whole.height, pictures=pictures)


def decoded(source: str | BinaryIO, pixels: int = LONGEST * LONGEST) -> tuple[Image.Image, Shrunk]:
    """Return the first frame of a picture in RGB, upright, as small as costs its hash nothing, and its whole size.

    Raises InputRefused for a broken picture, LimitReached for one of more than `pixels` pixels.
    """
    with _opened(source) as image:
        _check(image.size, pixels)
        turn = TURNS.get(_orientation(image))
        width, height = image.size
        block = _decode_shrunk(image)
        smaller, factor = _shrunk(_loaded(image))
    small = _flat(smaller)
    if turn is not None:
        small = small.transpose(turn)
        width, height = _sides((width, height), turn)
    return small, Shrunk(height, width, block * factor)


def large(source: str | BinaryIO, pixels: int, longest: int) -> Image.Image:
    """Return the first frame of a picture in RGB, upright, its longer side at most `longest` pixels.

    For what is read in it: writing is lost where hashing loses nothing. Raises as `decoded` does.
    """
    with _opened(source) as image:
        _check(image.size, pixels)
        turn = TURNS.get(_orientation(image))
        image.draft(None, (longest, longest))  # a JPEG is decoded at a size that is not smaller
        whole = _flat(_loaded(image))
    whole.thumbnail((longest, longest), Image.Resampling.BOX, reducing_gap=2.0)
    return whole if turn is None else whole.transpose(turn)


def _sightings(small: Image.Image, whole: Shrunk, *, parts: bool) -> list[WireSighting]:
    """Return the hashes of the picture, those of its content where borders surround it, and its local features."""
    rgb, grey = np.asarray(small), np.asarray(small.convert("L"))
    found = [_hashed(rgb, whole, (0.0, 0.0, 1.0, 1.0))]
    content = content_box(grey)
    if content is not None:
        part, (height, width) = content.of(rgb), grey.shape
        size = Shrunk(part.shape[0] * whole.block, part.shape[1] * whole.block, whole.block)
        box = (content.left / width, content.top / height, part.shape[1] / width, part.shape[0] / height)
        found.append(_hashed(part, size, box))
    local = local_of(grey) if parts else ""
    return [*found, (PICTURE_LOCAL, local, (0.0, 0.0, 1.0, 1.0), None)] if local else found


def _hashed(rgb: Pixels, whole: Shrunk, box: tuple[float, float, float, float]) -> WireSighting:
    # A thread of a picture is hashed as what it was shrunk to.
    hashes, quality = eight_hashes_of(rgb, whole if max(whole.height, whole.width) <= LONGEST else None)
    return PDQ, " ".join(digits(hashes)), box, quality


def _opened(source: str | BinaryIO) -> Image.Image:
    try:
        return Image.open(source, formats=FORMATS)
    except BROKEN as error:
        msg = "it is no picture that can be read"
        raise InputRefused(msg, hint=f"Formats that can be: {', '.join(FORMATS)}.") from error


def _check(size: tuple[int, int], pixels: int) -> None:
    """Refuse by the header, before a single pixel is decoded."""
    width, height = size
    if width * height > pixels:
        msg = f"the picture is {width} by {height} pixels, {width * height} in all; the limit is {pixels}"
        raise LimitReached(msg, hint="QALQAN_PICTURE_PIXELS allows more.")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return 1  # broken metadata do not make a broken picture


def _decode_shrunk(image: Image.Image) -> int:
    """Have a JPEG decoded at the smallest scale that costs its hash nothing; return of how many pixels one is made."""
    width, height = image.size
    for block in (8, 4, 2):
        if _leaves((width, height), block, DECODED_SIDES):
            image.draft(None, (width // block, height // block))
            return block if image.size == (-(-width // block), -(-height // block)) else 1
    return 1


def _leaves(size: tuple[int, int], block: int, sides: tuple[int, int]) -> bool:
    return max(size) >= sides[0] * block and min(size) >= sides[1] * block


def _loaded(image: Image.Image) -> Image.Image:
    """Decode it, into RGB or RGBA."""
    try:
        image.load()
    except BROKEN as error:
        what = "truncated" if "truncated" in str(error) else f"broken ({str(error)[:200]})"
        msg = f"the picture is {what}"
        raise InputRefused(msg) from error
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Bring deep greys to 8 bits; Pillow's own conversion would cut them off at white."""
    grey = np.nan_to_num(np.asarray(image, dtype=np.float32))
    low, high = (0.0, 65535.0) if image.mode.startswith("I;16") else (float(grey.min()), float(grey.max()))
    return Image.fromarray(((grey - low) * (255.0 / max(high - low, 1e-9))).astype(np.uint8))


def _shrunk(image: Image.Image) -> tuple[Image.Image, int]:
    """Return it averaged down, and of how many pixels of each side one is made now."""
    factor = min(max(image.size) // HASHED_SIDES[0], min(image.size) // HASHED_SIDES[1])
    factor = max(factor, -(-max(image.size) // LONGEST), 1)
    return (image.reduce(factor), factor) if factor > 1 else (image, 1)


def _flat(image: Image.Image) -> Image.Image:
    """Lay what is transparent on white."""
    if image.mode == "RGB":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _sides(size: tuple[int, int], turn: Image.Transpose) -> tuple[int, int]:
    upright = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180)
    return size if turn in upright else (size[1], size[0])
