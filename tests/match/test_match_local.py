"""Pictures that show a known one or a part of it: what is found, where, and in which words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageOps

from qalqan.errors import StoreError
from qalqan.match.contract import Finding
from qalqan.match.local import segment
from qalqan.match.local.examples import invented, upside_down
from qalqan.match.local.index import LocalIndex
from qalqan.match.local.matcher import LocalMatcher
from qalqan.match.local.pairs import nearest
from qalqan.match.local.turned import points_of
from qalqan.match.local.verify import verify
from qalqan.model.banks import BankEntry
from qalqan.model.local import KNOWN_POINTS, Local
from qalqan.model.parts import Box
from qalqan.model.signals import PICTURE_LOCAL, Signal
from qalqan.signals.local_child import features_of

MakeEntry = Callable[[str, str], BankEntry]
MakeSignal = Callable[..., Signal]


def view(seed: int, width: int = 640, height: int = 480) -> Image.Image:
    """Draw an invented view: large soft shapes, and things of many sizes on them."""
    random = np.random.default_rng(seed)
    rough = Image.fromarray(random.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    picture = np.asarray(rough.resize((width, height), Image.Resampling.BICUBIC)).copy()
    for _ in range(150):
        x, y = random.integers(0, width), random.integers(0, height)
        w, h = random.integers(4, 60, 2)
        picture[y : y + h, x : x + w] = random.integers(0, 256, 3)
    return Image.fromarray(picture)


def read(picture: Image.Image) -> Local:
    """Return a picture's features as the extractor reads them."""
    local = features_of(np.asarray(picture.convert("L")))
    assert local is not None
    return local


@pytest.fixture(scope="module")
def known() -> list[Local]:
    """Return the features of eight known views."""
    return [read(view(seed)).first(KNOWN_POINTS) for seed in range(8)]


@pytest.fixture(scope="module")
def find(known: list[Local], entry: MakeEntry, signal: MakeSignal) -> Callable[[Image.Image], list[Finding]]:
    """Return a way to ask the matcher about a picture, with the known views in its bank."""
    index = LocalMatcher().build([entry(PICTURE_LOCAL, local.packed()) for local in known])
    return lambda picture: list(index.find([signal(PICTURE_LOCAL, read(picture).packed())]))


def place(picture: Image.Image, x: float, y: float, side: float) -> Image.Image:
    """Cut out a part."""
    w, h = picture.size
    return picture.crop((round(x * w), round(y * h), round((x + side) * w), round((y + side) * h)))


def framed(picture: Image.Image) -> Image.Image:
    """Lay it, at half its size, on another picture."""
    host = view(99)
    host.paste(picture.resize((320, 240)), (200, 150))
    return host


DONE: dict[str, tuple[str | None, Callable[[Image.Image], Image.Image]]] = {
    "the same": (None, lambda picture: picture),
    "mirrored": ("mirrored", ImageOps.mirror),
    "flipped": ("mirrored top to bottom", ImageOps.flip),
    "turned right": ("turned 90° clockwise", lambda picture: picture.transpose(Image.Transpose.ROTATE_270)),
    "turned left": ("turned 90° counter-clockwise", lambda picture: picture.transpose(Image.Transpose.ROTATE_90)),
    "upside down": ("upside down", lambda picture: picture.transpose(Image.Transpose.ROTATE_180)),
    "over the diagonal": (
        "mirrored and turned 90° counter-clockwise",
        lambda picture: picture.transpose(Image.Transpose.TRANSPOSE),
    ),
    "over the other one": (
        "mirrored and turned 90° clockwise",
        lambda picture: picture.transpose(Image.Transpose.TRANSVERSE),
    ),
    "inverted": ("colours inverted", ImageOps.invert),
    "inverted, mirrored": ("mirrored, colours inverted", lambda picture: ImageOps.invert(ImageOps.mirror(picture))),
    "tilted": ("turned 12° clockwise", lambda picture: picture.rotate(-12)),
    "tilted and mirrored": (
        "mirrored, turned 12° clockwise",
        lambda picture: ImageOps.mirror(picture).rotate(-12),
    ),
    "half of each side": ("at 2 × size", lambda picture: place(picture, 0.3, 0.4, 0.5)),
    "on another picture": ("at 0.5 × size", framed),
    "wider": ("at 0.87 × size, stretched", lambda picture: picture.resize((853, 480))),
}


@pytest.mark.parametrize(("words", "change"), DONE.values(), ids=DONE)
def test_an_edited_view_is_found_and_it_is_said_how(
    words: str | None, change: Callable[[Image.Image], Image.Image], find: Callable[[Image.Image], list[Finding]]
) -> None:
    """The right entry alone, both looks agreeing, and the edit in words."""
    (finding,) = find(change(view(3)))
    assert finding.verified
    assert finding.transform == words
    assert finding.distance < 90


@pytest.mark.parametrize("seed", range(20, 26))
def test_other_views_are_not_found(seed: int, find: Callable[[Image.Image], list[Finding]]) -> None:
    """Views of the same kind, drawn in the same way, share nothing."""
    assert find(view(seed)) == []


def near(box: Box, left: float, top: float, side: float) -> bool:
    """Whether a box is within a twentieth of a square one."""
    found = (box.left, box.top, box.left + box.width, box.top + box.height)
    return bool(np.abs(np.subtract(found, (left, top, left + side, top + side))).max() < 0.08)


def test_the_boxes_say_which_part_of_which(find: Callable[[Image.Image], list[Finding]]) -> None:
    """A cut-out is a part of the known picture; a frame is a part of the query."""
    (cut,) = find(place(view(5), 0.3, 0.4, 0.5))
    assert cut.box_known is not None
    assert near(cut.box_known, 0.3, 0.4, 0.5)
    (laid,) = find(framed(view(5)))
    assert laid.box_query is not None
    assert near(laid.box_query, 200 / 640, 150 / 480, 0.5)


