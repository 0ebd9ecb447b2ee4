"""Finds links in text: with and without a scheme, and such as were written to be overlooked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS

from qalqan.model.parts import Span
from qalqan.signals.urls import LONGEST

MOST_LINKS = 10_000
"""Links of one text; a text with more is read up to there."""

_RUN = re.compile(r"\S+")
_POINT = re.compile(r"[.:。．｡][^\s.,:;!?…\"'»)\]]|[\[({](?:\.|dot|:)|://", re.IGNORECASE)
_DISGUISE = re.compile(
    r"(?P<dot>[\[({](?:\.|dot)[\])}])|(?P<colon>\[:(?://)?\])|(?P<scheme>\bhxxp(?=s?(?::|\[:)))"
    r"|(?P<nothing>[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """A link as written (its disguise taken off), and its characters in the raw text."""

    url: str
    span: Span


def find_urls(text: str) -> Iterator[FoundUrl]:
    """Yield the links in `text`, at most 10,000.

    A run without white space is read up to 4,096 characters: a link is no longer, and time stays linear.
    """
    runs = (found for found in _RUN.finditer(text) if _may_hold_url(found))
    every = (url for run in runs for url in _in_run(run.group()[:LONGEST], run.start()))
    yield from islice(every, MOST_LINKS)


def _may_hold_url(run: re.Match[str]) -> bool:
    """Sort out most words before the costly search: a link has a dot or a colon within it, or a disguised one."""
    return _POINT.search(run.group()) is not None


def _in_run(raw: str, at: int) -> Iterator[FoundUrl]:
    plain, shifts = _undisguised(raw)
    for match in _linkify().match(plain) or ():
        if match.schema == "mailto:":
            continue
        start, end = shifts.raw(match.index), shifts.raw(match.last_index)
        yield FoundUrl(match.raw, Span(at + start, at + end))


@dataclass(frozen=True, slots=True)
class _Shifts:
    """Where the plain text departs from the raw one, and by how much from there on."""

    places: list[int]
    amounts: list[int]

    def raw(self, place: int) -> int:
        """Return the raw position of a position in the plain text."""
        before = bisect_right(self.places, place)
        return place + (self.amounts[before - 1] if before else 0)


def _undisguised(raw: str) -> tuple[str, _Shifts]:
    """Return `raw` with `hxxp`, `[.]` and the like undone."""
    pieces: list[str] = []
    shifts = _Shifts([], [])
    done = length = 0
    for found in _DISGUISE.finditer(raw):
        plain = _plain(found)
        pieces += (raw[done : found.start()], plain)
        length += found.start() - done + len(plain)
        done = found.end()
        shifts.places.append(length)
        shifts.amounts.append(done - length)
    return "".join([*pieces, raw[done:]]), shifts


def _plain(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "dot":
            return "."
        case "colon":
            return found.group()[1:-1]
        case "scheme":
            return "http"
    return ""


@cache
def _linkify() -> LinkifyIt:
    linkify = LinkifyIt(options={"fuzzy_email": True, "fuzzy_link": True, "fuzzy_ip": False})
    linkify.tlds([*TLDS, "onion"], keep_old=True)
    linkify.add("tg:", {"validate": re.compile(r"^//[a-z]+(?:\?[^\s<>\"'()\[\]]+)?", re.IGNORECASE)})
    return linkify
