"""Extractor `indicators`: what in a text points at somebody, and what its links are there for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from qalqan.errors import BadValue
from qalqan.model.indicators import amount_from, link_use_from
from qalqan.model.items import Item
from qalqan.model.manifest import Manifest
from qalqan.model.parts import Span
from qalqan.model.signals import (
    AMOUNT,
    EMOJI,
    HANDLE,
    HASHTAG,
    INVITE,
    LINK_USE,
    MAIL,
    PAYMENT,
    PHONE,
    WALLET,
)
from qalqan.signals.contract import Desk, Example, Reading, Sighting, Subject
from qalqan.signals.disguise import Plain
from qalqan.signals.indicators.amounts import find_amounts
from qalqan.signals.indicators.emoji import canonical_emoji, find_emoji
from qalqan.signals.indicators.found import Found
from qalqan.signals.indicators.handles import canonical_handle, find_handles, handle_of_link, known_platform
from qalqan.signals.indicators.hashtags import canonical_hashtag, find_hashtags
from qalqan.signals.indicators.invites import invite_of_link
from qalqan.signals.indicators.link_use import PlacedLink, link_use
from qalqan.signals.indicators.mails import canonical_mail, find_mails
from qalqan.signals.indicators.payments import canonical_payment, find_payments, mobile_money, payment_of_link
from qalqan.signals.indicators.phones import canonical_phone, find_phones, phone_of_link
from qalqan.signals.indicators.wallets import canonical_wallet, find_wallets
from qalqan.signals.sentences import Sentences
from qalqan.signals.url_finder import read_links
from qalqan.signals.urls import canonical_url

MOST = 1000
"""Signals of one kind, and links, that are read in one text."""

_OF_LINKS = ((HANDLE, handle_of_link), (INVITE, invite_of_link), (PHONE, phone_of_link), (PAYMENT, payment_of_link))


class IndicatorExtractor:
    """Finds handles, invitations, mail addresses, telephone numbers, hashtags, emoji, sums, wallets and accounts."""

    manifest = Manifest(
        "indicators",
        "1",
        "Handles, numbers, wallets, sums of money",
        (HANDLE, INVITE, MAIL, PHONE, HASHTAG, EMOJI, AMOUNT, WALLET, PAYMENT, LINK_USE),
    )

    def wants(self, subject: Subject) -> bool:
        """Every item with a text or a link."""
        return subject.item is not None and bool(subject.item.text or subject.item.links)

    def read(self, subject: Subject, desk: Desk) -> Reading:
        """Return one signal for each different indicator, where it stands first; at most 1,000 of a kind."""
        if subject.item is None:
            return Reading()
        return _read(subject.item.text or "", desk, known_platform(subject.item.platform), subject.item)

    def read_text(self, text: str, desk: Desk) -> Reading:
        """Return the indicators of a text that others read, in a picture or a recording; spans are within it."""
        return _read(text, desk)

    def canonical(self, kind: str, value: str) -> str:
        """Return a known indicator as it would be found; raises BadValue where it is none of this kind."""
        return _CANONICAL[kind](value)

    def examples(self) -> Sequence[Example]:
        """Return harmless texts of invented groups."""
        wallet = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
        return (
            Example(text="Telegram: @BlueHeron or heron [at] example [dot] org", finds=_TWO_ADDRESSES),
            Example(text="Call +998 90 123-45-67 #BlueHeron 🌊🌊", finds=_CALL),
            Example(text="Boots — $300", finds=((AMOUNT, _BOOTS),)),
            Example(text=f"BTC: {wallet}", finds=((WALLET, f"btc:{wallet}"),)),
            Example(text="paypal.me/BlueHeron", finds=((PAYMENT, "paypal:blueheron"), (LINK_USE, "*"))),
            Example(links=("https://t.me/joinchat/AbCdEf",), finds=((INVITE, "https://t.me/+AbCdEf"),)),
        )


_TWO_ADDRESSES = ((HANDLE, "telegram:blueheron"), (MAIL, "heron@example.org"))
_CALL = ((PHONE, "+998901234567"), (HASHTAG, "blueheron"), (EMOJI, "🌊🌊"))
_BOOTS = '{"currency":"USD","high":30000,"item":"Boots","low":30000}'


def _read(text: str, desk: Desk, platform: str | None = None, item: Item | None = None) -> Reading:
    text = text[: desk.limits.text_chars]
    read = read_links(text)
    plain = read.plain
    links = [PlacedLink(one.canonical, one.span) for one in read.links[:MOST] if one.canonical is not None]
    seen = [*_of_text(plain, links, platform)]
    beside = [*_beside(item, len(text))] if item else []
    placed = [*links, *(PlacedLink(link, span) for link, span in beside if span)]
    seen += _of_links([*((one.link, one.span) for one in links), *beside])
    if placed:
        seen += _uses(text, placed, desk)
    return Reading(tuple(_different(seen)))


def _beside(item: Item, length: int) -> Iterator[tuple[str, Span | None]]:
    """Yield the links that an item carries apart from its text, with the places of their labels."""
    for one in item.links[:MOST]:
        try:
            link = canonical_url(one.url)
        except BadValue:
            continue
        placed = one.start is not None and one.end is not None and 0 <= one.start < one.end <= length
        yield link, Span(one.start or 0, one.end or 0) if placed else None


def _of_text(plain: Plain, links: Sequence[PlacedLink], platform: str | None) -> Iterator[Sighting]:
    text = plain.text
    within = _Within(links)
    phones = list(islice(find_phones(text), MOST)) if any(map(str.isdecimal, text)) else []
    money = [account for phone in phones if (account := mobile_money(text, phone))]
    own: tuple[tuple[str, Iterable[Found]], ...] = (
        (HANDLE, find_handles(text, platform) if "@" in text else ()),
        (PHONE, phones),
        (HASHTAG, find_hashtags(text) if "#" in text else ()),
        (EMOJI, () if text.isascii() else find_emoji(text)),
        (AMOUNT, find_amounts(text)),
    )
    for kind, found in own:
        sightings = (Sighting(kind, one.value, span=plain.span(one.start, one.end)) for one in islice(found, MOST))
        yield from (one for one in sightings if one.span and not within.a_link(one.span))
    anywhere: tuple[tuple[str, Iterable[Found]], ...] = (
        (MAIL, find_mails(text) if "@" in text else ()),
        (WALLET, find_wallets(text)),
        (PAYMENT, [*islice(find_payments(text), MOST), *money]),
    )
    for kind, found in anywhere:
        for one in islice(found, MOST):
            yield Sighting(kind, one.value, span=plain.span(one.start, one.end))


class _Within:
    """Tells what stands within a link: a path's `#part` is no hashtag, its digits no telephone number."""

    def __init__(self, links: Sequence[PlacedLink]) -> None:
        self._starts = [one.span.start for one in links]
        self._ends = [one.span.end for one in links]

    def a_link(self, span: Span) -> bool:
        at = bisect_right(self._starts, span.start) - 1
        return at >= 0 and span.start < self._ends[at]


