"""The learned order sees reasons and nothing else, ranks between 0 and 1, and says honestly how good it is."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.assess.identities import identities, neutral
from qalqan.assess.learning import Decided, Outcome, auc, digest_of, features, fit
from qalqan.errors import BadValue
from qalqan.model.assessments import Assessment, Band, Reason
from qalqan.model.ids import new_id
from qalqan.model.parts import Span
from qalqan.signals.lexicon import built_in
from support import made

SUPPORTS = ("with-wallet", "with-arms")


def assessment(*reasons: tuple[str, int], band: Band = Band.LIKELY) -> Assessment:
    """Return an assessment with these reasons, each a feature and its points."""
    told = tuple(Reason(name, points, "It says {act}.", {"act": "give"}) for name, points in reasons)
    return made.assessment(new_id(), sum(points for _, points in reasons), band=band, reasons=told)


def decided(outcome: Outcome, *reasons: tuple[str, int], band: Band = Band.LIKELY) -> Decided:
    """Return a decision about an item with these reasons."""
    return Decided(new_id(), outcome, (assessment(*reasons, band=band),))


def many(chance: Random, several: int = 400) -> list[Decided]:
    """Return decisions in which a support says most, and points say nothing."""
    taught = []
    for _ in range(several):
        is_terrorist = chance.random() < 0.5
        reasons = [("asks-for-group", chance.choice((40, 65)))]
        if chance.random() < (0.8 if is_terrorist else 0.2):
            reasons.append(("with-wallet", 5))
        taught.append(decided(Outcome.TERRORIST if is_terrorist else chance.choice(list(Outcome)[1:]), *reasons))
    return taught


LEARNED = fit(many(Random(3), 60), SUPPORTS, "first/1", made.NOON)


def test_it_learns_which_reasons_tell_items_of_a_band_apart() -> None:
    """What decisions show to matter ranks higher, and the cross-validated figure is about what can be reached."""
    model = fit(many(Random(1)), SUPPORTS, "first/1", made.NOON)
    with_wallet, without = (
        model.rank([assessment(("asks-for-group", 65), *more)]) for more in ([("with-wallet", 5)], [])
    )
    assert 0 < without < 0.3
    assert 0.7 < with_wallet < 1
    assert model.auc == pytest.approx(0.8, abs=0.05)
    assert model.auc_points == pytest.approx(0.6, abs=0.15)


def test_the_weights_are_the_least_of_the_penalised_loss() -> None:
    """At the weights found, the slope of logistic loss with its penalty is zero: the textbook's condition."""
    taught = many(Random(2), 120)
    model = fit(taught, SUPPORTS, "first/1", made.NOON)
    table = np.array([[features(one.made, SUPPORTS).get(name, 0.0) for name in model.names] for one in taught])
    wanted = np.array([one.outcome is Outcome.TERRORIST for one in taught], dtype=float)
    missed = 1 / (1 + np.exp(-(table @ np.array(model.weights) + model.intercept))) - wanted
    assert np.abs(table.T @ missed + np.array(model.weights)).max() < 1e-6
    assert abs(missed.sum()) < 1e-6


@given(st.text(), st.text(), st.integers(0, 500), st.floats(0, 10**6))
def test_no_word_place_or_name_reaches_the_order(word: str, category: str, start: int, distance: float) -> None:
    """Facts, texts, places, categories and policies of assessments may be anything: the order sees the same."""
    plain = assessment(("asks-for-group", 65), ("with-wallet", 5))
    told = {"act": word, "who": word, "value": word, "distance": distance}
    other = replace(
        plain, category=category, policy=word,
        reasons=tuple(replace(one, text=word, facts=told, span=Span(start, start + 1)) for one in plain.reasons),
    )  # fmt: skip
    assert features([other], SUPPORTS) == features([plain], SUPPORTS)


@given(
    st.lists(st.tuples(st.sampled_from(["asks-for-group", "with-wallet", "new", "context-news"]), st.integers(0, 100)))
)
def test_a_rank_is_always_from_0_to_below_1(reasons: list[tuple[str, int]]) -> None:
    """Whatever an item has, even reasons that the model has never seen."""
    model = replace(LEARNED, intercept=90.0)
    assert 0 <= model.rank([assessment(*reasons)]) < 1
    assert 0 <= model.rank([]) < 1


