"""Items and the media that hang on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from qalqan.model.ids import Id


class ItemKind(StrEnum):
    """What sort of thing an item is."""

    MESSAGE = "message"
    POST = "post"
    PAGE = "page"
    FILE = "file"
    ARTICLE = "article"
    PROFILE = "profile"
    """What an account publicly says of itself: its name, its words, its links."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that an item carries apart from its text (a hidden target, a button, an `href`)."""

    url: str
    start: int | None = None
    """Where in the text its label stands; None where it stands in no text."""
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One post, message, page, file or article. Never changed: an edited message is another item."""

    id: Id
    source_id: Id
    kind: ItemKind
    reader: str
    """The reader that made it, with its version: `telegram/1`."""
    origin: str
    """Where it lies, as the user knows it: `…/result.json#message/45`, `photos/a.jpg`."""
    platform: str | None
    channel: str | None
    channel_ref: str | None
    author: str | None
    author_ref: str | None
    posted_at: datetime | None
    text: str | None
    links: tuple[Link, ...]
    reply_to: str | None
    forwarded_from: str | None
    extra: dict[str, Any]
    """What the source said beyond these fields, small and JSON."""
    collected_at: datetime


class MediaKind(StrEnum):
    """The family of a file, by its content, never by its name."""

    PICTURE = "picture"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Media:
    """A file's content, once, however often it was posted. Unknown facts are None."""

    sha256: str
    """64 hexadecimal digits; also the name of its blob."""
    kind: MediaKind
    type: str
    """Media type by content, such as `image/jpeg`."""
    size: int
    """Bytes."""
    kept: bool
    """Whether the blob store holds its bytes (a file over the limit is only hashed)."""
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A media file on an item, or the mention of one that was not included."""

    item_id: Id
    ordinal: int
    name: str
    """The file's name as the source gave it: text from outside."""
    media_sha256: str | None
    """None where the source mentions a file without including it."""
    missing: str | None = None
    """Why it is not there."""


class RenditionKind(StrEnum):
    """What a working copy is for."""

    BLURRED = "blurred"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Rendition:
    """A small working copy of a picture or of a video's frame, for the console. Never evidence."""

    media_sha256: str
    kind: RenditionKind
    at: float
    """Seconds into the video; 0 for a picture."""
    blob: str
    """SHA-256 of the JPEG."""
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An item with the attachments it carries: what the rooms after `sources` work on."""

    item: Item
    attachments: tuple[Attachment, ...] = field(default=())
