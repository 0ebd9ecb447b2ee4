"""What a file is, by its first bytes alone. Nothing is decoded here, so it is safe on hostile input.

Our own table stands first for everything that a decoder will be given: there a wrong guess costs most. `puremagic`
names the rest, which is never decoded.
"""

from __future__ import annotations

import re

import puremagic

from qalqan.model.items import MediaKind

HEAD_BYTES = 4096
"""How many first bytes are looked at; more are ignored."""

UNKNOWN = (MediaKind.OTHER, "application/octet-stream")

_SIGNATURES: tuple[tuple[int, bytes, MediaKind, str], ...] = (
    (0, b"\xff\xd8\xff", MediaKind.PICTURE, "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", MediaKind.PICTURE, "image/png"),
    (0, b"GIF87a", MediaKind.PICTURE, "image/gif"),
    (0, b"GIF89a", MediaKind.PICTURE, "image/gif"),
    (0, b"II*\0", MediaKind.PICTURE, "image/tiff"),
    (0, b"MM\0*", MediaKind.PICTURE, "image/tiff"),
    (0, b"\0\0\1\0", MediaKind.PICTURE, "image/vnd.microsoft.icon"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", MediaKind.PICTURE, "image/jp2"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", MediaKind.PICTURE, "image/jxl"),
    (0, b"\xffO\xffQ", MediaKind.PICTURE, "image/jp2"),
    (0, b"FLV\1", MediaKind.VIDEO, "video/x-flv"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", MediaKind.VIDEO, "video/x-ms-asf"),
    (0, b"\0\0\1\xba", MediaKind.VIDEO, "video/mpeg"),
    (0, b"\0\0\1\xb3", MediaKind.VIDEO, "video/mpeg"),
    (0, b".RMF", MediaKind.VIDEO, "application/vnd.rn-realmedia"),
    (0, b"ID3\2", MediaKind.AUDIO, "audio/mpeg"),
    (0, b"ID3\3", MediaKind.AUDIO, "audio/mpeg"),
    (0, b"ID3\4", MediaKind.AUDIO, "audio/mpeg"),
    (0, b"fLaC", MediaKind.AUDIO, "audio/flac"),
    (0, b"#!AMR", MediaKind.AUDIO, "audio/amr"),
    (0, b"caff\0\1", MediaKind.AUDIO, "audio/x-caf"),
    (0, b"PK\3\4", MediaKind.OTHER, "application/zip"),
    (0, b"\x1f\x8b\x08", MediaKind.OTHER, "application/gzip"),
    (0, b"%PDF-", MediaKind.OTHER, "application/pdf"),
    (0, b"%!PS", MediaKind.OTHER, "application/postscript"),
    (0, b"{\\rtf", MediaKind.OTHER, "application/rtf"),
    (257, b"ustar", MediaKind.OTHER, "application/x-tar"),
)

_RIFF = {
    b"WEBP": (MediaKind.PICTURE, "image/webp"),
    b"AVI ": (MediaKind.VIDEO, "video/x-msvideo"),
    b"WAVE": (MediaKind.AUDIO, "audio/wav"),
}
_BRANDS = {
    b"avif": (MediaKind.PICTURE, "image/avif"),
    b"avis": (MediaKind.PICTURE, "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1"), (MediaKind.PICTURE, "image/heic")),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), (MediaKind.AUDIO, "audio/mp4")),
    b"qt  ": (MediaKind.VIDEO, "video/quicktime"),
}
"""ISO base media files by their major brand; those not named here are films (ISO/IEC 14496-12, section 4.3)."""
_OLD_MOVIE_BOXES = (b"moov", b"mdat", b"wide", b"pnot")

_WORDS_BY_NAME = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "md": "text/markdown",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "ndjson": "application/x-ndjson",
    "jsonl": "application/x-ndjson",
}
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]\d-])")
_ENOUGH_LETTERS = 0.7
_SURE = 0.4


def sniff(head: bytes, name: str = "") -> tuple[MediaKind, str]:
    """Return the family and the media type of a file that begins with `head`. Never raises.

    The family follows from the content alone. The `name` only tells kinds of plain text apart (`.csv`, `.srt`).
    """
    head = bytes(head[:HEAD_BYTES])
    return _by_signature(head) or _by_container(head) or _by_words(head, name) or _by_rhythm(head) or _by_library(head)


