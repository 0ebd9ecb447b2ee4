"""Borders: bars, frames, captions and blurred margins are found; skies and things on plain ground are not."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from qalqan.signals.borders import Content, content_box

Scene = Callable[..., Image.Image]


def grey(image: Image.Image, quality: int = 60) -> npt.NDArray[np.uint8]:
    """Return its luma after it was kept as a poor JPEG."""
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=quality)
    return np.asarray(Image.open(kept).convert("L"))


def framed(image: Image.Image, margins: tuple[int, int, int, int], colour: str) -> Image.Image:
    """Return it with margins left, above, right and below."""
    return ImageOps.expand(image, margins, colour)


def assert_about(found: Content | None, left: int, top: int, right: int, bottom: int, slack: int = 4) -> None:
    """Hold a box to the truth, within some pixels of blurred edge."""
    assert found is not None
    assert (
        np.abs(np.subtract((found.left, found.top, found.right, found.bottom), (left, top, right, bottom))).max()
        <= slack
    )


@pytest.mark.parametrize("colour", ["black", "white", "firebrick", "slategrey"])
@pytest.mark.parametrize(
    "margins", [(0, 70, 0, 70), (90, 0, 90, 0), (40, 40, 40, 40), (0, 120, 0, 0), (0, 0, 60, 0), (10, 20, 30, 40)]
)
def test_plain_borders_are_found(scene: Scene, colour: str, margins: tuple[int, int, int, int]) -> None:
    """Letterboxes, pillarboxes, frames and bars on one side, noisy from compression."""
    left, top, _, _ = margins
    found = content_box(grey(framed(scene(1), margins, colour)))
    assert_about(found, left, top, left + 480, top + 360)


def test_bars_may_have_different_colours(scene: Scene) -> None:
    """White above and black below."""
    found = content_box(grey(framed(framed(scene(2), (0, 80, 0, 0), "white"), (0, 0, 0, 50), "black")))
    assert_about(found, 0, 80, 480, 440)


def test_a_frame_in_a_frame_is_taken_off(scene: Scene) -> None:
    """A white line between black and the picture goes, too."""
    found = content_box(grey(framed(framed(scene(3), (8,) * 4, "white"), (50,) * 4, "black"), quality=90))
    assert_about(found, 58, 58, 538, 418)


def test_a_caption_is_taken_off(scene: Scene) -> None:
    """Letters on a strip belong to the strip."""
    sheet = framed(scene(4), (0, 90, 0, 0), "white")
    for line in (8, 46):
        ImageDraw.Draw(sheet).text((12, line), "When the ferry is late again", "black", font_size=30)
    assert_about(content_box(grey(sheet, quality=85)), 0, 90, 480, 450)


def test_blurred_margins_are_taken_off(scene: Scene) -> None:
    """A wide picture on a narrow sheet, its own blurred copy behind it."""
    picture = scene(5, 480, 270)
    sheet = ImageOps.fit(picture, (480, 854)).filter(ImageFilter.GaussianBlur(20))
    sheet.paste(picture, (0, 292))
    assert_about(content_box(grey(sheet, quality=85)), 0, 292, 480, 562)


def test_large_pictures_are_looked_at_coarsely(scene: Scene) -> None:
    """The box is still in the picture's own pixels."""
    found = content_box(grey(framed(scene(6, 1900, 1000), (0, 300, 0, 300), "black")))
    assert_about(found, 0, 300, 1900, 1300, slack=12)


@pytest.mark.parametrize("seed", range(8))
def test_a_picture_without_borders_has_no_box(scene: Scene, seed: int) -> None:
    """Drawn views that fill their picture."""
    assert content_box(grey(scene(seed))) is None


def test_an_even_sky_is_no_border(scene: Scene) -> None:
    """Hills end a sky, but not in a straight line."""
    sky = scene(7)
    pen = ImageDraw.Draw(sky)
    pen.polygon([(0, 0), (480, 0), (480, 90), (330, 190), (210, 110), (90, 220), (0, 130)], "lightblue")
    assert content_box(grey(sky)) is None


def test_a_thing_on_plain_ground_is_no_content() -> None:
    """A disc on white keeps its ground: nothing there has a straight edge."""
    sheet = Image.new("RGB", (480, 360), "white")
    ImageDraw.Draw(sheet).ellipse((140, 80, 340, 280), "darkgreen")
    assert content_box(grey(sheet)) is None


def test_narrow_borders_are_left(scene: Scene) -> None:
    """What PDQ bears needs no second hash."""
    assert content_box(grey(framed(scene(8), (2, 2, 2, 2), "black"))) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 2), (31, 31), (40, 4000)])
@pytest.mark.parametrize("level", [0, 255])
def test_empty_pictures_have_no_content(size: tuple[int, int], level: int) -> None:
    """Of any size."""
    assert content_box(np.full(size, level, np.uint8)) is None


@settings(deadline=None, max_examples=80)
@given(
    height=st.integers(1, 90), width=st.integers(1, 90), left=st.integers(0, 90), top=st.integers(0, 90),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_a_box_always_lies_inside(height: int, width: int, left: int, top: int, seed: int) -> None:
    """Whatever stands where."""
    luma = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    luma[:top] = seed
    luma[:, :left] = 255 - seed
    found = content_box(luma)
    if found is not None:
        assert 0 <= found.top < found.bottom <= height
        assert 0 <= found.left < found.right <= width
        assert found.of(luma).shape == (found.bottom - found.top, found.right - found.left)
