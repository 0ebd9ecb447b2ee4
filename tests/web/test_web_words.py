"""The words of the console: gathered, translated, put together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan import i18n
from qalqan.i18n.gather import gather, untranslated, written
from qalqan.model.assessments import Reason
from qalqan.model.parts import Span
from qalqan.web.marks import SHORT, excerpt, pieces
from qalqan.web.render import number, size
from qalqan.web.urls import local
from qalqan.web.words import plain_reason, reason

NEAR = "The picture “{name}” looks like “{label}” from the bank {bank}: {distance} of 256 bits differ{turned}."


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.speak("en")


def _ids(catalog: object) -> set[str]:
    return {str(one.id) for one in catalog if one.id}  # type: ignore[attr-defined] # Babel's Catalog yields its messages


def test_the_catalogues_hold_every_string() -> None:
    """Bring them up to date with: python -m qalqan.i18n."""
    fresh = _ids(gather())
    assert _ids(written()) == fresh
    for language in ("ru", "uz"):
        assert _ids(written(language)) == fresh


def test_russian_is_complete() -> None:
    """Nothing is left in English."""
    assert untranslated(written("ru")) == []


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_translations_keep_their_placeholders(language: str) -> None:
    """A translation that forgets a name, or makes one up, would break its page."""
    catalog = written(language)
    broken = [str(one.id) for one in catalog if one.id and one.string and one.check(catalog)]
    assert broken == []


def test_russian_counts_as_russian_does() -> None:
    """One, two, five: three forms."""
    i18n.speak("ru")
    forms = {i18n.ngettext("%(shown)s match", "%(shown)s matches", n) for n in (1, 2, 5)}
    assert len(forms) == 3


@pytest.mark.parametrize(
    ("cookie", "accepted", "default", "chosen"),
    [
        ("ru", "uz", "en", "ru"),
        ("xx", "uz-Latn-UZ,ru;q=0.8", "en", "uz"),
        (None, "kk, ru;q=0.5, en;q=0.7", "uz", "en"),
        (None, "ja", "ru", "ru"),
        (None, "ru;q=abc, uz", "en", "uz"),
        (None, None, "zz", "en"),
        (None, "," * 100_000, "en", "en"),
    ],
)
def test_the_language_is_chosen_by_cookie_then_browser_then_setting(
    cookie: str | None, accepted: str | None, default: str, chosen: str
) -> None:
    """An odd header counts as none."""
    assert i18n.choose(cookie, accepted, default) == chosen


def test_a_reasons_facts_are_escaped_and_kept_apart() -> None:
    """Names from outside stand in `bdi`, so that their direction turns nothing around them."""
    facts = {"name": "<b>\u202ex", "label": "{bank}", "bank": "heron", "distance": 4, "turned": ", mirrored"}
    told = reason(Reason("near-picture", 90, NEAR, facts))
    assert told == (
        "The picture “<bdi>&lt;b&gt;⟨U+202E⟩x</bdi>” looks like “<bdi>{bank}</bdi>” from the bank <bdi>heron</bdi>: "
        "4 of 256 bits differ, mirrored."
    )


def test_a_reason_speaks_the_readers_language() -> None:
    """The sentence is the message's id; what was turned is translated, too."""
    i18n.speak("ru")
    facts = {"name": "a.jpg", "label": "Poster", "bank": "heron", "distance": 4, "turned": ", mirrored"}
    told = plain_reason(Reason("near-picture", 90, NEAR, facts))
    assert "a.jpg" in told
    assert "picture" not in told
    assert "mirrored" not in told


@given(st.text(max_size=300), st.lists(st.tuples(st.integers(-5, 320), st.integers(-5, 320)), max_size=6))
def test_cutting_a_text_loses_nothing(text: str, ends: list[tuple[int, int]]) -> None:
    """However odd the spans are, the pieces together are the text."""
    cut = pieces(text, [Span(start, end) for start, end in ends])
    assert "".join(piece.text for piece in cut) == text


@given(st.integers(0, 3 * SHORT), st.integers(0, 3 * SHORT))
def test_a_long_text_shows_what_matched_and_counts_what_is_left_out(start: int, end: int) -> None:
    """The marked part is always there; the rest is counted."""
    text = "abcdefgh" * (3 * SHORT // 8)
    cut = pieces(text, [Span(start, end)])
    assert "".join(piece.text for piece in cut if piece.marked) == text[start:end]
    assert sum(len(piece.text) + piece.left_out for piece in cut) == len(text)


def test_an_excerpt_is_short_and_shows_the_match() -> None:
    """A list shows a few words around what matched."""
    text = "a" * 5000 + "HERON" + "b" * 5000
    cut = excerpt(text, Span(5000, 5005))
    assert [piece.text for piece in cut if piece.marked] == ["HERON"]
    assert sum(len(piece.text) for piece in cut) <= 300
    assert excerpt(None) == []


@given(st.text(max_size=60))
def test_only_paths_of_this_console_are_local(address: str) -> None:
    """Whatever is handed in, what comes out starts with one slash."""
    found = local(address)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


def test_sizes_and_numbers_are_written_for_people() -> None:
    """In SI units, in the reader's language."""
    assert [size(n) for n in (0, 999, 1000, 48_213, 2_500_000)] == ["0 B", "999 B", "1 kB", "48 kB", "2.5 MB"]
    i18n.speak("ru")
    assert number(1234567).replace("\xa0", " ") == "1 234 567"
