"""How many edited pictures are found again, beside PDQ as the field uses it, and what is found that should not be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from bench import picture_edits, picture_hard, picture_props
from bench.corpus import Corpus, Found, cache_folder, gather, load
from bench.picture_edits import edits, uploaded
from bench.picture_systems import Hit, Kept, PdqPeer, Qalqan, System, code_key
from qalqan.model.parts import Box

BACKGROUNDS = 12
"""Distractors that stand beside or behind sources in collages."""
GOAL_EACH = 0.6
SEEN = "seen.txt"


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture to ask for, and the truth about it."""

    path: Path
    source: int | None = None
    """The banked picture that it shows; None for a distractor."""
    edit: int | None = None
    seen: Box | None = None
    """What of the banked picture is visible, where that is a plain rectangle."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one system, or one stage of it, answered."""

    name: str
    found: np.ndarray
    """(edits,): how many sources of each edit were found."""
    wrong: int
    """Edited pictures for which another source was named."""
    false: list[Path]
    """Distractors for which any source was named."""


def measure(sources: int = 60, distractors: int = 3000, folders: Sequence[Path] = ()) -> None:
    """Bank the sources, ask for every edit of them and for every distractor, and print who found what."""
    corpus = gather(folders)
    print(corpus.report())
    known = corpus.sources(sources)
    cache = cache_folder()
    edits_folder = cache / "edits" / _digest(_code(picture_edits.__file__), _code(picture_props.__file__))
    asked = [*edited(corpus, known, edits_folder), *_others(corpus, known, distractors)]
    print(f"pictures: {len(known)} banked, {len(known) * len(edits())} edits of them, and {_count(asked)} distractors")
    ours, hashes = Qalqan(cache), Kept(cache / "pdqhash.json")
    systems = (PdqPeer(hashes, eight=False), PdqPeer(hashes, eight=True), ours)
    columns = []
    for system in systems:
        answers = answered(system, [one.path for one in known], [one.path for one in asked])
        hashes.save()
        columns += list(_columns(system, asked, answers))
    _print_table(columns, len(known))
    _print_false(columns)
    _print_places(asked, answers)
    print(f"  kept of a known picture: {ours.bytes_each:,.0f} bytes as text (reading code {code_key()})")
    picture_hard.measure(corpus, len(known), systems, edits_folder / "hard")
    hashes.save()
    ours.close()


def edited(corpus: Corpus, known: Sequence[Found], folder: Path) -> Iterator[Asked]:
    """Yield every edit of every source as a file; files of an earlier run are used again."""
    backgrounds = [load(one.path) for one in corpus.distractors(BACKGROUNDS, beside=len(known))]
    beside = "".join(one.sha256 for one in corpus.distractors(BACKGROUNDS, beside=len(known)))
    place = folder / _digest(beside.encode())
    for number, one in enumerate(known):
        home = place / one.sha256[:16]
        if not (home / SEEN).exists():
            _edit(one, home, backgrounds)
        for which, line in enumerate((home / SEEN).read_text("utf-8").splitlines()):
            seen = Box(*map(float, line.split())) if line else None
            yield Asked(home / f"{which:02}.jpg", number, which, seen)


def _edit(one: Found, home: Path, backgrounds: Sequence[Image.Image]) -> None:
    """Write every edit of a picture, and last of all what of it each shows."""
    home.mkdir(parents=True, exist_ok=True)
    picture = load(one.path)
    lines = []
    for which, edit in enumerate(edits()):
        result, seen = edit.apply(picture, one.sha256, backgrounds)
        (home / f"{which:02}.jpg").write_bytes(uploaded(result))
        lines.append(f"{seen.left} {seen.top} {seen.width} {seen.height}\n" if seen else "\n")
    (home / SEEN).write_text("".join(lines), "utf-8")


def answered(system: System, known: Sequence[Path], asked: Sequence[Path]) -> list[list[Hit]]:
    """Bank `known` and return the system's answer to each asked picture."""
    system.bank(known)
    return [system.ask(path) for path in asked]


def _others(corpus: Corpus, known: Sequence[Found], count: int) -> Iterator[Asked]:
    for one in corpus.distractors(count, beside=len(known)):
        yield Asked(one.path)


def _count(asked: Sequence[Asked]) -> str:
    return f"{sum(one.source is None for one in asked):,}"


def _columns(system: System, asked: Sequence[Asked], answers: Sequence[Sequence[Hit]]) -> Iterator[Column]:
    """Yield the system's column; ours has one for each stage, too."""
    if isinstance(system, Qalqan):
        for stage in system.stages():
            yield counted(stage, asked, answers, lambda hit, stage=stage: hit.stage == stage)  # type: ignore[misc]
    yield counted(system.name, asked, answers, lambda _: True)


def counted(
    name: str, asked: Sequence[Asked], answers: Sequence[Sequence[Hit]], counts: Callable[[Hit], bool]
) -> Column:
    """Count the hits of one system that `counts` says yes to."""
    found = np.zeros(len(edits()), dtype=np.int64)
    wrong, false = 0, []
    for one, hits in zip(asked, answers, strict=True):
        named = {hit.source for hit in hits if counts(hit)}
        if one.edit is None:
            false += [one.path] if named else []
        else:
            found[one.edit] += one.source in named
            wrong += bool(named - {one.source})
    return Column(name, found, wrong, false)


def _print_table(columns: Sequence[Column], sources: int) -> None:
    """Print recall in per cent, an edit a line."""
    print(f"\n  {'found, % of ' + str(sources):<28}" + "".join(f"{column.name:>14}" for column in columns))
    for number, edit in enumerate(edits()):
        print(f"  {edit.name:<28}" + "".join(f"{_percent(column.found[number], sources):>14}" for column in columns))
    print(
        f"  {'mean over all edits':<28}"
        + "".join(f"{100 * column.found.mean() / sources:>14.1f}" for column in columns)
    )
    low = [int((column.found < GOAL_EACH * sources).sum()) for column in columns]
    print(f"  {'edits under 60 %':<28}" + "".join(f"{count:>14}" for count in low))
    print(f"  {'another source named':<28}" + "".join(f"{column.wrong:>14}" for column in columns))
    print(f"  {'distractors named':<28}" + "".join(f"{len(column.false):>14}" for column in columns))


def _percent(found: int, sources: int) -> str:
    return f"{100 * found / sources:.0f}"


def _print_false(columns: Sequence[Column]) -> None:
    """Name the first false matches, so that a person can look at them."""
    for column in columns:
        for path in column.false[:5]:
            print(f"  false match of {column.name}: {path}")


def _print_places(asked: Sequence[Asked], answers: Sequence[Sequence[Hit]]) -> None:
    """Print how well the region of the known picture was named, where there is a truth and a stage that names one."""
    overlaps: dict[str, list[float]] = {}
    for one, hits in zip(asked, answers, strict=True):
        for hit in hits:
            if one.seen and hit.box_known and hit.source == one.source:
                overlaps.setdefault(hit.stage, []).append(overlap(one.seen, hit.box_known))
    for stage, values in overlaps.items():
        print(f"  region of the known picture, named by {stage}: IoU {np.median(values):.2f} (median of {len(values)})")


def overlap(one: Box, other: Box) -> float:
    """Return the boxes' intersection over their union."""
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    common = max(width, 0.0) * max(height, 0.0)
    return common / (one.width * one.height + other.width * other.height - common)


def _code(file: str | None) -> bytes:
    return Path(file or "").read_bytes()


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]
