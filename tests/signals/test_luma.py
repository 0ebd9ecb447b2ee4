"""Luma of decoded frames: the first plane where it is luma, a conversion elsewhere."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.filter import Graph

from qalqan.signals.luma import plane_of

FORMATS = [
    "gray", "yuv420p", "yuv422p", "yuv444p", "nv12", "yuvj420p", "yuva420p", "rgb24", "bgra", "yuyv422", "gray16le",
    "yuv420p10le",
]  # fmt: skip


def slope(width: int = 100, height: int = 64) -> npt.NDArray[np.uint8]:
    """Return grey that tells each place."""
    y, x = np.mgrid[0:height, 0:width]
    return np.asarray(20 + x + y, np.uint8)


def frame_of(grey: npt.NDArray[np.uint8], form: str) -> av.VideoFrame:
    """Return a frame of that pixel format."""
    frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format=form)
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return frame


def upside_down(frame: av.VideoFrame) -> av.VideoFrame:
    """Return it turned by FFmpeg's own filter, which only lets its rows run backwards."""
    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25))
    turn, sink = graph.add("vflip"), graph.add("buffersink")
    source.link_to(turn)
    turn.link_to(sink)
    graph.configure()
    graph.push(frame)
    turned = graph.pull()
    assert isinstance(turned, av.VideoFrame)
    return turned


@pytest.mark.parametrize("form", FORMATS)
def test_luma_is_what_is_seen(form: str) -> None:
    """Whatever the pixel format, within its range and rounding."""
    seen = plane_of(frame_of(slope(), form)).astype(int)
    assert seen.shape == (64, 100)
    assert np.corrcoef(seen.ravel(), slope().ravel().astype(int))[0, 1] > 0.999


@pytest.mark.parametrize("form", FORMATS)
def test_rows_that_run_backwards_are_read_in_order(form: str) -> None:
    """A frame whose first byte is its last row's is never read beyond its end."""
    frame = upside_down(frame_of(slope(), form))
    seen = plane_of(frame).astype(int)
    assert np.corrcoef(seen.ravel(), slope()[::-1].ravel().astype(int))[0, 1] > 0.999


def test_common_formats_are_not_copied() -> None:
    """The plane is the frame's own memory, and keeps it alive."""
    frame = frame_of(slope(), "yuv420p")
    plane = plane_of(frame)
    assert not plane.flags.owndata
    before = plane.copy()
    del frame
    assert np.array_equal(plane, before)
