"""The packed form of a sound's landmarks."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.model.sound import PITCHES, Sound, packed, unpacked


@st.composite
def sounds(draw: st.DrawFn) -> Sound:
    """Draw a few landmarks, with long pauses among them."""
    places = draw(st.sets(st.tuples(st.integers(0, 5000), st.integers(0, PITCHES - 1)), min_size=1, max_size=60))
    frames, pitches = (np.array(column) for column in zip(*sorted(places), strict=True))
    return Sound(frames.astype(np.int64), pitches.astype(np.uint8), int(frames[-1]) + draw(st.integers(1, 10**6)))


def text(*rows: int, length: int = 1000, version: int = 1) -> str:
    """Return rows as a value, whatever they are."""
    return base64.b64encode(bytes([version]) + length.to_bytes(4, "little") + bytes(rows)).decode()


@given(sounds())
def test_what_is_packed_is_unpacked_again(sound: Sound) -> None:
    """No landmark is lost, however long the pauses are."""
    again = unpacked(packed(sound))
    assert again.frames.tolist() == sound.frames.tolist()
    assert again.pitches.tolist() == sound.pitches.tolist()
    assert again.length == sound.length


@given(sounds())
def test_two_bytes_a_landmark(sound: Sound) -> None:
    """A landmark takes two bytes, a pause two for each 255 frames, and base64 a third more."""
    rows = len(sound.frames) + int(np.sum(np.diff(sound.frames, prepend=0) // 255))
    assert len(packed(sound)) == 4 * -(-(5 + 2 * rows) // 3)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "begins with version"),
        ("!", "base64"),
        ("ъ", "base64"),
        (text(0, 5, version=2), "version 1"),
        (text(0, 5)[:-4], "version 1"),
        (text(), "without a landmark"),
        (text(255, 255), "without a landmark"),
        (text(0, PITCHES), f"below {PITCHES}"),
        (text(0, 5, 100, 6, length=100), "beyond the recording's end"),
        (text(0, 5, 0, 5), "each once"),
        (text(0, 6, 0, 5), "order of their pitches"),
    ],
)
def test_what_is_no_sound_is_refused(value: str, reason: str) -> None:
    """A damaged or invented value gives a reason, never landmarks."""
    with pytest.raises(ValueError, match=reason):
        unpacked(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing but ValueError comes out, and what is read keeps to the rules."""
    try:
        sound = unpacked(base64.b64encode(content).decode())
    except ValueError:
        return
    assert len(sound.frames) == len(sound.pitches) > 0
    assert (np.diff(sound.frames) >= 0).all()
    assert int(sound.frames[-1]) < sound.length
    assert int(sound.pitches.max()) < PITCHES


def test_a_huge_value_is_refused_unread() -> None:
    """A value longer than four days of sound is not even decoded."""
    with pytest.raises(ValueError, match="at most"):
        unpacked("A" * ((16 << 20) + 4))
