"""Matcher `local`: pictures that show a known one or a part of it, cut, framed, turned or recoloured as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.match.local.index import LocalIndex
from qalqan.match.local.line import distance_of, is_found, is_sure
from qalqan.match.local.words import words_of
from qalqan.match.mapped import check_sizes
from qalqan.model.banks import BankEntry
from qalqan.model.local import Local, unpacked
from qalqan.model.manifest import Manifest
from qalqan.model.signals import PICTURE_LOCAL, Signal

FILE = "points.index"


class LocalMatcher:
    """Compares local features: near is where many points agree on one place, turn and size, beyond what chance gives.

    `distance` is 100 less the score, which is −log₁₀ of how many such agreements are to be expected by chance; 0 is
    the best, and 94 the line. Verified where many points and the thumbnails agree, at the place that the points say.
    """

    manifest = Manifest("local", "1", "Parts of pictures, also cropped, framed, tilted or inverted", (PICTURE_LOCAL,))
    stages = (Stage("local", 70.0, "Whether a part of a known picture is in it, and where; shown by two looks at it."),)

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an index over the entries' points. Raises ValueError for a value that is none."""
        return LocalEntries(entries, LocalIndex.build([unpacked(entry.value) for entry in entries]))

    def write(self, entries: Iterable[BankEntry], folder: Path) -> None:
        """Write an index over the entries' points. Raises StoreError on a full disk, ValueError as `build` does."""
        LocalIndex.build([unpacked(entry.value) for entry in entries]).save(folder / FILE)

    def open(self, folder: Path, entries: Sequence[BankEntry]) -> Index:
        """Map what `write` wrote. Raises StoreError where it is damaged."""
        index = LocalIndex.open(folder / FILE)
        check_sizes(folder, len(index), len(entries))
        return LocalEntries(entries, index)

    def examples(self) -> Sequence[Example]:
        """Return a drawn picture's points, the same after a shift and mirrored, and another's."""
        from qalqan.match.local.examples import drawn

        known, moved, other = drawn()
        return (Example(PICTURE_LOCAL, known, found=(known, moved), not_found=(other,)),)


class LocalEntries:
    """The known pictures' points, in the order of their entries."""

    def __init__(self, entries: Sequence[BankEntry], index: LocalIndex) -> None:
        self._entries = entries
        self._index = index

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each entry whose points agree with a signal's."""
        for signal in signals:
            try:
                query = unpacked(signal.value)
            except ValueError:  # what was stored by a broken hand says nothing, and must not stop the others
                continue
            yield from self._near(signal, query)

    def _near(self, signal: Signal, query: Local) -> Iterator[Finding]:
        for number, verified in sorted(self._index.find(query), key=lambda pair: pair[0]):
            if not is_found(verified):
                continue
            yield Finding(
                signal,
                self._entries[number],
                distance=distance_of(verified),
                verified=is_sure(verified),
                transform=words_of(verified),
                box_query=verified.box_query,
                box_known=verified.box_known,
                score=verified.score,
            )
