"""Links: found in text, brought to one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.errors import BadValue
from qalqan.model.items import Item, ItemKind, Link
from qalqan.model.parts import Span
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Sighting, Subject
from qalqan.signals.links import LinkExtractor
from qalqan.signals.url_finder import MOST_LINKS, read_links
from qalqan.signals.urls import canonical_url
from support.took import took


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://WWW.Example.ORG:80/", "https://example.org"),
        ("https://m.example.org/a/?b=2&a=1#top", "https://example.org/a?a=1&b=2"),
        ("example.org/a?utm_source=x&fbclid=y&id=7&si=z", "https://example.org/a?id=7"),
        ("//example.org/a", "https://example.org/a"),
        ("https://user:secret@example.org/", "https://example.org"),
        ("https://пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("https://xn--e1afmkfd.xn--p1ai/%d0%bf%d1%83%d1%82%d1%8c/", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("http://example.org:8080/x", "https://example.org:8080/x"),
        ("http://192.0.2.7/x", "https://192.0.2.7/x"),
        ("http://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("http://www.tj/x", "https://www.tj/x"),
        ("https://m.gov/", "https://m.gov"),
        ("https://t.me/s/BlueHeron/7", "https://t.me/blueheron/7"),
        ("telegram.me/BlueHeron", "https://t.me/blueheron"),
        ("https://telegram.dog/BlueHeron?start=x", "https://t.me/blueheron"),
        ("https://BlueHeron.t.me/7", "https://t.me/blueheron/7"),
        ("tg://resolve?domain=BlueHeron", "https://t.me/blueheron"),
        ("tg://resolve?domain=BlueHeron&post=7", "https://t.me/blueheron/7"),
        ("tg://join?invite=AbC", "https://t.me/+AbC"),
        ("https://t.me/joinchat/AbC", "https://t.me/+AbC"),
        ("https://t.me/+AbC", "https://t.me/+AbC"),
        ("https://t.me/c/123/45", "https://t.me/c/123/45"),
        ("https://t.me/share/url?url=https://example.org", "https://t.me/share/url?url=https%3A%2F%2Fexample.org"),
    ],
)  # fmt: skip
def test_one_form_for_all_writings(written: str, canonical: str) -> None:
    """Every way of writing a link leads to the same text, and that text to itself."""
    assert canonical_url(written) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "mailto:a@b.org",
        "javascript:alert(1)",
        "https://",
        "http://a b/",
        "http://a:99999/",
        "b.org/" + "a" * 5000,
    ],
)
def test_what_is_no_link_is_refused(value: str) -> None:
    """The message repeats what was given."""
    with pytest.raises(BadValue, match="is no link"):
        canonical_url(value)


@given(
    url=st.text(max_size=120) | st.from_regex(r"(https?://)?[a-z0-9.]{1,20}(:[0-9]{1,5})?[/?#].{0,40}", fullmatch=True)
)
def test_canonical_forms_are_stable(url: str) -> None:
    """Whatever is accepted is its own canonical form afterwards."""
    try:
        once = canonical_url(url)
    except BadValue:
        return
    assert canonical_url(once) == once


def found(text: str, desk: Desk, *links: Link) -> list[Sighting]:
    """Return the links of an item."""
    who = (None, None, None, None, None, None)
    item = Item("i", "s", ItemKind.MESSAGE, "t/1", "o", *who, text, links, None, None, {}, now())
    return list(LinkExtractor().read(Subject(item=item), desk).sightings)


@pytest.mark.parametrize(
    ("text", "raw", "value"),
    [
        ("see https://example.org/a, then", "https://example.org/a", "https://example.org/a"),
        ("(example.org/a)", "example.org/a", "https://example.org/a"),
        ("вот t.me/BlueHeron/7!", "t.me/BlueHeron/7", "https://t.me/blueheron/7"),
        ("hxxps://example[.]org/a", "hxxps://example[.]org/a", "https://example.org/a"),
        ("at example(dot)org now", "example(dot)org", "https://example.org"),
        ("hxxp[:]//example[.]org", "hxxp[:]//example[.]org", "https://example.org"),
        ("exa\u200bmple.org/a", "exa\u200bmple.org/a", "https://example.org/a"),
        ("open tg://resolve?domain=BlueHeron now", "tg://resolve?domain=BlueHeron", "https://t.me/blueheron"),
        ("сайт пример.рф тут", "пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
        ("http://abcdefghij234567.onion/x", "http://abcdefghij234567.onion/x", "https://abcdefghij234567.onion/x"),
        ("new example.site/x", "example.site/x", "https://example.site/x"),
    ],
)
def test_links_in_text_with_their_places(text: str, raw: str, value: str, desk: Desk) -> None:
    """The span holds the link as it was written, in disguise or not."""
    (seen,) = found(text, desk)
    assert seen.value == value
    assert seen.span is not None
    assert text[seen.span.start : seen.span.end] == raw


@pytest.mark.parametrize("text", ["write to a@example.org", "version 1.2.3 of it", "и т.д. и т.п.", "nothing here"])
def test_what_is_no_link_is_not_found(text: str, desk: Desk) -> None:
    """Addresses of letters, numbers and abbreviations are no links."""
    assert found(text, desk) == []


def test_a_link_is_one_signal_however_often_it_is_there(desk: Desk) -> None:
    """The first place counts; links beside the text come after those in it."""
    seen = found(
        "t.me/a1b2c and https://t.me/A1B2C", desk, Link("https://telegram.me/a1b2c"), Link("https://example.org/", 0, 3)
    )
    assert [one.value for one in seen] == ["https://t.me/a1b2c", "https://example.org"]
    assert [one.span for one in seen] == [Span(0, 10), Span(0, 3)]


@pytest.mark.parametrize(
    "piece", ["a.", "a@", "http://", "a.com ", "(", "//a", "t.me/", "[.]", "hxxp", "a:", "й.", "\u200b", "http://a.b/("]
)
def test_hostile_text_takes_a_moment(piece: str) -> None:
    """A million characters made to take long take less than two seconds, and give a bounded number of links."""
    text = piece * (1_000_000 // len(piece))
    links, seconds = took(lambda: len(read_links.__wrapped__(text).links), under=2)
    assert links <= MOST_LINKS
    assert seconds < 2
