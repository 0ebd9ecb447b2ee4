"""Moments as platforms and pages write them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from qalqan.model.times import from_unix

_MILLISECONDS = 100_000_000_000
"""A larger number of seconds lies after the year 5000: it counts milliseconds."""
_WRITTEN = ("%a %b %d %H:%M:%S %z %Y", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")


def moment(value: Any) -> tuple[datetime | None, bool]:  # noqa: ANN401 - whatever a table or a page holds
    """Return the moment in UTC, or None where it is none, and whether it came with a zone.

    Reads seconds or milliseconds since 1970, ISO 8601, RFC 2822 and some platforms' own forms. Without a zone it is
    taken as UTC.
    """
    text = str(value).strip()[:64] if value is not None else ""
    if not text:
        return None, True
    try:
        seconds = float(text)
    except ValueError:
        found = _written(text)
    else:
        return from_unix(seconds / 1000 if abs(seconds) >= _MILLISECONDS else seconds), True
    if found is None:
        return None, True
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC), False
    return _utc(found), True


def _utc(found: datetime) -> datetime | None:
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


def _written(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _WRITTEN:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller looks whether there is a zone
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
