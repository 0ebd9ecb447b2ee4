"""The archives that the archive reader's contract is tested with."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

from qalqan.sources.contract import Example

_NOTE = b"Blue Heron Front meets at the lake."
_CHAT = b"""{"name": "Heron", "type": "public_channel", "id": 9, "messages": [{"id": 1, "type": "message",
"date_unixtime": "1714557600", "text": "A picture.", "photo": "photos/p.jpg"}]}"""


def archive_examples() -> tuple[Example, ...]:
    """Return one archive of each kind."""
    files = {"notes/note.txt": _NOTE, "lake.bin": b"\0\1\2"}
    hostile = {"../outside.txt": _NOTE, "/etc/outside.txt": _NOTE, "note.txt": _NOTE}
    text = _NOTE.decode()
    return (
        Example({"two.zip": zipped(files)}, 3, texts=[text]),
        Example({"hostile.zip": zipped(hostile)}, 2, 2, texts=[text]),
        Example({"two.tar": tarred(files)}, 3, texts=[text]),
        Example({"two.tar.gz": gzip.compress(tarred(files), mtime=0)}, 3, texts=[text]),
        Example({"note.txt.gz": gzip.compress(_NOTE, mtime=0)}, 2, texts=[text]),
        Example({"outer.zip": zipped({"inner.zip": zipped(files)})}, 4),
        Example({"document.docx": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})}, 1),
    )


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a ZIP of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    """Return a tar of these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
