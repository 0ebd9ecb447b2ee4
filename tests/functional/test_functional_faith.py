"""Words of faith, ethnicity and origin weigh nothing: they are in no lexicon, and no score ever changes by them."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import yaml

from qalqan.assess.policy import read_policy
from qalqan.model.assessments import Assessment
from qalqan.model.words import ACTS, WHO, Sense
from qalqan.signals.lexicon import built_in
from support.functional import FOLDER, LANGUAGES, Read, cases, flags, lexicon, suite

SAY_SOMETHING = ACTS | WHO | {Sense.ARMS, Sense.HINT}
LEAST_WORDS = 50
POLICY = read_policy()


@cache
def faith(language: str) -> dict[str, Any]:
    """Return a language's words and sentences of faith and origin."""
    loaded: dict[str, Any] = yaml.load((FOLDER / "faith" / f"{language}.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return loaded


@cache
def reader() -> Read:
    """Return what reads and weighs with the built-in lexicons and the suite's invented names."""
    return Read(POLICY, lexicon())


def outcome(found: list[Assessment]) -> list[tuple[str, int, str]]:
    """Return what matters of assessments."""
    return sorted((one.category, one.score, one.band.value) for one in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_faith_or_origin_says_anything(language: str) -> None:
    """Each of them, alone, is neither an act nor a name nor a hint, in the lexicons of all languages together."""
    words = faith(language)["words"]
    assert len(words) >= LEAST_WORDS
    said = {word: [hit.said.term for hit in built_in().read(word) if hit.said.sense in SAY_SOMETHING] for word in words}
    assert {word: terms for word, terms in said.items() if terms} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_believers_and_peoples_are_never_flagged(language: str) -> None:
    """Sentences of believers and about peoples come to nothing at all."""
    flagged = {one: outcome(reader().assessments(one)) for one in faith(language)["sentences"]}
    assert {one: found for one, found in flagged.items() if found} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_words_of_faith_together_in_the_groups_own_channel_weigh_nothing(language: str) -> None:
    """However many there are, and whoever is named beside them."""
    name = suite(language)["names"]["group"]["name"]
    for some in (faith(language)["words"][at : at + 12] for at in range(0, len(faith(language)["words"]), 12)):
        found = reader().assessments(", ".join(some) + f" {name}", channel=name)
        assert flags(POLICY, found) == [], some


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_score_changes_by_faith_or_origin(language: str) -> None:
    """A sentence of a believer before or behind it changes neither category nor points, of harmful or harmless ones."""
    sentences = faith(language)["sentences"]
    for number, case in enumerate(cases(language)):
        beside = sentences[number % len(sentences)]
        alone = outcome(reader().assessments(case.text))
        assert outcome(reader().assessments(f"{case.text}\n{beside}")) == alone, (case.id, beside)
        assert outcome(reader().assessments(f"{beside}\n{case.text}")) == alone, (case.id, beside)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hate_is_hate_whoever_it_is_against(language: str) -> None:
    """With another people, faith or origin in its place a hateful sentence comes to the same."""
    people, words = suite(language)["people"], faith(language)["words"]
    hateful = [one for one in cases(language) if one.functionality.startswith("hate-") and people in one.text]
    for case in hateful:
        alone = outcome(reader().assessments(case.text))
        for word in words[::9]:
            assert outcome(reader().assessments(case.text.replace(people, word))) == alone, (case.id, word)
