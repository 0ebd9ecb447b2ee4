"""Seals what must be read again but never lie open in the database: one key, in a file that only its owner reads."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from qalqan.errors import StoreError

KEY_FILE = "secret.key"
_MODE = 0o600


class Sealer:
    """Seals and signs with one key. Threads may share it."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        self._key = key

    def seal(self, text: str) -> str:
        """Return a text so that only this key reads it (Fernet: AES-128-CBC with HMAC-SHA-256)."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Return the text. Raises StoreError where another key sealed it, or nobody did."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except (InvalidToken, ValueError):
            raise StoreError(
                "What is sealed in the store was sealed with another key.",
                hint=f"Bring back the file {KEY_FILE}, or reset: qalqan person totp reset NAME",
            ) from None

    def signature(self, purpose: str, text: str) -> str:
        """Return a signature of a text for one purpose, in hexadecimal: HMAC-SHA-256."""
        return hmac.new(self._key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def sealer(path: Path) -> Sealer:
    """Return what seals with the key in a file, which is made where there is none. Raises StoreError."""
    return _sealer(path.absolute())


@lru_cache(maxsize=16)
def _sealer(path: Path) -> Sealer:
    try:
        return Sealer(_key(path))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"The key file {path} cannot be used: {error}.", hint="It holds one key of 44 characters, for you alone."
        ) from None


def _key(path: Path) -> bytes:
    """Return the key; of several processes that find none, one makes it and the others take that."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        fresh.touch(_MODE)
        fresh.write_bytes(Fernet.generate_key())
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    if path.stat().st_mode & 0o077:
        raise ValueError("others than its owner may read it (chmod 600)")
    return path.read_bytes().strip()
