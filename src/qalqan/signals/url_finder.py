"""Finds links in text: with and without a scheme, and such as were written to be overlooked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS

from qalqan.errors import BadValue
from qalqan.model.parts import Span
from qalqan.signals.disguise import Plain, undisguised
from qalqan.signals.urls import LONGEST, canonical_url, plain_form

MOST_LINKS = 10_000
"""Links of one text; a text with more is read up to there."""
_ODD = 60
_ODD_EVERY = 400
"""Different runs that need a costly search, or hold links that need one: so many in any text, and one more for so many
characters of it. Link lists have longer links or plainer ones; what has more is a flood."""
_CHEAP = 2048
"""Links times characters of a run that cost as much as another run."""
_SHORT = 512
"""Characters that are read of a run that would cost more than all others together may."""

_RUN = re.compile(r"(?<!\S)(?:[^\s.:。．｡]++|[.:。．｡](?![^\s.,:;!?…\"'»)\]]))*+[.:。．｡]\S*")
"""A run without white space that may hold a link: it has a dot or a colon within it. Most words have none."""
_ENDING = re.compile(r"[.。．｡]((?:[a-z]|[^\x00-\x7f\s]){2,24}|xn--[a-z0-9-]{2,59})(?!\.?[^\W_])|(://)", re.IGNORECASE)
"""Without it there is no link: a host's end, or a scheme."""
_SIMPLE = re.compile(
    r"[(\"'«“]?(?P<url>(?P<scheme>https?://)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?P<end>[a-z]{2,24})"
    r"(?:/[a-z0-9/_+-]{0,2000})?(?:\?[a-z0-9=&_-]{1,1000})?)[.,:;!?…)\"'»”]*",
    re.ASCII | re.IGNORECASE,
)
"""A run that is a plain link between marks: it needs no costly search."""
_USUAL = re.compile(
    r"[(\"'«“]?(?P<url>(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?://)?"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}(?P<end>[A-Za-z]{2,24})(?::[1-5]?[0-9]{1,4})?"
    r"(?:/(?:[\w/+~%=&@*$:#-]|[.,;?](?=[\w/]))*|[?#](?:[\w/+~%=&*$:#-]|[.,;?](?=[\w/]))+)?)[.,;!?)\"']?",
)
"""A run in which the costly search would find just this: a link with all that most links have."""
_MAIL = re.compile(r"[\w.+%-]+@[\w.-]+[,;:!?)>]*")
_NO_HOST = re.compile(r"[^/:]*[^\W\d_]\.(?:[A-Z][a-z]+|py|md|sh|rs|zip|mov)")
"""A sentence's end without a space, or a file's name, rather than a host."""
_ENDINGS = frozenset(name.lower() for name in (*TLDS, "onion"))


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """A link as written (its disguise taken off), its one form, and its characters in the raw text."""

    url: str
    canonical: str | None
    """None where it looked like a link and is none."""
    span: Span


@dataclass(frozen=True, slots=True)
class Read:
    """A text without its disguises, and its links."""

    plain: Plain
    links: Sequence[FoundUrl]


@lru_cache(maxsize=2)
def read_links(text: str) -> Read:
    """Return `text` without disguises and its links, at most 10,000.

    A run without white space is read up to 4,096 characters: a link is no longer. Runs that need a costly search are
    read up to a bound that grows with the text: time stays linear. The last texts are remembered: several extractors
    ask for them.
    """
    plain = undisguised(text)
    return Read(plain, tuple(_links(plain)))


def find_urls(text: str) -> Sequence[FoundUrl]:
    """Return the links in `text`, see `read_links`."""
    return read_links(text).links


def _links(plain: Plain) -> Iterator[FoundUrl]:
    runs = _Runs(_ODD + len(plain.text) // _ODD_EVERY)
    count = 0
    for run in _RUN.finditer(plain.text):
        at = run.start()
        for one in runs.read(run.group()[:LONGEST]):
            yield FoundUrl(one.url, one.canonical, plain.span(at + one.start, at + one.end))
            count += 1
            if count == MOST_LINKS:
                return


class _InRun(NamedTuple):
    """A link, its one form, and where in its run it stands."""

    url: str
    canonical: str | None
    start: int
    end: int


@dataclass(slots=True)
class _Runs:
    """Reads the runs of one text. What stands there again is not read again."""

    costly: int
    """How many more runs and links may be looked at closely."""
    _known: dict[str, tuple[_InRun, ...]] = field(default_factory=dict)
    _forms: dict[str, str | None] = field(default_factory=dict)

    def read(self, run: str) -> tuple[_InRun, ...]:
        """Return the links in a run; where too many costly ones stood before it, only plain ones."""
        known = self._known.get(run)
        if known is None:
            known = self._known[run] = tuple(self._read(run))
        return known

    def _read(self, run: str) -> Iterator[_InRun]:
        simple = _SIMPLE.fullmatch(run) or _USUAL.fullmatch(run)
        if simple and (simple["scheme"] or simple["end"].lower() in _ENDINGS):
            found = [(simple["url"], *simple.span("url"))]
        elif self.costly > 0 and not _MAIL.fullmatch(run) and (ends := _link_ends(run)):
            found = self._searched(run, ends)
        else:
            return
        yield from (_InRun(url, self._form(url), *place) for url, *place in found if not _NO_HOST.fullmatch(url))

    def _searched(self, run: str, ends: int) -> list[tuple[str, int, int]]:
        """Search a run that may hold so many links: each may be compared with all that follows it."""
        cost = 1 + ends * len(run) // _CHEAP
        if cost > self.costly and len(run) > _SHORT:
            return self._searched(run[:_SHORT], _link_ends(run[:_SHORT]))
        self.costly -= cost
        matches = _linkify().match(run) or ()
        return [(one.raw, one.index, one.last_index) for one in matches if one.schema != "mailto:"]

    def _form(self, url: str) -> str | None:
        form = plain_form(url)
        if form is None and self.costly > 0 and url not in self._forms:
            self.costly -= 1
            self._forms[url] = _costly_form(url)
        return form or self._forms.get(url)


def _costly_form(url: str) -> str | None:
    try:
        return canonical_url(url)
    except BadValue:
        return None  # looked like a link and is none: there is nothing to compare


def _link_ends(run: str) -> int:
    """Return how many hosts or schemes may end in a run: without any there is no link."""
    return sum(bool(scheme) or is_ending(name) for name, scheme in _ENDING.findall(run))


def is_ending(name: str) -> bool:
    """Whether hosts can end with `name`: a known top-level domain, or one in letters that are not Latin."""
    return not name.isascii() or name[:4].lower() == "xn--" or name.lower() in _ENDINGS


@cache
def _linkify() -> LinkifyIt:
    linkify = LinkifyIt(options={"fuzzy_email": True, "fuzzy_link": True, "fuzzy_ip": False})
    linkify.tlds([*TLDS, "onion"], keep_old=True)
    linkify.add("tg:", {"validate": re.compile(r"^//[a-z]+(?:\?[^\s<>\"'()\[\]]+)?", re.IGNORECASE)})
    return linkify
