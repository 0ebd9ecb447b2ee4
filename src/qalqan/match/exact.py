"""Matcher `exact`: signals that are equal to a known value."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.match.mapped import check_places, check_sizes, mapped
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.signals import INDICATORS, LINK, SHA256, WALLET, Signal

KEYS = "exact.keys"
ROWS = "exact.rows"


class ExactMatcher:
    """Compares values for which there is no nearness: a file's SHA-256, a link or another indicator in its one form."""

    manifest = Manifest("exact", "2", "Identical files, links, wallets, handles and the like", (SHA256, *INDICATORS))
    stages = (Stage("digest", 0.01, "The very same file, link or wallet: nothing dearer can say more.", settles=True),)

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return a dictionary of the entries."""
        return ExactIndex(entries)

    def write(self, entries: Iterable[BankEntry], folder: Path) -> None:
        """Write the entries' keys in their order, and whose each is: 12 bytes an entry."""
        packed = b"".join(_key(one.kind, one.value) for one in entries)
        keys = np.frombuffer(packed, "<u8")
        order = np.argsort(keys, kind="stable")
        keys[order].tofile(folder / KEYS)
        order.astype("<u4").tofile(folder / ROWS)

    def open(self, folder: Path, entries: Sequence[BankEntry]) -> Index:
        """Map what `write` wrote. Raises StoreError where it is damaged."""
        keys, rows = mapped(folder / KEYS, "<u8"), mapped(folder / ROWS, "<u4")
        check_sizes(folder, len(keys), len(rows), len(entries))
        check_places(folder, rows, len(entries))
        return FiledExactIndex(entries, keys, rows)

    def examples(self) -> Sequence[Example]:
        """Return one pair for each kind."""
        return (
            Example(SHA256, "ab" * 32, found=("ab" * 32,), not_found=("ab" * 31 + "ac",)),
            Example(
                LINK, "https://example.org/a", found=("https://example.org/a",), not_found=("https://example.org",)
            ),
            Example(WALLET, "eth:0xa", found=("eth:0xa", "eth?:0xa"), not_found=("ltc:0xa", "0xa")),
        )


class ExactIndex:
    """The entries by kind and value."""

    def __init__(self, entries: Sequence[BankEntry]) -> None:
        self._entries: defaultdict[tuple[str, str], list[BankEntry]] = defaultdict(list)
        for entry in entries:
            self._entries[entry.kind, _compared(entry.kind, entry.value)].append(entry)

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each entry that has a signal's very value."""
        for signal in signals:
            for entry in self._entries.get((signal.kind, _compared(signal.kind, signal.value)), ()):
                yield Finding(signal, entry, distance=0, verified=True, span_query=signal.span)


class FiledExactIndex:
    """The entries by 64 bits of a digest of kind and value: whoever shares them is compared in full."""

    def __init__(
        self, entries: Sequence[BankEntry], keys: npt.NDArray[np.generic], rows: npt.NDArray[np.generic]
    ) -> None:
        self._entries, self._keys, self._rows = entries, keys, rows

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each entry that has a signal's very value."""
        asked = np.frombuffer(b"".join(_key(one.kind, one.value) for one in signals), "<u8")
        firsts, ends = np.searchsorted(self._keys, asked, "left"), np.searchsorted(self._keys, asked, "right")
        for signal, first, end in zip(signals, firsts.tolist(), ends.tolist(), strict=True):
            value = _compared(signal.kind, signal.value)
            for row in self._rows[first:end].tolist():
                entry = self._entries[row]
                if (entry.kind, _compared(entry.kind, entry.value)) == (signal.kind, value):
                    yield Finding(signal, entry, distance=0, verified=True, span_query=signal.span)


def _key(kind: str, value: str) -> bytes:
    text = f"{kind}\0{_compared(kind, value)}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _compared(kind: str, value: str) -> str:
    """Return a value as it is compared: an address is the same one whether its spelling could be checked or not."""
    return value.replace("?:", ":", 1).lower() if kind == WALLET and value.startswith("eth") else value
