"""An item's text as a signal."""

from __future__ import annotations

import pytest

from qalqan.errors import BadValue
from qalqan.model.items import Item, ItemKind, Link
from qalqan.model.parts import Span
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Reading, Subject
from qalqan.signals.files import FileExtractor
from qalqan.signals.links import LinkExtractor
from qalqan.signals.texts import LONGEST, TextExtractor


def item(text: str | None, links: tuple[Link, ...] = ()) -> Subject:
    """Return an item with this text and these links."""
    who = (None, None, None, None, None, None)
    return Subject(item=Item("i", "s", ItemKind.MESSAGE, "t/1", "o", *who, text, links, None, None, {}, now()))


def read(text: str, desk: Desk) -> Reading:
    """Read a text."""
    return TextExtractor().read(item(text), desk)


def test_a_text_gives_one_signal_with_its_place(desk: Desk) -> None:
    """The span holds the raw characters from the first letter to the last."""
    raw = "«The heron flies at dawn.»"
    (seen,) = read(raw, desk).sightings
    assert seen.value == "the heron flies at dawn"
    assert seen.span == Span(1, 24)
    assert raw[1:24] == "The heron flies at dawn"


@pytest.mark.parametrize("text", ["too short to tell", "!" * 100, " ", "a\u200b" * 19])
def test_a_short_text_gives_none(desk: Desk, text: str) -> None:
    """Fewer than twenty letters and digits say too little."""
    assert read(text, desk).sightings == ()


def test_a_long_text_is_cut(desk: Desk) -> None:
    """The value has at most 100,000 characters and ends with a word's end or a cut word."""
    (seen,) = read("heron " * 50_000, desk).sightings
    assert LONGEST - 6 < len(seen.value) <= LONGEST
    assert seen.span == Span(0, len(seen.value))


def test_a_short_known_text_is_refused() -> None:
    """The message says how many letters are needed and how many there are."""
    with pytest.raises(BadValue, match="at least 20 letters and digits, this one has 5"):
        TextExtractor().canonical("text", "  Heron! ")


def test_items_without_text_are_not_wanted() -> None:
    """There is nothing to read in them."""
    assert not TextExtractor().wants(item(None))
    assert not LinkExtractor().wants(item(""))
    assert not FileExtractor().wants(item("text"))


def test_a_known_hash_comes_in_any_case() -> None:
    """Hexadecimal digits are brought to lower case, and nothing else is accepted."""
    assert FileExtractor().canonical("sha256", " " + "AB" * 32 + "\n") == "ab" * 32
    with pytest.raises(BadValue, match="64 hexadecimal digits"):
        FileExtractor().canonical("sha256", "ab" * 16)
