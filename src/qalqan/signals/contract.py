"""What an extractor is. One small contract; `tests/contract/test_extractors.py` holds every extractor to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from qalqan.isolate import Isolate
from qalqan.model.items import Item, Media, MediaKind, RenditionKind
from qalqan.model.limits import Limits
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Box, Interval, Span
from qalqan.signals.lexicon import Lexicon, built_in


@dataclass(frozen=True, slots=True)
class Subject:
    """What is read: an item's own text and links, or one media file. Exactly one of the two is set."""

    item: Item | None = None
    media: Media | None = None
    path: Path | None = None
    """The media file's bytes; None where they were not kept."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What an extractor may use while it reads."""

    limits: Limits
    isolate: Isolate
    lexicon: Lexicon = field(default_factory=built_in)
    """The lexicon in force."""
    copies: bool = True
    """Whether working copies are wanted for the console."""
    parts: bool = True
    """Whether it is looked for parts of known pictures, too: most of what a picture costs."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A signal before it has an owner and an id. See `model.signals.Signal` for the values' forms."""

    kind: str
    value: str
    span: Span | None = None
    box: Box | None = None
    interval: Interval | None = None
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A small JPEG for the console, made beside the signals so that a file is decoded once."""

    kind: RenditionKind
    at: float
    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one extractor got out of one subject."""

    sightings: tuple[Sighting, ...] = ()
    pictures: tuple[Picture, ...] = ()
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    notes: tuple[str, ...] = ()
    """What could not be read of it, one English sentence each; the rest was."""


@dataclass(frozen=True, slots=True)
class Example:
    """A subject that an extractor must read, and the values it must find, by signal kind."""

    text: str | None = None
    links: Sequence[str] = ()
    """Links that the item carries apart from its text."""
    file: bytes | None = None
    media_kind: MediaKind | None = None
    finds: Sequence[tuple[str, str]] = field(default=())
    """(kind, value) pairs that must be among the sightings; a value `*` stands for any."""


class Extractor(Protocol):
    """Reads signals of one family. The same subject always gives the same reading."""

    @property
    def manifest(self) -> Manifest:
        """Name, version, title, and the signal kinds it makes."""
        ...

    def wants(self, subject: Subject) -> bool:
        """Whether it reads this subject at all. Quick, never raises."""
        ...

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Read it. Raises InputRefused or LimitReached for a subject that cannot be read."""
        ...

    def canonical(self, kind: str, value: str) -> str:
        """Return a known thing's value as this extractor would have written it; raises BadValue with the reason.

        It is how a value from a partner's list or from a keyboard comes into the form that signals have.
        """
        ...

    def examples(self) -> Sequence[Example]:
        """Return subjects that the contract test runs through it."""
        ...


@runtime_checkable
class LooksCloser(Protocol):
    """An extractor that reads a recording sparsely at first, and some stretches of it densely when it is asked to."""

    def wants(self, subject: Subject) -> bool:
        """As an extractor's."""
        ...

    def look_closer(self, subject: Subject, desk: Desk, stretches: Sequence[Interval]) -> Reading:
        """Read these stretches densely; the same kinds of signals come of it. Raises as `Extractor.read` does."""
        ...


@runtime_checkable
class ReadsKnown(Protocol):
    """An extractor that reads a known thing more thoroughly than what is handed in: it is asked about for years."""

    def read_known(self, subject: Subject, desk: Desk) -> Reading:
        """Read it; the same kinds of signals come of it as of `Extractor.read`. Raises as that does."""
        ...


@runtime_checkable
class ReadsText(Protocol):
    """An extractor that also reads text that others have read, in a picture or a recording."""

    def read_text(self, text: str, desk: Desk) -> Reading:
        """Read it; the same kinds of signals come of it as of an item's text, with spans within `text`."""
        ...


@runtime_checkable
class ReadsLater(Protocol):
    """An extractor that takes so long over a file that no scan waits for it: files are read in the background."""

    @property
    def later(self) -> bool:
        """True."""
        ...
