"""HTML taken apart. Runs in a child process: a parser written in C meets hostile pages here and nowhere else."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode
from w3lib.encoding import html_to_unicode

from qalqan.errors import LimitReached

MOST_LINKS = 10_000
MOST_DEPTH = 3_000
"""Elements within elements; browsers stop at 512."""
MOST_PICTURES = 1_000
_UNSEEN = ["script", "style", "template", "noscript", "head", "svg", "iframe"]
_BLOCKS = (
    "address,article,aside,blockquote,br,dd,div,dl,dt,fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,h5,h6,header,"
    "hr,li,main,nav,ol,option,p,pre,section,table,td,th,tr,ul"
)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)")
_NEVER_NESTED = frozenset(
    {
        *("area", "base", "body", "br", "col", "dd", "dt", "embed", "frame", "head", "hr", "html", "img", "input"),
        *("li", "link", "meta", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr"),
        *("track", "wbr"),
    }
)
"""Elements without content, and those that the next of their kind closes."""
_BREAK = "\x1e"
"""Stands for the edge of a block while white space is collapsed; the page's own are white space then."""
_LINKS = (
    ("a[href]", "href"),
    ("area[href]", "href"),
    ("iframe[src]", "src"),
    ("frame[src]", "src"),
    ("embed[src]", "src"),
)
_PICTURES = (
    ("img[src]", "src"),
    ("video[src]", "src"),
    ("source[src]", "src"),
    ("audio[src]", "src"),
    ("video[poster]", "poster"),
)
_SCHEMES = frozenset({"http", "https", "ftp", "mailto", "tel", "tg", "magnet", "ipfs", "bitcoin", "ethereum"})
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)|Page saved with SingleFile\s+url:\s*(\S+)")
_PUBLISHED = (
    ('meta[property="article:published_time"]', "content"),
    ('meta[itemprop="datePublished"]', "content"),
    ('meta[name="date"]', "content"),
    ('meta[name="pubdate"]', "content"),
    ('meta[name="DC.date.issued"]', "content"),
    ("time[datetime]", "datetime"),
)
_LINKED_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_ADDRESS = (
    ('link[rel="canonical"]', "href"),
    ('meta[property="og:url"]', "content"),
)
_HEAD_CHARS = 8192


def read_html(body: bytes, content_type: str | None, address: str | None, characters: int) -> dict[str, Any]:
    """Return what a page says, as plain values.

    `content_type` and `address` are what a server said of it, if one did. The result holds `text` (at most
    `characters`, blocks on lines of their own), `cut` (characters beyond), `title`, `author`, `url`, `published` (as
    the page writes it), `language`, `links` (absolute, each once), `pictures` (addresses as written) and `inlined`
    (pairs of media type and bytes).
    """
    page = html_to_unicode(content_type, body)[1]
    _refuse_depth(page)
    tree = LexborHTMLParser(page)
    saved = _SAVED_FROM.search(page[:_HEAD_CHARS])
    url = address or (saved and (saved[1] or saved[2])[:2000]) or _first(tree, _ADDRESS)
    base = urljoin_or_none(url or "", _first(tree, (("base[href]", "href"),)) or "") or url
    linked = _LINKED_DATA.search(page)
    pictures = list(_pictures(tree))
    root = tree.root
    result = {
        "title": _one_line(_text_of(tree.css_first("title")))[:1000] or None,
        "author": _first(tree, (('meta[name="author"]', "content"),)),
        "url": url,
        "published": _first(tree, _PUBLISHED) or (linked and linked[1]),
        "language": root.attributes.get("lang") if root is not None else None,
        "links": list(_links(tree, base)),
        "pictures": [named for named in pictures if not named.startswith("data:")],
        "inlined": [data for named in pictures if (data := _inlined(named))],
    }
    text = _visible(tree)
    return {**result, "text": text[:characters], "cut": max(0, len(text) - characters)}


def _refuse_depth(page: str) -> None:
    """Raise LimitReached for a page nested so deeply that the parser, quadratic in depth, would take minutes."""
    depth = 0
    for tag in _TAG.finditer(page):
        if tag[2].lower() in _NEVER_NESTED:
            continue
        depth += -1 if tag[1] else 1
        if depth > MOST_DEPTH:
            raise LimitReached(f"is nested more than {MOST_DEPTH} elements deep", hint="It was kept as a file.")
        depth = max(depth, 0)


def urljoin_or_none(base: str, named: str) -> str | None:
    """Return the absolute address, or None where the two make none."""
    try:
        return urljoin(base, named)
    except ValueError:
        return None


def _visible(tree: LexborHTMLParser) -> str:
    """Return what a reader of the page sees, blocks on lines of their own. Changes the tree: call it last."""
    tree.strip_tags(_UNSEEN)
    if tree.body is None:
        return ""
    for node in tree.css(_BLOCKS):
        node.insert_before(_BREAK)
        node.insert_after(_BREAK)
    lines = (_one_line(line) for line in tree.body.text(separator="").split(_BREAK))
    return "\n".join(line for line in lines if line)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text_of(node: LexborNode | None) -> str:
    return node.text() if node is not None else ""


def _first(tree: LexborHTMLParser, places: tuple[tuple[str, str], ...]) -> str | None:
    for selector, attribute in places:
        node = tree.css_first(selector)
        value = node.attributes.get(attribute) if node is not None else None
        if value and value.strip():
            return value.strip()[:2000]
    return None


def _values(tree: LexborHTMLParser, places: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for selector, attribute in places:
        for node in tree.css(selector):
            value = node.attributes.get(attribute)
            if value:
                yield value.strip()


def _links(tree: LexborHTMLParser, base: str | None) -> Iterator[str]:
    """Yield where the page leads, each once; what is no address by itself needs the page's own."""
    return _distinct(_values(tree, _LINKS), MOST_LINKS, lambda named: _absolute(base, named))


def _absolute(base: str | None, named: str) -> str | None:
    if named.startswith("#"):
        return None
    try:
        url = urljoin(base or "", named)
        return url if urlsplit(url).scheme.lower() in _SCHEMES else None
    except ValueError:
        return named if "://" in named else None


def _pictures(tree: LexborHTMLParser) -> Iterator[str]:
    return _distinct(_values(tree, _PICTURES), MOST_PICTURES, lambda named: named)


def _distinct(values: Iterator[str], most: int, make: Callable[[str], str | None]) -> Iterator[str]:
    seen: set[str] = set()
    for value in values:
        made = make(value)
        if made and made not in seen:
            seen.add(made)
            yield made
            if len(seen) >= most:
                return


def _inlined(named: str) -> tuple[str, bytes] | None:
    """Return media type and bytes of a `data:` address (RFC 2397) of a picture or recording."""
    if not named.startswith(("data:image/", "data:video/", "data:audio/")):
        return None
    described, _, content = named[5:].partition(",")
    raw = unquote_to_bytes(content)
    if described.endswith(";base64"):
        try:
            raw = base64.b64decode(raw)
        except binascii.Error:
            return None
    return (described.split(";", 1)[0], raw) if raw else None
