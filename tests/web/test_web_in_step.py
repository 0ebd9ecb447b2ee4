"""Two videos in step: still beside still, at the same moment of what they share."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from qalqan.model.items import Rendition, RenditionKind
from qalqan.model.matches import Match
from qalqan.model.parts import Interval
from qalqan.model.times import now
from qalqan.web.in_step import MOST, in_step
from qalqan.web.reveal import Shots


def shots(name: str, moments: list[float]) -> Shots:
    """Return a file's pictures at these moments, blurred and clear."""
    made = [Rendition(name, kind, at, f"{kind}-{at}", 160, 100) for kind in RenditionKind for at in moments]
    return Shots(name, None, made)


def match(query: Interval | None, known: Interval | None) -> Match:
    """Return a match of two videos."""
    return Match(
        "m", "i", "s", "e", "video-pdq", "test/1", 4.0, True, now(), media_sha256="here",  # noqa: FBT003 - its place
        interval_query=query, interval_known=known,
    )  # fmt: skip


def test_each_still_stands_beside_its_own_moment() -> None:
    """At half the speed a step of 20 s here is one of 10 s there."""
    both = {"here": shots("here", [0.0, 20.0, 40.0, 60.0, 80.0]), "there": shots("there", [0.0, 10.0, 20.0, 30.0])}
    found = in_step(match(Interval(20, 60), Interval(10, 30)), "there", both)
    assert found is not None
    assert [one.at for one in found.here.frames] == [20.0, 40.0, 60.0]
    assert [one.at for one in found.known.frames] == [10.0, 20.0, 30.0]


def test_what_shares_no_interval_or_no_picture_is_not_in_step() -> None:
    """Then there are only the strips."""
    both = {"here": shots("here", [0.0]), "there": shots("there", [0.0])}
    assert in_step(match(None, None), "there", both) is None
    assert in_step(match(Interval(0, 1), Interval(0, 1)), None, both) is None
    assert in_step(match(Interval(5, 6), Interval(0, 1)), "there", both) is None


@given(
    st.lists(st.floats(0, 500), min_size=1, max_size=30, unique=True),
    st.lists(st.floats(0, 500), min_size=1, max_size=30, unique=True),
)
def test_both_strips_are_equally_long_and_run_forwards(here: list[float], there: list[float]) -> None:
    """Whatever stills there are."""
    both = {"here": shots("here", here), "there": shots("there", there)}
    found = in_step(match(Interval(0, 500), Interval(0, 500)), "there", both)
    assert found is not None
    moments = [[one.at for one in side.frames] for side in (found.here, found.known)]
    assert len(moments[0]) == len(moments[1]) == min(MOST, len(here))
    assert all(side == sorted(side) for side in moments)
