"""Matcher `exact`: signals that are equal to a known value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from qalqan.match.contract import Example, Finding, Index, Stage
from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.signals import INDICATORS, LINK, SHA256, WALLET, Signal


class ExactMatcher:
    """Compares values for which there is no nearness: a file's SHA-256, a link or another indicator in its one form."""

    manifest = Manifest("exact", "2", "Identical files, links, wallets, handles and the like", (SHA256, *INDICATORS))
    stages = (Stage("digest", 0.01, "The very same file, link or wallet: nothing dearer can say more.", settles=True),)

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return a dictionary of the entries."""
        return ExactIndex(entries)

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


def _compared(kind: str, value: str) -> str:
    """Return a value as it is compared: an address is the same one whether its spelling could be checked or not."""
    return value.replace("?:", ":", 1).lower() if kind == WALLET and value.startswith("eth") else value
