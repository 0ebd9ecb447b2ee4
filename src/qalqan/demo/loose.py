"""A folder of loose files: some planted, most ordinary, one broken, one empty."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

from PIL import Image

from qalqan.demo.edits import PICTURE_EDITS, quality_of
from qalqan.demo.known import Known
from qalqan.demo.pictures import ordinary_picture
from qalqan.demo.plan import EXACT
from qalqan.demo.truth import Planted
from qalqan.demo.words import words

_FIRST = 1000
"""The ordinary pictures here are numbered from this, so that none is the chat's."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Lakeside notes: a walk round the shore</title></head>
<body>
<h1>A walk round the shore</h1>
<p>We set out at eight. The path was dry and the lake was calm.</p>
<p><img src="lakeside-notes_files/walk.jpg" alt="The shore in the morning"></p>
<p>Somebody had left a picture on the notice board, with an address under it:
<a href="{link}">read more</a>.</p>
<p><img src="lakeside-notes_files/board.jpg" alt="On the notice board"></p>
<p>Tea and apple cake at the mill afterwards.</p>
</body>
</html>
"""


def make_loose(folder: Path, known: Known, seed: int) -> list[Planted]:
    """Write the folder and return what was planted."""
    (folder / "lakeside-notes_files").mkdir(parents=True)
    for number, name in enumerate(("IMG_0412.jpg", "IMG_0413.jpg", "timetable.jpg")):
        ordinary_picture(seed, _FIRST + number).save(folder / name, quality=80)
    for name, text in words().files.items():
        (folder / name).write_text(text, "utf-8")
    _broken(folder, seed)
    return [*_copies(folder, known), *_page(folder, known, seed), *_archive(folder, known, seed)]


def _broken(folder: Path, seed: int) -> None:
    whole = _jpeg(ordinary_picture(seed, _FIRST + 3), 80)
    (folder / "broken.jpg").write_bytes(whole[: len(whole) // 3])
    (folder / "empty.png").write_bytes(b"")


def _copies(folder: Path, known: Known) -> list[Planted]:
    plants = (
        ("holiday-041.jpg", "guard-the-reeds.jpg", "saved again at low quality"),
        ("lake copy.jpg", "sunrise-lake.jpg", "resized to 480 pixels"),
        ("IMG_7731.jpg", "balloon-morning.jpg", "mirrored"),
    )
    for name, label, edit in plants:
        (folder / name).write_bytes(_edited(known, label, edit))
    text = f"From the letter box, please read.\n\n{words().texts['rundbrief-de.txt']}\nThe lift works again.\n"
    (folder / "letter.txt").write_text(text, "utf-8")
    letter = Planted("folder/letter.txt", "rundbrief-de.txt", "sentences added before and after", "found", "letter.txt")
    return [*(Planted(f"folder/{name}", label, edit, "found", name) for name, label, edit in plants), letter]


def _page(folder: Path, known: Known, seed: int) -> list[Planted]:
    link = words().links[1]
    (folder / "lakeside-notes.html").write_text(_PAGE.format(link=link), "utf-8")
    files = folder / "lakeside-notes_files"
    ordinary_picture(seed, _FIRST + 4).save(files / "walk.jpg", quality=80)
    shutil.copyfile(known.folder / "heron-at-dusk.jpg", files / "board.jpg")
    picture = "folder/lakeside-notes_files/board.jpg"
    return [
        Planted(picture, "heron-at-dusk.jpg", EXACT, "found", "board.jpg"),
        Planted("folder/lakeside-notes.html", link, "link in a saved page", "found"),
    ]


def _archive(folder: Path, known: Known, seed: int) -> list[Planted]:
    plants = (
        ("north.jpg", "northern-lights.jpg", "brighter, less contrast"),
        ("bridge.jpg", "stone-bridge.jpg", "saved again at low quality"),
    )
    with zipfile.ZipFile(folder / "album.zip", "w") as archive:
        for name, label, edit in plants:
            archive.writestr(zipfile.ZipInfo(name), _edited(known, label, edit))
        archive.writestr(zipfile.ZipInfo("garden.jpg"), _jpeg(ordinary_picture(seed, _FIRST + 5), 80))
    return [Planted(f"folder/album.zip!/{name}", label, edit, "found", name) for name, label, edit in plants]


def _edited(known: Known, label: str, edit: str) -> bytes:
    return _jpeg(PICTURE_EDITS[edit](known.pictures[label]), quality_of(edit))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
