"""Extractor `file`: a file's SHA-256, by which identical copies are found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qalqan.errors import BadValue
from qalqan.model.items import MediaKind
from qalqan.model.manifest import Manifest
from qalqan.model.signals import SHA256
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject

HEX_DIGITS = re.compile(r"[0-9a-f]{64}")


class FileExtractor:
    """Hands on the SHA-256 that a file was stored under; reads nothing."""

    manifest = Manifest("file", "1", "Identical files by SHA-256", (SHA256,))

    def wants(self, subject: Subject) -> bool:
        """Every media file, kept or not."""
        return subject.media is not None

    def read(self, subject: Subject, desk: Desk) -> Reading:  # noqa: ARG002 - the contract's signature
        """Return the file's SHA-256 as its one signal."""
        if subject.media is None:
            return Reading()
        return Reading((Sighting(SHA256, subject.media.sha256),))

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return the 64 hexadecimal digits in lower case."""
        return hex_256(value, "a SHA-256")

    def examples(self) -> Sequence[Example]:
        """Return one small file."""
        digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        return (Example(file=b"hello", media_kind=MediaKind.TEXT, finds=((SHA256, digest),)),)


def hex_256(value: str, what: str) -> str:
    """Return `value` as 64 lower-case hexadecimal digits; raises BadValue where it is none."""
    digits = value.strip().lower()
    if not HEX_DIGITS.fullmatch(digits):
        msg = f"{what} has 64 hexadecimal digits, not {value[:80]!r}"
        raise BadValue(msg)
    return digits
