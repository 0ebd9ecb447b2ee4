"""Text in the form in which it is compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qalqan.signals.normal import normalise
from support.took import took

# Scripts that our texts are written in, and what is used to hide within them.
LETTERS = st.text(st.one_of(
    st.characters(min_codepoint=0x20, max_codepoint=0x6FF), st.characters(),
    st.sampled_from("\u200b\u200d\u00ad\u202e\ufe0f\u0640\u064e\u0301\u0306ﬁ½㎏ﷺẞİıßςﾞｶ각가힣\u1100\u1161\u11a8"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("  Hello,\n\tWORLD!! ", "hello world"),
        ("Ｆｕｌｌ ｗｉｄｔｈ ①", "full width 1"),
        ("ﬁne Straße", "fine strasse"),
        ("zero\u200bwidth so\u00adft \u202eturned\u202c", "zerowidth soft turned"),
        ("السَّلامُ عليكـــم", "السلام عليكم"),
        ("й и ў у ғ г ҳ х қ к ç c ş s ö o", "й и ў у ғ г ҳ х қ к ç c ş s ö o"),
        ("и\u0306 у\u0306", "й ў"),
        ("O‘zbekiston oʻzbek", "o zbekiston oʻzbek"),
        ("İSTANBUL istanbul ISTANBUL ıstanbul", "istanbul istanbul istanbul istanbul"),
        ("one🔥two ❤️ three", "one two three"),
        ("a_b-c", "a b c"),
        ("½ ㎏ Ⓐⓑ", "1 2 kg ab"),
        ("", ""),
        (" \u200b.,! ", ""),
    ],
)
def test_normal_forms(raw: str, normal: str) -> None:
    """Case, width, invisible characters, vowel signs and punctuation go; letters stay what they are."""
    assert normalise(raw).text == normal


def test_composed_and_decomposed_are_one() -> None:
    """How a letter and its mark were typed makes no difference."""
    text = "Ёлка й ў ç ğ ñ ẫ 각"
    assert normalise(unicodedata.normalize("NFD", text)).text == normalise(unicodedata.normalize("NFC", text)).text


@given(text=LETTERS)
def test_words_with_single_spaces_between(text: str) -> None:
    """No space at the ends, none doubled, nothing that cannot be written in UTF-8."""
    normal = normalise(text).text
    assert normal == " ".join(normal.split(" ")).strip(" ")
    assert "  " not in normal
    assert normal.encode() is not None


@given(text=LETTERS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A known text taken from a normalised one is itself."""
    once = normalise(text).text
    assert normalise(once).text == once


@given(text=LETTERS)
def test_each_word_leads_back_to_its_raw_characters(text: str) -> None:
    """Normalising the raw characters that a word's offsets point at gives that word again."""
    assume(all(" " not in normalise(char).text for char in text))
    normal = normalise(text)
    assert len(normal.offsets) == len(normal.text) + 1
    place = 0
    for word in normal.text.split(" ") if normal.text else []:
        end = place + len(word)
        raw = text[normal.offsets[place] : normal.offsets[end]]
        assert word in normalise(raw).text
        place = end + 1


@given(text=LETTERS)
def test_offsets_never_run_back(text: str) -> None:
    """Offsets grow along the text and stay within it."""
    offsets = list(normalise(text).offsets)
    assert offsets == sorted(offsets)
    assert 0 <= offsets[0] <= offsets[-1] <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "\u0301" * 200_000,
        "a" + "\u0301\u0316" * 100_000,
        "ᄀ" * 200_000,
        "a\u200b" * 100_000,
        "ﷺ" * 50_000,
        "ab" * 100_000,
    ],
    ids=["marks", "marks to sort", "jamo", "invisible", "ligatures", "one word"],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    """A fifth of a million characters made to take long take a moment."""
    normal, seconds = took(lambda: normalise(text), under=2)
    assert normal is not None
    assert seconds < 2
