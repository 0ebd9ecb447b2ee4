"""PDQ: bit for bit the reference's hashes, from RGB or luma, of whole, shrunk and turned pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from qalqan.signals.pdq import Shrunk, digits, eight_hashes_of, hash_plane

Pixels = npt.NDArray[np.uint8]
Scene = Callable[..., Image.Image]


def bits_apart(first: Pixels, second: Pixels) -> int:
    """Return how many bits two hashes are apart."""
    return int(np.unpackbits(first ^ second).sum())


def reference(rgb: Pixels) -> tuple[Pixels, int]:
    """Return the reference's eight hashes in our form, and its quality."""
    vectors, quality = pdqhash.compute_dihedral(np.ascontiguousarray(rgb))
    return np.packbits(np.array(vectors, np.uint8), axis=1), quality


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), height=st.integers(64, 500), width=st.integers(64, 500))
def test_all_eight_hashes_are_the_references(scene: Scene, seed: int, height: int, width: int) -> None:
    """Bits differ at most where two cosines in the middle are a rounding error apart."""
    rgb = np.asarray(scene(seed, width, height))
    hashes, quality = eight_hashes_of(rgb)
    expected, expected_quality = reference(rgb)
    assert max(bits_apart(*pair) for pair in zip(hashes, expected, strict=True)) <= 2
    assert quality == expected_quality
    cosines = pdqhash.compute_float(np.ascontiguousarray(rgb))[0]
    told = np.abs(cosines - np.partition(cosines, 127)[127]) > 0.002
    assert not (told & (np.unpackbits(hashes[0]) != np.unpackbits(expected[0]))).any()


@pytest.mark.parametrize("size", [(5, 5), (5, 900), (900, 5), (63, 65), (64, 64), (128, 129)])
def test_small_and_thin_pictures_have_the_references_hash(scene: Scene, size: tuple[int, int]) -> None:
    """Down to five pixels a side; where a few rows fill many places, a few cosines are rounding errors."""
    rgb = np.asarray(scene(3, *size))
    assert bits_apart(hash_plane(rgb)[0], reference(rgb)[0][0]) <= 16


def test_a_picture_under_five_pixels_has_zeros_and_no_quality() -> None:
    """As in the reference."""
    hashed, quality = hash_plane(np.full((4, 900), 7, np.uint8))
    assert (hashed.tobytes(), quality) == (bytes(32), 0)


def test_luma_of_three_equal_channels_hashes_as_rgb_does(scene: Scene) -> None:
    """A grey picture may be given as one plane."""
    grey = np.asarray(scene(4).convert("L"))
    assert bits_apart(hash_plane(grey)[0], hash_plane(np.dstack([grey] * 3))[0]) == 0


@pytest.mark.parametrize(
    "view",
    [
        np.asfortranarray,
        lambda grey: np.pad(grey, ((0, 0), (0, 32)))[:, : grey.shape[1]],
        lambda grey: np.ascontiguousarray(grey[::-1])[::-1],
        lambda grey: np.ascontiguousarray(grey[:, ::-1])[:, ::-1],
        lambda grey: np.dstack([grey] * 3)[:, :, 0],
        lambda grey: np.repeat(grey, 2, axis=0)[::2],
    ],
)
def test_any_strides_are_taken(scene: Scene, view: Callable[[Pixels], Pixels]) -> None:
    """Padded, turned and skipping views hash as their copies do, and stay as they were."""
    grey = np.asarray(scene(5).convert("L")).copy()
    seen = view(grey)
    assert bits_apart(hash_plane(seen)[0], hash_plane(grey)[0]) == 0
    assert grey.flags.writeable
    assert np.array_equal(seen, grey)


@pytest.mark.parametrize("block", [2, 3, 4, 8])
def test_a_shrunk_picture_hashes_nearly_as_the_whole(scene: Scene, block: int) -> None:
    """Weights in the whole picture's places cost a bit or so where sides are no multiples of the block."""
    picture = scene(6, 1603, 1201)
    small = np.asarray(picture.reduce(block))
    whole = hash_plane(np.asarray(picture))[0]
    assert bits_apart(hash_plane(small, Shrunk(1201, 1603, block))[0], whole) <= 6


@pytest.mark.parametrize(("low", "high"), [(16, 235), (60, 180)])
def test_the_range_of_luma_makes_no_difference(scene: Scene, low: int, high: int) -> None:
    """Films mostly run from 16 to 235: only rounding moves a bit."""
    grey = np.asarray(scene(7).convert("L"))
    squeezed = (low + grey * ((high - low) / 255)).round().astype(np.uint8)
    assert bits_apart(hash_plane(squeezed)[0], hash_plane(grey)[0]) <= 6


def test_what_varies_along_one_side_only_has_no_quality() -> None:
    """Even planes, stripes and slopes: the reference gives some of them 100, but their bits are rounding errors."""
    line = np.where(np.arange(600) // 30 % 2, 220, 20).astype(np.uint8)
    slope = np.linspace(0, 255, 600).astype(np.uint8)
    for one in (np.full(600, 137, np.uint8), line, slope):
        flat = np.tile(one, (400, 1))
        assert hash_plane(flat)[1] == 0
        assert hash_plane(flat.T)[1] == 0


def test_checks_are_hashed_as_in_the_reference() -> None:
    """What varies both ways keeps its quality."""
    y, x = np.mgrid[0:400, 0:600]
    waves = (127 + 60 * np.sin(x / 41 + y / 97) + 60 * np.cos(y / 33 - x / 150)).astype(np.uint8)
    hashed, quality = hash_plane(waves)
    expected, expected_quality = reference(np.dstack([waves] * 3))
    assert (bits_apart(hashed, expected[0]), quality) == (0, expected_quality)


def test_digits_are_the_fields_text_form(scene: Scene) -> None:
    """64 hexadecimal digits, most significant bit first."""
    hashes, _ = eight_hashes_of(np.asarray(scene(8)))
    assert digits(hashes) == [bytes(one).hex() for one in hashes]
    assert digits(hashes[:0]) == []


@pytest.mark.parametrize(
    ("pixels", "whole"),
    [
        (np.zeros((9, 9), np.float32), None),
        (np.zeros(81, np.uint8), None),
        (np.zeros((9, 9, 4), np.uint8), None),
        (np.zeros((2, 70_000), np.uint8), None),
        (np.zeros((50, 50), np.uint8), Shrunk(100, 102, 2)),
        (np.zeros((50, 50), np.uint8), Shrunk(50, 50, 0)),
        (np.zeros((50, 50), np.uint8), Shrunk(100_000, 100_000, 2000)),
    ],
)
def test_what_cannot_be_hashed_is_refused(pixels: Pixels, whole: Shrunk | None) -> None:
    """Nothing that the compiled loops would read out of bounds for gets to them."""
    with pytest.raises(ValueError, match="pixels"):
        hash_plane(pixels, whole)


@settings(deadline=None, max_examples=60)
@given(height=st.integers(0, 90), width=st.integers(0, 90), block=st.integers(1, 300), more=st.integers(0, 300))
def test_any_fitting_shape_is_hashed(height: int, width: int, block: int, more: int) -> None:
    """No size and no block leads out of the tables: what fits is hashed, what does not is refused."""
    pixels = np.random.default_rng(height).integers(0, 256, (height, width)).astype(np.uint8)
    whole = Shrunk(max(height * block - more, 0), max(width * block - more, 0), block)
    try:
        hashed, quality = hash_plane(pixels, whole)
    except ValueError:
        assert more >= block
    else:
        assert len(hashed) == 32
        assert 0 <= quality <= 100
