"""Films as text: what is written is read again, and what nobody would write is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.model.film import Frame, film_text, frame_of, frames_of, seen_of, thinned, track_of
from qalqan.model.local import POINT, THUMB, Local

HASH = "0f" * 32
DIGITS = st.binary(min_size=32, max_size=32).map(bytes.hex)
FRAMES = st.builds(
    Frame,
    seconds=st.integers(0, 10**7).map(lambda thousandths: thousandths / 1000),
    quality=st.integers(0, 100),
    digits=DIGITS,
    mirrored=st.none() | DIGITS,
)


def features() -> str:
    """Return the packed features of a plain picture."""
    return Local(64, 48, np.zeros(3, POINT), np.zeros((THUMB, THUMB), np.uint8)).packed()


@given(frames=st.lists(FRAMES, min_size=1, max_size=20), sparse=st.booleans())
def test_what_is_written_is_read_again(frames: list[Frame], sparse: bool) -> None:  # noqa: FBT001 - drawn
    """In the order of time, with what was said of the reading."""
    read, was_sparse = frames_of(film_text(frames, sparse=sparse))
    assert read == sorted(frames, key=lambda frame: frame.seconds)
    assert was_sparse is sparse


def test_a_film_as_arrays() -> None:
    """Seconds, qualities and hashes in one order; mirrored ones only where every frame has one."""
    both = track_of(f"2,90,{HASH},{HASH}\n1.5,10,{'f0' * 32},{'ff' * 32}")
    assert both.seconds.tolist() == [1.5, 2.0]
    assert both.quality.tolist() == [10, 90]
    assert both.hashes[0].tobytes().hex() == "f0" * 32
    assert both.mirrored is not None
    assert both.mirrored[0].tobytes().hex() == "ff" * 32
    assert track_of(f"2,90,{HASH},{HASH}\n1.5,10,{HASH}").mirrored is None


@pytest.mark.parametrize(
    "line",
    ["", "1", "1,2", "x,5," + HASH, "nan,5," + HASH, "inf,5," + HASH, "-1,5," + HASH, "1e10,5," + HASH,
     "1,101," + HASH, "1,-1," + HASH, "1,5,00", "1,5," + "g" * 64, f"1,5,{HASH},00", "1,5,0x" + "0" * 62],
)  # fmt: skip
def test_a_line_that_is_no_frame_is_refused(line: str) -> None:
    """Numbers out of bounds and hashes of another form."""
    with pytest.raises(ValueError, match=r"seconds|quality|hex"):
        frame_of(line)


@pytest.mark.parametrize("value", ["", "sparse", "\n".join([f"1,5,{HASH}"] * 100_001)])
def test_a_film_has_frames_and_not_too_many(value: str) -> None:
    """One at least, a hundred thousand at most."""
    with pytest.raises(ValueError, match="lines"):
        frames_of(value)


@given(value=st.text(max_size=300))
def test_nothing_but_a_value_error_comes_of_nonsense(value: str) -> None:
    """Whatever a store holds."""
    for read in (frames_of, track_of, seen_of):
        try:
            found = read(value)
        except ValueError:
            continue
        assert found, "what is read is never nothing"


def test_frames_with_local_features() -> None:
    """In the order of time; each needs a time and features of their form."""
    found = seen_of(f"3.5,{features()}\n1,{features()}")
    assert [one.seconds for one in found] == [1.0, 3.5]
    for value in ("1", f"x,{features()}", f"nan,{features()}", f"-1,{features()}", "1,####", "1," + features()[:-8]):
        with pytest.raises(ValueError, match=r"features|seconds"):
            seen_of(value)


@given(count=st.integers(1, 300), most=st.integers(1, 50))
def test_a_value_is_thinned_evenly(count: int, most: int) -> None:
    """The first stays, and what is left is evenly spread."""
    kept = thinned([str(number) for number in range(count)], most)
    assert len(kept) <= most
    assert len(set(np.diff([int(one) for one in kept]).tolist())) <= 1
    assert kept[0] == "0"
