"""Hard distractors: other pictures in the same frame, screen, captions or stickers as a banked one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.corpus import Corpus, Found, load
from bench.picture_edits import Edit, edits, uploaded
from bench.picture_systems import System

FURNITURE = ("border", "letterbox", "meme frame", "logo", "text all over", "stickers", "screenshot")
"""Edits that add something which all pictures edited so have in common."""
BANKED = 10
ASKED = 30


def measure(corpus: Corpus, sources: int, systems: Sequence[System], folder: Path) -> None:
    """Bank pictures with such additions, ask for others with the same ones, and print how many were taken for them."""
    known, others = corpus.sources(BANKED), corpus.distractors(ASKED, beside=sources)
    print(f"\n  the same additions to other pictures: {BANKED} banked, {ASKED} asked; named though not banked")
    print(f"  {'':<28}" + "".join(f"{system.name:>14}" for system in systems) + f"{'of it sure':>14}")
    for edit in [edit for edit in edits() if edit.kind in FURNITURE]:
        banked, asked = list(_with(edit, known, folder)), list(_with(edit, others, folder))
        counts = []
        for system in systems:
            system.bank(banked)
            answers = [system.ask(path) for path in asked]
            counts.append(sum(bool(hits) for hits in answers))
        counts.append(sum(any(hit.sure for hit in hits) for hits in answers))  # ours is the last system
        print(f"  {edit.name:<28}" + "".join(f"{count:>14}" for count in counts))


def _with(edit: Edit, pictures: Sequence[Found], folder: Path) -> Iterator[Path]:
    """Yield the edited pictures as files; those of an earlier run are used again."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in pictures:
        path = folder / f"{one.sha256[:16]}-{edit.name}.jpg"
        if not path.exists():
            result, _ = edit.apply(load(one.path), one.sha256)
            path.write_bytes(uploaded(result))
        yield path
