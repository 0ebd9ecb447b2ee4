"""Extractor `link`: the links in an item's text and those it carries beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qalqan.errors import BadValue
from qalqan.model.items import Item
from qalqan.model.items import Link as ItemLink
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Span
from qalqan.model.signals import LINK
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.url_finder import MOST_LINKS, find_urls
from qalqan.signals.urls import canonical_url


class LinkExtractor:
    """Finds links and brings each to its one form (see `signals.urls`)."""

    manifest = Manifest("link", "1", "Known links", (LINK,))

    def wants(self, subject: Subject) -> bool:
        """Every item with a text or a link."""
        return subject.item is not None and bool(subject.item.text or subject.item.links)

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Return one signal for each different link, where it stands first."""
        if subject.item is None:
            return Reading()
        found: dict[str, Sighting] = {}
        for sighting in _links(subject.item, desk.limits.text_chars):
            found.setdefault(sighting.value, sighting)
        return Reading(tuple(found.values()))

    def canonical(self, kind: str, value: str) -> str:  # noqa: ARG002 - there is one kind
        """Return the link in its one form; raises BadValue where it is none."""
        return canonical_url(value)

    def examples(self) -> Sequence[Example]:
        """Return links in plain and in disguised writing."""
        channel = ((LINK, "https://t.me/blueheron/7"),)
        return (
            Example(text="See www.Example.org/birds?utm_source=x&b=2&a=1.", finds=((LINK, _BIRDS),)),
            Example(text="hxxps://example[.]org/birds/?b=2&a=1#nest", finds=((LINK, _BIRDS),)),
            Example(text="telegram.me/s/BlueHeron/7 is the place", finds=channel),
            Example(text="tg://resolve?domain=BlueHeron&post=7", finds=channel),
            Example(links=("https://t.me/blueheron/7?single",), finds=channel),
        )


_BIRDS = "https://example.org/birds?a=1&b=2"


def _links(item: Item, text_chars: int) -> Iterator[Sighting]:
    for found in find_urls((item.text or "")[:text_chars]):
        if found.canonical is not None:
            yield Sighting(LINK, found.canonical, span=found.span)
    for link in item.links[:MOST_LINKS]:
        yield from _sighting(link.url, _label(link))


def _sighting(url: str, span: Span | None) -> Iterator[Sighting]:
    try:
        yield Sighting(LINK, canonical_url(url), span=span)
    except BadValue:
        return  # looked like a link and is none: there is nothing to compare


def _label(link: ItemLink) -> Span | None:
    return None if link.start is None or link.end is None else Span(link.start, link.end)
