"""Known texts that were edited, shortened, put in another order, or into another text."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qalqan.match.contract import Finding
from qalqan.match.near_text import NearTextMatcher
from qalqan.match.near_text.matcher import AROUND, FEWEST_RUNS, FEWEST_WORDS, HALF, PART, QUOTED
from qalqan.match.near_text.overlap import SLACK, STRETCH
from qalqan.model.banks import BankEntry
from qalqan.model.parts import Span
from qalqan.model.signals import Signal
from qalqan.model.text_words import MOST, TEXT_WORDS, packed, says_something, unpacked, word_number
from support.took import took

KNOWN = list(range(1, 61))
Find = Callable[[Sequence[Sequence[int]], Sequence[int]], list[Finding]]


@pytest.fixture
def find(entry: Callable[..., BankEntry], signal: Callable[..., Signal]) -> Find:
    """Return a way to ask for one text among known ones."""

    def ask(known: Sequence[Sequence[int]], query: Sequence[int]) -> list[Finding]:
        index = NearTextMatcher().build([entry(TEXT_WORDS, packed(words)) for words in known])
        return list(index.find([signal(TEXT_WORDS, packed(query))]))

    return ask


def others(count: int, start: int = 1000) -> list[int]:
    """Return words that no known text has."""
    return list(range(start, start + count))


def test_the_same_words_are_verified_at_no_distance(find: Find) -> None:
    """All of either text is the other."""
    (found,) = find([KNOWN], KNOWN)
    assert (found.distance, found.score, found.verified, found.span_query) == (0, 1, True, Span(0, 60))


def test_a_text_with_every_seventh_word_changed_is_verified(find: Find) -> None:
    """The distance is the share of the known words that stand in no shared run of three."""
    edited = [word + 5000 if word % 7 == 0 else word for word in KNOWN]
    (found,) = find([KNOWN], edited)
    assert found.verified
    assert found.distance == pytest.approx(8 / 60)


def test_sentences_in_another_order_are_the_same_text(find: Find) -> None:
    """Runs of three words count wherever they stand within one passage."""
    (found,) = find([KNOWN], [*KNOWN[40:], *KNOWN[20:40], *KNOWN[:20]])
    assert (found.verified, found.distance) == (True, 0)


def test_a_known_text_within_a_longer_one_is_a_quotation_with_its_place(find: Find) -> None:
    """It is not verified: who quotes may report."""
    (found,) = find([KNOWN], [*others(300), *KNOWN, *others(300, 2000)])
    assert (found.verified, found.distance, found.span_query) == (False, 0, Span(300, 360))
    assert found.score == pytest.approx(60 / 660)


@pytest.mark.parametrize(("before", "behind"), [(30, 0), (0, 30), (15, 15)])
def test_a_short_post_that_quotes_is_not_the_text_itself(find: Find, before: int, behind: int) -> None:
    """Though two thirds of it are the known text: words around a text are no edit of it."""
    (found,) = find([KNOWN], [*others(before), *KNOWN, *others(behind, 2000)])
    assert (found.verified, found.distance) == (False, 0)


def test_a_few_words_around_a_text_make_no_quotation(find: Find) -> None:
    """A greeting or a call to share it: up to a fifth of the whole."""
    (found,) = find([KNOWN], [*others(7), *KNOWN, *others(7, 2000)])
    assert found.verified


def test_a_third_of_a_known_text_alone_is_a_part(find: Find) -> None:
    """It is found as most of the query is of it, and not verified as most of the known text is not there."""
    (found,) = find([KNOWN], KNOWN[40:])
    assert (found.verified, found.score) == (False, 1)
    assert found.distance == pytest.approx(2 / 3)


def test_a_third_of_a_known_text_within_another_is_not_found(find: Find) -> None:
    """A shared paragraph, as of a signature or a notice, makes no copy."""
    assert find([KNOWN], [*KNOWN[40:], *others(60)]) == []


@pytest.mark.parametrize("count", [100, 10_000])
def test_words_scattered_over_a_long_text_are_not_found(find: Find, count: int) -> None:
    """Phrases that a long text has here and there are its language: they must stand in one passage."""
    scattered: list[int] = []
    for at in range(0, 60, 3):
        scattered += [*KNOWN[at : at + 3], *others(count // 3, 1000 + at * 700)]
    assert find([KNOWN], scattered) == []


def test_texts_with_the_same_signature_are_not_found(find: Find) -> None:
    """Fifteen words of sixty are shared by all of them."""
    signature = others(15, 30_000)
    bank = [[*others(45, 2000 * number), *signature] for number in range(1, 9)]
    assert find(bank, [*others(45, 25_000), *signature]) == []


def test_words_alone_in_the_same_order_are_not_found(find: Find) -> None:
    """Every other word is shared, and no three in a row: the same subject, or the same language."""
    assert find([KNOWN], [word if word % 2 else word + 5000 for word in KNOWN]) == []


def test_what_says_nothing_makes_no_run(find: Find) -> None:
    """Words numbered 0 count on neither side: a prayer before a text is none of it."""
    prayer = [0] * 50
    (found,) = find([[*prayer, *KNOWN]], KNOWN)
    assert (found.distance, found.score, found.verified) == (0, 1, True)
    assert find([[*prayer, *KNOWN]], [*prayer, *others(40)]) == []


def test_a_bank_of_many_versions_of_one_text_finds_some_of_them(find: Find) -> None:
    """However many share a run of words, the work is bounded."""
    bank = [[*KNOWN, *others(3, 1000 + 3 * number)] for number in range(600)]
    found = find(bank, KNOWN)
    assert 0 < len(found) <= 64
    assert all(one.verified for one in found)


@pytest.mark.parametrize(
    "value", ["", "AQ", "!!!!", "AQAA", packed([1] * 50), packed(range(5)), "A" * 100_000, "ў" * 40]
)
def test_damaged_values_are_never_found_and_stop_nothing(
    entry: Callable[..., BankEntry], signal: Callable[..., Signal], value: str
) -> None:
    """Neither as an entry nor as a query, beside ones that are whole."""
    whole = packed(KNOWN)
    index = NearTextMatcher().build([entry(TEXT_WORDS, value), entry(TEXT_WORDS, whole)])
    found = list(index.find([signal(TEXT_WORDS, value), signal(TEXT_WORDS, whole)]))
    assert [one.entry.value for one in found] == [whole]


@pytest.mark.parametrize(
    "words",
    [[7] * MOST, list(range(1, MOST + 1)), [1, 2, 3, 4, 5, 6, 7, 8] * (MOST // 8)],
    ids=["one word", "all different", "eight words"],
)
def test_the_longest_texts_take_no_time(find: Find, words: list[int]) -> None:
    """Twenty thousand words against texts of as many: well under a second, however often they come again."""
    find([KNOWN], KNOWN)  # the loops are compiled
    _, seconds = took(lambda: find([words, words[::-1], KNOWN], words), under=1)
    assert seconds < 1


def test_the_order_of_a_bank_changes_no_answer(find: Find) -> None:
    """And each known text is told once."""
    bank = [[*KNOWN[:50], *others(10, 100 * number)] for number in range(10, 20)]
    there = {(one.entry.value, one.distance, one.score) for one in find(bank, KNOWN)}
    back = [(one.entry.value, one.distance, one.score) for one in find(bank[::-1], KNOWN)]
    assert len(back) == len(bank)
    assert set(back) == there


TEXT = st.lists(st.integers(0, 14), min_size=12, max_size=40)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Draw two texts of which parts of the one were put into the other."""
    known = draw(TEXT)
    chance = random.Random(draw(st.integers(0, 1 << 30)))
    query = draw(st.lists(st.integers(20, 40), max_size=60))
    for _ in range(draw(st.integers(0, 4))):
        first = chance.randrange(len(known))
        at = chance.randrange(len(query) + 1)
        query[at:at] = known[first : first + chance.randrange(3, 30)]
    return known, query


