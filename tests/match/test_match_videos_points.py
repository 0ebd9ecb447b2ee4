"""Films found by local features: shown within other pictures, where hashes of whole frames say nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from qalqan.match.contract import Finding
from qalqan.match.videos import VideoMatcher
from qalqan.model.banks import BankEntry
from qalqan.model.parts import Interval
from qalqan.model.signals import VIDEO_LOCAL, VIDEO_PDQ, Signal
from qalqan.signals.local_child import local_of

MakeEntry = Callable[[str, str], BankEntry]
MakeSignal = Callable[..., Signal]
SIZE = (320, 240)


def view(seed: int) -> Image.Image:
    """Draw an invented picture with corners in it, another for each seed."""
    random = np.random.default_rng(seed)
    image = Image.fromarray(random.integers(60, 200, (6, 8), dtype=np.uint8)).resize(SIZE, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, w, h, grey = (int(one) for one in random.integers((0, 0, 6, 6, 0), (310, 230, 50, 40, 256)))
        draw.rectangle((x, y, x + w, y + h), fill=grey, outline=255 - grey)
        draw.line((x, y, x + h, y + w), fill=255 - grey, width=2)
    return image


def within(image: Image.Image, seed: int) -> Image.Image:
    """Show a picture at half its size within another one."""
    around = view(seed)
    around.paste(image.resize((160, 120), Image.Resampling.LANCZOS), (130, 70))
    return around


def features(images: Sequence[Image.Image], step: float = 1.0) -> str:
    """Return the lines of a film that shows these pictures, one every `step` seconds."""
    return "\n".join(f"{step * place:.3f},{local_of(np.asarray(image), 200)}" for place, image in enumerate(images))


@pytest.fixture(scope="module")
def scenes() -> list[Image.Image]:
    """Return ten different pictures."""
    return [view(seed) for seed in range(10)]


@pytest.fixture
def find(entry: MakeEntry, signal: MakeSignal) -> Callable[..., list[Finding]]:
    """Return a way to look for one film among known ones."""

    def look(query: str, *known: str) -> list[Finding]:
        index = VideoMatcher().build([entry(VIDEO_LOCAL, one) for one in known])
        return list(index.find([signal(VIDEO_LOCAL, query, None, 10.0)]))

    return look


Find = Callable[..., list[Finding]]


def test_a_film_within_other_pictures_is_found(find: Find, scenes: list[Image.Image]) -> None:
    """An excerpt of it, at half its size, with something else around it all the time."""
    query = [*(view(100 + place) for place in range(4)), *(within(one, 50) for one in scenes[2:8])]
    (finding,) = find(features(query), features(scenes))
    assert finding.stage == "frames-local"
    assert finding.interval_query is not None
    assert finding.interval_known is not None
    assert (finding.interval_query.start, finding.interval_query.end) == pytest.approx((4, 10), abs=1.1)
    assert (finding.interval_known.start, finding.interval_known.end) == pytest.approx((2, 8), abs=1.1)


def test_a_mirrored_crop_is_found_and_named(find: Find, scenes: list[Image.Image]) -> None:
    """What was done is said as of pictures."""
    query = [ImageOps.mirror(one).crop((40, 30, 280, 210)) for one in scenes]
    (finding,) = find(features(query), features(scenes))
    assert finding.transform == "mirrored"
    assert finding.interval_known is not None
    assert finding.interval_known.start == pytest.approx(0, abs=0.6)


def test_another_film_is_not_found(find: Find, scenes: list[Image.Image]) -> None:
    """Nor is one that shows a single one of its pictures."""
    assert find(features([view(200 + place) for place in range(10)]), features(scenes)) == []
    assert find(features([scenes[4]] * 10), features(scenes)) == []


def test_the_same_place_at_another_time_is_not_found(find: Find) -> None:
    """A place in which other things happen: every frame agrees with every frame, but for what moves."""

    def day(seed: int) -> list[Image.Image]:
        frames = []
        for place in range(10):
            frame = view(300)
            frame.paste(view(seed + place).resize((60, 60)), (20 * place + 10 * (seed % 3), 150))
            frames.append(frame)
        return frames

    assert find(features(day(400)), features(day(500))) == []


def test_hashes_and_features_of_one_file_are_one_film(
    entry: MakeEntry, signal: MakeSignal, scenes: list[Image.Image]
) -> None:
    """A film that both ways find is found once, by its hashes."""
    hashes = [row.tobytes().hex() for row in np.random.default_rng(1).integers(0, 256, (10, 32), dtype=np.uint8)]
    values = {
        VIDEO_PDQ: "\n".join(f"{place}.000,100,{one}" for place, one in enumerate(hashes)),
        VIDEO_LOCAL: features(scenes),
    }
    entries = [replace(entry(kind, value), bank_id="bank", media_sha256="known") for kind, value in values.items()]
    signals = [replace(signal(kind, value), media_sha256="asked") for kind, value in values.items()]
    (finding,) = VideoMatcher().build(entries).find(signals)
    assert (finding.signal, finding.entry, finding.stage) == (signals[0], entries[0], "frames")
    assert finding.interval_query == Interval(0, 10)
