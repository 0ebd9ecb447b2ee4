"""What `make bench` measures with: edits of pictures and the truth about them, and a corpus without near-duplicates."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from bench.corpus import Corpus, Found, gather, load
from bench.picture_edits import Edit, edits, uploaded
from bench.pictures import overlap
from PIL import Image

from qalqan.model.parts import WHOLE_PICTURE, Box
from support.small import picture

EDITS = edits()


def test_there_are_28_kinds_at_two_strengths() -> None:
    """28 kinds, each mild and strong."""
    assert len(EDITS) == 56
    assert len({edit.kind for edit in EDITS}) == 28
    assert len({edit.name for edit in EDITS}) == 56


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
@pytest.mark.parametrize("size", [(320, 240), (200, 300)], ids=["landscape", "portrait"])
def test_an_edit_gives_another_picture_and_where_it_shows_the_source(edit: Edit, size: tuple[int, int]) -> None:
    """Each gives an RGB picture that differs, always the same one, and a box within the source."""
    source = picture(5, size)
    others = [picture(6), picture(7)]
    result, seen = edit.apply(source, "five", others)
    assert result.mode == "RGB"
    assert result.size != source.size or result.tobytes() != source.tobytes()
    assert min(result.size) >= 40
    again, _ = edit.apply(source, "five", others)
    assert result.tobytes() == again.tobytes()
    if seen is not None:
        assert 0 <= seen.left <= seen.left + seen.width <= 1 + 1e-9
        assert 0 <= seen.top <= seen.top + seen.height <= 1 + 1e-9


@pytest.mark.parametrize(
    "edit", [edit for edit in EDITS if edit.kind in {"half", "quarter corner", "crop, off-centre"}]
)
def test_a_crop_is_what_its_truth_says(edit: Edit) -> None:
    """The result's pixels are those of the source inside the box."""
    source = picture(8, (320, 240))
    result, seen = edit.apply(source, "eight")
    assert seen is not None
    left, top = round(seen.left * 320), round(seen.top * 240)
    assert np.array_equal(np.asarray(result), np.asarray(source)[top : top + result.height, left : left + result.width])


def test_a_collage_says_what_of_the_source_is_left() -> None:
    """A wide source loses its sides in a square place."""
    _, seen = next(edit for edit in EDITS if edit.kind == "collage").apply(picture(8, (400, 200)), "x")
    assert seen == Box(0.25, 0.0, 0.5, 1.0)


def test_stickers_cover_their_share() -> None:
    """The strong one changes about 30 % of the pixels."""
    edit = next(edit for edit in EDITS if edit.name == "stickers, strong")
    source = picture(9, (400, 300))
    result, seen = edit.apply(source, "nine")
    changed = (np.asarray(source) != np.asarray(result)).any(axis=2).mean()
    assert 0.25 <= changed <= 0.4
    assert seen == WHOLE_PICTURE


def test_uploads_are_jpegs() -> None:
    """What a platform keeps can be read again and has the same sides."""
    with Image.open(io.BytesIO(uploaded(picture(3, (300, 200))))) as kept:
        assert (kept.format, kept.size) == ("JPEG", (300, 200))


def test_overlap_is_intersection_over_union() -> None:
    """1 for the same, 0 for boxes apart, a third for half of one."""
    assert overlap(WHOLE_PICTURE, WHOLE_PICTURE) == 1.0
    assert overlap(Box(0, 0, 0.4, 1), Box(0.5, 0, 0.5, 1)) == 0.0
    assert overlap(Box(0, 0, 0.5, 1), Box(0.25, 0, 0.5, 1)) == pytest.approx(1 / 3)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """Return a corpus of a folder with near-duplicates, small and broken files, and nothing that packages bring."""
    monkeypatch.setenv("QALQAN_BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("bench.corpus.DEBIAN_WALLPAPERS", ())
    monkeypatch.setattr("bench.corpus.DEBIAN_DRAWN", ())
    monkeypatch.setattr("bench.corpus.package_folder", lambda *_: None)
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(4):
        picture(seed, (800, 600)).save(folder / f"view {seed}.png")
    picture(0, (800, 600)).resize((640, 480)).save(folder / "again.jpg")
    picture(1, (800, 600)).transpose(Image.Transpose.ROTATE_90).resize((300, 400)).save(folder / "turned.jpg")
    picture(20, (320, 240)).save(folder / "little-320x240.png")
    picture(21, (640, 480)).save(folder / "little-640x480.png")
    picture(10, (400, 150)).save(folder / "flat.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return gather([folder])


def test_a_corpus_holds_no_near_duplicates(corpus: Corpus) -> None:
    """Of copies, turned copies and variants by name only the largest stays; small and broken files are left out."""
    names = {one.path.name for one in corpus.pictures}
    assert names == {"view 0.png", "view 1.png", "view 2.png", "view 3.png", "little-640x480.png"}
    assert corpus.seen == 8
    assert "5 pictures" in corpus.report()


def test_sources_and_distractors_never_meet(corpus: Corpus) -> None:
    """What is edited is not among the distractors, and both lists are the same in every run."""
    sources = corpus.sources(2)
    others = corpus.distractors(100, beside=2)
    assert {one.path for one in sources}.isdisjoint(one.path for one in others)
    assert len(sources) + len(others) == len(corpus.pictures)
    assert sources == corpus.sources(2)


def test_transparent_parts_are_laid_on_white(tmp_path: Path) -> None:
    """A picture that is all transparent is white; a long one is shrunk."""
    Image.new("RGBA", (900, 300), (10, 20, 30, 0)).save(tmp_path / "clear.png")
    read = load(tmp_path / "clear.png", side=300)
    assert read.size == (300, 100)
    assert read.getpixel((50, 50)) == (255, 255, 255)


def test_what_is_found_names_its_size(corpus: Corpus) -> None:
    """A found picture knows its area and its file's digest."""
    found: Found = next(one for one in corpus.pictures if one.path.name == "view 2.png")
    assert found.pixels == 480_000
    assert len(found.sha256) == 64
