"""Pictures: eight hashes, their quality, and two working copies."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import pdqhash
import pytest
from PIL import Image, ImageOps

from qalqan.errors import BadValue, InputRefused, LimitReached
from qalqan.model import local
from qalqan.model.items import MediaKind, RenditionKind
from qalqan.model.parts import WHOLE_PICTURE
from qalqan.model.signals import PDQ, PICTURE_LOCAL
from qalqan.signals.contract import Desk, Reading, Subject
from qalqan.signals.pictures import PictureExtractor

Keep = Callable[[bytes, MediaKind], Subject]
Scene = Callable[..., Image.Image]
Read = Callable[[bytes], Reading]


@pytest.fixture
def read(desk: Desk, keep: Keep) -> Read:
    """Return a way to read the bytes of a picture."""
    return lambda content: PictureExtractor().read(keep(content, MediaKind.PICTURE), desk)


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """Return the picture as a file."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def bits(first: str, second: str) -> int:
    """Return how many bits two hashes are apart."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def upright(reading: Reading) -> str:
    """Return the first of the eight hashes."""
    return reading.sightings[0].value.split()[0]


def test_the_hash_is_the_fields_text_form(read: Read, scene: Scene) -> None:
    """The first hash is that of the reference library, most significant bit first."""
    image = scene(1)
    vector, quality = pdqhash.compute(np.asarray(image))
    seen = read(saved(image)).sightings[0]
    number = int("".join(str(bit) for bit in vector), 2)
    assert seen.value.split()[0] == f"{number:064x}"
    assert seen.quality == quality


def test_the_eight_hashes_are_those_of_the_turned_pictures(read: Read, scene: Scene) -> None:
    """Each of the eight is near to the hash of the picture really turned or flipped that way."""
    image, turn = scene(2), Image.Transpose
    turns = [None, turn.ROTATE_90, turn.ROTATE_180, turn.ROTATE_270, turn.FLIP_TOP_BOTTOM, turn.FLIP_LEFT_RIGHT]
    turns += [turn.TRANSPOSE, turn.TRANSVERSE]
    hashes = read(saved(image)).sightings[0].value.split()
    for hashed, one in zip(hashes, turns, strict=True):
        turned = image if one is None else image.transpose(one)
        assert bits(hashed, upright(read(saved(turned)))) <= 16


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("size", [(1500, 1100), (2050, 683), (3001, 1303), (2600, 1400)])
def test_decoding_smaller_hardly_moves_the_hash(read: Read, scene: Scene, form: str, size: tuple[int, int]) -> None:
    """A large picture is averaged down, or decoded so, at a cost of a bit or so of 256."""
    content = saved(scene(3, *size), form, quality=90)
    with Image.open(io.BytesIO(content)) as image:
        vector, quality = pdqhash.compute(np.ascontiguousarray(image.convert("RGB")))
    full = f"{int(''.join(str(bit) for bit in vector), 2):064x}"
    seen = read(content)
    assert bits(upright(seen), full) <= 4
    assert (seen.width, seen.height, seen.sightings[0].quality) == (*size, quality)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_large_picture_on_its_side_is_read_upright(read: Read, scene: Scene, orientation: int) -> None:
    """What was decoded smaller is turned, too, and its sides are those that people see."""
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    image = scene(4, 2600, 1400)
    exif = Image.Exif()
    exif[0x0112] = orientation
    on_disk = image.transpose(turn[orientation]) if orientation in turn else image
    reading = read(saved(on_disk, "JPEG", quality=95, exif=exif))
    assert (reading.width, reading.height) == image.size
    assert bits(upright(reading), upright(read(saved(image)))) <= 10


def test_what_lies_inside_borders_is_hashed_as_well(read: Read, scene: Scene) -> None:
    """Its signal is near to the picture's own, and says where it lies; the whole comes first."""
    image = scene(2)
    whole, inside = (
        one for one in read(saved(ImageOps.expand(image, (0, 80, 0, 40), "black"), "JPEG")).sightings if one.kind == PDQ
    )
    assert whole.box == WHOLE_PICTURE
    assert inside.box is not None
    assert (inside.box.left, inside.box.width) == (0, 1)
    assert abs(inside.box.top - 80 / 480) < 0.01
    assert abs(inside.box.height - 360 / 480) < 0.02
    assert len(inside.value.split()) == 8
    assert bits(inside.value.split()[0], upright(read(saved(image)))) <= 16


def test_local_features_are_read(read: Read, scene: Scene) -> None:
    """One signal of the whole picture, of which a known one keeps the most telling points."""
    seen = next(one for one in read(saved(scene(3, 640, 480))).sightings if one.kind == PICTURE_LOCAL)
    assert seen.box == WHOLE_PICTURE
    points = local.unpacked(seen.value).points
    kept = PictureExtractor().canonical(PICTURE_LOCAL, seen.value)
    assert np.array_equal(local.unpacked(kept).points, points[: local.KNOWN_POINTS])
    assert PictureExtractor().canonical(PICTURE_LOCAL, kept) == kept