def test_the_map_leads_from_the_known_picture_to_the_query(known: list[Local]) -> None:
    """40 pixels cut off at the left and enlarged again: the known picture begins so far outside of the query."""
    moved = view(2).crop((40, 0, 640, 480)).resize((640, 512))
    verified = verify(read(moved), known[2])
    assert verified is not None
    a, b, c, d, e, f = verified.transform
    assert np.allclose((a, b, d, e), (640 / 600, 0, 0, 512 / 480), atol=0.01)
    assert np.allclose((c, f), (-40 / 600, 0), atol=0.005)


def test_mirrored_and_inverted_pictures_have_the_same_bits_in_another_order(known: list[Local]) -> None:
    """Reading the mirrored picture gives what is reckoned from the upright one."""
    for mirrored, inverted in ((True, False), (False, True), (True, True)):
        changed = ImageOps.mirror(view(1)) if mirrored else view(1)
        changed = ImageOps.invert(changed) if inverted else changed
        reckoned = points_of(known[1], mirrored=mirrored, inverted=inverted)
        _, distance, _ = nearest(reckoned.words, points_of(read(changed)).words)
        assert np.median(distance) <= 4


def test_nearest_is_what_counting_every_bit_gives() -> None:
    """The compiled loop against a plain one."""
    random = np.random.default_rng(7)
    a, b = (random.integers(0, 2**63, (n, 2)).astype(np.uint64) for n in (40, 30))
    bits = [np.unpackbits(x.view(np.uint8), axis=1).astype(int) for x in (a, b)]
    apart = np.abs(bits[0][:, None] - bits[1][None]).sum(axis=2)
    best, distance, back = nearest(a, b)
    assert np.array_equal(best, apart.argmin(axis=1))
    assert np.array_equal(distance, apart.min(axis=1))
    assert np.array_equal(back, apart.argmin(axis=0))


@pytest.mark.parametrize("points", [0, 1, 3])
def test_hardly_any_points_are_no_agreement_and_no_error(points: int, known: list[Local]) -> None:
    """A picture of three points says nothing."""
    assert verify(known[0].first(points), known[0]) is None
    assert LocalIndex.build([known[0].first(points)]).find(known[0]) == []


def test_points_all_at_one_place_agree_on_nothing() -> None:
    """Many copies of one point are one place."""
    one = invented(3)
    same = Local(one.width, one.height, one.points[:1].repeat(200), one.thumb)
    assert verify(same, same) is None


def test_points_on_one_line_are_fitted_without_an_error() -> None:
    """Six numbers cannot be had from a line: four are."""
    local = invented(4)
    flat = local.points.copy()
    flat["y"] = 1000
    line = Local(local.width, local.height, flat, local.thumb)
    verified = verify(upside_down(line), line)
    assert verified is None or np.isfinite(verified.transform).all()


def test_unlike_thumbnails_speak_against_few_points(entry: MakeEntry, signal: MakeSignal) -> None:
    """Seven agreeing points with another thumbnail are not told; with the same one they are."""
    first, other = invented(1).first(7), invented(2)
    index = LocalMatcher().build([entry(PICTURE_LOCAL, first.packed())])
    (found,) = index.find([signal(PICTURE_LOCAL, first.packed())])
    assert not found.verified  # found, but seven points are not enough to be sure
    strange = Local(first.width, first.height, first.points, other.thumb)
    assert list(index.find([signal(PICTURE_LOCAL, strange.packed())])) == []


def test_the_same_bar_under_another_picture_is_never_sure(entry: MakeEntry, signal: MakeSignal) -> None:
    """What two pictures have in common may be told, but a bar of buttons does not make one a copy of the other."""

    def barred(seed: int) -> Image.Image:
        picture = view(seed)
        picture.paste(view(77).crop((0, 0, 640, 60)), (0, 420))
        return picture

    index = LocalMatcher().build([entry(PICTURE_LOCAL, read(barred(1)).packed())])
    findings = list(index.find([signal(PICTURE_LOCAL, read(barred(31)).packed())]))
    assert all(not finding.verified for finding in findings)
    assert all(finding.box_known is not None and finding.box_known.height < 0.3 for finding in findings)


def test_an_index_in_a_file_gives_the_same_answers(known: list[Local], tmp_path: object) -> None:
    """Written, mapped, asked: nothing differs."""
    index = LocalIndex.build(known)
    path = tmp_path / "local.index"  # type: ignore[operator] # pytest's Path
    index.save(path)
    segment.check(path)
    query = read(ImageOps.mirror(view(6)))
    assert LocalIndex.open(path).find(query) == index.find(query)


def test_a_damaged_index_is_refused_or_asked_without_harm(known: list[Local], tmp_path: object) -> None:
    """Cut off, overwritten at its head or in its middle: an error that says so, never a read outside of it."""
    path = tmp_path / "local.index"  # type: ignore[operator] # pytest's Path
    LocalIndex.build(known).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(StoreError, match="cut off"):
        LocalIndex.open(path)
    for at in (0, 9, 40):
        path.write_bytes(whole[:at] + b"\xff\xff" + whole[at + 2 :])
        with pytest.raises(StoreError):
            LocalIndex.open(path)
    path.write_bytes(whole[:-5000] + b"\xff" * 4000 + whole[-1000:])
    with pytest.raises(StoreError, match="damaged"):
        segment.check(path)
    LocalIndex.open(path).find(known[0])
    path.write_bytes(b"")
    with pytest.raises(StoreError):
        LocalIndex.open(path)
