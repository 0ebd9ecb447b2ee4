"""Words on pictures, in whichever of the usual fonts this machine has."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from qalqan.demo.canvas import Canvas, Colour

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_BOLD = ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf")
_ARABIC = ("NotoNaskhArabic-Bold.ttf", "NotoSansArabic-Bold.ttf", "DejaVuSans-Bold.ttf")


@lru_cache(maxsize=64)
def _found(names: tuple[str, ...], size: int) -> Font | None:
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def _is_arabic(text: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in text)


def font_for(text: str, size: int) -> Font | None:
    """Return a font that has this text's letters; None where the machine has none for it."""
    if _is_arabic(text):
        return _found(_ARABIC, size)
    return _found(_BOLD, size) or (ImageFont.load_default(size) if text.isascii() else None)


def write(canvas: Canvas, x: float, y: float, size: float, text: str, colour: Colour) -> None:
    """Write one line centred on a point; `size` is a share of the height. Without a font for it, nothing is written."""
    font = font_for(text, round(size * canvas.height))
    if font is not None:
        canvas.pen.text((x * canvas.width, y * canvas.height), text, fill=colour, font=font, anchor="mm")


def stamp(image: Image.Image, text: str, size: int, colour: Colour) -> Image.Image:
    """Return a small label for the corner of a picture: transparent but for a round plate with the text."""
    font = font_for(text, size) or ImageFont.load_default(size)
    wide = round(ImageDraw.Draw(image).textlength(text, font=font)) + size
    label = Image.new("RGBA", (wide, size * 2))
    pen = ImageDraw.Draw(label)
    pen.rounded_rectangle((0, 0, wide - 1, size * 2 - 1), size // 2, fill=(*colour, 205))
    pen.text((wide / 2, size), text, fill="white", font=font, anchor="mm")
    return label
