"""Local features as the decoding child reads them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from qalqan.model.local import KNOWN_POINTS, unpacked
from qalqan.signals.local_bursts import repeats
from qalqan.signals.local_child import POINTS, SIDE, features_of, local_of

Scene = Callable[[int, int, int], Image.Image]


def luma_of(image: Image.Image) -> np.ndarray:
    """Return a picture's grey values."""
    return np.asarray(image.convert("L"))


def test_a_view_has_features_that_come_back_from_their_text(scene: Scene) -> None:
    """The text holds what was read, in bounds and with enough points for a known picture."""
    luma = luma_of(scene(1, 900, 600))
    local, read = unpacked(local_of(luma)), features_of(luma)
    assert read is not None
    assert np.array_equal(local.points, read.points)
    assert (local.width, local.height) == (SIDE, round(SIDE * 600 / 900))
    assert KNOWN_POINTS < len(local.points) <= POINTS


def test_the_same_picture_always_gives_the_same_text(scene: Scene) -> None:
    """Nothing about it is left to chance."""
    luma = luma_of(scene(2, 480, 360))
    assert local_of(luma) == local_of(luma.copy())


def test_as_many_points_as_asked_for_at_most(scene: Scene) -> None:
    """Frames of videos take fewer."""
    assert len(unpacked(local_of(luma_of(scene(3, 480, 360)), 150)).points) == 150


@pytest.mark.parametrize(
    "luma",
    [
        np.zeros((300, 400), np.uint8),
        np.full((300, 400), 255, np.uint8),
        np.tile(np.arange(256, dtype=np.uint8), (256, 1)),
        np.random.default_rng(1).integers(0, 256, (20, 400), dtype=np.uint8),
        np.zeros((1, 1), np.uint8),
    ],
    ids=["black", "white", "ramp", "thin", "dot"],
)
def test_where_nothing_stands_out_there_is_nothing_to_say(luma: np.ndarray) -> None:
    """Plain and tiny pictures have no local features."""
    assert local_of(luma) == ""


@pytest.mark.parametrize("shape", [(24, 24), (25, 9000), (9000, 25), (4000, 4000)])
def test_every_shape_can_be_read(shape: tuple[int, int]) -> None:
    """Very long, very high, large and small pictures are read or passed over, never refused with an error."""
    luma = np.random.default_rng(4).integers(0, 256, shape, dtype=np.uint8)
    text = local_of(luma)
    assert text == "" or len(unpacked(text).points) <= POINTS


def test_a_pale_picture_has_nearly_as_many_points(scene: Scene) -> None:
    """Contrast is brought back before points are looked for."""
    luma = luma_of(scene(5, 480, 360))
    pale = (200 + luma / 255 * 30).astype(np.uint8)
    assert len(unpacked(local_of(pale)).points) >= 0.7 * len(unpacked(local_of(luma)).points)


def test_a_busy_corner_does_not_take_all_points(scene: Scene) -> None:
    """The strongest points lie in one corner: among the first it has no larger share than among all.

    By strength alone it would have six in seven of the first, and three in five of all.
    """
    luma = luma_of(scene(6, 512, 384)).copy()
    luma[:96, :128] = np.random.default_rng(6).integers(0, 2, (24, 32), dtype=np.uint8).repeat(4, 0).repeat(4, 1) * 255
    local = unpacked(local_of(luma))
    inside = (local.points["x"] < local.width / 4 * 32) & (local.points["y"] < local.height / 4 * 32)
    assert inside[:KNOWN_POINTS].mean() <= inside.mean()


def test_what_repeats_itself_is_counted() -> None:
    """Three like points at three places have two others each; the same spot twice is no repetition."""
    words = np.array([[1, 1], [1, 3], [0, 1], [2**64 - 1, 2**64 - 1], [1, 1]], np.uint64)
    places = np.array([[0, 0], [50, 0], [0, 50], [90, 90], [1, 1]], np.float32)
    assert repeats(words, places).tolist() == [2, 3, 3, 0, 2]
