"""The words of a text, by which near copies are found."""

from __future__ import annotations

import pytest

from qalqan.errors import BadValue
from qalqan.model.items import Item, ItemKind
from qalqan.model.text_words import MOST, TEXT_WORDS, unpacked
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Sighting, Subject
from qalqan.signals.formulas import formula_words
from qalqan.signals.key import key_text
from qalqan.signals.texts import TextExtractor

LATIN = "Bugun havo ochiq, bozorda odam koʻp va bolalar daryo boʻyida oʻynab yuribdi."
CYRILLIC = "Бугун ҳаво очиқ, бозорда одам кўп ва болалар дарё бўйида ўйнаб юрибди."
PLAIN = "The heron flies at dawn over the quiet river, and two boats wait beside the old wooden bridge."
OPENINGS = (
    "In the name of God, the Most Gracious, the Most Merciful. Praise be to God, Lord of the worlds.",
    "بِسْمِ اللهِ الرَّحْمٰنِ الرَّحِيمِ",
    "Ассалому алайкум ва раҳматуллоҳи ва баракотуҳ!",
    "Во имя Отца и Сына и Святого Духа.",
    "Baruch atah Adonai, Eloheinu Melech ha'olam",
)


def words_of(text: str, desk: Desk) -> Sighting | None:
    """Return the words of an item's text."""
    who = (None, None, None, None, None, None)
    item = Item("i", "s", ItemKind.MESSAGE, "t/1", "o", *who, text, (), None, None, {}, now())
    seen = TextExtractor().read(Subject(item=item), desk).sightings
    return next((one for one in seen if one.kind == TEXT_WORDS), None)


def test_two_scripts_of_one_language_have_the_same_words(desk: Desk) -> None:
    """Uzbek in Cyrillic and in Latin letters."""
    latin, cyrillic = words_of(LATIN, desk), words_of(CYRILLIC, desk)
    assert latin is not None
    assert cyrillic is not None
    assert latin.value == cyrillic.value


def test_the_span_is_that_of_the_words(desk: Desk) -> None:
    """From the first letter of the first to behind the last of the last."""
    seen = words_of(f"«{PLAIN}»", desk)
    assert seen is not None
    assert seen.span is not None
    assert f"«{PLAIN}»"[seen.span.start : seen.span.end] == PLAIN.removesuffix(".")


@pytest.mark.parametrize("text", ["The heron flies at dawn over the river.", "ha " * 500, "one two three four " * 50])
def test_short_texts_and_chants_have_none(desk: Desk, text: str) -> None:
    """Twelve words are needed, and eight different ones."""
    assert words_of(text, desk) is None


def test_a_long_text_has_its_first_twenty_thousand_words(desk: Desk) -> None:
    """The rest is left out."""
    seen = words_of("".join(f"heron{number % 5000}bird " for number in range(MOST)), desk)
    assert seen is not None
    assert len(unpacked(seen.value)) == MOST


@pytest.mark.parametrize("opening", OPENINGS)
def test_greetings_and_prayers_say_nothing(desk: Desk, opening: str) -> None:
    """Only the words of the text itself are left; those of the formula are silent."""
    with_opening, without = words_of(f"{opening}\n{PLAIN}", desk), words_of(PLAIN, desk)
    assert with_opening is not None
    assert without is not None
    words = unpacked(with_opening.value)
    assert words[words != 0].tolist() == unpacked(without.value).tolist()


def test_a_text_of_nothing_but_prayers_has_none(desk: Desk) -> None:
    """However many of them: faith makes nothing known."""
    assert words_of("\n".join(OPENINGS * 5), desk) is None


def test_formulas_are_whole_words_in_their_order() -> None:
    """Their words alone, and in other texts, are words as any others."""
    words = key_text("The name of the father was painted on the boat in red; peace, said the man, be upon it.").split()
    assert not any(formula_words(words))


def test_a_known_text_comes_as_its_letters_or_as_its_words() -> None:
    """A list of a partner's may hold either."""
    words = TextExtractor().canonical(TEXT_WORDS, PLAIN)
    assert TextExtractor().canonical(TEXT_WORDS, words) == words


@pytest.mark.parametrize("value", ["", "AQ==", "The heron flies.", OPENINGS[0]])
def test_a_known_text_that_says_too_little_is_refused(value: str) -> None:
    """The message says how many words are needed."""
    with pytest.raises(BadValue, match="at least 12, 8 of them different"):
        TextExtractor().canonical(TEXT_WORDS, value)


def test_text_read_in_a_file_has_words_without_a_span(desk: Desk) -> None:
    """Several pieces are read as one: no place in one of them is right for all."""
    (seen,) = TextExtractor().read_text(PLAIN, desk).sightings
    assert (seen.kind, seen.span) == (TEXT_WORDS, None)
