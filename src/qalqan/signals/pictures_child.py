"""Decodes one picture. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

import struct
from typing import TypedDict

import numpy as np
from PIL import Image

from qalqan.errors import InputRefused, LimitReached
from qalqan.signals.pdq import eight_hashes
from qalqan.signals.renditions import WirePicture, renditions

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "DIB", "TIFF", "ICO", "JPEG2000", "PPM", "TGA")
"""What Pillow may open. Not among them: formats that start other programs (EPS) or are no pictures (PDF, WMF)."""

HASH_SIDE = 1024
"""A picture is averaged down by the whole number that leaves at least so many pixels on its long side."""

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

BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, struct.error)
"""What Pillow raises for broken files."""

Image.MAX_IMAGE_PIXELS = None  # our own limit stands in its place


class Decoded(TypedDict):
    """What `read` gives back."""

    hashes: list[str]
    quality: int
    width: int
    height: int
    pictures: list[WirePicture]


def read(path: str, pixels: int) -> Decoded:
    """Decode the first frame of the picture at `path`, of at most `pixels` pixels: eight hashes and two copies."""
    with _opened(path) as image:
        _check(image.size, pixels)
        turn = TURNS.get(_orientation(image))
        size = image.size
        small = _flat(_shrunk(_loaded(image)))
    if turn is not None:
        small = small.transpose(turn)
        size = _sides(size, turn)
    hashes, quality = eight_hashes(np.asarray(small))
    return Decoded(hashes=hashes, quality=quality, width=size[0], height=size[1], pictures=renditions(small, 0.0))


def _opened(path: str) -> Image.Image:
    try:
        return Image.open(path, formats=FORMATS)
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
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Bring deep greys to 8 bits; Pillow's own conversion would cut them off at white."""
    grey = np.nan_to_num(np.asarray(image, dtype=np.float32))
    low, high = (0.0, 65535.0) if image.mode.startswith("I;16") else (float(grey.min()), float(grey.max()))
    return Image.fromarray(((grey - low) * (255.0 / max(high - low, 1e-9))).astype(np.uint8))


def _shrunk(image: Image.Image) -> Image.Image:
    factor = max(image.size) // HASH_SIDE
    return image.reduce(factor) if factor > 1 else image


def _flat(image: Image.Image) -> Image.Image:
    """Lay what is transparent on white."""
    if image.mode == "RGB":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _sides(size: tuple[int, int], turn: Image.Transpose) -> tuple[int, int]:
    upright = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180)
    return size if turn in upright else (size[1], size[0])
