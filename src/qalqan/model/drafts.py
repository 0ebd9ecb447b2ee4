"""What a reader hands over: things not yet in the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from qalqan.model.items import ItemKind, Link


@dataclass(frozen=True, slots=True)
class FileDraft:
    """A file on a draft. Exactly one of `path`, `open` and `missing` is set."""

    name: str
    """Its name as the source gives it: text from outside."""
    path: Path | None = None
    """Where its bytes lie on this machine."""
    open: Callable[[], BinaryIO] | None = None
    """How to get its bytes where they lie in no file of their own (a WARC record, a MIME part)."""
    missing: str | None = None
    """Why there are none."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An item as a reader found it. `origin` and content together tell it from every other."""

    kind: ItemKind
    origin: str
    """Stable between two readings of the same input: it is half of the item's identity."""
    text: str | None = None
    platform: str | None = None
    channel: str | None = None
    channel_ref: str | None = None
    author: str | None = None
    author_ref: str | None = None
    posted_at: datetime | None = None
    links: tuple[Link, ...] = ()
    reply_to: str | None = None
    forwarded_from: str | None = None
    files: tuple[FileDraft, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    reader: str = ""
    """The reader that made it, with its version: `telegram/1`. The walker fills it in."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a reader could not read. The rest goes on."""

    where: str
    code: str
    """The short name of an error of `qalqan.errors`."""
    message: str
    hint: str = ""