def _by_signature(head: bytes) -> tuple[MediaKind, str] | None:
    for offset, signature, kind, media_type in _SIGNATURES:
        if head.startswith(signature, offset):
            return kind, media_type
    return None


def _by_container(head: bytes) -> tuple[MediaKind, str] | None:
    """Look inside the formats that many families share for which it is."""
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        return MediaKind.AUDIO, "audio/aiff"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return MediaKind.VIDEO, "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head.startswith(b"OggS"):
        film = b"theora" in head[:128] or b"BBCD" in head[:128]
        return (MediaKind.VIDEO, "video/ogg") if film else (MediaKind.AUDIO, "audio/ogg")
    if head.startswith(b"BM") and head[14:18] in (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"):
        return MediaKind.PICTURE, "image/bmp"
    return _by_box(head[4:8], head[8:12])


def _by_box(box: bytes, brand: bytes) -> tuple[MediaKind, str] | None:
    """Read the first box of an ISO base media file, or of the QuickTime files that it comes from."""
    if box == b"ftyp":
        phone = brand.startswith((b"3gp", b"3g2"))
        return (MediaKind.VIDEO, "video/3gpp") if phone else _BRANDS.get(brand, (MediaKind.VIDEO, "video/mp4"))
    return (MediaKind.VIDEO, "video/quicktime") if box in _OLD_MOVIE_BOXES else None


def _by_rhythm(head: bytes) -> tuple[MediaKind, str] | None:
    """Streams without a header, known by what comes back at even distances."""
    if _beats(head, 0, 188) or _beats(head, 4, 192):
        return MediaKind.VIDEO, "video/mp2t"
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:  # noqa: PLR2004 - ISO/IEC 13818-7, the ADTS header
        return MediaKind.AUDIO, "audio/aac"
    if len(head) > 3 and head[0] == 0xFF and _is_mpeg_audio(head[1], head[2]):  # noqa: PLR2004 - see below
        return MediaKind.AUDIO, "audio/mpeg"
    return None


def _beats(head: bytes, start: int, step: int) -> bool:
    """Say whether an MPEG transport stream's sync byte stands at each of the first packets."""
    return len(head) > start + 2 * step and all(byte == ord("G") for byte in head[start::step])


def _is_mpeg_audio(second: int, third: int) -> bool:
    """Check a frame's header (ISO/IEC 11172-3, section 2.4.1.3): sync, layer III, a bit rate, a sampling rate."""
    return second & 0xE6 == 0xE2 and second & 0x18 != 0x08 and third & 0xF0 not in (0, 0xF0) and third & 0x0C != 0x0C  # noqa: PLR2004 - bit masks of that header


def _by_words(head: bytes, name: str) -> tuple[MediaKind, str] | None:
    text = _text(head)
    if text is None:
        return None
    if _HTML.match(text):
        return MediaKind.TEXT, "text/html"
    start = text.lstrip()[:1000].lower()
    if start.startswith(("<svg", "<?xml", "<!doctype svg")):
        return MediaKind.TEXT, "image/svg+xml" if "<svg" in start else "application/xml"
    by_name = _WORDS_BY_NAME.get(name.rpartition(".")[2].lower())
    if by_name is None and _JSON.match(text):
        return MediaKind.TEXT, "application/json"
    return MediaKind.TEXT, by_name or "text/plain"


def _text(head: bytes) -> str | None:
    """Return `head` as text, or None where it is none: UTF-8, UTF-16 with a mark, or some 8-bit encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) & ~1].decode("utf-16", "replace")
        return text if text and "\0" not in text and text.count("\ufffd") <= 1 else None
    if not head or _CONTROLS.search(head):
        return None
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = len(head) == HEAD_BYTES and error.start > HEAD_BYTES - 4
        return head[: error.start].decode("utf-8-sig") if cut else _eight_bit_text(head)


def _eight_bit_text(head: bytes) -> str | None:
    """Windows-1251, ISO 8859 and their like: hardly anything but letters and spaces."""
    text = head.decode("cp1251", "replace")
    letters = sum(char.isalnum() or char.isspace() for char in text)
    return text if letters >= _ENOUGH_LETTERS * len(text) else None


def _by_library(head: bytes) -> tuple[MediaKind, str]:
    """Name what is never decoded."""
    try:
        best = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return UNKNOWN
    named = best.confidence >= _SURE and best.mime_type.partition("/")[0] == "application"
    return (MediaKind.OTHER, best.mime_type) if named else UNKNOWN
