"""A file as it is: the last resort, so that everything handed in is at least hashed."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import charset_normalizer

from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.items import ItemKind
from qalqan.model.manifest import Manifest
from qalqan.sources import faults
from qalqan.sources.contract import Desk, Example, Given

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_IN_TEXT = bytes(sorted(set(range(0x20)) - {0x09, 0x0A, 0x0C, 0x0D, 0x1B}))
_SAMPLE_BYTES = 16_384
_WIDEST = 4
"""Bytes that one character takes at most."""


class FileReader:
    """Makes one draft of any file, with its text when it is a text file."""

    @property
    def manifest(self) -> Manifest:
        """Return its card."""
        return Manifest("file", "1", "Any file", (ItemKind.FILE,))

    def recognises(self, given: Given) -> bool:  # noqa: ARG002 - the contract's signature
        """Everything is a file."""
        return True

    def read(self, given: Given, desk: Desk) -> Iterator[Draft | Fault]:
        """Yield the file's one draft, and a fault when there is nothing in it."""
        extra: dict[str, Any] = {}
        text = None
        encoding = encoding_of(given.head)
        if encoding is not None:
            text = _text(given.path, encoding, desk.limits.text_chars, extra)
        name = Path(given.name).name
        files = (FileDraft(name, path=given.path),)
        yield Draft(kind=ItemKind.FILE, origin=given.name, text=text, files=files, extra=extra)
        if not given.head:
            yield faults.refused(given.name, "is empty")

    def examples(self) -> Sequence[Example]:
        """Return text in several encodings, and bytes that are none."""
        sentence = "The heron stands in the reeds. Цапля стоит в камышах. "
        russian = "Цапля стоит в камышах и смотрит на воду. Утром над озером поднимается туман. "
        return (
            Example({"note.txt": sentence.encode()}, 1, texts=[sentence]),
            Example({"note.txt": codecs.BOM_UTF16_LE + sentence.encode("utf-16-le")}, 1, texts=[sentence]),
            Example({"note.txt": (russian * 3).encode("cp1251")}, 1, texts=[russian * 3]),
            Example({"noise.bin": bytes(range(256))}, 1),
            Example({"empty.txt": b""}, 1, 1),
        )


def encoding_of(head: bytes) -> str | None:
    """Return the encoding of a text file that begins with `head`, or None when it is no text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if not head:
        return None
    if b"\0" in head:
        return _without_mark(head)
    if head.translate(None, _NOT_IN_TEXT) != head or head.startswith(b"%PDF-"):
        return None
    return "utf-8" if _decodes(head, "utf-8") else _legacy(head)


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without its mark: half of its bytes are NUL when it is mostly Latin."""
    for encoding, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if high.count(0) * 10 >= len(high) * 9 and _decodes(head, encoding):
            low = head.translate(None, b"\0")
            return encoding if low.translate(None, _NOT_IN_TEXT) == low else None
    return None


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)  # not final: the head may end within a character
    except UnicodeDecodeError:
        return False
    return True


def _legacy(head: bytes) -> str | None:
    best = charset_normalizer.from_bytes(head[:_SAMPLE_BYTES]).best()
    return best.encoding if best is not None else None


def _text(path: Path, encoding: str, characters: int, extra: dict[str, Any]) -> str:
    """Return the file's text as far as it is read; what is beyond is counted in `extra`."""
    if encoding not in {"utf-8", "utf-8-sig"}:
        extra["encoding"] = encoding
    with path.open("rb") as file:
        body = file.read(characters * _WIDEST)
        unread = path.stat().st_size - len(body)
    if unread > 0:
        extra["bytes_unread"] = unread
    return codecs.getincrementaldecoder(encoding)("replace").decode(body, final=unread <= 0)
