"""Words weigh by who is named with which act; contexts send them to a person; nothing else weighs anything."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.assess.policy import read_policy
from qalqan.assess.policy_words import Sort
from qalqan.assess.weigh import weigh
from qalqan.model.assessments import Assessment, Band
from qalqan.model.ids import new_id
from qalqan.model.parts import Span
from qalqan.model.signals import SAID, WALLET, Signal
from qalqan.model.words import ACTS, CONTEXTS, WHO, Said, Sense, Strength
from support.weighing import found

POLICY = read_policy()
TERRORIST = {name for name, one in POLICY.categories.items() if one.sort is Sort.TERRORIST}
PLACES = count()


def said(sense: str, sentence: int = 0, **more: Any) -> Signal:  # noqa: ANN401 - any field of Said
    """Return a signal of something said, each at another place."""
    at = next(PLACES)
    owner = more.pop("media", None)
    strength = Strength(more.pop("strength", "strong"))
    value = Said(Sense(sense), more.pop("term", f"{sense} {at}"), strength, "en", sentence, **more)
    return Signal(new_id(), SAID, value.packed(), "words/1", media_sha256=owner, span=Span(at, at + 1))


def weighed(*signals: Signal) -> dict[str, Assessment]:
    """Return the assessments of an item of which these are the signals, by category."""
    return {one.category: one for one in weigh(POLICY, "an item", (), (), signals)}


def outcome(*signals: Signal) -> dict[str, str]:
    """Return category and band of what these signals come to."""
    return {category: one.band.value for category, one in weighed(*signals).items()}


NAME = {"entity": "heron", "name": "Blue Heron Front"}


def group(sentence: int = 0, **more: Any) -> Signal:  # noqa: ANN401 - any field of Said
    """Return the naming of a group."""
    return said("organisation", sentence, **{**NAME, **more})


@pytest.mark.parametrize("sense", sorted(WHO | CONTEXTS | {Sense.ARMS, Sense.PROMOTE, Sense.HINT}))
def test_no_act_is_nothing(sense: Sense) -> None:
    """Whoever is named, and in whatever context: nothing is done with the words."""
    assert weighed(said(sense), group(), said(sense, 1)) == {}


@pytest.mark.parametrize("act", sorted(ACTS - {Sense.DEHUMANISE}))
def test_an_act_without_anybody_named_is_nothing(act: Sense) -> None:
    """Charities ask, teams invite, fans praise."""
    assert weighed(said(act), said(act, 1), said("promote")) == {}


@pytest.mark.parametrize(
    ("act", "category"),
    [
        ("solicit", "solicitation"),
        ("recruit", "recruitment"),
        ("praise", "praise"),
        ("incite", "incitement"),
        ("threaten", "threat"),
        ("instruct", "instruction"),
        ("coordinate", "coordination"),
        ("release", "official-production"),
    ],
)
def test_somebody_named_and_an_act_are_likely(act: str, category: str) -> None:
    """Each act has its category; its reason names both and where they stand."""
    signals = [said(act), group()]
    (made,) = weigh(POLICY, "an item", (), (), signals)
    assert (made.category, made.band) == (category, Band.LIKELY)
    (reason,) = made.reasons
    assert reason.span == signals[0].span
    assert reason.beside == (signals[1].span,)
    assert reason.facts["who"] == "Blue Heron Front"


def test_a_negated_act_is_none() -> None:
    """“Never donate to …” asks for nothing."""
    assert weighed(said("solicit", negated=True), group()) == {}


@pytest.mark.parametrize(
    ("signals", "band"),
    [
        ([said("solicit"), group(2)], "likely"),
        ([said("solicit"), group(3)], "look"),
        ([said("solicit"), group(7)], "look"),
        ([said("solicit"), group(8)], None),
        ([said("solicit", strength="weak"), group()], "look"),
        ([said("solicit"), group(strength="weak")], "look"),
        ([said("solicit", strength="weak"), group(strength="weak")], None),
        ([said("solicit", strength="weak"), group(4)], None),
        ([said("solicit", 40), group(-1, place="channel")], "likely"),
        ([said("solicit"), group(media="a" * 64)], "look"),
    ],
)
def test_one_doubt_lowers_and_two_end_it(signals: list[Signal], band: str | None) -> None:
    """Far apart, weak, in a picture beside the text: each is a doubt. A channel's name stands over all of it."""
    assert outcome(*signals) == ({"solicitation": band} if band else {})


@pytest.mark.parametrize("context", ["news", "research", "court", "counter", "condemn"])
def test_a_context_goes_to_a_person_and_into_no_category_of_content(context: str) -> None:
    """It is never silent, and never a flag."""
    made = weighed(said("recruit"), group(), said(context, 1))
    (one,) = made.values()
    assert one.band is Band.CONTEXT
    assert POLICY.categories[one.category].sort is Sort.CONTEXT
    assert one.score < POLICY.bands.look
    assert one.reasons[0].feature == f"context-{context}"


