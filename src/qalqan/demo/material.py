"""Makes the whole material in one folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qalqan.demo.export import Export
from qalqan.demo.known import make_known
from qalqan.demo.loose import make_loose
from qalqan.demo.truth import Truth, write_truth
from qalqan.errors import AlreadyThere


@dataclass(frozen=True, slots=True)
class Material:
    """Where everything is."""

    folder: Path
    known: Path
    """Pictures, films, texts, `links.txt`, and `bank.csv`, which lists them with their labels."""
    export: Path
    """The exported chat's folder, with `result.json` in it."""
    loose: Path
    truth: Path
    """For `qalqan.demo.truth.read_truth`."""


def make_material(folder: Path, seed: int = 7, progress: Callable[[str, int, int], None] | None = None) -> Material:
    """Write harmless material into `folder`, the same for the same seed, and return where it is.

    `progress` is told what is being made, how many of it are done, and of how many. Raises AlreadyThere when there is
    material in the folder already.
    """
    made = Material(folder, folder / "known", folder / "export", folder / "folder", folder / "truth.json")
    for path in (made.known, made.export, made.loose):
        if path.exists():
            raise AlreadyThere(f"{path} is there already", hint="name another folder, or remove this one")
    step = progress or _silent
    known = make_known(made.known, seed, step)
    planted = Export(made.export, known, seed, step).make()
    planted += make_loose(made.loose, known, seed)
    write_truth(Truth(tuple(planted)), made.truth)
    return made


def _silent(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""
