"""QR codes in pictures and films are read, small ones enlarged."""

from __future__ import annotations

import io
from collections.abc import Callable

import av
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from qalqan.errors import InputRefused
from qalqan.model.items import MediaKind
from qalqan.model.signals import QR
from qalqan.signals.contract import Desk, Subject
from qalqan.signals.picture_text.codes_child import LONGEST, codes_of
from qalqan.signals.picture_text.extractor import CodeExtractor

LINK = "https://lake.example/birds?n=7"


def code(text: str, scale: int) -> Image.Image:
    """Return a QR code, so many pixels a module."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(np.array(made.to_image(scale=scale)))


def on_paper(small: Image.Image, left: int = 300, top: int = 150, turn: float = 0) -> Image.Image:
    """Lay a code on a light picture."""
    paper = Image.linear_gradient("L").resize((640, 480)).point(lambda value: 180 + value // 4)
    paper.paste(small.rotate(turn, expand=True, fillcolor=235), (left, top))
    return paper


def png(image: Image.Image) -> bytes:
    """Encode a picture."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("turn", [0, 17, 90, 200])
def test_reads_a_code_and_says_where_it_is(turn: float) -> None:
    """Its box is in fractions of the picture, whichever way it lies."""
    (found,) = codes_of(np.asarray(on_paper(code(LINK, 4), turn=turn)))
    assert found["text"] == LINK
    left, top, width, height = found["box"]
    assert left >= 300 / 640 - 0.02
    assert top >= 150 / 480 - 0.02
    assert width < 0.4
    assert height < 0.5


def test_reads_a_code_of_sixty_pixels() -> None:
    """Enlarged, as its modules have hardly two pixels."""
    small = code(LINK, 4).resize((62, 62), Image.Resampling.LANCZOS)
    assert [one["text"] for one in codes_of(np.asarray(on_paper(small)))] == [LINK]


def test_two_codes_of_one_text_are_one() -> None:
    """A page that repeats itself says it once."""
    twice = on_paper(code(LINK, 3))
    twice.paste(code(LINK, 3), (20, 20))
    twice.paste(code("second", 3), (20, 300))
    assert sorted(one["text"] for one in codes_of(np.asarray(twice))) == [LINK, "second"]


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 3), (480, 640)])
def test_noise_and_slivers_hold_no_code(shape: tuple[int, int]) -> None:
    """And break nothing."""
    noise = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert codes_of(noise) == []


def test_the_longest_code_is_read_whole() -> None:
    """A QR code holds fewer characters than a signal may."""
    text = "reed " * 400
    found = codes_of(np.asarray(on_paper(code(text, 2).resize((460, 460), Image.Resampling.NEAREST), 10, 10)))
    assert all(len(one["text"]) <= LONGEST for one in found)


def test_a_picture_s_code_is_a_signal(desk: Desk, keep: Callable[[bytes, MediaKind], Subject]) -> None:
    """With its box."""
    (seen,) = CodeExtractor().read(keep(png(on_paper(code(LINK, 4))), MediaKind.PICTURE), desk).sightings
    assert (seen.kind, seen.value) == (QR, LINK)
    assert seen.box is not None


def test_a_film_s_code_has_the_stretch_in_which_it_is_shown(
    desk: Desk, keep: Callable[[bytes, MediaKind], Subject]
) -> None:
    """From the first key frame that shows it to the last."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=4)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 640, 480, "yuv420p", 4
        stream.bit_rate = 3_000_000
        for shown in (False, True, True, True, False, False):
            image = on_paper(code(LINK, 5)) if shown else Image.new("L", (640, 480), 200)
            frame = av.VideoFrame.from_ndarray(np.asarray(image.convert("RGB")), format="rgb24")
            for _ in range(4):
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    (seen,) = CodeExtractor().read(keep(out.getvalue(), MediaKind.VIDEO), desk).sightings
    assert seen.value == LINK
    assert seen.interval is not None
    assert seen.interval.start == pytest.approx(1, abs=0.3)
    assert seen.interval.end == pytest.approx(3, abs=0.3)


def test_a_broken_picture_is_refused(desk: Desk, keep: Callable[[bytes, MediaKind], Subject]) -> None:
    """In words."""
    with pytest.raises(InputRefused):
        CodeExtractor().read(keep(png(on_paper(code(LINK, 4)))[:200], MediaKind.PICTURE), desk)
