"""Each functionality, in thirteen languages: the harmful sentence is found, the harmless one never flagged."""

from __future__ import annotations

from functools import cache

import pytest

from qalqan.assess.policy import Policy, read_policy
from qalqan.assess.policy_words import Sort
from support.functional import LANGUAGES, Case, Read, cases, flags, functionalities, is_right, lexicon, suite

LEAST_RIGHT = 0.9
"""Of the harmful sentences of a language: in the right category, or in the more cautious one."""
LEAST_FUNCTIONALITIES = 60


@cache
def policy() -> Policy:
    """Return the built-in policy."""
    return read_policy()


@cache
def reader() -> Read:
    """Return what reads and weighs with the built-in lexicons and the suite's invented names."""
    return Read(policy(), lexicon())


def told(case: Case) -> str:
    """Return what a sentence comes to and why, for a message."""
    found = reader().assessments(case.text)
    why = "; ".join(f"{one.category}/{one.band.value} {[each.facts for each in one.reasons]}" for one in found)
    return f"{case.id}: {why or 'nothing'}: {case.text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_functionality_stands_in_every_language(language: str) -> None:
    """Both polarities, none left out, none twice."""
    assert len(functionalities()) >= LEAST_FUNCTIONALITIES
    assert list(suite(language)["cases"]) == list(functionalities())
    texts = [one.text for one in cases(language)]
    assert all(texts)
    assert len(set(texts)) == len(texts) == 2 * len(functionalities())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_harmless_sentence_is_flagged(language: str) -> None:
    """Faith, identity, charity, news, research, court, counter-speech, fiction, mourning: no flag at all."""
    flagged = [one for one in cases(language) if not one.expect and flags(policy(), reader().assessments(one.text))]
    assert not flagged, "\n".join(map(told, flagged))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_harmful_sentences_come_to_their_category_or_a_more_cautious_one(language: str) -> None:
    """At least nine in ten, in each language by itself."""
    harmful = [one for one in cases(language) if one.expect]
    wrong = [one for one in harmful if not is_right(policy(), one, reader().assessments(one.text))]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(harmful), "\n".join(map(told, wrong))


def test_nothing_harmful_is_missed_in_all_languages() -> None:
    """Each functionality is right in most languages: none hides behind the average."""
    right = {
        name: [
            is_right(policy(), one, reader().assessments(one.text))
            for language in LANGUAGES
            for one in cases(language)
            if one.functionality == name and one.expect
        ]
        for name in functionalities()
    }
    weak = {name: sum(one) for name, one in right.items() if sum(one) * 2 < len(one)}
    assert not weak


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_found_stands_where_it_says(language: str) -> None:
    """The spans of every reason lie within the raw text, and are not empty."""
    for one in cases(language):
        for found in reader().assessments(one.text):
            for reason in found.reasons:
                for span in filter(None, (reason.span, *reason.beside)):
                    assert 0 <= span.start < span.end <= len(one.text)


def test_every_category_of_content_is_asked_for() -> None:
    """There is a functionality for each category that words can come to."""
    asked = {one["expect"] for one in functionalities().values()}
    by_words = {
        name for name, one in policy().categories.items() if one.sort in (Sort.TERRORIST, Sort.OTHER, Sort.UNSURE)
    }
    assert asked == by_words
