"""What uploaders do to pictures: 28 kinds of edit at two strengths each, always the same for the same picture.

Each gives the edited picture and, where it is a plain rectangle, what of the source can still be seen.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from bench import picture_props as props
from qalqan.model.parts import WHOLE_PICTURE, Box

UPLOAD_QUALITY = 80
"""The JPEG quality in which a platform keeps what was handed in."""
MILD, STRONG = 0, 1

Seen = tuple[Image.Image, Box | None]
Change = Callable[[Image.Image, int, np.random.Generator, Sequence[Image.Image]], Seen]
"""An edit: (RGB picture, strength, chance, other pictures for backgrounds) → (RGB picture, what of it is visible)."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One kind of edit at one strength."""

    kind: str
    strength: int
    change: Change

    @property
    def name(self) -> str:
        """Kind and strength."""
        return f"{self.kind}, {('mild', 'strong')[self.strength]}"

    def apply(self, picture: Image.Image, key: str, others: Sequence[Image.Image] = ()) -> Seen:
        """Return the edited picture and what of the source is visible: a box in shares of the source, else None.

        `key` names the source: the same source, edit and `others` always give the same result. `others` are
        pictures that must not be banked; they stand beside or behind the source in collages. Without any, drawn
        stripes do.
        """
        seed = hashlib.sha256(f"{key}|{self.name}".encode()).digest()[:8]
        chance = np.random.default_rng(int.from_bytes(seed, "big"))
        return self.change(picture, self.strength, chance, others)


def uploaded(picture: Image.Image, quality: int = UPLOAD_QUALITY) -> bytes:
    """Return the JPEG that a platform would keep of it."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def edits() -> tuple[Edit, ...]:
    """Return all kinds at both strengths, mild before strong."""
    return tuple(Edit(kind, strength, change) for kind, change in KINDS.items() for strength in (MILD, STRONG))


def _whole(change: Callable[[Image.Image, int, np.random.Generator], Image.Image]) -> Change:
    """Make an edit of a change after which all of the source is visible."""
    return lambda picture, strength, chance, _: (change(picture, strength, chance), WHOLE_PICTURE)


def _again(picture: Image.Image, quality: int, form: str = "JPEG") -> Image.Image:
    out = io.BytesIO()
    picture.save(out, form, quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def _clipped(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


# Quality, size and light.


def _reencoded(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Keep it as JPEG of quality 30; as WebP of quality 20 and then JPEG of quality 10."""
    return _again(_again(picture, 20, "WEBP"), 10) if strength else _again(picture, 30)


