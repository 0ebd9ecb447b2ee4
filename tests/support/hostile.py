"""Hostile inputs, small on disk and harmless, each aimed at one of a decoder's or a reader's weak places."""

from __future__ import annotations

import io
import json
import os
import random
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

from PIL import Image

from support.small import film, jpeg, picture

Files = dict[str, bytes]


def mislabelled() -> Files:
    """Files whose names say something other than their content."""
    png = io.BytesIO()
    picture(31).save(png, "PNG")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("note.txt", "Written by a neighbour.")
    return {
        "words.jpg": b"The bus at seven is late again.\n",
        "drawing.txt": png.getvalue(),
        "packed.mp4": archive.getvalue(),
        "words.zip": b"No archive at all.\n",
    }


def broken(folder: Path) -> Files:
    """Return truncated, random and empty files of many kinds."""
    film(folder / "film.mp4", [41, 42, 43])
    whole = (folder / "film.mp4").read_bytes()
    (folder / "film.mp4").unlink()
    rng = random.Random(7)
    return {
        "cut.jpg": jpeg(picture(32))[:3000],
        "cut.mp4": whole[: len(whole) // 3],
        "header-only.mp4": whole[:48],
        "random.bin": rng.randbytes(20_000),
        "random.jpg": b"\xff\xd8\xff\xe0" + rng.randbytes(20_000),
        "random.png": b"\x89PNG\r\n\x1a\n" + rng.randbytes(20_000),
        "random.webm": b"\x1a\x45\xdf\xa3" + rng.randbytes(20_000),
        "random.gz": b"\x1f\x8b\x08\0" + rng.randbytes(20_000),
        "random.warc": b"WARC/1.0\r\n" + rng.randbytes(20_000),
        "empty.mp4": b"",
        "cut/result.json": json.dumps(_export())[:4000].encode(),
        "deep.json": b"[" * 1_000_000 + b"]" * 1_000_000,
        "deep/result.json": b'{"name": "x", "type": "private_group", "id": 1, "messages": ' + b"[" * 1_000_000,
        "deep.html": b"<html><body>" + b"<div>" * 200_000,
    }


def _export() -> dict[str, object]:
    messages = [
        {"id": n, "type": "message", "date_unixtime": "1772366400", "from": "Aziz", "text": f"Bus {n} is late."}
        for n in range(100)
    ]
    return {"name": "Lakeside", "type": "private_group", "id": 8, "messages": messages}


def huge() -> Files:
    """Files that would take gigabytes once decoded or unpacked."""
    return {
        "60000x60000.jpg": _resized_jpeg(60_000, 60_000),
        "30000x30000.png": _png_of_zeros(30_000, 30_000),
        "many-frames.gif": _gif(100_000),
        "bomb.zip": _zip({"zeros.bin": bytes(300 << 20)}),
        "outside.zip": _zip({"../../outside.txt": b"x", "/tmp/outside-abs.txt": b"x", "inside.txt": b"Inside."}),  # noqa: S108 - must not be written
        "nested.zip": _nested(10),
    }


def _resized_jpeg(width: int, height: int) -> bytes:
    """Return a JPEG whose frame header claims other dimensions (ITU-T T.81, section B.2.2)."""
    content = bytearray(jpeg(picture(33)))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def _png_of_zeros(width: int, height: int) -> bytes:
    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    pixels = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _gif(frames: int) -> bytes:
    """Return a GIF of one frame repeated (GIF89a, sections 20 to 22)."""
    one = io.BytesIO()
    Image.new("P", (8, 8), 3).save(one, "GIF")
    content = one.getvalue()
    start = content.index(b"\x2c")
    return content[:start] + content[start:-1] * frames + b"\x3b"


def _zip(members: Files) -> bytes:
    content = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(name, body)
    return content.getvalue()


def _nested(depth: int) -> bytes:
    content = b"In the innermost."
    for number in range(depth):
        content = _zip({f"level{number}.zip" if number else "note.txt": content})
    return content


def odd_names(folder: Path) -> list[bytes]:
    """Write files whose names would forge lines, turn writing, or are no text; return those that the disk took."""
    names = [
        b"new\nline.txt",
        "turned\u202egpj.exe.txt".encode(),
        b"x" * 251 + b".txt",
        b"\xff\xfe-no-utf8.txt",
        b"\x1b[2J.txt",
    ]
    written = []
    for number, name in enumerate(names):
        try:
            Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_bytes(b"Named oddly, number %d." % number)  # noqa: PTH118 - a path of bytes
        except OSError:  # some disks hold only UTF-8
            continue
        written.append(name)
    return written


def write(folder: Path, files: Files) -> None:
    """Write files into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def valid() -> Files:
    """Return a small valid file of each kind that a reader knows, to be changed at random."""
    page = b"<html><head><title>News</title></head><body><p>The lake is calm.</p><a href='/x'>more</a></body></html>"
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/\r\n"
        b"WARC-Date: 2026-03-01T12:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % len(response)
    )
    rows = [{"id": str(n), "text": f"Bus {n} is late.", "url": "https://bus.example/"} for n in range(5)]
    return {
        "picture.jpg": jpeg(picture(34, (200, 150))),
        "archive.zip": _zip({"a.txt": b"The bus is late.", "b/c.jpg": jpeg(picture(35, (120, 90)))}),
        "result.json": json.dumps(_export()).encode(),
        "page.html": page,
        "page.warc": record + response + b"\r\n\r\n",
        "table.csv": b"id,text,url\n" + b"".join(f"{r['id']},{r['text']},{r['url']}\n".encode() for r in rows),
        "table.ndjson": b"".join(json.dumps(row).encode() + b"\n" for row in rows),
    }
