"""Matcher `picture`: pictures near a known one, also where they were turned or mirrored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.match.mapped import MappedHashes, Within, check_sizes, write_hashes
from qalqan.match.radius import QUALITY, RADIUS, Hashes, RadiusIndex, hashes_of
from qalqan.match.transforms import TRANSFORMS
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.parts import WHOLE_PICTURE
from qalqan.model.signals import PDQ, Signal

AT_ONCE = 64
"""Hashes that are looked up together: quicker than one by one, but where all are near to all, answers take memory."""


class PictureMatcher:
    """Compares PDQ hashes: near is a distance of at most 31 bits of 256.

    A query of a quality under 50 is not compared; known pictures are taken as they are. Only identical hashes count
    as verified: nearness alone is one look at the content, and a second one would have to be another.
    """

    manifest = Manifest("picture", "1", "Near copies of pictures, also turned or mirrored", (PDQ,))
    stages = (
        Stage("radius", 4.0, "The whole picture, saved again, resized or slightly retouched."),
        Stage("symmetry", 5.5, "The same, mirrored, turned by quarters, or inside a border."),
    )

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an index over the entries' hashes."""
        return PictureIndex(entries, RadiusIndex(hashes_of([entry.value.split()[0] for entry in entries])))

    def write(self, entries: Iterable[BankEntry], folder: Path) -> None:
        """Write the entries' hashes as an index of one segment. Raises StoreError on a full disk."""
        digits = bytearray()
        for entry in entries:
            digits += bytes.fromhex(entry.value.split()[0])
        write_hashes(folder, np.frombuffer(digits, np.uint8).reshape(-1, 32))

    def open(self, folder: Path, entries: Sequence[BankEntry]) -> Index:
        """Map what `write` wrote. Raises StoreError where it is damaged."""
        hashes = MappedHashes(folder)
        check_sizes(folder, len(hashes), len(entries))
        return PictureIndex(entries, hashes)

    def examples(self) -> Sequence[Example]:
        """Return a hash, one that is 31 bits away, and one that is 32 bits away."""
        known, near, far = "0f" * 32, "f0" * 3 + "0e" * 7 + "0f" * 22, "f0" * 4 + "0f" * 28
        mirrored = f"{f'{far} ' * 5}{known}"
        return (Example(PDQ, known, found=(known, near, mirrored), not_found=(far,)),)


class PictureIndex:
    """The known pictures' hashes, in the order of their entries."""

    def __init__(self, entries: Sequence[BankEntry], radius: Within) -> None:
        self._entries = entries
        self._radius = radius

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each entry near a signal, with the nearest of its turns."""
        for some, turns_of in _together([one for one in signals if one.quality is None or one.quality >= QUALITY]):
            yield from self._near(some, turns_of)

    def _near(self, signals: Sequence[Signal], turns_of: Sequence[Hashes]) -> Iterator[Finding]:
        counts = [len(each) for each in turns_of]
        queries, rows, distances = self._radius.within(np.concatenate(turns_of), RADIUS)
        whose = np.repeat(np.arange(len(counts)), counts)[queries]
        turns = queries - np.cumsum([0, *counts])[whose]
        nearest: dict[tuple[int, int], tuple[int, int]] = {}
        for one, row, turn, distance in zip(*(each.tolist() for each in (whose, rows, turns, distances)), strict=True):
            nearest[one, row] = min(nearest.get((one, row), (distance, turn)), (distance, turn))
        for (one, row), (distance, turn) in sorted(nearest.items()):
            signal = signals[one]
            box = signal.box or WHOLE_PICTURE
            yield Finding(
                signal,
                self._entries[row],
                distance=distance,
                verified=distance == 0,
                transform=TRANSFORMS[turn],
                box_query=box,
                box_known=WHOLE_PICTURE,
                stage="symmetry" if turn or box != WHOLE_PICTURE else "radius",
            )


def _together(signals: Sequence[Signal]) -> Iterator[tuple[list[Signal], list[Hashes]]]:
    """Yield signals, and the hashes of each one's turns, as many as are looked up together."""
    some: list[Signal] = []
    turns_of: list[Hashes] = []
    for signal in signals:
        some.append(signal)
        turns_of.append(hashes_of(signal.value.split()))
        if sum(len(each) for each in turns_of) >= AT_ONCE:
            yield some, turns_of
            some, turns_of = [], []
    if some:
        yield some, turns_of
