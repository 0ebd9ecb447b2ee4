"""Known texts, whole and quoted, and values that must be equal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qalqan.match.exact import ExactMatcher
from qalqan.match.texts import SHORTEST, TextMatcher
from qalqan.model.banks import BankEntry
from qalqan.model.parts import Span
from qalqan.model.signals import LINK, SHA256, TEXT, Signal

MakeEntry = Callable[[str, str], BankEntry]
MakeSignal = Callable[..., Signal]
KNOWN = "the heron flies at dawn"
WORDS = st.lists(st.sampled_from(["heron", "flies", "at", "dawn", "над", "рекой", "heronflies"]), max_size=12)


def test_an_equal_text_is_verified(entry: MakeEntry, signal: MakeSignal) -> None:
    """Nothing of the query is left uncovered."""
    (finding,) = TextMatcher().build([entry(TEXT, KNOWN)]).find([signal(TEXT, KNOWN)])
    assert (finding.distance, finding.verified, finding.span_query) == (0, True, Span(0, len(KNOWN)))


def test_a_quoted_text_is_found_with_its_place(entry: MakeEntry, signal: MakeSignal) -> None:
    """The distance is the share of the query that is not the known text."""
    value = f"they say {KNOWN} every day"
    (finding,) = TextMatcher().build([entry(TEXT, KNOWN)]).find([signal(TEXT, value)])
    assert finding.span_query is not None
    assert value[finding.span_query.start : finding.span_query.end] == KNOWN
    assert finding.distance == pytest.approx(1 - len(KNOWN) / len(value))
    assert not finding.verified


@pytest.mark.parametrize("value", [f"{KNOWN}s", f"a{KNOWN}", KNOWN[:-1], KNOWN.replace(" ", "  "), ""])
def test_parts_of_words_are_not_found(entry: MakeEntry, signal: MakeSignal, value: str) -> None:
    """Whole words only."""
    assert list(TextMatcher().build([entry(TEXT, KNOWN)]).find([signal(TEXT, value)])) == []


def test_a_short_known_text_must_be_equal(entry: MakeEntry, signal: MakeSignal) -> None:
    """Twenty characters are needed to be looked for within others."""
    index = TextMatcher().build([entry(TEXT, "short text")])
    assert [finding.distance for finding in index.find([signal(TEXT, "short text"), signal(TEXT, "a short text")])] == [
        0
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(known=st.lists(WORDS, max_size=5), queries=st.lists(WORDS, max_size=3))
def test_finds_what_a_loop_finds(
    entry: MakeEntry, signal: MakeSignal, known: list[list[str]], queries: list[list[str]]
) -> None:
    """Overlapping, nested and doubled known texts are all found, each where it stands first."""
    entries = [entry(TEXT, " ".join(words)) for words in known if words]
    signals = [signal(TEXT, " ".join(words)) for words in queries if words]
    found = {(f.signal.id, f.entry.id, f.span_query) for f in TextMatcher().build(entries).find(signals)}
    expected = set()
    for one in signals:
        for other in entries:
            place = f" {one.value} ".find(f" {other.value} ")
            if one.value == other.value or (place >= 0 and len(other.value) >= SHORTEST):
                expected.add((one.id, other.id, Span(place, place + len(other.value))))
    assert found == expected


def test_values_of_different_kinds_never_meet(entry: MakeEntry, signal: MakeSignal) -> None:
    """The same characters as another kind of signal are another thing."""
    index = ExactMatcher().build([entry(SHA256, "x"), entry(LINK, "y")])
    assert [finding.entry.value for finding in index.find([signal(LINK, "x"), signal(LINK, "y")])] == ["y"]


def test_identical_values_are_verified(entry: MakeEntry, signal: MakeSignal) -> None:
    """Identical content needs no second look."""
    (finding,) = ExactMatcher().build([entry(SHA256, "ab" * 32)]).find([signal(SHA256, "ab" * 32)])
    assert (finding.verified, finding.distance) == (True, 0)
