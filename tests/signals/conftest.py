"""What the extractors' tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from qalqan.isolate import Isolate
from qalqan.model.items import Media, MediaKind
from qalqan.model.limits import Limits
from qalqan.signals.contract import Desk, Subject


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """Return a desk with one decoding child."""
    limits = Limits(picture_pixels=4_000_000, decode_seconds=30, video_seconds=120)
    isolate = Isolate(limits, children=1)
    yield Desk(limits, isolate)
    isolate.close()


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[bytes, MediaKind], Subject]:
    """Return a way to make a kept media file of some bytes."""

    def make(content: bytes, kind: MediaKind) -> Subject:
        path = tmp_path / "kept"
        path.write_bytes(content)
        return Subject(media=Media("0" * 64, kind, "x/y", len(content), kept=True), path=path)

    return make


@pytest.fixture(scope="session")
def scene() -> Callable[[int, int, int], Image.Image]:
    """Return a way to draw an invented view with a great deal in it, another for each seed."""

    def draw(seed: int, width: int = 480, height: int = 360) -> Image.Image:
        random = np.random.default_rng(seed)
        small = random.integers(0, 256, (9, 12, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC), np.float64)
        spots = np.asarray(
            Image.fromarray(random.integers(0, 256, (36, 48, 3), dtype=np.uint8)).resize((width, height)), np.float64
        )
        return Image.fromarray((0.7 * smooth + 0.3 * spots).astype(np.uint8))

    return draw
