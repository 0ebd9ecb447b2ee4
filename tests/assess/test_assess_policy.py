"""A policy file is held to its own rules when it is read, and a bad one is refused in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qalqan.assess.examples import failing
from qalqan.assess.policy import FACTS, LONGEST, Bands, Feature, Policy, read_policy
from qalqan.assess.policy_words import Support, WordFeature
from qalqan.errors import BadValue
from qalqan.match import matchers
from qalqan.match.stills import STILL
from qalqan.model.assessments import Band
from qalqan.model.words import ACTS, CONTEXTS, WHO, Sense

BUILT_IN = Path(str(__import__("qalqan").__path__[0])) / "assess" / "policies" / "first.yaml"


def content() -> dict[str, Any]:
    """Return the built-in policy as data, to be changed."""
    loaded: dict[str, Any] = yaml.safe_load(BUILT_IN.read_text("utf-8"))
    return loaded


def refused(tmp_path: Path, changed: object) -> BadValue:
    """Write a policy, read it, and return why it is refused."""
    file = tmp_path / "policy.yaml"
    text = changed if isinstance(changed, str) else yaml.safe_dump(changed)
    file.write_text(text, "utf-8")
    with pytest.raises(BadValue) as caught:
        read_policy(file)
    assert str(file) in caught.value.message
    return caught.value


def test_the_built_in_policy_holds_its_own_examples(policy: Policy) -> None:
    """Every example comes to the band that it names; there are examples on both sides of every line."""
    assert failing(policy) == []
    assert {one.band for one in policy.examples} == set(Band) - {Band.CONTEXT}


def test_every_kind_of_match_there_is_weighs_something(policy: Policy) -> None:
    """No built-in matcher finds what the policy has no feature for."""
    weighed = {kind for feature in policy.features.values() for kind in feature.kinds}
    assert {kind for each in matchers.built_in() for kind in each.manifest.produces} | {STILL} == weighed


def test_a_feature_is_a_match_or_an_act_and_nothing_else() -> None:
    """There is no field in which faith, ethnicity, language or origin could stand."""
    assert set(Feature.model_fields) == {"kinds", "points", "points_at_limit", "limit", "verified", "weak", "reason"}
    words = {"category", "acts", "who", "beside", "points", "points_unsure", "reason"}
    assert set(WordFeature.model_fields) == words
    assert set(Support.model_fields) == {"categories", "kinds", "senses", "points", "reason"}
    senses = WHO | ACTS | CONTEXTS | {Sense.ARMS, Sense.PROMOTE, Sense.HINT, Sense.NEGATION, Sense.AGAINST}
    assert set(Sense) == senses


@pytest.mark.parametrize("field", ["language", "religion", "ethnicity", "country", "keywords", "author"])
def test_a_feature_that_names_who_somebody_is_is_refused(tmp_path: Path, field: str) -> None:
    """A key that no feature has is refused, and the place is named."""
    changed = content()
    changed["features"]["near-picture"][field] = "uz"
    assert f"features → near-picture → {field}: " in refused(tmp_path, changed).message


@pytest.mark.parametrize("bands", [(90, 60, 60), (60, 60, 30), (30, 60, 90), (90, 30, 60)])
def test_bands_rise(tmp_path: Path, bands: tuple[int, int, int]) -> None:
    """The bands known, likely and look must stand apart and in their order."""
    changed = {**content(), "bands": dict(zip(("known", "likely", "look"), bands, strict=True))}
    message = refused(tmp_path, changed).message
    assert "wrong at bands: " in message
    assert "the bands must rise" in message


@pytest.mark.parametrize("cap", [30, 31, 100])
def test_the_cap_on_weak_features_lies_below_every_band(tmp_path: Path, cap: int) -> None:
    """Weak signs could otherwise put an item before somebody on their own."""
    assert "weak_cap must stay below the lowest band" in refused(tmp_path, {**content(), "weak_cap": cap}).message


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"points": 101}, "points"),
        ({"points": -1}, "points"),
        ({"points": "many"}, "points"),
        ({"kinds": []}, "kinds"),
        ({"limit": 0}, "limit"),
        ({"limit": float("nan")}, "limit"),
        ({"limit": float("inf")}, "limit"),
        ({"limit": None}, "near-picture: "),
        ({"points_at_limit": None}, "near-picture: "),
        ({"points_at_limit": 96}, "near-picture: "),
        ({"reason": "Looks like {label.__class__}."}, "reason"),
        ({"reason": "Looks like {label:>99999999}."}, "reason"),
        ({"reason": "Looks like {who}."}, "reason"),
        ({"reason": "Looks like {."}, "reason"),
        ({"reason": "Looks like {}."}, "reason"),
    ],
)
def test_a_feature_that_makes_no_sense_is_refused_with_its_place(
    tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    """The message names the feature and the field."""
    changed = content()
    changed["features"]["near-picture"].update(change)
    message = refused(tmp_path, changed).message
    assert "features → near-picture" in message
    assert place in message


@pytest.mark.parametrize("key", ["name", "version", "title", "bands", "weak_cap", "categories", "features", "examples"])
def test_nothing_may_be_left_out(tmp_path: Path, key: str) -> None:
    """Each part of a policy is needed; examples, too."""
    changed = content()
    del changed[key]
    assert f"wrong at {key}: " in refused(tmp_path, changed).message


_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
)


HOSTILE = {
    "empty": "",
    "a list": "- a\n- list",
    "words": "just words",
    "deep": "[" * 5000,
    "left open": "a: [",
    "no such day": "a: 2001-99-99",
    "a long number": "a: " + "9" * 6000,
    "an object": "a: !!python/object:x {}",
    "a bomb": _BOMB,
    "a bomb inside": f"{_BOMB}features: *m",
    "a loop": "&a [*a]",
    "huge": "x" * (LONGEST + 1),
    "nul": "a: \0",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(20)
def test_what_is_no_policy_is_refused_in_a_line_and_soon(tmp_path: Path, text: str) -> None:
    """Hostile YAML costs neither memory nor time, and the message stays short."""
    assert len(refused(tmp_path, text).message) < 1000


def test_a_file_of_bytes_and_one_that_is_not_there_are_refused(tmp_path: Path) -> None:
    """Whatever cannot be read is said to be so."""
    noise = tmp_path / "noise.yaml"
    noise.write_bytes(bytes(range(256)))
    for file in (noise, tmp_path / "none.yaml", tmp_path):
        with pytest.raises(BadValue, match="cannot be read"):
            read_policy(file)


def test_an_example_that_comes_elsewhere_is_told(tmp_path: Path) -> None:
    """A policy whose figures were changed is held to its examples."""
    changed = content()
    changed["features"]["quoted-text"]["points"] = 95
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(changed), "utf-8")
    assert failing(read_policy(file)) == [
        "“a message that quotes the text” comes to known, not to look",
        "“a quotation with its link, as a news report has them” comes to known, not to look",
    ]


def test_a_reason_speaks_only_of_facts_that_every_match_has(policy: Policy) -> None:
    """All reasons of the built-in policy can be written with the facts there are."""
    for feature in policy.features.values():
        assert "{" not in feature.reason.format_map(dict.fromkeys(FACTS, "something"))


@given(score=st.integers(0, 100))
def test_every_score_has_one_band_and_a_higher_score_never_a_lower_one(score: int) -> None:
    """The bands cut 0 to 100 into four parts in their order."""
    bands = Bands(known=90, likely=60, look=30)
    order = [Band.NOTHING, Band.LOOK, Band.LIKELY, Band.KNOWN]
    assert order.index(bands.of(score)) == sum(score >= least for least in (30, 60, 90))


WRONG_WORDS: dict[str, tuple[dict[str, Any], str]] = {
    "nobody named and yet high": ({"who": False, "acts": ["threaten"], "points": 60}, "without anybody named"),
    "words as high as the known file": ({"points": 90}, "words alone are nothing known"),
    "an act that is none": ({"acts": ["news"]}, "acts are"),
    "faith as an act": ({"acts": ["faith"]}, "acts"),
    "a context as what stands beside": ({"beside": ["charity"]}, "beside an act"),
    "a category that is not there": ({"category": "heresy"}, "it names the category heresy"),
    "a category that only a person finds": ({"category": "conservative-lawful"}, "words cannot make an item"),
    "a context's category": ({"category": "news"}, "words cannot make an item news"),
    "a reason about who wrote it": ({"reason": "{author} wrote it."}, "the reason may hold"),
    "a key for faith": ({"faith": "any"}, "faith"),
}


@pytest.mark.parametrize(("change", "why"), WRONG_WORDS.values(), ids=WRONG_WORDS)
def test_a_word_feature_that_breaks_a_bound_is_refused(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    """Who and act together, or no high band; nothing of faith; words are never as sure as a known file."""
    changed = content()
    changed["words"]["features"]["praises-group"].update(change)
    assert why in refused(tmp_path, changed).message


def test_a_policy_without_words_weighs_matches_only(tmp_path: Path) -> None:
    """What operators wrote before words were weighed stays a policy."""
    changed = content()
    del changed["words"]
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(changed), "utf-8")
    assert read_policy(file).words is None


@pytest.mark.parametrize("place", ["jurisdiction", "ground"])
def test_a_ground_or_a_jurisdiction_must_be_there(tmp_path: Path, place: str) -> None:
    """A category names grounds that the policy lists, a ground a jurisdiction that it lists."""
    changed = content()
    if place == "ground":
        changed["categories"]["praise"]["grounds"] = ["zz-1"]
    else:
        changed["grounds"]["de-86"]["jurisdiction"] = "zz"
    assert f"it names the {place} zz" in refused(tmp_path, changed).message