def test_broken_local_features_are_refused() -> None:
    """A value from a list that is none says so."""
    with pytest.raises(BadValue, match="local features"):
        PictureExtractor().canonical(PICTURE_LOCAL, "AAAA")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_applied(read: Read, scene: Scene, orientation: int) -> None:
    """A picture stored on its side with a note to turn it is read as people see it."""
    image, turn = scene(4), Image.Transpose
    stored = {
        2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM, 5: turn.TRANSPOSE,
        6: turn.ROTATE_90, 7: turn.TRANSVERSE, 8: turn.ROTATE_270,
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    on_disk = image.transpose(stored[orientation]) if orientation in stored else image
    reading = read(saved(on_disk, "JPEG", quality=95, exif=exif))
    assert (reading.width, reading.height) == image.size
    assert bits(upright(reading), upright(read(saved(image)))) <= 10


def test_transparency_is_laid_on_white(read: Read, scene: Scene) -> None:
    """What shows through is white, whatever colour hides there."""
    image = scene(5)
    hidden = image.convert("RGBA")
    hidden.putalpha(Image.linear_gradient("L").resize(image.size).point(lambda value: 255 if value > 128 else 0))
    white = Image.new("RGBA", image.size, "white")
    assert upright(read(saved(hidden))) == upright(read(saved(Image.alpha_composite(white, hidden).convert("RGB"))))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_any_mode_is_read(read: Read, scene: Scene, mode: str) -> None:
    """Grey, palette, print and deep pictures hash near to their colour original."""
    image = scene(6)
    if mode == "I;16":
        odd = Image.fromarray(np.asarray(image.convert("L"), dtype=np.uint16) * 257)
    elif mode == "PA":
        odd = image.convert("P").convert("PA")
    else:
        odd = image.convert("L").convert(mode) if mode in "IF" else image.convert(mode)
    form = "PNG" if mode in ("1", "L", "LA", "P", "I;16") else "TIFF"
    if mode == "I":
        odd = odd.point(lambda value: value * 257)
    assert bits(upright(read(saved(odd, form))), upright(read(saved(image)))) <= 31


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_read(read: Read, scene: Scene, form: str) -> None:
    """The frames after the first change nothing."""
    first, second = scene(7), scene(8)
    moving = saved(first, form, save_all=True, append_images=[second], **({"lossless": True} if form == "WEBP" else {}))
    assert bits(upright(read(moving)), upright(read(saved(first)))) <= 10


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (2000, 3), (63, 65), (400_000, 6), (1, 90_000)])
def test_tiny_and_thin_pictures_are_read(read: Read, size: tuple[int, int]) -> None:
    """There is no smallest size; what says too little has a low quality."""
    reading = read(saved(Image.new("RGB", size, "teal")))
    assert (reading.width, reading.height) == size
    assert reading.sightings[0].quality == 0


def test_working_copies_are_small_and_bare(read: Read, scene: Scene) -> None:
    """The clear copy is at most 640 pixels wide, the blurred one is grey and coarse, neither has metadata."""
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    clear, blurred = read(saved(scene(9, 1600, 900), "JPEG", exif=exif)).pictures
    assert [clear.kind, blurred.kind] == [RenditionKind.CLEAR, RenditionKind.BLURRED]
    assert (clear.width, clear.height) == (640, 360)
    assert b"secret" not in clear.jpeg + blurred.jpeg
    with Image.open(io.BytesIO(blurred.jpeg)) as image:
        assert (image.mode, max(image.size)) == ("L", 320)


def test_nothing_can_be_recognised_in_a_blurred_copy(read: Read) -> None:
    """Fine stripes and large letters are gone: neighbouring pixels hardly differ."""
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::20] = stripes[:, 1::20] = stripes[:, 2::20] = 255
    _, blurred = read(saved(Image.fromarray(stripes))).pictures
    with Image.open(io.BytesIO(blurred.jpeg)) as image:
        grey = np.asarray(image, dtype=np.int16)
    assert np.abs(np.diff(grey, axis=1)).max() <= 3


def test_a_huge_picture_is_refused_by_its_header(read: Read, scene: Scene) -> None:
    """A JPEG that says 60,000 by 60,000 is not decoded; the message has size, limit and setting."""
    content = bytearray(saved(scene(1), "JPEG"))
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = struct.pack(">HH", 60_000, 60_000)
    with pytest.raises(LimitReached, match=r"60000 by 60000 pixels.*4000000") as caught:
        read(bytes(content))
    assert "QALQAN_PICTURE_PIXELS" in caught.value.hint


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
def test_a_truncated_picture_is_refused_in_words(read: Read, scene: Scene, form: str) -> None:
    """Half a file says so, and no hash of half a picture is made."""
    content = saved(scene(1), form)
    with pytest.raises(InputRefused, match="picture"):
        read(content[: len(content) // 2])


def test_a_truncated_jpeg_is_called_so(read: Read, scene: Scene) -> None:
    """The commonest broken file has the clearest message."""
    content = saved(scene(1), "JPEG")
    with pytest.raises(InputRefused, match="the picture is truncated"):
        read(content[: len(content) // 2])


@pytest.mark.parametrize("content", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"<svg/>", b"", b"GIF89a"])
def test_what_is_no_picture_is_refused(read: Read, content: bytes) -> None:
    """PostScript would start another program, and nonsense is nonsense."""
    with pytest.raises(InputRefused, match="picture"):
        read(content)


def test_broken_metadata_do_not_break_a_picture(read: Read, scene: Scene) -> None:
    """A picture with nonsense for EXIF is read as it lies."""
    reading = read(saved(scene(1), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"))
    assert (reading.width, reading.height) == (480, 360)


def test_a_known_picture_is_one_hash() -> None:
    """Of eight hashes the upright one is kept, in lower case."""
    hashes = [f"{number:064X}" for number in range(10, 18)]
    assert PictureExtractor().canonical("pdq", " ".join(hashes)) == hashes[0].lower()


@pytest.mark.parametrize("value", ["", "f8f8", "z" * 64, "0" * 65, "0" * 64 + " x"])
def test_a_value_that_is_no_hash_is_refused(value: str) -> None:
    """The message says what a hash looks like."""
    with pytest.raises(BadValue, match="64 hexadecimal digits"):
        PictureExtractor().canonical("pdq", value)
