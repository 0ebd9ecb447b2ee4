"""Web archives (WARC, ISO 28500): each page and each picture or recording that a crawler was given."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from qalqan.errors import InputRefused, LimitReached
from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.items import ItemKind
from qalqan.model.limits import MIB
from qalqan.model.manifest import Manifest
from qalqan.sources import faults, page_draft
from qalqan.sources.contract import Desk, Example, Given
from qalqan.sources.metered import Metered
from qalqan.sources.page_draft import Html

_MARK = b"WARC/"
_GZIP = b"\x1f\x8b"
_PAGES = ("text/html", "application/xhtml+xml")
_MEDIA = ("image/", "video/", "audio/", "application/pdf")
_UNREAD_CODINGS = ("br", "zstd")
_HEADER_PATIENCE = 2 * MIB
_CHUNK = 1 << 16


class WarcReader:
    """Reads the answers in a web archive; a WACZ is unpacked by the archive reader first."""

    @property
    def manifest(self) -> Manifest:
        """Return its card."""
        return Manifest("warc", "1", "Web archive (WARC)", (ItemKind.PAGE, ItemKind.FILE))

    def recognises(self, given: Given) -> bool:
        """Whether it begins with a WARC record, compressed or not."""
        if given.head.startswith(_GZIP):
            try:
                return zlib.decompressobj(31).decompress(given.head, 64).startswith(_MARK)
            except zlib.error:
                return False
        return given.head.startswith(_MARK)

    def read(self, given: Given, desk: Desk) -> Iterator[Draft | Fault]:
        """Yield its pages and files in the archive's order; requests, revisits and metadata are passed over."""
        with given.path.open("rb") as raw:
            stream = Metered(raw, desk.limits.archive_ratio)
            for number, record in enumerate(_records(stream), start=1):
                where = f"{given.name}#{_identifier(record, number)}"
                try:
                    yield from _record(record, where, desk)
                except InputRefused as error:
                    yield faults.from_error(where, error)

    def examples(self) -> Sequence[Example]:
        """Return an archive of a page, a picture, and the request for them."""
        return _examples()


def _records(stream: Metered) -> Iterator[ArcWarcRecord]:
    """Yield each record. Raises InputRefused where the archive ends too early or is broken."""
    try:
        stream.patience = _HEADER_PATIENCE
        for record in ArchiveIterator(cast("BinaryIO", stream)):
            stream.patience = None
            yield record
            while record.raw_stream.read(_CHUNK):
                pass
            stream.patience = _HEADER_PATIENCE
    except InputRefused:
        raise
    except Exception as error:  # a hostile record makes its library raise anything
        raise InputRefused(
            f"is cut off or broken ({type(error).__name__}: {str(error)[:200]})",
            hint="What came before was read. Copy it again for the rest.",
        ) from error


def _identifier(record: ArcWarcRecord, number: int) -> str:
    named = record.rec_headers.get_header("WARC-Record-ID")
    return named.strip("<> ")[:200] if named else f"record/{number}"


def _record(record: ArcWarcRecord, where: str, desk: Desk) -> Iterator[Draft | Fault]:
    if record.rec_type not in {"response", "resource"}:
        return
    headers = record.http_headers or record.rec_headers
    kind = (headers.get_header("Content-Type") or "").strip().lower()
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if status.startswith("3") or not kind.startswith((*_PAGES, *_MEDIA)):
        return
    coding = (record.http_headers.get_header("Content-Encoding") or "") if record.http_headers else ""
    if coding.strip().lower() in _UNREAD_CODINGS:
        raise InputRefused(f"is compressed with {coding}, which is not read", hint="Export it again without.")
    url = record.rec_headers.get_header("WARC-Target-URI") or None
    extra = {"url": url, "captured_at": record.rec_headers.get_header("WARC-Date"), "status": status}
    if kind.startswith(_PAGES):
        yield from _page(record, where, desk, kind, extra)
    else:
        yield from _media(record, where, desk, extra)


def _page(record: ArcWarcRecord, where: str, desk: Desk, kind: str, extra: dict[str, Any]) -> Iterator[Draft | Fault]:
    most = desk.limits.record_bytes
    buffer = io.BytesIO()
    if not _copy(record, buffer, most, desk):
        yield faults.limit(where, f"is a page of more than {most} bytes; only so much of it was read")
    yield page_draft.make(Html(buffer.getvalue()[:most], where, kind, extra["url"]), desk, extra)


def _media(record: ArcWarcRecord, where: str, desk: Desk, extra: dict[str, Any]) -> Iterator[Draft | Fault]:
    """Yield one file, in scratch until the next record is asked for."""
    spool = desk.scratch / "body"
    try:
        with spool.open("wb") as file:
            if not _copy(record, file, desk.limits.file_bytes, desk):
                raise LimitReached(f"is a file of more than {desk.limits.file_bytes} bytes; it was left out")
        name = _name(extra["url"])
        yield Draft(
            kind=ItemKind.FILE,
            origin=where,
            platform="web",
            channel=_host(extra["url"]),
            files=(FileDraft(name, open=lambda: spool.open("rb")),),
            extra=extra,
        )
    finally:
        spool.unlink(missing_ok=True)


def _copy(record: ArcWarcRecord, target: BinaryIO, most: int, desk: Desk) -> bool:
    """Write the record's body, freed of its codings, to `target`; False when it is longer than `most` bytes."""
    body = record.content_stream()
    size = 0
    while data := body.read(_CHUNK):
        size += len(data)
        if size > most:
            return False
        desk.allowance.take(len(data))
        target.write(data)
    return True


def _name(url: str | None) -> str:
    try:
        return Path(unquote(urlsplit(url or "").path)).name or "body"
    except ValueError:
        return "body"


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None


def _examples() -> tuple[Example, ...]:
    page = b"<!DOCTYPE html><title>Lake</title><p>The heron is back.</p>"
    records = [
        _written("request", "https://heron.example/", b"GET / HTTP/1.1\r\nHost: heron.example\r\n\r\n", 1),
        _written("response", "https://heron.example/", _answer("text/html; charset=utf-8", page), 2),
        _written("response", "https://heron.example/h.png", _answer("image/png", b"\x89PNG no whole picture"), 3),
        _written("response", "https://heron.example/s.css", _answer("text/css", b"p{}"), 4),
    ]
    text = "Lake\nThe heron is back."
    return (
        Example({"crawl.warc": b"".join(records)}, 2, texts=[text]),
        Example({"crawl.warc.gz": b"".join(gzip.compress(record, mtime=0) for record in records)}, 2, texts=[text]),
    )


def _answer(kind: str, body: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _written(kind: str, url: str, block: bytes, number: int) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 2024-05-01T10:00:00Z\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"