def runs(words: Sequence[int]) -> list[tuple[int, ...] | None]:
    """Return each three words in a row, None where one says nothing."""
    threes = [tuple(words[at : at + 3]) for at in range(len(words) - 2)]
    return [None if 0 in three else three for three in threes]


def covered(words: Sequence[int], shared: set[tuple[int, ...] | None]) -> int:
    """Return how many words stand in a shared run."""
    return len({at + step for at, run in enumerate(runs(words)) if run in shared for step in range(3)})


def plain(query: list[int], known: list[int]) -> tuple[float, float, bool] | None:
    """Return what must be told of two texts, by trying each passage of the longer: distance, score, verified."""
    short, long = (query, known) if len(query) <= len(known) else (known, query)
    width = int(STRETCH * len(short)) + SLACK
    passages = [long[at : at + width] for at in range(max(1, len(long) - width + 1))]
    own = runs(short)
    best = max(passages, key=lambda passage: sum(run is not None and run in set(runs(passage)) for run in own))
    shared = (set(own) & set(runs(best))) - {None}
    of_short, of_long = covered(short, shared), covered(best, shared)
    of_query, of_known = (of_short, of_long) if short is query else (of_long, of_short)
    if min(of_query, of_known) < FEWEST_WORDS or len(shared) < FEWEST_RUNS:
        return None
    query_share = of_query / sum(word != 0 for word in query)
    known_share = of_known / sum(word != 0 for word in known)
    if not (known_share >= QUOTED or (known_share >= PART and query_share >= HALF)):
        return None
    of_it = runs(query if short is query else best)
    places = [at for at, run in enumerate(of_it) if run in shared]
    within = sum(word != 0 for word in (query if short is query else best)[places[0] : places[-1] + 3])
    inside = within / sum(word != 0 for word in query) >= 1 - AROUND
    return 1 - known_share, query_share, known_share >= HALF and query_share >= HALF and inside


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=400)
@given(two=pairs())
def test_tells_what_trying_every_passage_tells(find: Find, two: tuple[list[int], list[int]]) -> None:
    """Repeated, nested, overlapping and silent words: the index misses nothing and adds nothing."""
    known, query = two
    usable = says_something(np.array(known, np.uint16)) and says_something(np.array(query, np.uint16))
    expected = plain(query, known) if usable else None
    found = find([known, others(30)], query)
    assert [(one.distance, one.score, one.verified) for one in found] == ([expected] if expected else [])


def test_what_is_packed_comes_out_as_it_was() -> None:
    """Up to twenty thousand words; the rest is left out."""
    assert unpacked(packed(range(70, 200))).tolist() == list(range(70, 200))
    assert len(unpacked(packed(number % 60_000 for number in range(MOST + 500)))) == MOST


@pytest.mark.parametrize(("key", "number"), [("heron", 14_123), ("flies", 17_824)])
def test_the_numbers_of_words_never_change(key: str, number: int) -> None:
    """They are stored."""
    assert word_number(key) == number
