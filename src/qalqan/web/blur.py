"""Blurs pictures on the server: what is sent holds no more than the level lets through, so no browser can undo it.

What is blurred here are our own small working copies, never files from outside: those are decoded in child processes.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image

from qalqan.signals.renditions import BLURRED_GRAIN

GRAINS = (0, 96, 64, 48, 36, 24, 18, BLURRED_GRAIN, 8, 5, 2)
"""Of each level, 0 to 10: pixels on the long side that are left of a picture. At 12 nothing is recognised, at 2 there
are only colours. 0 leaves all."""
STORED = GRAINS.index(BLURRED_GRAIN)
"""The level, in grey, of the copies that are stored beside the clear ones."""
KEPT = 512
"""Blurred pictures that are kept at hand: about 10 kB each."""
QUALITY = 80


@lru_cache(maxsize=KEPT)
def blurred(path: Path, size: tuple[int, int], level: int, *, grey: bool) -> bytes:
    """Return, as JPEG in this size, the working copy at `path` blurred to a level. Stored copies never change."""
    with Image.open(path, formats=["JPEG"]) as opened:
        picture = opened.convert("L" if grey else "RGB")
    if GRAINS[level]:
        picture = picture.resize(_grain(picture.size, GRAINS[level]), Image.Resampling.BOX)
    made = picture.resize(size, Image.Resampling.BICUBIC)
    packed = io.BytesIO()
    made.save(packed, "JPEG", quality=QUALITY)
    return packed.getvalue()


def _grain(size: tuple[int, int], most: int) -> tuple[int, int]:
    scale = min(1.0, most / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
