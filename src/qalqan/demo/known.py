"""The known things: pictures, films, texts, links, and the list of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from qalqan.demo import films
from qalqan.demo.films import Film
from qalqan.demo.pictures import KNOWN, known_picture
from qalqan.demo.words import words

Step = Callable[[str, int, int], None]
"""Told what is being made, how many are done, and of how many."""


@dataclass(frozen=True)
class Known:
    """What was made in `folder`, still at hand so that edited copies need no decoding."""

    folder: Path
    pictures: dict[str, Image.Image]
    films: dict[str, Film]


def make_known(folder: Path, seed: int, step: Step) -> Known:
    """Write the known things and `bank.csv`, the list of them."""
    folder.mkdir(parents=True)
    pictures, moving = _pictures(folder, seed, step), _films(folder, seed, step)
    for name, text in words().texts.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "links.txt").write_text("".join(f"{link}\n" for link in words().links), "utf-8")
    _write_list(folder / "bank.csv")
    return Known(folder, pictures, moving)


def _pictures(folder: Path, seed: int, step: Step) -> dict[str, Image.Image]:
    made = {}
    for index, (name, _, _) in enumerate(KNOWN):
        made[name] = known_picture(seed, index)
        made[name].save(folder / name, quality=88)
        step("known pictures", index + 1, len(KNOWN))
    return made


def _films(folder: Path, seed: int, step: Step) -> dict[str, Film]:
    made = {}
    for index, (name, _, _) in enumerate(films.KNOWN_FILMS):
        made[name] = films.known_film(seed, index)
        films.encode(made[name], folder / name)
        step("known films", index + 1, len(films.KNOWN_FILMS))
    return made


def _write_list(path: Path) -> None:
    rows = [("picture", name) for name, _, _ in KNOWN]
    rows += [("video", name) for name, _, _ in films.KNOWN_FILMS]
    rows += [("text", name) for name in words().texts]
    rows += [("link", link) for link in words().links]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("kind", "label", "provenance"))
        writer.writerows((kind, label, "invented for the demonstration") for kind, label in rows)
