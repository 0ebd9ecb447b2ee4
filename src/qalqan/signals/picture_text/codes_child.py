"""Reads QR codes and bar codes. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

import cv2
import zxingcpp

from qalqan.signals.picture_text.letters_child import Grey

ENLARGED = 3
"""How many times a picture is enlarged in which no code was found: the smallest have two pixels a module."""
MOST_ENLARGED = 1_500_000
"""Pixels of a picture that is enlarged: a code in a larger one is large enough, or a speck."""
MOST_CODES = 20
LONGEST = 4000
"""Characters; a QR code holds no more."""
FORMATS = zxingcpp.barcode_formats_from_str("QRCode,MicroQRCode,Aztec,DataMatrix,PDF417")


class Code(TypedDict):
    """What one code holds, and where it is."""

    text: str
    box: tuple[float, float, float, float]
    """Left, top, width, height in fractions of the picture."""


def codes_of(grey: Grey) -> list[Code]:
    """Return the codes in a picture, each text once."""
    found = list(_codes(grey)) or (list(_codes(_enlarged(grey))) if grey.size <= MOST_ENLARGED else [])
    return list({code["text"]: code for code in found}.values())[:MOST_CODES]


def _enlarged(grey: Grey) -> Grey:
    large = cv2.resize(grey, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    return large.astype(grey.dtype)


def _codes(grey: Grey) -> Iterator[Code]:
    height, width = grey.shape
    for found in zxingcpp.read_barcodes(grey, formats=FORMATS):
        text = found.text.strip()[:LONGEST]
        if not found.valid or not text:
            continue
        place = found.position
        corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
        x, y = [one.x / width for one in corners], [one.y / height for one in corners]
        left, top = max(0.0, min(x)), max(0.0, min(y))
        box = (left, top, min(1.0, max(x)) - left, min(1.0, max(y)) - top)
        yield Code(text=text, box=box)
