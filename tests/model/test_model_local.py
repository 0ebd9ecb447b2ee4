"""Local features as text: what goes in comes out, and nothing else is taken."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.model.local import KNOWN_POINTS, LONGEST_SIDE, MOST_POINTS, POINT, THUMB, Local, unpacked

HEAD = 7


def local(points: int, width: int = 512, height: int = 384, seed: int = 1) -> Local:
    """Return features at random places."""
    random = np.random.default_rng(seed)
    made = np.frombuffer(random.bytes(points * POINT.itemsize), POINT).copy()
    made["x"] %= width * 32
    made["y"] %= height * 32
    return Local(width, height, made, random.integers(0, 256, (THUMB, THUMB), np.uint8))


@given(st.integers(0, MOST_POINTS), st.integers(1, LONGEST_SIDE), st.integers(1, LONGEST_SIDE))
def test_what_is_packed_is_unpacked(points: int, width: int, height: int) -> None:
    """Every field comes back as it was."""
    before = local(points, width, height)
    after = unpacked(before.packed())
    assert (after.width, after.height) == (width, height)
    assert np.array_equal(after.points, before.points)
    assert np.array_equal(after.thumb, before.thumb)


def test_a_known_picture_takes_less_than_8_kilobytes() -> None:
    """Points, thumbnail and head together."""
    assert len(base64.b64decode(local(MOST_POINTS).first(KNOWN_POINTS).packed())) <= 8192


def test_the_first_points_are_a_smaller_signal() -> None:
    """A prefix is read like any other."""
    whole = local(50)
    assert np.array_equal(unpacked(whole.first(20).packed()).points, whole.points[:20])


@given(st.text(max_size=200))
def test_any_text_is_refused_by_a_value_error(text: str) -> None:
    """Values may come from a partner's list or from a keyboard."""
    with pytest.raises(ValueError, match="local features"):
        unpacked(text)


@given(st.data())
def test_a_damaged_value_is_refused_or_within_bounds(data: st.DataObject) -> None:
    """Whatever one changed byte makes of it, no point lies outside and no number is beyond its bound."""
    raw = bytearray(base64.b64decode(local(5).packed()))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))]
    try:
        after = unpacked(base64.b64encode(raw).decode())
    except ValueError:
        return
    assert after.width <= LONGEST_SIDE
    assert (after.points["x"] <= after.width * 32).all()
    assert (after.points["y"] <= after.height * 32).all()


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, 9), (2, 0xFF), (4, 0xFF), (5, 0xFF), (6, 0xFF)],
    ids=["version", "width", "height", "number", "number, upper byte"],
)
def test_a_head_out_of_bounds_is_refused(at: int, value: int) -> None:
    """A length field never makes anything large."""
    raw = bytearray(base64.b64decode(local(5).packed()))
    raw[at] = value
    with pytest.raises(ValueError, match="local features"):
        unpacked(base64.b64encode(raw).decode())


def test_a_text_beyond_all_bounds_is_not_even_decoded() -> None:
    """Nobody's memory is filled by a value."""
    with pytest.raises(ValueError, match="too long"):
        unpacked("A" * 100_000)


def test_head_is_seven_bytes() -> None:
    """The form is fixed: other programs may read it."""
    empty = base64.b64decode(local(0).packed())
    assert len(empty) == HEAD + THUMB * THUMB