def _of_links(links: Iterable[tuple[str, Span | None]]) -> Iterator[Sighting]:
    """Yield whose pages the links are, and to which groups and accounts they lead."""
    for link, span in links:
        for kind, of_link in _OF_LINKS:
            value = of_link(link)
            if value:
                yield Sighting(kind, value, span=span)


def _uses(text: str, links: Sequence[PlacedLink], desk: Desk) -> Iterator[Sighting]:
    """Yield what each link is there for, once for each use of it."""
    told = set()
    uses = link_use(links, desk.lexicon.read(text), Sentences(text).number)
    for one, link in zip(uses, links, strict=True):
        if (one.link, one.use) not in told:
            told.add((one.link, one.use))
            yield Sighting(LINK_USE, one.packed(), span=link.span)


def _different(seen: Iterable[Sighting]) -> Iterator[Sighting]:
    told = set()
    for one in seen:
        if (one.kind, one.value) not in told:
            told.add((one.kind, one.value))
            yield one


def _canonical_invite(value: str) -> str:
    invite = invite_of_link(canonical_url(value))
    if invite is None:
        raise BadValue(f"{value[:80]!r} is no invitation to a group")
    return invite


_CANONICAL: dict[str, Callable[[str], str]] = {
    HANDLE: canonical_handle,
    INVITE: _canonical_invite,
    MAIL: canonical_mail,
    PHONE: canonical_phone,
    HASHTAG: canonical_hashtag,
    EMOJI: canonical_emoji,
    AMOUNT: lambda value: amount_from(value).packed(),
    WALLET: canonical_wallet,
    PAYMENT: canonical_payment,
    LINK_USE: lambda value: link_use_from(value).packed(),
}
