"""Addresses within the console."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request

LONGEST = 2000
_UNSEEN = re.compile("[\x00-\x20\x7f]")


def here(request: Request) -> str:
    """Return the path and query of a request."""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def local(address: str | None) -> str:
    """Return `address` where it is a path of this console, `/` otherwise: nobody is sent elsewhere by a link."""
    if not address or len(address) > LONGEST or not address.startswith("/") or address.startswith("//"):
        return "/"
    if "\\" in address or _UNSEEN.search(address):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else address


def segment(name: str) -> str:
    """Return `name` as one step of a path, its own slashes quoted."""
    return quote(name, safe="")


def with_query(path: str, **values: object) -> str:
    """Return `path` with those `values` that are set as its query."""
    pairs = [(name, value) for name, value in values.items() if value not in (None, "")]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def changed(request: Request, **values: object) -> str:
    """Return the address of a request with some of its query changed; None or empty takes a part out."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in values]
    fresh = [(name, value) for name, value in values.items() if value not in (None, "")]
    query = urlencode([*kept, *fresh])
    return request.url.path + (f"?{query}" if query else "")
