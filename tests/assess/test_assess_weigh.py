"""An item's points are the sum of its reasons, and nothing weak lifts it over a line."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.assess.policy import Feature, Policy, read_policy
from qalqan.assess.weigh import clock, weigh
from qalqan.model.assessments import Assessment, Band
from qalqan.model.banks import EntryStatus
from qalqan.model.parts import Interval
from qalqan.model.times import now
from qalqan.store.findings import Found
from support.weighing import found

KINDS = ["sha256", "pdq", "video-pdq", "text", "link", "a-plugins"]
DISTANCES = st.floats(0, 300) | st.integers(0, 31).map(float)
MATCHES = st.lists(st.builds(found, st.sampled_from(KINDS), DISTANCES, verified=st.booleans()), max_size=12)
POLICY = read_policy()


def weighed(matches: list[Found], standing: tuple[Assessment, ...] = ()) -> Assessment:
    """Return the one assessment of these matches."""
    (made,) = weigh(POLICY, "an item", matches, standing)
    return made


def told(assessments: list[Assessment]) -> list[tuple[object, ...]]:
    """Return assessments without their ids and times."""
    return [(one.category, one.score, one.band, one.reasons, one.policy, one.supersedes) for one in assessments]


@given(matches=MATCHES)
def test_the_score_is_the_sum_of_the_reasons_and_at_most_a_hundred(matches: list[Found]) -> None:
    """No point is without a reason, and each reason is a feature of the policy that a match stands behind."""
    for one in weigh(POLICY, "an item", matches):
        assert one.score == min(100, sum(reason.points for reason in one.reasons))
        assert one.band is (POLICY.bands.of(one.score))
        assert len({reason.feature for reason in one.reasons}) == len(one.reasons)
        assert {reason.match_id for reason in one.reasons} <= {each.match.id for each in matches}
        assert one.policy == POLICY.label


@given(matches=st.lists(st.builds(found, st.just("link"), DISTANCES, verified=st.booleans()), min_size=1, max_size=30))
def test_weak_features_never_reach_a_band_alone(matches: list[Found]) -> None:
    """However many links there are, they stay below every line."""
    made = weighed(matches)
    assert (made.score, made.band) == (15, Band.NOTHING)


@given(data=st.data())
def test_no_weak_features_of_any_policy_reach_a_band_together(data: st.DataObject) -> None:
    """Whatever points an operator gives to weak features, and however many there are, together they lift nothing."""
    names = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6, unique=True))
    points = st.integers(0, 100)
    features = {
        name: Feature(kinds=(name,), points=data.draw(points), weak=True, reason="It holds {label}.") for name in names
    }
    policy = POLICY.model_copy(update={"features": features, "weak_cap": data.draw(st.integers(0, 29))})
    for one in weigh(policy, "an item", data.draw(MATCHES)):
        assert one.band is Band.NOTHING
        assert one.score <= policy.weak_cap


@given(matches=MATCHES, links=st.integers(1, 9))
def test_links_beside_anything_leave_it_in_its_band(matches: list[Found], links: int) -> None:
    """Whatever else is found, weak signs lift it over no line."""
    strong = [one for one in matches if one.match.kind != "link"]
    (alone,) = weigh(POLICY, "an item", strong) or (None,)
    band = alone.band if alone else Band.NOTHING
    assert weighed([*strong, *(found("link") for _ in range(links))]).band is band


@given(matches=MATCHES, links=st.integers(0, 9))
def test_links_beside_a_quotation_never_make_it_a_copy(matches: list[Found], links: int) -> None:
    """A quotation with any number of links stays in the band of a quotation."""
    quoted = [one for one in matches if one.match.kind == "text" and not one.match.verified] or [found("text", 0.5)]
    assert weighed([*quoted, *(found("link") for _ in range(links))]).band is Band.LOOK


@given(matches=MATCHES, seed=st.integers())
def test_the_order_of_the_matches_changes_nothing(matches: list[Found], seed: int) -> None:
    """The same matches give the same reasons, word for word, in whatever order they come."""
    shuffled = random.Random(seed).sample(matches, len(matches))
    assert told(weigh(POLICY, "an item", shuffled)) == told(weigh(POLICY, "an item", matches))


@pytest.mark.parametrize(
    ("name", "distance", "points"),
    [("near-picture", 0, 95), ("near-picture", 31, 65), ("near-picture", 15.5, 80), ("near-picture", 62, 65),
     ("near-video", 0, 95), ("near-video", 31, 70), ("exact-copy", 0, 100), ("known-link", 7, 15)],
)  # fmt: skip
def test_points_lie_on_a_straight_line(policy: Policy, name: str, distance: float, points: int) -> None:
    """They fall from `points` at distance 0 to `points_at_limit` at the limit, and no further beyond it."""
    assert policy.features[name].at(distance) == points


@given(top=st.integers(0, 100), fall=st.integers(0, 100), limit=st.floats(0.01, 1e6), near=DISTANCES, far=DISTANCES)
def test_what_is_nearer_never_weighs_less(top: int, fall: int, limit: float, near: float, far: float) -> None:
    """A feature's points never rise with the distance, and stay between its two ends."""
    least = max(0, top - fall)
    feature = Feature(kinds=("pdq",), points=top, points_at_limit=least, limit=limit, reason="It looks like {label}.")
    near, far = sorted((near, far))
    assert least <= feature.at(far) <= feature.at(near) <= top


