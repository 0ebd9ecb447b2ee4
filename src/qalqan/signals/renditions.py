"""The two working copies of a picture or frame for the console. Runs in a decoding child process only."""

from __future__ import annotations

import io

from PIL import Image

CLEAR_SIDE = 640
"""Pixels on the long side of a clear copy."""
BLURRED_SIDE = 320
"""Pixels on the long side of a blurred copy."""
BLURRED_GRAIN = 12
"""Pixels on the long side that a blurred copy is made from: too few for anything to be recognised."""

WirePicture = tuple[str, float, bytes, int, int]
"""Rendition kind, seconds, JPEG, width, height: a `contract.Picture` as it crosses the pipe."""


def renditions(image: Image.Image, at: float) -> list[WirePicture]:
    """Return the clear and the blurred copy of an RGB `image` seen `at` seconds, without any of its metadata."""
    clear = _clear(image)
    return [_packed("clear", at, clear), _packed("blurred", at, _blurred(clear, image.size))]


def _clear(image: Image.Image) -> Image.Image:
    return image.resize(fitted(image.size, CLEAR_SIDE), Image.Resampling.BOX)


def _blurred(clear: Image.Image, size: tuple[int, int]) -> Image.Image:
    grain = clear.convert("L").resize(fitted(size, BLURRED_GRAIN), Image.Resampling.BOX)
    return grain.resize(fitted(size, BLURRED_SIDE), Image.Resampling.BICUBIC)


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return `size` shrunk (never enlarged) to `side` pixels on its long side, at least one on the other."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _packed(kind: str, at: float, image: Image.Image) -> WirePicture:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return (kind, at, out.getvalue(), image.width, image.height)
