"""Content-addressed bytes: named by their SHA-256, written once, never changed."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from qalqan.errors import NotFound
from qalqan.isolate import leavings
from qalqan.store.faults import full_disk_said

CHUNK = 1 << 20
HEAD = 4096
_HASH = re.compile("[0-9a-f]{64}")
AGAIN = "Free some space and run the same command again: it goes on."


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a stream that was handed to the blob store."""

    sha256: str
    size: int
    kept: bool
    """False where it was longer than `keep_up_to`: then it was only hashed."""
    head: bytes
    """Its first 4,096 bytes."""


class Blobs(Protocol):
    """Keeps bytes by their hash."""

    def put(self, stream: BinaryIO, keep_up_to: int) -> Put:
        """Read `stream` to its end and keep it; putting the same bytes twice keeps them once."""
        ...

    def put_bytes(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256."""
        ...

    def path(self, sha256: str) -> Path:
        """Return a local file with these bytes. Raises NotFound."""
        ...

    def has(self, sha256: str) -> bool:
        """Whether these bytes are here."""
        ...

    def sweep(self) -> int:
        """Remove what killed processes left half written; return how many files that were."""
        ...


class FolderBlobs:
    """Blobs as files in a folder: `ab/cd/abcd…`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: BinaryIO, keep_up_to: int) -> Put:
        """Read `stream` to its end and keep it. Raises StoreError when the disk is full."""
        with full_disk_said(self._folder, AGAIN), self._scratch() as scratch:
            digest, size, head = hashlib.sha256(), 0, b""
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                head += chunk[: HEAD - len(head)]
                if size <= keep_up_to:
                    scratch.write(chunk)
                elif scratch.tell():
                    scratch.seek(0)
                    scratch.truncate()
            sha256, kept = digest.hexdigest(), size <= keep_up_to
            if kept:
                self._land(scratch, sha256)
            return Put(sha256, size, kept, head)

    def put_bytes(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self._place(sha256).exists():
            with full_disk_said(self._folder, AGAIN), self._scratch() as scratch:
                scratch.write(content)
                self._land(scratch, sha256)
        return sha256

    def path(self, sha256: str) -> Path:
        """Return the file with these bytes. Raises NotFound."""
        place = self._place(sha256)
        # What is no hash could lead out of the folder.
        if not _HASH.fullmatch(sha256) or not place.is_file():
            raise NotFound(f"No blob {sha256}.", hint="qalqan doctor compares the records with the blobs.")
        return place

    def has(self, sha256: str) -> bool:
        """Whether these bytes are here."""
        return self._place(sha256).is_file()

    def sweep(self) -> int:
        """Remove what killed processes left half written; return how many files that were."""
        gone = 0
        for left in self._folder.glob("new-*"):
            if leavings.is_left(left.name):
                left.unlink(missing_ok=True)
                gone += 1
        return gone

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def _scratch(self) -> Iterator[BinaryIO]:
        """Make a new file beside the blobs that is gone afterwards, unless it has landed under its name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=leavings.prefix("new"), delete=False) as scratch:
            try:
                yield scratch.file  # type: ignore[misc] # a wrapper of the same interface
            finally:
                Path(scratch.name).unlink(missing_ok=True)

    def _land(self, scratch: BinaryIO, sha256: str) -> None:
        place = self._place(sha256)
        if place.exists():
            return
        scratch.flush()
        os.fsync(scratch.fileno())
        place.parent.mkdir(parents=True, exist_ok=True)
        Path(scratch.name).replace(place)
        _keep_name(place.parent)


def _keep_name(folder: Path) -> None:
    """Make the disk keep the names in a folder, too: a file's own fsync does not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