@pytest.mark.parametrize(
    ("contexts", "exempt"),
    [
        ([said("news", 2)], False),
        ([said("news", strength="weak")], False),
        ([said("news", strength="weak"), said("court", strength="weak")], True),
        ([said("news", 1, strength="weak"), said("court", 1, strength="weak")], False),
        ([said("news", strength="weak", term="x"), said("news", strength="weak", term="x")], False),
        ([said("charity")], False),
        ([said("mourning")], False),
        ([said("news", media="a" * 64)], False),
        ([said("news", 5, term="a"), said("research", 6, term="b"), said("court", 9, term="c")], True),
        ([said("news", 5, term="a"), said("research", 6, term="b"), said("court", 7, term="c")], False),
        ([said("news", 5, term="a"), said("news", 7, term="a"), said("news", 9, term="a")], False),
    ],
)
def test_what_exempts_stands_close_or_makes_an_article(contexts: list[Signal], exempt: bool) -> None:  # noqa: FBT001 - the case
    """One word “news” somewhere in an appeal changes nothing; charity exempts nothing at all."""
    made = outcome(said("solicit"), group(), *contexts)
    assert ("solicitation" not in made) is exempt
    assert ("context" in made.values()) is exempt


def test_what_is_not_exempted_counts_beside_what_is() -> None:
    """A report at the top does not cover the appeal below it."""
    made = outcome(said("recruit"), group(), said("news"), said("solicit", 5), group(5))
    assert made == {"solicitation": "likely"}


def test_quotation_marks_alone_leave_it_to_a_person() -> None:
    """Quoting is not promoting; it is not silence either."""
    assert outcome(said("recruit", quoted=True), group()) == {"not-enough": "look"}
    assert outcome(said("recruit", quoted=True), group(), said("news")) == {"news": "context"}


def test_a_known_wallet_with_an_act_is_somebody_named() -> None:
    """What a bank knows stands for its owner."""
    wallet = Signal(new_id(), WALLET, "btc:x", "indicators/1", span=Span(3, 9))
    match = found("wallet", category="terrorist-content", signal_id=wallet.id, verified=True)
    made = weigh(POLICY, "an item", [match], (), [wallet, said("solicit")])
    assert {one.category: one.band for one in made}["solicitation"] is Band.LIKELY
    assert weighed(wallet, said("solicit")) == {}


def test_supports_add_to_a_category_and_make_none() -> None:
    """A wallet raises an appeal for a group, never to what a known file is; alone it is nothing."""
    wallet = Signal(new_id(), WALLET, "btc:x", "indicators/1", span=Span(3, 9))
    assert weighed(wallet, said("solicit"), said("arms", term="tents")) != {}
    with_wallet = weighed(wallet, said("solicit"), group())["solicitation"]
    without = weighed(said("solicit"), group())["solicitation"]
    assert without.score < with_wallet.score < POLICY.bands.known
    assert weighed(wallet, group()) == {}


@pytest.mark.parametrize("beside", ["arms", "hint"])
def test_an_act_beside_arms_or_a_hint_is_not_enough_to_say(beside: str) -> None:
    """Nobody is named: a person looks, in the lowest band."""
    assert outcome(said("solicit"), said(beside)) == {"not-enough": "look"}


def test_hate_without_a_group_is_hateful_and_not_terrorist() -> None:
    """It weighs by what is said, whoever it is said of."""
    assert outcome(said("dehumanise")) == {"hateful": "look"}


SIGNALS = st.lists(
    st.builds(
        said,
        st.sampled_from(sorted(Sense)),
        st.integers(-1, 12),
        strength=st.sampled_from(["strong", "weak"]),
        quoted=st.booleans(),
        negated=st.booleans(),
        media=st.sampled_from([None, "a" * 64]),
    ),
    max_size=25,
)


@given(SIGNALS)
def test_a_high_band_always_has_who_and_act(signals: list[Signal]) -> None:
    """Whatever is said: without an act and somebody named no words reach `likely`, and none are ever `known`."""
    senses = {Sense(one.value.split('"sense":"')[1].split('"')[0]) for one in signals}
    for one in weighed(*signals).values():
        assert one.band is not Band.KNOWN
        assert one.score == min(100, sum(reason.points for reason in one.reasons))
        if one.band is Band.LIKELY:
            assert senses & WHO
            assert senses & ACTS
            assert one.category in TERRORIST


@given(SIGNALS)
def test_weak_words_never_add_up_to_a_high_band(signals: list[Signal]) -> None:
    """However many weak words there are, and in whatever order."""
    weak = [said(Sense(one.value.split('"sense":"')[1].split('"')[0]), 0, strength="weak") for one in signals]
    assert all(one.band is not Band.LIKELY for one in weighed(*weak, *weak).values())


@pytest.mark.parametrize("act", sorted(ACTS - {Sense.DEHUMANISE, Sense.INCITE, Sense.THREATEN}))
def test_an_act_beside_an_enemys_name_goes_to_a_person_with_that_context(act: Sense) -> None:
    """“Donate to the victims of …”, “join us against …”: nobody is flagged, and nothing is silent."""
    assert outcome(said(act), group(negated=True)) == {"counter-speech": "context"}


@pytest.mark.parametrize(("act", "category"), [("incite", "incitement"), ("threaten", "threat")])
def test_violence_is_violence_on_either_side_of_a_name(act: str, category: str) -> None:
    """“Punish all who stand against …” is a call for violence all the same."""
    assert outcome(said(act), group(negated=True)) == {category: "likely"}


def test_without_anybody_named_reasons_do_not_add_up_to_a_high_band() -> None:
    """A hint and arms beside an act are both reasons, and stay below `likely` together."""
    made = weighed(said("solicit"), said("hint"), said("arms"))["not-enough"]
    assert len(made.reasons) == 2
    assert made.band is Band.LOOK


def test_one_word_plays_one_part() -> None:
    """What is an act and a hint at once is not beside itself."""
    act = said("solicit")
    same = said("hint")
    assert outcome(act, replace(same, span=act.span)) == {}