def test_the_nearest_of_several_matches_is_the_reason() -> None:
    """A feature counts once, at its strongest."""
    near, far = found(distance=3), found(distance=20)
    made = weighed([far, near, far])
    assert [(one.feature, one.points, one.match_id) for one in made.reasons] == [("near-picture", 92, near.match.id)]
    assert made.reasons[0].facts["distance"] == 3


def test_a_copy_and_a_near_picture_together_give_no_more_than_a_hundred() -> None:
    """Reasons add up; the score ends at the top."""
    made = weighed([found("sha256", verified=True), found("pdq")])
    assert (made.score, made.band, len(made.reasons)) == (100, Band.KNOWN, 2)


def test_a_match_that_the_policy_has_no_feature_for_weighs_nothing() -> None:
    """A plugin's matches are kept, and count from the day on which a policy speaks of them."""
    assert weigh(POLICY, "an item", [found("a-plugins")]) == []


def test_without_any_match_there_is_no_assessment() -> None:
    """Ordinary items carry nothing."""
    assert weigh(POLICY, "an item", []) == []


@pytest.mark.parametrize(
    "entry",
    [
        {"status": EntryStatus.DISPUTED},
        {"status": EntryStatus.RETIRED},
        {"valid_until": now() - timedelta(seconds=1)},
    ],
    ids=["disputed", "retired", "expired"],
)
def test_an_entry_that_does_not_stand_does_not_count(entry: dict[str, Any]) -> None:
    """Disputed, retired and expired entries give no points, and hold back nobody else's."""
    assert weigh(POLICY, "an item", [found("sha256", verified=True, **entry)]) == []
    both = weighed([found("sha256", verified=True, **entry), found("text", 0.5)])
    assert [one.feature for one in both.reasons] == ["quoted-text"]


def test_an_entry_counts_until_its_last_moment() -> None:
    """A date that lies ahead takes nothing away."""
    assert weighed([found("sha256", verified=True, valid_until=now() + timedelta(minutes=1))]).band is Band.KNOWN


def test_each_category_is_weighed_for_itself() -> None:
    """Weak points of two categories do not add up, and each assessment speaks of its own."""
    made = weigh(POLICY, "an item", [found("link"), found("link", category="other-listed"), found("pdq")])
    assert [(one.category, one.score) for one in made] == [("other-listed", 15), ("terrorist-content", 100)]


def test_an_unchanged_assessment_is_not_written_again() -> None:
    """What stands and still holds stays as it is."""
    matches = [found("pdq", 4.0)]
    assert weigh(POLICY, "an item", matches, [weighed(matches)]) == []


def test_a_new_match_supersedes_what_stood() -> None:
    """The new assessment names the one whose place it takes."""
    first = found("pdq", 4.0)
    standing = weighed([first])
    made = weighed([first, found("sha256", verified=True)], (standing,))
    assert (made.supersedes, made.score) == (standing.id, 100)


def test_another_version_of_the_policy_supersedes_even_with_the_same_points() -> None:
    """An assessment names the policy that it was made under, so a new version makes a new one."""
    matches = [found("pdq", 4.0)]
    standing = weighed(matches)
    (made,) = weigh(POLICY.model_copy(update={"version": "next"}), "an item", matches, [standing])
    assert (made.supersedes, made.policy, made.score) == (standing.id, "first/next", standing.score)


def test_when_nothing_is_known_any_more_the_assessment_says_so_once() -> None:
    """Zero points with their reason take the old one's place, and stand from then on."""
    standing = weighed([found("pdq")])
    retired = found("pdq", status=EntryStatus.RETIRED)
    gone = weighed([retired], (standing,))
    assert (gone.score, gone.band, gone.supersedes) == (0, Band.NOTHING, standing.id)
    assert [one.feature for one in gone.reasons] == ["no-longer-known"]
    assert weigh(POLICY, "an item", [retired], [gone]) == []


def test_when_the_policy_no_longer_speaks_of_a_match_its_points_go() -> None:
    """A feature that a new version leaves out takes its points along."""
    matches = [found("pdq")]
    standing = weighed(matches)
    left = {name: one for name, one in POLICY.features.items() if name != "near-picture"}
    (made,) = weigh(POLICY.model_copy(update={"features": left}), "an item", matches, [standing])
    assert (made.score, made.supersedes) == (0, standing.id)


def test_reasons_carry_the_part_that_matched() -> None:
    """Whoever reads a reason can go to the place that it speaks of."""
    made = weighed([found("video-pdq", 6.0, interval_query=Interval(61.0, 3725.0), transform="mirrored")])
    reason = made.reasons[0]
    assert reason.interval == Interval(61.0, 3725.0)
    assert reason.text.format_map(reason.facts) == (
        "The video “photo.jpg” shows “a poster of the Blue Heron Front” from the bank heron, "
        "from 1:01 to 1:02:05, mirrored."
    )


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (3599.4, "59:59"), (3599.6, "1:00:00"), (36000, "10:00:00")]
)
def test_times_are_shown_as_on_a_clock(seconds: float, shown: str) -> None:
    """Minutes and seconds, with hours from the first hour on."""
    assert clock(seconds) == shown
