"""Saved web pages: an HTML file with or without its folder of pictures, and MHTML with all of it in one file."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from email.message import Message
from typing import Any

from qalqan.errors import InputRefused
from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.items import ItemKind
from qalqan.model.manifest import Manifest
from qalqan.sources import dates, faults, page_draft
from qalqan.sources.contract import Desk, Example, Given
from qalqan.sources.page_draft import Html

_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TAG = re.compile(rb"<(?:p|div|span|a|img|table|br|h[1-6]|script|link)\b", re.IGNORECASE)
_HTML_NAMES = (".html", ".htm", ".xhtml")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HEADER = re.compile(rb"^[!-9;-~]+:[ \t]")
_RELATED = re.compile(rb"^content-type:\s*multipart/related|^snapshot-content-location:", re.IGNORECASE | re.MULTILINE)
_MHTML_RECORDS = 4
"""An MHTML file holds its pictures too: it may be this many times as large as one record."""


class PageReader:
    """Reads a saved page into one draft, its pictures with it."""

    @property
    def manifest(self) -> Manifest:
        """Return its card."""
        return Manifest("page", "1", "Saved web page (HTML, MHTML)", (ItemKind.PAGE,))

    def recognises(self, given: Given) -> bool:
        """Whether it begins like HTML, or like a MIME message of related parts."""
        return _is_html(given) or _is_mhtml(given.head)

    def read(self, given: Given, desk: Desk) -> Iterator[Draft | Fault]:
        """Yield the page; of MHTML also the pages framed in it."""
        yield from _mhtml(given, desk) if _is_mhtml(given.head) else _html(given, desk)

    def examples(self) -> Sequence[Example]:
        """Return a page with a picture beside it, and one in MHTML."""
        picture = b"\x89PNG\r\n\x1a\n no whole picture"
        page = (
            b'<!DOCTYPE html><html lang="en"><head><!-- saved from url=(0021)https://heron.example/ -->'
            b"<title>Lake</title>"
            b'<meta property="article:published_time" content="2024-05-01T10:00:00Z"></head><body><h1>News</h1>'
            b'<p>The <b>heron</b> is back.</p><script>var hidden = 1;</script><a href="/map?a=1&amp;b=2">Map</a>'
            b'<img src="Lake_files/heron.png"></body></html>'
        )
        text = "Lake\nNews\nThe heron is back.\nMap"
        parts = (
            b"From: <Saved by a browser>\r\nSnapshot-Content-Location: https://heron.example/\r\nSubject: Lake\r\n"
            b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="edge"\r\n\r\n'
            b"--edge\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: https://heron.example/\r\n\r\n"
            + page
            + b"\r\n--edge\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: 8bit\r\n"
            b"Content-Location: https://heron.example/heron.png\r\n\r\n" + picture + b"\r\n--edge--\r\n"
        )
        return (
            Example({"Lake.html": page, "Lake_files/heron.png": picture}, 1, texts=[text]),
            Example({"lake.mhtml": parts}, 1, texts=[text]),
        )


def _is_html(given: Given) -> bool:
    head = given.head
    for mark in _MARKS:
        head = head.removeprefix(mark)
    head = head.replace(b"\0", b"")  # UTF-16 becomes readable enough
    return bool(_HTML.match(head) or (given.suffix in _HTML_NAMES and _ANY_TAG.search(head)))


def _is_mhtml(head: bytes) -> bool:
    return bool(_HEADER.match(head) and _RELATED.search(head.split(b"\r\n\r\n")[0].split(b"\n\n")[0]))


def _html(given: Given, desk: Desk) -> Iterator[Draft | Fault]:
    with given.path.open("rb") as file:
        body = file.read(desk.limits.record_bytes + 1)
    if len(body) > desk.limits.record_bytes:
        yield faults.limit(given.name, f"is larger than {desk.limits.record_bytes} bytes; only so much of it was read")
    folder = given.path.parent
    html = Html(body[: desk.limits.record_bytes], given.name)
    yield page_draft.make(html, desk, {}, lambda named: page_draft.beside(folder, named))


def _mhtml(given: Given, desk: Desk) -> Iterator[Draft | Fault]:
    most = desk.limits.record_bytes * _MHTML_RECORDS
    with given.path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        yield faults.limit(given.name, f"is larger than {most} bytes; only so much of it was read")
    message = email.message_from_bytes(content[:most], policy=email.policy.compat32)
    parts = [part for part in message.walk() if not part.is_multipart()]
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise InputRefused("holds no page")
    files = [_part_file(part, number) for number, part in enumerate(parts) if part.get_content_maintype() in _MEDIA]
    for number, part in enumerate(pages):
        origin = given.name if number == 0 else f"{given.name}#part/{number}"
        try:
            yield _part_page(part, message, origin, desk, files if number == 0 else [])
        except InputRefused as error:
            yield faults.from_error(origin, error)


_MEDIA = frozenset({"image", "video", "audio"})


def _part_page(part: Message, message: Message, origin: str, desk: Desk, files: list[FileDraft]) -> Draft:
    address = _header(part, "Content-Location") or _header(message, "Snapshot-Content-Location")
    extra: dict[str, Any] = {}
    saved_at = dates.moment(_header(message, "Date"))[0]
    if saved_at is not None:
        extra["saved_at"] = saved_at.isoformat()
    body = _payload(part)[: desk.limits.record_bytes]
    web = address if address and address.startswith(("http://", "https://")) else None
    return page_draft.make(Html(body, origin, _header(part, "Content-Type"), web), desk, extra, lambda _: files)


def _part_file(part: Message, number: int) -> FileDraft:
    address = _header(part, "Content-Location") or ""
    name = address.split("?", 1)[0].rsplit("/", 1)[-1] or f"part-{number}"
    return FileDraft(name, open=page_draft.opened(_payload(part)))


def _payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _header(part: Message, name: str) -> str | None:
    value = part.get(name)
    return " ".join(str(value).split()) if value is not None else None
