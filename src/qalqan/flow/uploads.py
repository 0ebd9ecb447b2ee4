"""Hands in what comes over the API, one thing at a time; it walks the same way as a scan's items."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qalqan.errors import BadValue
from qalqan.flow.services import Services
from qalqan.flow.trying import LONGEST
from qalqan.isolate.sniff import sniff
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Attachment, Item, ItemKind, Link, Media
from qalqan.model.times import now
from qalqan.store import audit, banks, intake, items, uploads
from qalqan.store.intake import NewItem
from qalqan.store.records import key_of

READER = "api/1"
LONGEST_WORD = 500
_UNFIT = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL does not take, and no encoding of text."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What a platform hands in."""

    platform: str
    reference: str
    """The platform's own name for it: the same one, with the same content, is one item however often it comes."""
    text: str | None = None
    links: tuple[str, ...] = ()
    path: Path | None = None
    name: str = ""
    author: str | None = None
    channel: str | None = None
    posted_at: datetime | None = None


def hand_in_upload(services: Services, upload: Upload, by: str) -> tuple[Id, bool]:
    """Keep an upload as an item that will be read, compared and weighed; return its id, and whether it is new.

    Raises BadValue for what no store can hold.
    """
    _check(upload)
    item_id = new_id()
    attachments, media = _kept(services, upload, item_id)
    with services.store.writing() as tx:
        if items.first(tx) is None:  # all that will be stored is compared with the banks as they are then
            banks.note_compared(tx, banks.version(tx))
        source = intake.ensure_source(tx, f"api:{upload.platform}", upload.platform, by)
        item = _item(item_id, source.id, upload)
        intake.add_media(tx, media)
        new = NewItem(item, _content(upload, attachments), attachments)
        if not intake.add_items(tx, [new]):
            return intake.id_of(tx, new), False
        uploads.call(tx, upload.platform, upload.reference, item_id)
        uploads.begin(tx, source.id, [item_id])
        audit.append(tx, by, "item.handed-in", item_id, platform=upload.platform, reference=upload.reference)
    return item_id, True


def _check(upload: Upload) -> None:
    words = {"platform": upload.platform, "reference": upload.reference, "author": upload.author}
    for name, value in {**words, "channel": upload.channel}.items():
        if value is not None and (len(value) > LONGEST_WORD or not value.isprintable()):
            raise BadValue(f"The {name} is no line of at most {LONGEST_WORD} characters.")
    if not upload.reference or not upload.platform:
        raise BadValue("A platform and its reference are needed.")
    if any(_UNFIT.search(one) for one in (upload.text or "", upload.name, *upload.links)):
        raise BadValue("It holds a character that no text has.")
    if len(upload.text or "") > LONGEST:
        raise BadValue(f"The text is longer than {LONGEST:,} characters.", hint="Hand it in as a file.")
    if not (upload.text or upload.links or upload.path):
        raise BadValue("There is nothing in it.", hint="Send a text, a link or a file.")


def _kept(services: Services, upload: Upload, item_id: Id) -> tuple[tuple[Attachment, ...], list[Media]]:
    if upload.path is None:
        return (), []
    with upload.path.open("rb") as stream:
        put = services.store.blobs.put(stream, services.settings.file_bytes)
    kind, media_type = sniff(put.head, upload.name)
    media = Media(put.sha256, kind, media_type, put.size, put.kept)
    return (Attachment(item_id, 0, upload.name or "file", put.sha256),), [media]


def _item(item_id: Id, source_id: Id, upload: Upload) -> Item:
    return Item(
        id=item_id, source_id=source_id, kind=ItemKind.POST, reader=READER,
        origin=f"{upload.platform}/{upload.reference}", platform=upload.platform, channel=upload.channel,
        channel_ref=upload.channel, author=upload.author, author_ref=upload.author, posted_at=upload.posted_at,
        text=upload.text, links=tuple(Link(one) for one in upload.links), reply_to=None, forwarded_from=None,
        extra={"reference": upload.reference}, collected_at=now(),
    )  # fmt: skip


def _content(upload: Upload, attachments: tuple[Attachment, ...]) -> str:
    carried = [(one.name, one.media_sha256) for one in attachments]
    return key_of(upload.text, upload.links, carried, upload.author, upload.channel, upload.posted_at)
