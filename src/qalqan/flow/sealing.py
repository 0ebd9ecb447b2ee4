"""Seals the secrets that must be read again, so that a copy of the database alone gives none of them away.

The key lies in the home folder (`secrets.key`, for its owner alone), apart from the database and its backups. Several
machines on one database need the same file.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from qalqan.errors import StoreError

FILE = "secrets.key"
_HINT = "Bring the home folder's secrets.key back from its backup, or make the secret anew."


class Seal:
    """Closes and opens secrets with the key of one home folder (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def close(self, secret: str) -> str:
        """Return a secret as it is kept. Makes the key where there is none yet. Raises StoreError."""
        return self._with_key(make=True).encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was closed. Raises StoreError where the key is another one, or the text was changed."""
        try:
            return self._with_key(make=False).decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise StoreError("A kept secret cannot be opened with this home's key.", hint=_HINT) from error

    def _with_key(self, *, make: bool) -> Fernet:
        try:
            if make and not self._path.exists():
                self._make()
            return Fernet(self._path.read_bytes())
        except (OSError, ValueError) as error:
            raise StoreError(f"The key {self._path} cannot be read.", hint=_HINT) from error

    def _make(self) -> None:
        """Write a key whole under another name and link it: of two processes one's key becomes the key."""
        scratch = self._path.with_name(f"{FILE}.{os.getpid()}")
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(scratch, self._path)
        except FileExistsError:
            pass  # another process was first
        finally:
            scratch.unlink()
