"""Which files the drafts of a folder already carry, so that none is listed twice. On disk: there may be millions."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from tempfile import mkstemp

from qalqan.errors import StoreError
from qalqan.model.drafts import Draft


class Attached:
    """A set of files on disk, in a scratch folder; `close()` removes it."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self._root = os.fsencode(root) + b"/"
        self._scratch = scratch
        self._file: str | None = None
        self._rows: sqlite3.Connection | None = None

    def add(self, draft: Draft) -> None:
        """Note the files of `draft` that lie within the root. Raises StoreError when the disk is full."""
        for file in draft.files:
            if file.path is not None:
                self._add(os.path.realpath(os.fsencode(file.path)))

    def __contains__(self, path: Path) -> bool:
        """Whether a draft carries the file at `path`, which has no symbolic links in it."""
        if self._rows is None:
            return False
        found = self._rows.execute("SELECT 1 FROM attached WHERE path = ?", (os.fsencode(path),))
        return found.fetchone() is not None

    def close(self) -> None:
        """Forget all and remove the file."""
        if self._rows is not None and self._file is not None:
            self._rows.close()
            Path(self._file).unlink(missing_ok=True)
            self._rows = None

    def _add(self, path: bytes) -> None:
        if not path.startswith(self._root):
            return
        try:
            self._open().execute("INSERT OR IGNORE INTO attached VALUES (?)", (path,))
        except sqlite3.Error as error:
            raise StoreError(
                f"the scratch folder {self._scratch} takes no more: {error}", hint="Free some space and scan it again."
            ) from error

    def _open(self) -> sqlite3.Connection:
        if self._rows is None:
            descriptor, self._file = mkstemp(prefix="attached-", dir=self._scratch)
            os.close(descriptor)
            # One generator may be driven from several threads, never from two at once.
            self._rows = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
            self._rows.execute("PRAGMA journal_mode = OFF")
            self._rows.execute("PRAGMA synchronous = OFF")
            self._rows.execute("CREATE TABLE attached (path BLOB PRIMARY KEY) WITHOUT ROWID")
        return self._rows
