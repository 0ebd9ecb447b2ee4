"""What a matcher is. One small contract; `tests/contract/test_matchers.py` holds every matcher to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from qalqan.model.banks import BankEntry
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Box, Interval, Span, Stretch
from qalqan.model.signals import Signal


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the cascade. A bank's rules say by name which of them run on it."""

    name: str
    """Short and lower case: `digest`, `radius`, `local`, …"""
    cost: float
    """Milliseconds of one core for a usual file, reading included: the cascade goes from cheap to dear."""
    decides: str
    """What its answer can settle: one English sentence for people."""
    settles: bool = False
    """Whether a bank where it finds something needs no dearer stage for that file: the content is the very same."""
    hints: bool = False
    """Whether it only asks for a closer look: its findings are never told, and weigh nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal near an entry, before the match has an item and an id. Fields as in `model.matches.Match`."""

    signal: Signal
    entry: BankEntry
    distance: float
    verified: bool
    transform: str | None = None
    box_query: Box | None = None
    box_known: Box | None = None
    interval_query: Interval | None = None
    interval_known: Interval | None = None
    span_query: Span | None = None
    kind: str | None = None
    """What sort of nearness it is, where that is another than the signal's kind: `still`."""
    stage: str | None = None
    """The stage that found it, where it is not the first of its matcher's."""
    score: float | None = None
    stretches: tuple[Stretch, ...] = ()
    closer: tuple[Interval, ...] = ()
    """Stretches of the query to be read more closely before this is told: it was only looked at sparsely."""


@dataclass(frozen=True, slots=True)
class Example:
    """A known value, a value that must match it, and values that must not."""

    kind: str
    known: str
    found: Sequence[str] = field(default=())
    not_found: Sequence[str] = field(default=())
    found_kind: str | None = None
    """The kind of the values to be found where it is another than the known one's."""


class Index(Protocol):
    """The entries of one matcher's kinds, ready to be asked. Never changed: a changed bank gives a new one."""

    def find(self, signals: Sequence[Signal]) -> Iterator[Finding]:
        """Yield each nearness of one of `signals` to an entry, the nearest of a pair only."""
        ...


class Matcher(Protocol):
    """Compares signals of its kinds with known ones."""

    @property
    def manifest(self) -> Manifest:
        """Name, version, title; `produces` holds the signal kinds it compares."""
        ...

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The steps of the cascade that it takes; a finding that names none is of the first."""
        ...

    def build(self, entries: Sequence[BankEntry]) -> Index:
        """Return an index over `entries`, all of this matcher's kinds and active."""
        ...

    def examples(self) -> Sequence[Example]:
        """Return pairs that the contract test runs through it."""
        ...


@runtime_checkable
class Filed(Protocol):
    """A matcher whose index of very many entries lies in files that all processes of a machine map."""

    @property
    def manifest(self) -> Manifest:
        """As a matcher's."""
        ...

    def write(self, entries: Iterable[BankEntry], folder: Path) -> None:
        """Write an index over `entries`, in this order, into an empty folder. Raises StoreError on a full disk."""
        ...

    def open(self, folder: Path, entries: Sequence[BankEntry]) -> Index:
        """Map what `write` wrote; `entries` gives the same entries in the same order, each when it is asked for.

        Raises StoreError where the files are damaged.
        """
        ...
