"""Judging a scan against what was planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from qalqan.demo.truth import Planted, Row, Seen, Truth, judge, read_truth, write_truth
from qalqan.errors import InputRefused

MESSAGE = Planted("telegram:chat/1842/message/45", "lake.jpg", "mirrored", "found", "photo_45.jpg", 1842, 45)
LOOSE = Planted("folder/lake copy.jpg", "lake.jpg", "mirrored", "found", "lake copy.jpg")
MEMBER = Planted("folder/album.zip!/north.jpg", "north.jpg", "resized", "found", "north.jpg")
PICTURE = Planted("folder/notes_files/board.jpg", "heron.jpg", "exact copy", "found", "board.jpg")
PAGE = Planted("folder/notes.html", "https://reedbed.example/", "link in a page", "found")
HARD = Planted("telegram:chat/1842/message/9", "north.jpg", "15 % cropped", "hard", "photo_9.jpg", 1842, 9)
TRUTH = Truth((MESSAGE, LOOSE, MEMBER, PICTURE, PAGE, HARD))


def seen(origin: str, label: str, *names: str) -> Seen:
    """Return a match."""
    return Seen(origin, names, label)


@pytest.mark.parametrize(
    ("match", "planted"),
    [
        (seen("telegram:chat/1842/message/45", "lake.jpg"), MESSAGE),
        (seen("lake copy.jpg", "lake.jpg"), LOOSE),
        (seen("material/folder/lake copy.jpg", "lake.jpg"), LOOSE),
        (seen("folder/album.zip!/north.jpg", "north.jpg"), MEMBER),
        (seen("folder/notes_files/board.jpg", "heron.jpg"), PICTURE),
        (seen("folder/notes.html", "heron.jpg", "notes_files/walk.jpg", "notes_files/board.jpg"), PICTURE),
        (seen("folder/notes.html", "https://reedbed.example/"), PAGE),
    ],
)
def test_a_match_counts_where_its_thing_was_planted(match: Seen, planted: Planted) -> None:
    """However much of the path the user handed in, the place is recognised."""
    verdict = judge(TRUTH, [match])
    assert verdict.found == (planted,)
    assert verdict.wrong == ()


@pytest.mark.parametrize(
    "match",
    [
        seen("telegram:chat/1842/message/145", "lake.jpg"),
        seen("telegram:chat/1842/message/4", "lake.jpg"),
        seen("telegram:chat/7/message/45", "lake.jpg"),
        seen("telegram:chat/1842/message/45", "heron.jpg"),
        seen("folder/my lake copy.jpg", "lake.jpg"),
        seen("folder/north.jpg.txt", "north.jpg", "garden.jpg"),
    ],
)
def test_a_match_elsewhere_or_with_another_thing_is_wrong(match: Seen) -> None:
    """Neither a like-looking place nor the right place with the wrong label counts."""
    verdict = judge(TRUTH, [match])
    assert verdict.found == ()
    assert verdict.wrong == (match,)


def test_several_matches_of_one_thing_count_once() -> None:
    """A picture found by two kinds of signal is one find, and one mistake made twice is one mistake."""
    right, mistake = seen("telegram:chat/1842/message/45", "lake.jpg"), seen("telegram:chat/1842/message/7", "lake.jpg")
    verdict = judge(TRUTH, [right, mistake, right, mistake])
    assert verdict.found == (MESSAGE,)
    assert verdict.wrong == (mistake,)


def test_what_is_missed_is_split_by_what_was_expected() -> None:
    """A hard edit that was missed is told apart from one that should have been found."""
    verdict = judge(TRUTH, [seen("telegram:chat/1842/message/45", "lake.jpg")])
    assert verdict.missed_expected == (LOOSE, MEMBER, PICTURE, PAGE)
    assert verdict.missed_hard == (HARD,)


def test_the_table_counts_each_kind_of_edit() -> None:
    """Each kind of edit has one row with how many were planted and found; the hard ones come last."""
    rows = judge(TRUTH, [seen("telegram:chat/1842/message/45", "lake.jpg")]).table()
    assert rows == (
        Row("exact copy", "found", 1, 0),
        Row("link in a page", "found", 1, 0),
        Row("mirrored", "found", 2, 1),
        Row("resized", "found", 1, 0),
        Row("15 % cropped", "hard", 1, 0),
    )


def test_no_match_finds_nothing_and_is_not_wrong() -> None:
    """An empty scan misses everything."""
    verdict = judge(TRUTH, [])
    assert (len(verdict.found), len(verdict.missed), len(verdict.wrong)) == (0, 6, 0)


def test_a_truth_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """Intervals and notes survive the file."""
    film = Planted("a#message/2", "f.webm", "excerpt", "found", "v.webm", 1, 2, (7.0, 13.0), (3.0, 9.0), "a note")
    path = tmp_path / "truth.json"
    write_truth(Truth((film, PAGE)), path)
    assert read_truth(path) == Truth((film, PAGE))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"planted": [{"origin": 1}]}', '{"planted": [3]}'])
def test_another_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    """The message names the file and how to get a right one."""
    path = tmp_path / "other.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputRefused, match=r"other\.json") as caught:
        read_truth(path)
    assert "qalqan demo" in caught.value.hint


def test_a_missing_truth_file_is_refused(tmp_path: Path) -> None:
    """A path where nothing lies is told the same way."""
    with pytest.raises(InputRefused, match=r"none\.json"):
        read_truth(tmp_path / "none.json")
