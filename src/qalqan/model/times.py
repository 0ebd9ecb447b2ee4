"""Times are UTC and aware, everywhere."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, UTC, cut to whole microseconds as every database keeps them."""
    return datetime.now(UTC)


def from_unix(seconds: float) -> datetime | None:
    """Return the moment `seconds` after 1970 in UTC, or None where no calendar holds it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
