"""The extractor of what is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qalqan.errors import BadValue
from qalqan.isolate import Isolate
from qalqan.model.ids import new_id
from qalqan.model.limits import Limits
from qalqan.model.parts import Span
from qalqan.model.signals import LANGUAGE, SAID
from qalqan.model.words import Entry, Said, Sense, Strength, said_from
from qalqan.signals.contract import Desk, Reading, Subject
from qalqan.signals.lexicon import Lexicon
from qalqan.signals.words import WordsExtractor
from support import made

HERON = Entry(
    Sense.ORGANISATION,
    Strength.STRONG,
    "und",
    ("Blue Heron Front",),
    "invented",
    entity="heron",
    name="Blue Heron Front",
)
LEXICON = Lexicon([HERON, Entry(Sense.SOLICIT, Strength.STRONG, "en", ("donate to",), "own")])
WORDS = WordsExtractor()


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Return a desk with a small lexicon."""
    limits = Limits(text_chars=1000)
    isolate = Isolate(limits, children=1)
    yield Desk(limits, isolate, LEXICON)
    isolate.close()


def said(reading: Reading) -> list[tuple[Said, Span | None]]:
    """Return what a reading says, and where."""
    return [(said_from(seen.value), seen.span) for seen in reading.sightings if seen.kind == SAID]


def subject(text: str | None, channel: str | None = None, author: str | None = None) -> Subject:
    """Return a message."""
    return Subject(item=made.item(new_id(), text=text, channel=channel, author=author))


def test_a_text_is_read_with_its_language(desk: Desk) -> None:
    """Each term with its span in the raw text, and one hint at the language."""
    text = "We ask you all: d\u200bonate to the BLUE Heron Front, as the others did."
    reading = WORDS.read(subject(text), desk)
    assert [(one.term, text[span.start : span.end]) for one, span in said(reading) if span] == [
        ("donate to", "d\u200bonate to"),
        ("Blue Heron Front", "BLUE Heron Front"),
    ]
    assert [seen.value for seen in reading.sightings if seen.kind == LANGUAGE] == ["en-Latn"]


def test_names_of_channel_and_author_stand_over_all_of_a_text(desk: Desk) -> None:
    """Sentence −1, no span, and the place says which name it was."""
    item = subject("The river is high.", channel="#BlueHeronFront", author="Blue Heron Front (official)")
    found = said(WORDS.read(item, desk))
    assert [(one.place, one.sentence, span) for one, span in found] == [("channel", -1, None), ("author", -1, None)]


def test_a_name_alone_is_enough_to_read_an_item(desk: Desk) -> None:
    """An item without text is wanted where its channel or author has a name, and else not."""
    assert WORDS.wants(subject(None, channel="Blue Heron Front"))
    assert [one.term for one, _ in said(WORDS.read(subject(None, channel="Blue Heron Front"), desk))] == [
        "Blue Heron Front"
    ]
    assert not WORDS.wants(subject(None))
    assert not WORDS.wants(Subject(media=made.media()))


def test_a_text_that_others_read_is_read_alike(desk: Desk) -> None:
    """Text of pictures and subtitles: spans within it."""
    text = "DONATE TO\nBLUE HERON FRONT"
    assert [text[span.start : span.end] for _, span in said(WORDS.read_text(text, desk)) if span] == [
        "DONATE TO",
        "BLUE HERON FRONT",
    ]


def test_a_text_is_read_up_to_the_limit(desk: Desk) -> None:
    """What is beyond an operator's limit is not read."""
    assert said(WORDS.read_text("x " * 500 + "donate to", desk)) == []


def test_words_are_no_known_things(desk: Desk) -> None:
    """They cannot be banked: a term belongs into a lexicon."""
    value = said(WORDS.read_text("donate to", desk))[0][0].packed()
    with pytest.raises(BadValue, match="lexicon"):
        WORDS.canonical(SAID, value)


def test_each_built_in_lexicon_gives_an_example() -> None:
    """Thirteen languages and the names."""
    assert len(WORDS.examples()) == 14
