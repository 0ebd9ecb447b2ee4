"""What is put round and over pictures: borders, captions, badges, faces, telephones, collages. All drawn here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from qalqan.model.parts import Box

WORDS = (
    "look at this share before it is gone the lake is calm today we meet at noon near the old bridge bread tea "
    "subscribe breaking news full video in our channel good morning everyone link below"
).split()

Chance = np.random.Generator


def distance_from_centre(size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return each pixel's distance from the middle, 1 in the corners, as (height, width)."""
    x = np.linspace(-1, 1, size[0])[None, :]
    y = np.linspace(-1, 1, size[1])[:, None]
    return np.asarray(np.hypot(x, y) / np.sqrt(2))


def in_perspective(picture: Image.Image, share: float, chance: Chance) -> Image.Image:
    """Return it as a plane seen from the side: each corner moved inwards by up to `share` of the sides."""
    import cv2

    width, height = picture.size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    inwards = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * chance.uniform(0, share, (4, 2))
    inwards[chance.integers(4)] *= 0  # one corner stays: the whole is not merely smaller
    moved = (corners + inwards * (width, height)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    return Image.fromarray(cv2.warpPerspective(np.asarray(picture), matrix, (width, height), flags=cv2.INTER_AREA))


def plain_border(picture: Image.Image, share: float, chance: Chance) -> Image.Image:
    """Return it in a border of one colour, `share` of its long side wide."""
    colour = ("white", "black", "firebrick", "gold")[chance.integers(4)]
    return ImageOps.expand(picture, round(max(picture.size) * share), colour)


def patterned_border(picture: Image.Image, share: float, chance: Chance) -> Image.Image:
    """Return it in a border of slanting stripes."""
    margin = round(max(picture.size) * share)
    ground = stripes((picture.width + 2 * margin, picture.height + 2 * margin), chance)
    ground.paste(picture, (margin, margin))
    return ground


def stripes(size: tuple[int, int], chance: Chance) -> Image.Image:
    """Return slanting stripes in two colours."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    wide = max(max(size) // int(chance.integers(12, 30)), 2)
    two = chance.integers(0, 256, (2, 3)).astype(np.uint8)
    return Image.fromarray(two[((x + y) // wide) % 2])


def barred(picture: Image.Image) -> Image.Image:
    """Return it between black bars: a square, or twice as wide as high where it is nearly square already."""
    width, height = picture.size
    side = max(width, height)
    size = (side, side) if side > 1.2 * min(width, height) else (round(side * 1.8), side)
    ground = Image.new("RGB", size)
    ground.paste(picture, ((size[0] - width) // 2, (size[1] - height) // 2))
    return ground


def on_blurred(picture: Image.Image) -> Image.Image:
    """Return it on an upright telephone's shape, 720 × 1280, with a blurred copy of itself behind it."""
    ground = ImageOps.fit(picture, (720, 1280)).filter(ImageFilter.GaussianBlur(25))
    small = ImageOps.contain(picture, (720, 1280))
    ground.paste(small, ((720 - small.width) // 2, (1280 - small.height) // 2))
    return ground


def meme(picture: Image.Image, chance: Chance, *, framed: bool) -> Image.Image:
    """Return it under a caption on white; or in a black frame, captioned, with outlined letters on it."""
    width, height = picture.size
    size = max(round(width * 0.07), 10)
    if not framed:
        sheet = Image.new("RGB", (width, height + round(3.2 * size)), "white")
        sheet.paste(picture, (0, round(3.2 * size)))
        _lines(sheet, [_phrase(chance, 5), _phrase(chance, 4)], size, round(0.3 * size), "black")
        return sheet
    margin = round(width * 0.08)
    sheet = Image.new("RGB", (width + 2 * margin, height + 2 * margin + 3 * size), "black")
    sheet.paste(picture, (margin, margin))
    ImageDraw.Draw(sheet).rectangle((margin - 4, margin - 4, margin + width + 3, margin + height + 3), outline="white")
    _lines(sheet, [_phrase(chance, 3).upper()], size, margin + round(0.2 * size), "white", outline=max(size // 10, 1))
    _lines(sheet, [_phrase(chance, 3).upper(), _phrase(chance, 4)], size, height + margin + round(0.4 * size), "white")
    return sheet


def badged(picture: Image.Image, share: float, chance: Chance, *, middle: bool) -> Image.Image:
    """Return it with a round badge, `share` of its width wide, nearly opaque."""
    side = max(round(picture.width * share), 12)
    badge = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(badge)
    colour = tuple(int(part) for part in chance.integers(0, 200, 3))
    pen.ellipse((0, 0, side - 1, side - 1), fill=(*colour, 230), outline="white", width=max(side // 25, 1))
    pen.text((side / 2, side / 2), "LAKE TV", font=ImageFont.load_default(side / 5), fill="white", anchor="mm")
    margin = round(picture.width * 0.03)
    x, y = picture.width - side - margin, margin
    if middle:
        x, y = (picture.width - side) // 2, (picture.height - side) // 2
    copy = picture.copy()
    copy.paste(badge, (x, y), badge)
    return copy


def lettered(picture: Image.Image, lines: int, chance: Chance) -> Image.Image:
    """Return it with `lines` lines of outlined letters from edge to edge; more lines are broader and leave less."""
    copy = picture.copy()
    pen = ImageDraw.Draw(copy)
    step = picture.height / lines
    font = ImageFont.load_default(max(step * (0.45 if lines < 8 else 0.85), 8))
    for line in range(lines):
        colour = tuple(int(part) for part in chance.integers(0, 256, 3))
        text = _phrase(chance, 14)
        pen.text(
            (-step / 2, step * (line + 0.5)),
            text,
            font=font,
            fill=colour,
            anchor="lm",
            stroke_width=1,
            stroke_fill="black",
        )
    return copy


def stickered(picture: Image.Image, share: float, chance: Chance) -> Image.Image:
    """Return it with round faces over `share` of its pixels."""
    copy = picture.copy()
    covered = Image.new("1", picture.size)
    goal = share * picture.width * picture.height
    side = round(0.28 * min(picture.size))
    face, shape = _face(side)
    while np.count_nonzero(np.asarray(covered)) < goal:
        place = (int(chance.integers(0, picture.width - side + 1)), int(chance.integers(0, picture.height - side + 1)))
        copy.paste(face, place, shape)
        covered.paste(1, (*place, place[0] + side, place[1] + side), shape)
    return copy


def collage(
    picture: Image.Image, across: int, chance: Chance, others: Sequence[Image.Image]
) -> tuple[Image.Image, Box]:
    """Return a square of pictures of which it is one, and what of it is visible."""
    cell = 900 // across
    place = int(chance.integers(across * across))
    sheet = Image.new("RGB", (across * cell, across * cell), "white")
    for number in range(across * across):
        one = picture if number == place else _other(others, chance)
        part = ImageOps.fit(one, (cell - 6, cell - 6))
        sheet.paste(part, (number % across * cell + 3, number // across * cell + 3))
    short = min(picture.size)
    width, height = short / picture.width, short / picture.height
    return sheet, Box((1 - width) / 2, (1 - height) / 2, width, height)


def inset(picture: Image.Image, share: float, chance: Chance, others: Sequence[Image.Image]) -> Image.Image:
    """Return another picture of 1280 × 960 with it on top, anywhere, within `share` of its sides."""
    ground = ImageOps.fit(_other(others, chance), (1280, 960))
    small = ImageOps.contain(picture, (round(1280 * share), round(960 * share)))
    x = int(chance.integers(0, 1280 - small.width + 1))
    y = int(chance.integers(0, 960 - small.height + 1))
    ground.paste(small, (x, y))
    return ground


def screenshot(picture: Image.Image, chance: Chance, *, dark: bool) -> Image.Image:
    """Return a telephone's screen, 720 × 1480, with a post that shows it over 70 % (dark) or all of the width."""
    paper, ink = ("#15181c", "#e7e9ea") if dark else ("#ffffff", "#14171a")
    screen = Image.new("RGB", (720, 1480), paper)
    pen = ImageDraw.Draw(screen)
    pen.text((30, 22), "12:41", font=ImageFont.load_default(26), fill=ink)
    pen.rounded_rectangle((640, 26, 690, 48), 5, outline=ink, width=3)
    pen.rectangle((0, 66, 720, 156), fill="#2b5278" if dark else "#517da2")
    pen.text((110, 88), _phrase(chance, 3).title(), font=ImageFont.load_default(38), fill="white")
    pen.ellipse((26, 78, 92, 144), fill="#d08c3c")
    small = ImageOps.contain(picture, (504 if dark else 720, 900))
    top = 300 if dark else 180
    screen.paste(small, (((720 - small.width) // 2) if not dark else 40, top))
    _lines(screen, [_phrase(chance, 6) for _ in range(3)], 30, top + small.height + 24, ink)
    if dark:
        _lines(screen, [_phrase(chance, 6), _phrase(chance, 5)], 30, 190, ink)
    for number in range(4):
        pen.ellipse((80 + number * 160, 1390, 130 + number * 160, 1440), outline=ink, width=4)
    return screen


def _other(others: Sequence[Image.Image], chance: Chance) -> Image.Image:
    return others[int(chance.integers(len(others)))] if others else stripes((1280, 960), chance)


def _phrase(chance: Chance, words: int) -> str:
    return " ".join(chance.choice(WORDS, words))


def _lines(sheet: Image.Image, lines: Sequence[str], size: int, top: int, colour: str, outline: int = 0) -> None:
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size)
    for number, line in enumerate(lines):
        place = (sheet.width / 2, top + number * 1.35 * size)
        pen.text(place, line, font=font, fill=colour, anchor="ma", stroke_width=outline, stroke_fill="black")


def _face(side: int) -> tuple[Image.Image, Image.Image]:
    """Return a round yellow face and its shape."""
    face = Image.new("RGB", (side, side), "#ffcc33")
    pen = ImageDraw.Draw(face)
    eye = side / 10
    for x in (0.34, 0.66):
        pen.ellipse((x * side - eye, 0.36 * side - eye, x * side + eye, 0.36 * side + eye), fill="#553300")
    pen.arc((0.25 * side, 0.3 * side, 0.75 * side, 0.8 * side), 20, 160, fill="#553300", width=max(side // 16, 1))
    shape = Image.new("1", (side, side))
    ImageDraw.Draw(shape).ellipse((0, 0, side - 1, side - 1), fill=1)
    return face, shape
