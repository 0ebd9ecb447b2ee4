"""Luma planes of decoded frames, without a copy where the decoder has one. Needs PyAV.

PDQ compares each cosine with the middle one of a picture: neither a factor nor a constant changes its bits. So it makes
no difference to it whether luma runs from 16 to 235, as in most films, or from 0 to 255.
"""

from __future__ import annotations

import av
import numpy as np
import numpy.typing as npt

EIGHT_BIT_LUMA = frozenset(
    ["gray", "nv12", "nv21", "nv16", "nv24"]
    + [f"yuv{how}p" for how in ("410", "411", "420", "422", "440", "444")]
    + [f"yuvj{how}p" for how in ("411", "420", "422", "440", "444")]
    + [f"yuva{how}p" for how in ("420", "422", "444")]
)
"""Pixel formats whose first plane is luma, one byte a pixel."""


def plane_of(frame: av.VideoFrame) -> npt.NDArray[np.uint8]:
    """Return a frame's luma (height, width) uint8: a view into the frame for common formats, which it keeps alive.

    Formats without such a plane (deep, packed, RGB) are converted. Turning is the caller's. Raises av.FFmpegError or
    ValueError for frames that cannot be.
    """
    plane = frame.planes[0]
    stride = plane.line_size
    # The rows of a film upside down run backwards: its first byte is the last row's.
    if frame.format.name not in EIGHT_BIT_LUMA or stride < frame.width:
        plane = frame.reformat(format="nv12" if frame.format.name == "gray" else "gray").planes[0]
        stride = plane.line_size
    rows: npt.NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)
    return rows[: frame.height * stride].reshape(frame.height, stride)[:, : frame.width]
