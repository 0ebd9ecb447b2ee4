"""Finds links in text: with and without a scheme, and such as were written to be overlooked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS

from qalqan.model.parts import Span
from qalqan.signals.disguise import undisguised
from qalqan.signals.urls import LONGEST

MOST_LINKS = 10_000
"""Links of one text; a text with more is read up to there."""

_RUN = re.compile(r"(?<!\S)(?:[^\s.:。．｡]++|[.:。．｡](?![^\s.,:;!?…\"'»)\]]))*+[.:。．｡]\S*")
"""A run without white space that may hold a link: it has a dot or a colon within it. Most words have none."""
_ENDING = re.compile(r"[.。．｡]((?:[a-z]|[^\x00-\x7f\s]){2,24}|xn--[a-z0-9-]{2,59})(?!\.?[^\W_])|(://)", re.IGNORECASE)
"""Without it there is no link: a host's end, or a scheme."""
_SIMPLE = re.compile(
    r"[(\"'«“]?(?P<url>(?:https?://)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?P<end>[a-z]{2,24})"
    r"(?:/[a-z0-9/_+-]{0,2000})?(?:\?[a-z0-9=&_-]{1,1000})?)[.,:;!?…)\"'»”]*",
    re.ASCII | re.IGNORECASE,
)
"""A run that is a plain link between marks: it needs no costly search."""
_MAIL = re.compile(r"[\w.+%-]+@[\w.-]+[,;:!?)>]*")
_NO_HOST = re.compile(r"[^/:]*[^\W\d_]\.(?:[A-Z][a-z]+|py|md|sh|rs|zip|mov)")
"""A sentence's end without a space, or a file's name, rather than a host."""
_ENDINGS = frozenset(name.lower() for name in (*TLDS, "onion"))


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """A link as written (its disguise taken off), and its characters in the raw text."""

    url: str
    span: Span


def find_urls(text: str) -> Iterator[FoundUrl]:
    """Yield the links in `text`, at most 10,000.

    A run without white space is read up to 4,096 characters: a link is no longer, and time stays linear.
    """
    plain = undisguised(text)
    for url, start, end in urls_in(plain.text):
        yield FoundUrl(url, plain.span(start, end))


def urls_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the links of a text whose disguise was taken off, and from where to where they stand, at most 10,000."""
    every = (url for run in _RUN.finditer(text) for url in _in_run(run.group()[:LONGEST], run.start()))
    yield from islice(every, MOST_LINKS)


def _in_run(run: str, at: int) -> Iterator[tuple[str, int, int]]:
    simple = _SIMPLE.fullmatch(run)
    if simple and ("://" in run or simple["end"].lower() in _ENDINGS):
        found = [(simple["url"], *simple.span("url"))]
    elif _may_hold_url(run) and not _MAIL.fullmatch(run):
        matches = _linkify().match(run) or ()
        found = [(one.raw, one.index, one.last_index) for one in matches if one.schema != "mailto:"]
    else:
        return
    yield from ((url, at + start, at + end) for url, start, end in found if not _NO_HOST.fullmatch(url))


def _may_hold_url(run: str) -> bool:
    return any(scheme or is_ending(name) for name, scheme in _ENDING.findall(run))


def is_ending(name: str) -> bool:
    """Whether hosts can end with `name`: a known top-level domain, or one in letters that are not Latin."""
    return not name.isascii() or name[:4].lower() == "xn--" or name.lower() in _ENDINGS


@cache
def _linkify() -> LinkifyIt:
    linkify = LinkifyIt(options={"fuzzy_email": True, "fuzzy_link": True, "fuzzy_ip": False})
    linkify.tlds([*TLDS, "onion"], keep_old=True)
    linkify.add("tg:", {"validate": re.compile(r"^//[a-z]+(?:\?[^\s<>\"'()\[\]]+)?", re.IGNORECASE)})
    return linkify
