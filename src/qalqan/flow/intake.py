"""Step 1 of the way: what was handed in becomes items in the store, batch by batch."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
import yaml

from qalqan.errors import BadValue, NotFound
from qalqan.flow.services import Services
from qalqan.isolate import leavings
from qalqan.isolate.sniff import sniff
from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Attachment, Item, Media
from qalqan.model.limits import MIB
from qalqan.model.sources import Problem, Scan, Source
from qalqan.model.times import now
from qalqan.sources.mapping import declared
from qalqan.sources.walker import walk
from qalqan.store import intake, scans
from qalqan.store.intake import NewItem
from qalqan.store.records import key_of

PROBLEMS_AT_MOST = 10_000
"""Problems of one input that are kept, each by itself."""
MEND_INPUT = "Mend what they have in common, and scan it again."
FLUSH_BYTES = 256 * MIB
"""A batch is closed early when its files are this large together, so that others can begin to read them."""


@dataclass(slots=True)
class _Chunk:
    """What has been read and not yet written."""

    items: list[NewItem] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    size: int = 0


def take_in(services: Services, scan: Scan, source: Source, on_batch: Callable[[Id], None]) -> None:
    """Read all of `source` into the store; call `on_batch` for each batch of new items once it is written.

    May be broken off anywhere and begun again: what is there already is recognised by what it is.
    """
    with services.store.writing() as tx:
        scans.start_reading(tx, scan.id)
    told = 0
    for chunk in _chunks(services, source, read_mapping(scan.mapping)):
        chunk.problems, told = _bounded(source, chunk.problems, told)
        with services.store.writing() as tx:
            batch_id = _write(tx, scan, chunk)
        if batch_id:
            on_batch(batch_id)


def _bounded(source: Source, problems: list[Problem], told: int) -> tuple[list[Problem], int]:
    """Return the problems that are kept, and how many of this reading have come so far.

    An input made of nothing but faults must not fill the store with them: past the bound one line says that there
    are more.
    """
    room = max(0, PROBLEMS_AT_MOST - told)
    kept = problems[:room]
    if told <= PROBLEMS_AT_MOST < told + len(problems):
        message = f"has more than {PROBLEMS_AT_MOST:,} parts that cannot be read; only so many are listed"
        kept.append(_problem(source, Fault(source.location, "limit-reached", message, MEND_INPUT)))
    return kept, told + len(problems)


def read_mapping(text: str | None) -> dict[str, Any] | None:
    """Return a declared column mapping. Raises BadValue for what is none, saying where it is wrong."""
    if text is None:
        return None
    try:
        mapping = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadValue(f"The column mapping is no YAML: {error}", hint="docs/sources.md shows one.") from error
    if not isinstance(mapping, dict):
        raise BadValue("The column mapping must be lines of `field: column`.", hint="docs/sources.md shows one.")
    declared(mapping)
    return mapping


def _write(tx: sa.Connection, scan: Scan, chunk: _Chunk) -> Id | None:
    """Write a chunk, all of it or none; return the batch of what was new in it."""
    intake.add_media(tx, chunk.media)
    intake.add_problems(tx, chunk.problems)
    added = intake.add_items(tx, chunk.items)
    scans.count_read(tx, scan.id, len(chunk.items), len(added))
    return scans.add_batch(tx, scan.id, added).id if added else None


def _chunks(services: Services, source: Source, mapping: dict[str, Any] | None) -> Iterator[_Chunk]:
    chunk = _Chunk()
    with _scratch(services.settings.home) as scratch:
        path = Path(source.location)
        if not path.exists():
            raise NotFound(f"{path} is not there any more.", hint="Put it back, or hand in another path.")
        for found in _walk(services, path, scratch, mapping):
            _take(services, source, chunk, found)
            full = max(len(chunk.items), len(chunk.problems)) >= services.settings.batch_size
            if full or chunk.size >= FLUSH_BYTES:
                yield chunk
                chunk = _Chunk()
        yield chunk


def _walk(services: Services, path: Path, scratch: Path, mapping: dict[str, Any] | None) -> Iterator[Draft | Fault]:
    settings = services.settings
    return walk(path, services.readers, settings.limits, services.isolate, scratch, mapping, settings.home)


@contextmanager
def _scratch(home: Path) -> Iterator[Path]:
    """Make a folder for what must be unpacked, on the store's own disk, and remove what dead processes left there."""
    place = home / "scratch"
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob("scan-*"):
        if leavings.is_left(left.name):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=place, prefix=leavings.prefix("scan")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _take(services: Services, source: Source, chunk: _Chunk, found: Draft | Fault) -> None:
    if isinstance(found, Fault):
        chunk.problems.append(_problem(source, found))
        return
    item_id, files = new_id(), []
    for ordinal, file in enumerate(found.files):
        try:
            attachment, media = _keep(services, item_id, ordinal, file)
        except OSError as error:
            why = f"could not be read: {error.strerror or error}"
            attachment, media = Attachment(item_id, ordinal, file.name, None, why), None
            chunk.problems.append(_problem(source, Fault(f"{found.origin} · {file.name}", "input-refused", why)))
        files.append(attachment)
        if media is not None:
            chunk.media.append(media)
            chunk.size += media.size
            chunk.problems += _too_large(services, source, f"{found.origin} · {file.name}", media)
    chunk.items.append(NewItem(_item(item_id, source, found), _content(found, files), tuple(files)))


