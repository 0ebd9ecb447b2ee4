"""Identifiers: UUIDv7, so that they sort by the time they were made (RFC 9562, section 5.7)."""

from __future__ import annotations

import uuid_utils

Id = str


def new_id() -> Id:
    """Return a fresh UUIDv7 in its canonical 36-character form."""
    return str(uuid_utils.uuid7())