def test_supports_and_contexts_are_seen_and_what_is_gone_is_not() -> None:
    """A context has no points and counts; a reason without points that says that nothing is left does not."""
    seen = features([assessment(("context-news", 0), ("no-longer-known", 0), *[("with-arms", 3)] * 30)], SUPPORTS)
    assert seen == {
        "has:context-news": 1, "points:context-news": 0, "has:with-arms": 1, "points:with-arms": 0.03, "supports": 1,
    }  # fmt: skip


def test_only_pairs_of_one_band_are_counted() -> None:
    """An order within bands gets no credit for what bands tell apart already."""
    ranks, wanted, folds = np.array([0.9, 0.8, 0.2, 0.1]), np.array([1.0, 1.0, 0.0, 0.0]), np.zeros(4)
    assert auc(ranks, wanted, [Band.LIKELY, Band.LIKELY, Band.LOOK, Band.LOOK], folds) is None
    assert auc(ranks, wanted, [Band.LIKELY] * 4, folds) == 1
    assert auc(-ranks, wanted, [Band.LIKELY] * 4, folds) == 0
    assert auc(np.ones(4), wanted, [Band.LIKELY] * 4, folds) == 0.5


@pytest.mark.parametrize("taught", [[], [decided(Outcome.LAWFUL, ("a", 5))], [decided(Outcome.TERRORIST, ("a", 5))]])
def test_decisions_that_all_say_the_same_teach_nothing(taught: list[Decided]) -> None:
    """They are refused in words."""
    with pytest.raises(BadValue, match="Nothing can be learned"):
        fit(taught, SUPPORTS, "first/1", made.NOON)


def test_a_models_digest_changes_with_any_part_of_it() -> None:
    """An audit names the very model that it looked at."""
    model = fit(many(Random(4), 60), SUPPORTS, "first/1", made.NOON)
    others = [
        replace(model, intercept=model.intercept + 1e-9),
        replace(model, weights=(*model.weights[:-1], 0.123)),
        replace(model, policy="first/3"),
        replace(model, decisions=500),
    ]
    assert len({one.digest for one in (model, *others)}) == 5
    with pytest.raises(BadValue, match="damaged"):
        replace(model, weights=model.weights[1:])
    with pytest.raises(BadValue, match="damaged"):
        replace(model, intercept=float("nan"))


def test_decisions_have_one_digest_in_any_order() -> None:
    """Another outcome of one of them is another digest."""
    some = [(new_id(), Outcome.LAWFUL), (new_id(), Outcome.TERRORIST)]
    assert digest_of(some) == digest_of(some[::-1])
    assert digest_of(some) != digest_of([(some[0][0], Outcome.NOT_ENOUGH), some[1]])


def test_the_audits_phrases_are_in_thirteen_languages() -> None:
    """Each identity has a phrase in each, and each language a sentence."""
    known = identities()
    assert len(known.sentences) == 13
    assert len(known.phrases) == 13 * len({one.identity for one in known.phrases}) >= 130
    assert all("{}" in one for one in known.sentences.values())


def test_no_lexicon_knows_the_audits_phrases() -> None:
    """Nothing is found in a sentence that speaks of any of them: they weigh nothing."""
    known = identities()
    found = {one.text: built_in().read(known.sentence(one, one.text)) for one in known.phrases}
    assert {text: hits for text, hits in found.items() if hits} == {}


def test_mentions_are_whole_words_with_any_ending() -> None:
    """A phrase is found in any letters' case and with endings, and never within another word."""
    spoken = {one.identity for one, _ in identities().mentioned("all MUSLIMS here, o'zbeklarning; xxJews")}
    assert spoken == {"muslims", "uzbeks"}


@given(st.text(max_size=50))
def test_a_neutral_text_has_the_same_shape(text: str) -> None:
    """Letters become l and o, and all else stays where it is."""
    plain = neutral(text)
    assert len(plain) == len(text)
    assert all(new in "lo" if old.isalpha() else new == old for old, new in zip(text, plain, strict=True))
