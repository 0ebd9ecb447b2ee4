"""How known things are changed before they are handed round again."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from qalqan.demo.lettering import font_for, stamp

_SHORT = 3

PictureEdit = Callable[[Image.Image], Image.Image]


def resized(image: Image.Image) -> Image.Image:
    """Make it 480 pixels wide."""
    return image.resize((480, round(image.height * 480 / image.width)))


def mirrored(image: Image.Image) -> Image.Image:
    """Turn it left for right."""
    return ImageOps.mirror(image)


def turned(image: Image.Image) -> Image.Image:
    """Turn it by a quarter."""
    return image.transpose(Image.Transpose.ROTATE_90)


def brightened(image: Image.Image) -> Image.Image:
    """Make it brighter, with less contrast."""
    return ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.25)).enhance(0.8)


def _cropped(image: Image.Image, share: float) -> Image.Image:
    dx, dy = round(image.width * share / 2), round(image.height * share / 2)
    return image.crop((dx, dy, image.width - dx, image.height - dy))


def trimmed(image: Image.Image) -> Image.Image:
    """Cut off 2 % of its width and height."""
    return _cropped(image, 0.02)


def cropped(image: Image.Image) -> Image.Image:
    """Cut off 15 % of its width and height."""
    return _cropped(image, 0.15)


def with_logo(image: Image.Image) -> Image.Image:
    """Put a small sign in the corner."""
    copy = image.copy()
    label = stamp(copy, "Shore TV", 15, (176, 42, 58))
    copy.paste(label, (copy.width - label.width - 18, 18), label)
    return copy


def bordered(image: Image.Image) -> Image.Image:
    """Put a broad white border round it."""
    return ImageOps.expand(image, round(image.width * 0.08), "white")


def screenshot(image: Image.Image) -> Image.Image:
    """Show it as a post on a telephone's screen."""
    screen = Image.new("RGB", (540, 900), (246, 246, 248))
    pen = ImageDraw.Draw(screen)
    pen.rectangle((0, 0, 540, 84), fill=(38, 92, 138))
    pen.ellipse((20, 18, 68, 66), fill=(228, 186, 92))
    pen.text((84, 42), "Lakeside channel", fill="white", font=font_for("Lakeside", 26), anchor="lm")
    view = image.resize((540, round(image.height * 540 / image.width)))
    screen.paste(view, (0, 120))
    for line, width in enumerate((470, 420, 300)):
        top = 120 + view.height + 40 + line * 40
        pen.rounded_rectangle((24, top, 24 + width, top + 16), 8, fill=(196, 200, 208))
    return screen


def disguised(text: str) -> str:
    """Return the text in capitals with zero-width spaces in its longer words."""
    return " ".join(f"{word[:2]}\u200b{word[2:]}" if len(word) > _SHORT else word for word in text.upper().split())


PICTURE_EDITS: dict[str, PictureEdit] = {
    "resized to 480 pixels": resized,
    "mirrored": mirrored,
    "turned by 90 degrees": turned,
    "brighter, less contrast": brightened,
    "2 % cropped": trimmed,
    "small logo added": with_logo,
    "15 % cropped": cropped,
    "white border": bordered,
    "screenshot on a telephone": screenshot,
    "saved again at low quality": lambda image: image,
}
"""Plain words → what they do. The last is done when the picture is written: see `quality_of`."""

HARD = frozenset({"15 % cropped", "white border", "screenshot on a telephone"})
"""Edits of pictures that a first version may miss."""


def quality_of(edit: str) -> int:
    """Return the JPEG quality that an edit is saved with."""
    return 22 if edit == "saved again at low quality" else 85
