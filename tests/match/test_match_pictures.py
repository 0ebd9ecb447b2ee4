"""Pictures near known ones, and in which way they were turned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pdqhash
import pytest
from PIL import Image

from qalqan.match.contract import Finding
from qalqan.match.pictures import PictureMatcher
from qalqan.match.stills import StillMatcher
from qalqan.match.transforms import TRANSFORMS
from qalqan.model.banks import BankEntry
from qalqan.model.parts import WHOLE_PICTURE, Interval
from qalqan.model.signals import PDQ, VIDEO_PDQ, Signal

MakeEntry = Callable[[str, str], BankEntry]
MakeSignal = Callable[..., Signal]
NEAR = "f0" * 3 + "0e" * 7 + "0f" * 22
KNOWN, FAR = "0f" * 32, "f0" * 4 + "0f" * 28


def hashes(image: Image.Image) -> str:
    """Return the eight hashes of a picture as an extractor writes them."""
    vectors, _ = pdqhash.compute_dihedral(np.asarray(image))
    return " ".join(np.packbits(vector.astype(np.uint8)).tobytes().hex() for vector in vectors)


@pytest.fixture(scope="module")
def view() -> Image.Image:
    """Return an invented view."""
    random = np.random.default_rng(5).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(random).resize((480, 360), Image.Resampling.BICUBIC)


def find(entries: list[BankEntry], *signals: Signal) -> list[Finding]:
    """Return what the picture matcher finds."""
    return list(PictureMatcher().build(entries).find(signals))


def clockwise(image: Image.Image) -> Image.Image:
    """Turn a picture as one turns a sheet of paper to the right."""
    return image.transpose(Image.Transpose.ROTATE_270)


def mirrored(image: Image.Image) -> Image.Image:
    """Swap left and right."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


DONE: dict[str | None, Callable[[Image.Image], Image.Image]] = {
    None: lambda image: image,
    "mirrored": mirrored,
    "turned 90° clockwise": clockwise,
    "turned 90° counter-clockwise": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "upside down": lambda image: clockwise(clockwise(image)),
    "mirrored top to bottom": lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    "mirrored and turned 90° clockwise": lambda image: clockwise(mirrored(image)),
    "mirrored and turned 90° counter-clockwise": lambda image: mirrored(image).transpose(Image.Transpose.ROTATE_90),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_names_what_was_done_to_the_known_picture(
    name: str | None, view: Image.Image, entry: MakeEntry, signal: MakeSignal
) -> None:
    """Each turn of a known picture is found, under the name of that very turn."""
    known = entry(PDQ, hashes(view).split()[0])
    (finding,) = find([known], signal(PDQ, hashes(DONE[name](view))))
    assert finding.transform == name
    assert finding.distance <= 24


def test_31_bits_are_near_and_32_are_not(entry: MakeEntry, signal: MakeSignal) -> None:
    """The radius holds exactly."""
    near, far = signal(PDQ, NEAR), signal(PDQ, FAR)
    (finding,) = find([entry(PDQ, KNOWN)], near, far)
    assert (finding.signal, finding.distance) == (near, 31)
    assert (finding.box_query, finding.box_known) == (WHOLE_PICTURE, WHOLE_PICTURE)


def test_only_identical_hashes_are_verified(entry: MakeEntry, signal: MakeSignal) -> None:
    """Nearness alone is one look at the content."""
    same, near = find([entry(PDQ, KNOWN)], signal(PDQ, KNOWN), signal(PDQ, NEAR))
    assert same.verified
    assert not near.verified


@pytest.mark.parametrize(("quality", "count"), [(0, 0), (49, 0), (50, 1), (100, 1), (None, 1)])
def test_poor_queries_are_not_compared(quality: int | None, count: int, entry: MakeEntry, signal: MakeSignal) -> None:
    """A plain wall is near to every plain wall."""
    assert len(find([entry(PDQ, KNOWN)], signal(PDQ, KNOWN, quality))) == count


def test_many_pictures_at_once_find_what_each_finds_alone(entry: MakeEntry, signal: MakeSignal) -> None:
    """In the same order, however many turns each of them has."""
    index = PictureMatcher().build([entry(PDQ, KNOWN), entry(PDQ, NEAR), entry(PDQ, FAR)])
    turned = " ".join([FAR, *[KNOWN] * 6, NEAR])
    asked = [signal(PDQ, value, quality) for value in (KNOWN, turned, FAR) for quality in (100, 0) for _ in range(40)]
    alone = [finding for one in asked for finding in index.find([one])]
    assert len(alone) == 40 * (2 + 3 + 2)
    assert list(index.find(asked)) == alone


def test_the_nearest_turn_counts(entry: MakeEntry, signal: MakeSignal) -> None:
    """A picture near in two ways is one finding, the nearer way."""
    value = f"{NEAR} {FAR} {KNOWN} {FAR} {FAR} {FAR} {FAR} {FAR}"
    (finding,) = find([entry(PDQ, KNOWN)], signal(PDQ, value))
    assert (finding.distance, finding.transform) == (0, "upside down")


def test_a_still_of_a_known_video_is_found(entry: MakeEntry, signal: MakeSignal) -> None:
    """The interval is the second whose frame is nearest; the turn is named."""
    known = entry(VIDEO_PDQ, f"0.000,100,{FAR}\n1.000,100,{NEAR}\n2.000,100,{KNOWN}")
    query = signal(PDQ, " ".join(["5a" * 32] * 5 + [KNOWN] + ["5a" * 32] * 2))
    (finding,) = StillMatcher().build([known]).find([query])
    assert (finding.entry, finding.distance, finding.transform) == (known, 0, "mirrored")
    assert finding.interval_known == Interval(2.0, 3.0)
    assert not finding.verified


def test_a_known_picture_within_a_video_is_found(entry: MakeEntry, signal: MakeSignal) -> None:
    """Also where the video is mirrored; the interval is in the query."""
    known = entry(PDQ, KNOWN)
    upright = signal(VIDEO_PDQ, f"0.000,100,{'5a' * 32},{'a5' * 32}\n1.000,100,{NEAR},{'a5' * 32}")
    turned = signal(VIDEO_PDQ, f"0.000,100,{'5a' * 32},{'a5' * 32}\n7.500,100,{'a5' * 32},{KNOWN}")
    first, second = StillMatcher().build([known]).find([upright, turned])
    assert (first.transform, first.interval_query) == (None, Interval(1.0, 2.0))
    assert (second.transform, second.interval_query) == ("mirrored", Interval(7.5, 8.5))


def test_pictures_and_videos_are_left_to_their_own_matchers(entry: MakeEntry, signal: MakeSignal) -> None:
    """A picture near a picture, a video near a video: the matcher of stills is silent."""
    frame = f"0.000,100,{KNOWN}"
    index = StillMatcher().build([entry(PDQ, KNOWN)])
    assert list(index.find([signal(PDQ, KNOWN)])) == []
    index = StillMatcher().build([entry(VIDEO_PDQ, frame)])
    assert list(index.find([signal(VIDEO_PDQ, frame)])) == []