def _too_large(services: Services, source: Source, where: str, media: Media) -> list[Problem]:
    if media.kept:
        return []
    limit = services.settings.file_bytes
    message = f"has {media.size:,} bytes, and more than {limit:,} are not kept: only its exact copies are found"
    return [_problem(source, Fault(where, "limit-reached", message, "QALQAN_FILE_BYTES allows larger files."))]


def _problem(source: Source, fault: Fault) -> Problem:
    return Problem(new_id(), source.id, "sources", fault.where, fault.code, fault.message, fault.hint, now())


def _keep(services: Services, item_id: Id, ordinal: int, file: FileDraft) -> tuple[Attachment, Media | None]:
    """Put a draft's file into the blob store."""
    if file.missing is not None:
        return Attachment(item_id, ordinal, file.name, None, file.missing), None
    with _opened(file) as stream:
        put = services.store.blobs.put(stream, services.settings.file_bytes)
    kind, media_type = sniff(put.head, file.name)
    media = Media(put.sha256, kind, media_type, put.size, put.kept)
    return Attachment(item_id, ordinal, file.name, put.sha256), media


def _opened(file: FileDraft) -> BinaryIO:
    if file.path is not None:
        return file.path.open("rb")
    assert file.open is not None  # noqa: S101 - a file draft has a path, a way to open it, or the reason why not
    return file.open()


def _item(item_id: Id, source: Source, draft: Draft) -> Item:
    return Item(
        id=item_id,
        source_id=source.id,
        kind=draft.kind,
        reader=draft.reader,
        origin=draft.origin,
        platform=draft.platform,
        channel=draft.channel,
        channel_ref=draft.channel_ref,
        author=draft.author,
        author_ref=draft.author_ref,
        posted_at=draft.posted_at,
        text=draft.text,
        links=draft.links,
        reply_to=draft.reply_to,
        forwarded_from=draft.forwarded_from,
        extra=draft.extra,
        collected_at=now(),
    )


def _content(draft: Draft, files: list[Attachment]) -> str:
    """Return a digest of all that would make another version of this item."""
    links = [(link.url, link.start, link.end) for link in draft.links]
    carried = [(one.name, one.media_sha256, one.missing) for one in files]
    return key_of(draft.text, draft.author, draft.posted_at, links, carried, draft.forwarded_from, draft.extra)
