"""What a reader is. One small contract; `tests/contract/test_readers.py` holds every reader to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from qalqan.errors import LimitReached
from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault
from qalqan.model.limits import Limits
from qalqan.model.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Given:
    """One file that was handed in, or that lay in something handed in."""

    path: Path
    """Where its bytes are on this machine. May be a scratch copy: never shown, never kept."""
    name: str
    """Where it lies as the user knows it, `!/` between an archive and its member: the start of every origin."""
    head: bytes
    """Its first 4,096 bytes, for `recognises`."""

    @property
    def suffix(self) -> str:
        """The ending of its name, lower case, with the dot."""
        return Path(self.name).suffix.lower()


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked out of one input, counted over all archives within archives."""

    size: int
    """Bytes."""
    members: int

    @property
    def spent(self) -> bool:
        """Whether more was unpacked than there was left."""
        return self.size < 0 or self.members < 0

    def take(self, size: int = 0, members: int = 0) -> None:
        """Note that so much was unpacked. Raises LimitReached when that is more than was left."""
        self.size -= size
        self.members -= members
        if self.size < 0:
            raise LimitReached(
                "unpacks to more bytes than one input may",
                hint="What came before was read. QALQAN_ARCHIVE_BYTES allows more.",
            )
        if self.members < 0:
            raise LimitReached("holds more files than one input may", hint="What came before was read.")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reader may use while it reads."""

    limits: Limits
    isolate: Isolate
    scratch: Path
    """A folder of its own for what must be unpacked; emptied afterwards."""
    mapping: Mapping[str, Any] | None
    """The column mapping that the user declared (`qalqan scan --mapping FILE`), if any."""
    walk: Callable[[Path, str, int], Iterator[Draft | Fault]]
    """Reads a folder that the reader has unpacked: its path, its name for the user, how deep in archives it lies."""
    allowance: Allowance
    """Shared by all that is unpacked out of one input."""
    depth: int = 0
    """Archives around this input."""


@dataclass(frozen=True, slots=True)
class Example:
    """An input that a reader must understand, small and harmless, and what must come of it."""

    files: Mapping[str, bytes]
    """Relative name → content; the first is the one handed to `read`."""
    drafts: int
    faults: int = 0
    mapping: Mapping[str, Any] | None = None
    texts: Sequence[str] = field(default=())
    """Texts that must be among the drafts', in this order."""


class Reader(Protocol):
    """Turns one kind of input into drafts, one after the other, without holding the whole in memory.

    Two readings of the same input give the same drafts in the same order. What cannot be read becomes a Fault and
    the rest goes on; only what makes the whole input unreadable is raised, as InputRefused.
    """

    @property
    def manifest(self) -> Manifest:
        """Name, version, title, and the item kinds it makes."""
        ...

    def recognises(self, given: Given) -> bool:
        """Whether this input is its kind, by name and first bytes alone. Quick, never raises."""
        ...

    def read(self, given: Given, desk: Desk) -> Iterator[Draft | Fault]:
        """Yield what is in it, in its own order."""
        ...

    def examples(self) -> Sequence[Example]:
        """Return inputs that the contract test runs through it."""
        ...
