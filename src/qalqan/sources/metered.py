"""A file read as the stream compressed within it, if it is, with its size counted while it swells."""

from __future__ import annotations

import bz2
import gzip
import lzma
from io import BufferedReader
from typing import cast

from qalqan.errors import LimitReached
from qalqan.model.limits import MIB

_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
SMALL = MIB
"""Up to so many bytes, nobody asks how much a thing swells."""


def is_compressed(head: bytes) -> bool:
    """Whether a file that begins with `head` is one compressed stream."""
    return head.startswith((_GZIP, _BZIP2, _XZ))


class Metered:
    """The uncompressed bytes of a file, compressed or not.

    `read` raises LimitReached when they swell past `ratio`, or past what `patience` is left for one step
    of whoever parses them. Errors of the stream itself are those of gzip, bz2 and lzma.
    """

    def __init__(self, raw: BufferedReader, ratio: int) -> None:
        head = raw.read(6)
        raw.seek(0)
        self._raw = raw
        self._stream = _open(raw, head)
        self._swells = is_compressed(head)
        self._ratio = ratio
        self._total = 0
        self.patience: int | None = None
        """Bytes that may be read until it is set anew; None for any number."""

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, often fewer; none at the end."""
        # read1 hands over what came before a stream breaks off; read would lose it with the error
        data = self._stream.read1(size if size >= 0 else SMALL)
        self._total += len(data)
        if self._swells and self._total > SMALL and self._total > self._ratio * self._raw.tell():
            raise LimitReached(f"swells to more than {self._ratio} times its size", hint="What came before was read.")
        if self.patience is not None:
            self.patience -= len(data)
            if self.patience < 0:
                raise LimitReached("has a header larger than any honest one", hint="What came before was read.")
        return data


def _open(raw: BufferedReader, head: bytes) -> BufferedReader:
    if head.startswith(_GZIP):
        return cast("BufferedReader", gzip.GzipFile(fileobj=raw))
    if head.startswith(_BZIP2):
        return cast("BufferedReader", bz2.BZ2File(raw))
    if head.startswith(_XZ):
        return cast("BufferedReader", lzma.LZMAFile(raw))
    return raw