def _resized(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Shrink it to a half, to a quarter of its sides."""
    factor = (2, 4)[strength]
    return picture.resize((max(picture.width // factor, 1), max(picture.height // factor, 1)))


def _blurred(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Blur it over 0.4 %, over 1 % of its long side (Gaussian)."""
    return picture.filter(ImageFilter.GaussianBlur(max(picture.size) * (0.004, 0.01)[strength]))


def _noisy(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Add Gaussian noise with a deviation of 10, of 30 grey values."""
    return _clipped(np.asarray(picture) + chance.normal(0, (10, 30)[strength], (picture.height, picture.width, 3)))


def _lit(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Make it brighter with less contrast; darker with more."""
    bright, contrast = ((1.4, 0.75), (0.55, 1.6))[strength]
    return ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(bright)).enhance(contrast)


def _cast(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Give it gamma 0.7 and a warm cast; gamma 1.8 and a strong blue one."""
    gamma, gains = ((0.7, (1.1, 1.0, 0.8)), (1.8, (0.6, 0.9, 1.5)))[strength]
    return _clipped((np.asarray(picture) / 255.0) ** gamma * gains * 255.0)


def _grey(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Make it grey; sepia."""
    grey = ImageOps.grayscale(picture)
    return ImageOps.colorize(grey, (30, 15, 0), (255, 235, 195)) if strength else grey.convert("RGB")


def _inverted(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Make it a negative; one with less contrast and more colour."""
    negative = ImageChops.invert(picture)
    return ImageEnhance.Color(ImageEnhance.Contrast(negative).enhance(0.7)).enhance(1.5) if strength else negative


def _filtered(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Give it a vintage look (lifted blacks, yellow, dark corners), sharpened; 4 levels a colour, sharpened hard."""
    if strength:
        return ImageOps.posterize(picture, 2).filter(ImageFilter.UnsharpMask(3, 200, 2))
    tinted = ImageOps.colorize(ImageOps.grayscale(picture), (40, 25, 60), (255, 240, 190), (150, 120, 110))
    mixed = np.asarray(Image.blend(picture, tinted, 0.55), dtype=np.float64)
    corners = 1.0 - 0.45 * props.distance_from_centre(picture.size)[..., None] ** 2
    return _clipped(mixed * corners).filter(ImageFilter.UnsharpMask(2, 120, 2))


# What of it is shown, and how it is turned.


def _cut(picture: Image.Image, x: float, y: float, width: float, height: float) -> Seen:
    left, top = round(x * picture.width), round(y * picture.height)
    right, bottom = round((x + width) * picture.width), round((y + height) * picture.height)
    return picture.crop((left, top, max(right, left + 1), max(bottom, top + 1))), Box(x, y, width, height)


def _centre(picture: Image.Image, strength: int, _: np.random.Generator, __: Sequence[Image.Image]) -> Seen:
    """Keep the middle: 80 %, 50 % of each side."""
    side = (0.8, 0.5)[strength]
    return _cut(picture, (1 - side) / 2, (1 - side) / 2, side, side)


def _off_centre(picture: Image.Image, strength: int, chance: np.random.Generator, _: Sequence[Image.Image]) -> Seen:
    """Keep a part anywhere but in the middle: 70 %, 50 % of each side."""
    side = (0.7, 0.5)[strength]
    x, y = (1 - side) * chance.choice([0.05, 0.2, 0.8, 0.95], size=2)
    return _cut(picture, float(x), float(y), side, side)


def _half(picture: Image.Image, strength: int, _: np.random.Generator, __: Sequence[Image.Image]) -> Seen:
    """Keep the left half; the right half."""
    return _cut(picture, (0.0, 0.5)[strength], 0.0, 0.5, 1.0)


def _corner(picture: Image.Image, strength: int, chance: np.random.Generator, _: Sequence[Image.Image]) -> Seen:
    """Keep a corner: 60 % of each side; 50 %, a quarter of the picture."""
    side = (0.6, 0.5)[strength]
    x, y = (1 - side) * chance.integers(0, 2, size=2)
    return _cut(picture, float(x), float(y), side, side)


def _mirrored(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Flip it left for right; top for bottom."""
    return ImageOps.flip(picture) if strength else ImageOps.mirror(picture)


def _turned(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Turn it by 90°; by 180°."""
    return picture.transpose((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180)[strength])


def _tilted(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Tilt it by 3°, by 10° to either side, with black corners."""
    angle = (3, 10)[strength] * (-1 if chance.random() < 0.5 else 1)
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=bool(strength))


def _perspective(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Show it from the side: corners moved inwards by up to 6 %, by up to 18 %."""
    return props.in_perspective(picture, (0.06, 0.18)[strength], chance)


def _stretched(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Make it wider or higher by 1.25, by 1.6."""
    factor = (1.25, 1.6)[strength]
    wide = chance.random() < 0.5
    return picture.resize(
        (round(picture.width * (factor if wide else 1)), round(picture.height * (1 if wide else factor)))
    )


# What is put round it and over it.


def _bordered(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Put it in a plain border of 8 % of the long side; in a patterned one of 15 %."""
    return props.patterned_border(picture, 0.15, chance) if strength else props.plain_border(picture, 0.08, chance)


def _letterboxed(picture: Image.Image, strength: int, _: np.random.Generator) -> Image.Image:
    """Add black bars up to a square or further; lay it on 9:16 with a blurred copy behind it."""
    return props.on_blurred(picture) if strength else props.barred(picture)


def _meme(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Put a white caption above it; a black frame with captions and letters on the picture round it."""
    return props.meme(picture, chance, framed=bool(strength))


def _logo(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Put a badge of 15 % of the width in a corner; one of 45 % in the middle."""
    return props.badged(picture, (0.15, 0.45)[strength], chance, middle=bool(strength))


def _texted(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Write five lines of letters over all of it; twelve, closer."""
    return props.lettered(picture, (5, 12)[strength], chance)


def _stickered(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Cover 10 %, 30 % of it with faces."""
    return props.stickered(picture, (0.10, 0.30)[strength], chance)


def _collage(picture: Image.Image, strength: int, chance: np.random.Generator, others: Sequence[Image.Image]) -> Seen:
    """Make it one of 2 × 2, of 3 × 3 pictures, cut to the shape of its place."""
    return props.collage(picture, (2, 3)[strength], chance, others)


def _screenshot(picture: Image.Image, strength: int, chance: np.random.Generator) -> Image.Image:
    """Show it over all of a telephone's screen's width; smaller on a dark one, kept in poor quality."""
    shot = props.screenshot(picture, chance, dark=bool(strength))
    return _again(shot, 40) if strength else shot


def _inset(picture: Image.Image, strength: int, chance: np.random.Generator, others: Sequence[Image.Image]) -> Seen:
    """Lay it on another photograph, over 60 %, over 35 % of its sides."""
    return props.inset(picture, (0.60, 0.35)[strength], chance, others), WHOLE_PICTURE


def _combined(picture: Image.Image, strength: int, chance: np.random.Generator, others: Sequence[Image.Image]) -> Seen:
    """Crop, mirror and letter it; make a screenshot, tilt it and keep it in poor quality."""
    if strength:
        shot = _screenshot(picture, MILD, chance)
        return _again(shot.rotate(5, Image.Resampling.BICUBIC, expand=True), 25), WHOLE_PICTURE
    part, box = _off_centre(picture, MILD, chance, others)
    return props.lettered(ImageOps.mirror(part), 5, chance), box


KINDS: dict[str, Change] = {
    "re-encoded": _whole(_reencoded),
    "resized": _whole(_resized),
    "blur": _whole(_blurred),
    "noise": _whole(_noisy),
    "light": _whole(_lit),
    "colour cast": _whole(_cast),
    "grey or sepia": _whole(_grey),
    "inverted colours": _whole(_inverted),
    "filter": _whole(_filtered),
    "crop, centred": _centre,
    "crop, off-centre": _off_centre,
    "half": _half,
    "quarter corner": _corner,
    "mirrored": _whole(_mirrored),
    "turned": _whole(_turned),
    "small rotation": _whole(_tilted),
    "perspective": _whole(_perspective),
    "stretched": _whole(_stretched),
    "border": _whole(_bordered),
    "letterbox": _whole(_letterboxed),
    "meme frame": _whole(_meme),
    "logo": _whole(_logo),
    "text all over": _whole(_texted),
    "stickers": _whole(_stickered),
    "collage": _collage,
    "screenshot": _whole(_screenshot),
    "picture in picture": _inset,
    "combination": _combined,
}
