"""Text from outside made fit for every database and encoder, in one place, for all readers.

PostgreSQL takes neither NUL characters nor lone surrogates (file names that are no UTF-8 arrive as such), and JSON
takes neither infinity nor numbers of unbounded length. Each such character becomes U+FFFD; each such number None.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.items import Link
from qalqan.model.limits import Limits

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_LONGEST_INT = 64
"""Bits of a whole number that every store takes."""


def text(value: str) -> str:
    """Return `value` with each NUL and each lone surrogate replaced by U+FFFD; its length stays."""
    if value.isascii() and "\0" not in value:
        return value
    return _UNFIT.sub("\ufffd", value)


def fault(found: Fault) -> Fault:
    """Return the fault with fit text."""
    return Fault(text(found.where), text(found.code), text(found.message), text(found.hint))


def draft(found: Draft, limits: Limits, reader: str) -> Draft:
    """Return the draft with fit text, its text cut to `limits.text_chars`, and `reader` named unless one is."""
    body, extra = _cut(found.text, {text(str(key)): plain(value) for key, value in found.extra.items()}, limits)
    return replace(
        found,
        origin=text(found.origin),
        text=body,
        platform=_maybe(found.platform),
        channel=_maybe(found.channel),
        channel_ref=_maybe(found.channel_ref),
        author=_maybe(found.author),
        author_ref=_maybe(found.author_ref),
        posted_at=_utc(found.posted_at),
        links=tuple(_link(link, limits) for link in found.links),
        reply_to=_maybe(found.reply_to),
        forwarded_from=_maybe(found.forwarded_from),
        files=tuple(_file(file) for file in found.files),
        extra=extra,
        reader=found.reader or reader,
    )


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return `value` as JSON that every database takes; what is no JSON at all becomes its text."""
    match value:
        case None | bool():
            return value
        case int() | float() | Decimal():
            return _number(value)
        case dict():
            return {text(str(key)): plain(part) for key, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
    return text(str(value))


def _number(value: float | Decimal) -> int | float | None:
    if isinstance(value, int):
        return value if value.bit_length() < _LONGEST_INT else None
    number = float(value)
    return number if math.isfinite(number) else None


def _maybe(value: str | None) -> str | None:
    return None if value is None else text(value)


def _cut(body: str | None, extra: dict[str, Any], limits: Limits) -> tuple[str | None, dict[str, Any]]:
    if body is None:
        return None, extra
    if len(body) > limits.text_chars:
        extra["text_cut"] = len(body) - limits.text_chars
        body = body[: limits.text_chars]
    return text(body), extra


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _link(link: Link, limits: Limits) -> Link:
    """Return the link with fit text; one whose label was cut off stands in no text any more."""
    within = link.end is not None and link.end <= limits.text_chars
    return Link(text(link.url), link.start if within else None, link.end if within else None)


def _file(file: FileDraft) -> FileDraft:
    return replace(file, name=text(file.name), missing=_maybe(file.missing))
