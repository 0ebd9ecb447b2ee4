"""A page's HTML turned into a draft, wherever it came from: a saved file, a MIME part, a web archive."""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from qalqan.errors import InputRefused
from qalqan.model.drafts import Draft, FileDraft
from qalqan.model.items import ItemKind, Link
from qalqan.sources import dates, places
from qalqan.sources.contract import Desk

TASK = "qalqan.sources.html_child:read_html"


@dataclass(frozen=True, slots=True)
class Html:
    """The bytes of one page, and what is known of them from outside."""

    body: bytes
    origin: str
    content_type: str | None = None
    address: str | None = None


def make(
    html: Html, desk: Desk, extra: dict[str, Any], files: Callable[[list[str]], list[FileDraft]] | None = None
) -> Draft:
    """Return the page's draft; `files` finds the files that its pictures' addresses name.

    Raises InputRefused or LimitReached when the page cannot be taken apart safely.
    """
    page = desk.isolate.call(TASK, html.body, html.content_type, html.address, desk.limits.text_chars)
    published, zoned = dates.moment(page["published"])
    said = {key: page[key] for key in ("title", "url", "language") if page[key]}
    if not zoned:
        said["date_without_zone"] = True
    if page["cut"]:
        said["text_cut"] = page["cut"]
    own = [page["url"]] if page["url"] else []
    body = "\n".join(part for part in (page["title"], page["text"]) if part)
    return Draft(
        kind=ItemKind.PAGE,
        origin=html.origin,
        text=body or None,
        platform="web",
        channel=_host(page["url"]),
        author=page["author"],
        posted_at=published,
        links=tuple(Link(url) for url in dict.fromkeys([*own, *page["links"]])),
        files=(*(files(page["pictures"]) if files else ()), *_inlined(page["inlined"])),
        extra={**said, **extra},
    )


def beside(folder: Path, named: list[str]) -> list[FileDraft]:
    """Return those of a page's pictures that lie in its folder; what lies elsewhere is not its to show."""
    found: dict[Path, FileDraft] = {}
    for address in named:
        try:
            path = _local(folder, address)
        except (InputRefused, OSError, ValueError):
            continue
        if path is not None and places.is_file(path):
            found.setdefault(path, FileDraft(path.name, path=path))
    return list(found.values())


def opened(content: bytes) -> Callable[[], BinaryIO]:
    """Return how to open bytes that lie in no file of their own."""
    return partial(io.BytesIO, content)


def _local(folder: Path, address: str) -> Path | None:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    return places.inside(folder, unquote(parts.path).removeprefix("./"))


def _inlined(pictures: list[tuple[str, bytes]]) -> list[FileDraft]:
    return [
        FileDraft(f"inlined-{number}{mimetypes.guess_extension(kind) or ''}", open=opened(content))
        for number, (kind, content) in enumerate(pictures, start=1)
    ]


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:
        return None
