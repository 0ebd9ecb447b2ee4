"""The systems that `make bench` compares, and how their answers are counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bench.corpus import Found, Sort
from bench.picture_cost import made_shelf
from bench.picture_edits import edits
from bench.picture_systems import Hit, Kept, PdqPeer, Qalqan
from bench.pictures import Asked, counted
from bench.stream import write_film
from PIL import Image

from qalqan.model.items import Media, MediaKind
from qalqan.model.local import KNOWN_POINTS, POINT, Local
from qalqan.signals.contract import Desk, Subject
from qalqan.signals.videos import VideoExtractor
from support.small import picture


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Return a known picture, copies of it, and another one."""
    view = picture(1)
    made = {
        "known": view,
        "again": view.resize((320, 240)),
        "mirrored": view.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "other": picture(2),
    }
    for name, image in made.items():
        image.save(tmp_path / f"{name}.jpg", quality=85)
    return {name: tmp_path / f"{name}.jpg" for name in made}


@pytest.mark.parametrize(("eight", "finds"), [(False, {"again"}), (True, {"again", "mirrored"})])
def test_pdq_finds_copies_and_only_in_eight_turns_mirrored_ones(
    files: dict[str, Path], tmp_path: Path, *, eight: bool, finds: set[str]
) -> None:
    """The peer finds what its radius covers, and keeps what it read for the next run."""
    kept = Kept(tmp_path / "kept.json")
    peer = PdqPeer(kept, eight=eight)
    peer.bank([files["known"]])
    assert {name for name in ("again", "mirrored", "other") if peer.ask(files[name])} == finds
    kept.save()
    assert len(Kept(tmp_path / "kept.json").rows) == 4


def test_ours_reads_with_the_real_extractor_and_asks_the_real_matchers(files: dict[str, Path], tmp_path: Path) -> None:
    """A mirrored copy is found, another picture is not, and a second run reads nothing again."""
    ours = Qalqan(tmp_path)
    ours.bank([files["other"], files["known"]])
    assert {hit.source for hit in ours.ask(files["mirrored"])} == {1}
    assert ours.ask(files["known"])
    assert ours.bytes_each > 0
    ours.close()
    again = Qalqan(tmp_path)
    again.bank([files["known"]])
    again.close()
    assert again.signals(files["mirrored"])[0].value == ours.signals(files["mirrored"])[0].value


def test_answers_are_counted_by_edit_and_false_ones_apart() -> None:
    """A named source counts for its edit, another one as wrong, and any for a distractor as false."""
    first, second = Path("a"), Path("b")
    asked = [Asked(first, source=0, edit=3), Asked(second, source=1, edit=3), Asked(Path("c")), Asked(Path("d"))]
    answers = [[Hit(0, "radius"), Hit(1, "radius")], [], [Hit(1, "local")], []]
    column = counted("all", asked, answers, lambda _: True)
    assert column.found[3] == column.found.sum() == 1
    assert (column.wrong, column.false) == (1, [Path("c")])
    assert counted("radius", asked, answers, lambda hit: hit.stage == "radius").false == []
    assert len(column.found) == len(edits())


def test_made_known_pictures_have_real_points_elsewhere() -> None:
    """Each has as many points as a known one keeps; an eighth of their bits differ from real ones."""
    points = np.zeros(200, POINT)
    points["scale"] = 7
    real = Local(512, 400, points, np.zeros((32, 32), np.uint8))
    shelf = made_shelf([real], 3, seed=1)
    assert len(shelf.points) == 3 * KNOWN_POINTS
    assert len(shelf.local(2).points) == KNOWN_POINTS
    assert np.unpackbits(shelf.points["bits"]).mean() == pytest.approx(1 / 8, abs=0.02)
    assert (shelf.points["scale"] == 7).all()
    assert len(set(shelf.points["x"].tolist())) > 100


def test_the_long_film_is_as_long_as_it_was_asked_for(desk: Desk, tmp_path: Path) -> None:
    """Thirty-six seconds of it are read whole."""
    write_film(tmp_path / "film.mkv", 0.01)
    media = Media("0" * 64, MediaKind.VIDEO, "video/x-matroska", 1, kept=True)
    reading = VideoExtractor().read(Subject(media=media, path=tmp_path / "film.mkv"), desk)
    assert reading.duration == pytest.approx(36, abs=1)
    assert (reading.width, reading.height) == (160, 120)


def test_sorts_rank_photographs_first() -> None:
    """The lower a sort the sooner its pictures are edited."""
    assert sorted(Sort) == [Sort.PHOTO, Sort.WALLPAPER, Sort.DRAWN]
    assert Found(Path("x"), 4, 5, "", 0, "", Sort.PHOTO).pixels == 20
