"""What shields somebody is the stronger of the floor and their own, in every part; severity follows from a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.assess.policy import read_policy
from qalqan.errors import BadValue
from qalqan.model.protection import WEAKEST, Shield
from qalqan.review.protection import SEVERITIES, SEVERITY_OF, UNLISTED, checked, own_above, severity_of, stronger

shields = st.builds(
    Shield,
    blur=st.integers(0, 10),
    grey=st.booleans(),
    mute=st.booleans(),
    stills=st.booleans(),
    pause_minutes=st.integers(1, 240),
    day_minutes=st.integers(1, 720),
)


def protects(one: Shield, other: Shield) -> bool:
    """Whether `one` protects at least as much as `other` in every part."""
    switches = all(getattr(one, name) or not getattr(other, name) for name in ("grey", "mute", "stills"))
    bounds = one.pause_minutes <= other.pause_minutes and one.day_minutes <= other.day_minutes
    return switches and bounds and one.blur >= other.blur


@given(floor=shields, own=shields)
def test_both_the_floor_and_ones_own_hold(floor: Shield, own: Shield) -> None:
    """What is in force protects as much as each of them, and no more than one of them asks for."""
    found = stronger(floor, own)
    assert protects(found, floor)
    assert protects(found, own)
    for name in ("blur", "grey", "mute", "stills", "pause_minutes", "day_minutes"):
        assert getattr(found, name) in (getattr(floor, name), getattr(own, name))


@given(floor=shields, higher=shields, own=shields)
def test_a_raised_floor_lowers_nobody(floor: Shield, higher: Shield, own: Shield) -> None:
    """Whoever was shielded by more before is so after it."""
    assert protects(stronger(stronger(floor, higher), own), stronger(floor, own))


@given(shield=shields)
def test_who_has_set_nothing_has_the_floor(shield: Shield) -> None:
    """The weakest settings change nothing."""
    assert stronger(shield, WEAKEST) == shield
    assert checked(shield) == shield


@given(floor=shields, own=shields)
def test_a_number_below_the_floor_is_refused(floor: Shield, own: Shield) -> None:
    """Nothing is kept that reads as if it were in force and is not."""
    numbers = (("blur", 1), ("pause_minutes", -1), ("day_minutes", -1))
    below = [
        name
        for name, sign in numbers
        if getattr(own, name) != getattr(WEAKEST, name) and sign * getattr(own, name) < sign * getattr(floor, name)
    ]
    if not below:
        assert own_above(floor, own) == own
        return
    with pytest.raises(BadValue, match="organisation"):
        own_above(floor, own)


@pytest.mark.parametrize(
    "shield",
    [Shield(blur=11), Shield(blur=-1), Shield(pause_minutes=0), Shield(day_minutes=0), Shield(day_minutes=721)],
)
def test_what_is_out_of_range_is_refused(shield: Shield) -> None:
    """A bound of nothing would be none of a day's work; a blur of 11 does not exist."""
    with pytest.raises(BadValue):
        checked(shield)


def test_every_category_of_the_policy_has_its_severity() -> None:
    """The table names them all, and nothing else; what an operator's own policy adds is taken for hard."""
    assert set(SEVERITY_OF) == set(read_policy().categories)
    assert all(0 <= one < len(SEVERITIES) for one in SEVERITY_OF.values())
    assert severity_of(["something of ours"]) == UNLISTED
    assert severity_of([]) == 0


@given(st.lists(st.sampled_from(sorted(SEVERITY_OF))))
def test_the_hardest_category_counts(categories: list[str]) -> None:
    """A mild one beside it makes nothing milder."""
    found = severity_of(categories)
    assert found == max((severity_of([one]) for one in categories), default=0)
