"""The stretch that a video shares with a known one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from qalqan.match.contract import Finding
from qalqan.match.videos import VideoMatcher
from qalqan.model.banks import BankEntry
from qalqan.model.parts import Interval
from qalqan.model.signals import VIDEO_PDQ, Signal

MakeEntry = Callable[[str, str], BankEntry]
MakeSignal = Callable[..., Signal]
Shot = list[str]


def shots(seed: int, count: int) -> Shot:
    """Return the hashes of frames that have nothing in common."""
    return [row.tobytes().hex() for row in np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)]


def edited(hashes: Iterable[str], bits: int, seed: int = 0) -> Shot:
    """Flip so many bits of each hash, as a new encoding does."""
    random = np.random.default_rng(seed)
    flips = (sum(1 << int(bit) for bit in random.choice(256, bits, replace=False)) for _ in iter(int, 1))
    return [f"{int(each, 16) ^ flip:064x}" for each, flip in zip(hashes, flips, strict=False)]


def value(hashes: Iterable[str], start: float = 0, quality: int = 100, mirrored: Iterable[str] | None = None) -> str:
    """Return the frames' lines, one a second from `start`."""
    others = None if mirrored is None else list(mirrored)
    return "\n".join(
        f"{start + second:.3f},{quality},{digits}" + (f",{others[second]}" if others else "")
        for second, digits in enumerate(hashes)
    )


@pytest.fixture
def find(entry: MakeEntry, signal: MakeSignal) -> Callable[..., list[Finding]]:
    """Return a way to look for one video among known ones."""

    def look(query: str, *known: str, seconds: float | None = None) -> list[Finding]:
        index = VideoMatcher().build([entry(VIDEO_PDQ, one) for one in known])
        return list(index.find([signal(VIDEO_PDQ, query, None, seconds)]))

    return look


Find = Callable[..., list[Finding]]


def test_a_copy_is_found_whole(find: Find) -> None:
    """A new encoding of a known video shares all of it, at the mean of its frames' bits."""
    known = shots(1, 30)
    (finding,) = find(value(edited(known, 20)), value(known))
    assert (finding.interval_query, finding.interval_known) == (Interval(0, 30), Interval(0, 30))
    assert (finding.distance, finding.verified, finding.transform) == (20, True, None)


def test_an_excerpt_is_found_where_it_is(find: Find) -> None:
    """Ten seconds of a known video within a longer one: both intervals are those ten seconds."""
    known = shots(2, 60)
    query = [*shots(3, 7), *edited(known[40:50], 25), *shots(4, 13)]
    (finding,) = find(value(query), value(known))
    assert (finding.interval_query, finding.interval_known) == (Interval(7, 17), Interval(40, 50))
    assert finding.verified


def test_frames_taken_between_the_seconds_are_aligned(find: Find) -> None:
    """An excerpt cut at half a second is sampled half a second off, and found."""
    known = shots(5, 20)
    (finding,) = find(value(known[5:15], start=0.5), value(known))
    assert finding.interval_query == Interval(0.5, 10.5)
    assert finding.interval_known == Interval(5, 15)


def test_a_mirrored_video_is_found(find: Find) -> None:
    """By the hashes of its mirrored frames, and says so."""
    known = shots(6, 12)
    (finding,) = find(value(shots(7, 12), mirrored=edited(known, 10)), value(known))
    assert (finding.transform, finding.distance) == ("mirrored", 10)


def test_upright_comes_before_mirrored(find: Find) -> None:
    """Of the two ways the one with more frames is given; upright where both have as many."""
    known = shots(8, 12)
    (finding,) = find(value(known, mirrored=known), value(known))
    assert finding.transform is None


@pytest.mark.parametrize(("shared", "count"), [(2, 0), (3, 1)])
def test_three_different_frames_must_agree(find: Find, shared: int, count: int) -> None:
    """Two frames in common are a coincidence, three are a match."""
    known = shots(9, 30)
    query = [*shots(10, 10), *known[10 : 10 + shared], *shots(11, 10)]
    findings = find(value(query), value(known))
    assert len(findings) == count
    assert not any(finding.verified for finding in findings)


def test_a_title_card_alone_does_not_match(find: Find) -> None:
    """Ten seconds of one still are one frame, however often it comes."""
    card = shots(12, 1) * 10
    known = [*edited(card, 3), *shots(13, 20)]
    query = [*edited(card, 3, seed=1), *shots(14, 20)]
    assert find(value(query), value(known)) == []


def test_the_same_frames_in_another_order_do_not_match(find: Find) -> None:
    """Frames must agree on one offset."""
    known = shots(15, 8)
    assert find(value([known[n] for n in (6, 3, 0, 5, 2, 7, 4, 1)][:4]), value(known)) == []


def test_a_very_short_known_video_needs_all_its_frames(find: Find) -> None:
    """Two seconds are found by both their frames, not by one."""
    known = shots(16, 2)
    assert len(find(value([*shots(17, 5), *known, *shots(18, 5)]), value(known))) == 1
    assert find(value([*shots(17, 5), known[0], *shots(18, 5)]), value(known)) == []


def test_poor_frames_have_no_vote(find: Find) -> None:
    """Black frames are near to all black frames."""
    known = shots(19, 10)
    assert find(value(known, quality=49), value(known)) == []
    assert find(value(known), value(known, quality=49)) == []
    assert len(find(value(known, quality=50), value(known))) == 1


def test_a_stretch_with_holes_is_not_verified(find: Find) -> None:
    """Five frames over half a minute are a match that somebody has to look at."""
    known = shots(20, 31)
    query = shots(21, 31)
    for second in (0, 8, 15, 22, 30):
        query[second] = known[second]
    (finding,) = find(value(query), value(known))
    assert finding.interval_query == Interval(0, 31)
    assert not finding.verified


def test_each_known_video_is_one_finding(find: Find) -> None:
    """A compilation of two known videos finds both, each with its own stretch, in the bank's order."""
    first, second = shots(22, 10), shots(23, 10)
    findings = find(value([*second, *first]), value(first), value(shots(24, 10)), value(second))
    assert [finding.interval_query for finding in findings] == [Interval(10, 20), Interval(0, 10)]


def test_a_repeated_stretch_is_aligned_with_its_longest_part(find: Find) -> None:
    """Of two possible offsets the one with more frames counts."""
    known = shots(25, 12)
    (finding,) = find(value([*known[:4], *shots(26, 20), *known]), value(known))
    assert (finding.interval_query, finding.interval_known) == (Interval(24, 36), Interval(0, 12))


def test_intervals_end_with_the_video(find: Find) -> None:
    """The last frame's second is cut where the video ends."""
    known = shots(27, 6)
    (finding,) = find(value(known), value(known), seconds=5.4)
    assert finding.interval_query == Interval(0, 5.4)


def test_a_long_still_scene_takes_bounded_work(find: Find) -> None:
    """An hour of one scene against itself is no flood of pairs, and finds the moving part."""
    scene = edited(shots(28, 1) * 1500, 6)
    moving = shots(29, 10)
    (finding,) = find(value([*scene, *moving]), value([*scene, *moving]))
    assert finding.interval_known is not None
    assert finding.interval_known.end == 1510


def frames(known: Shot, moments: Iterable[tuple[float, int]]) -> str:
    """Return the lines of a film that shows the known film's frame of each number at its time."""
    return "\n".join(f"{at:.3f},100,{known[number]}" for at, number in moments)


def drifting(seed: int, count: int, bits: int = 6) -> Shot:
    """Return the hashes of one scene in which something moves: each frame differs a little from the one before."""
    random = np.random.default_rng(seed)
    (now,) = (int(one, 16) for one in shots(seed, 1))
    hashes = []
    for _ in range(count):
        now ^= sum(1 << int(bit) for bit in random.choice(256, bits, replace=False))
        hashes.append(f"{now:064x}")
    return hashes


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0, -1.0])
def test_another_speed_is_found(find: Find, speed: float) -> None:
    """Faster, slower or backwards: the intervals are those of the query and of what it shows."""
    known = shots(31, 240)
    first = 200 if speed < 0 else 40
    query = [(number / 4, round(first + speed * number)) for number in range(80)]
    (finding,) = find(frames(known, query), value_every(known, 0.25))
    assert finding.interval_query is not None
    assert finding.interval_known is not None
    assert (finding.interval_query.start, finding.interval_query.end) == pytest.approx((0, 20), abs=0.5)
    ends = sorted((first / 4, first / 4 + 20 * speed))
    assert [finding.interval_known.start, finding.interval_known.end] == pytest.approx(ends, abs=0.8)


def value_every(hashes: Iterable[str], step: float) -> str:
    """Return the frames' lines, one every `step` seconds."""
    return "\n".join(f"{place * step:.3f},100,{digits}" for place, digits in enumerate(hashes))


def test_stretches_put_together_are_told_one_by_one(find: Find) -> None:
    """A film shown twice has two stretches, each with what it shows."""
    known = shots(32, 20)
    (finding,) = find(value([*known, *shots(33, 5), *known[5:15]]), value(known))
    told = [(one.query, one.known, one.speed) for one in finding.stretches]
    assert told == [(Interval(0, 20), Interval(0, 20), 1.0), (Interval(25, 35), Interval(5, 15), 1.0)]
    assert (finding.interval_query, finding.interval_known) == (Interval(0, 20), Interval(0, 20))


def test_inverted_colours_are_found_and_named(find: Find) -> None:
    """Every bit of each hash changes sides."""
    known = shots(34, 10)
    inverted = [f"{int(one, 16) ^ ((1 << 256) - 1):064x}" for one in known]
    (finding,) = find(value(edited(inverted, 10)), value(known))
    assert finding.transform == "colours inverted"


def test_the_same_camera_at_another_time_does_not_match(find: Find) -> None:
    """All frames are near to all: that is a place, not a copy."""
    (place,) = shots(35, 1)
    known, query = (value_every(edited([place] * 60, 9, seed), 0.5) for seed in (1, 2))
    assert find(query, known) == []


def test_a_scene_in_which_something_moves_is_found(find: Find) -> None:
    """One scene is enough where each moment agrees best with itself."""
    known = drifting(36, 120)
    (finding,) = find(value_every(edited(known[40:80], 8), 0.5), value_every(known, 0.5))
    assert finding.interval_query == Interval(0, 20)
    assert finding.interval_known == Interval(20, 40)


def test_an_intro_that_films_share_proves_nothing(find: Find) -> None:
    """What three different films begin with is learned to be common; what follows it is found as before."""
    intro = shots(37, 6)
    known = [value([*intro, *shots(seed, 20)]) for seed in (38, 39, 40)]
    assert find(value([*intro, *shots(41, 20)]), *known) == []
    (finding,) = find(value([*intro, *shots(39, 20)]), *known)
    assert finding.interval_known == Interval(0, 26)


def test_a_film_that_is_banked_three_times_stays_telling(find: Find) -> None:
    """Copies of one film are one film: they do not make each other common."""
    known = shots(42, 20)
    assert len(find(value(known), *(value(edited(known, 4, seed)) for seed in (1, 2, 3)))) == 3


def test_a_single_key_frame_asks_for_a_closer_look(find: Find) -> None:
    """Out to the key frames on both sides, and it is no match."""
    known = shots(43, 20)
    query = [*shots(44, 5), known[7], *shots(45, 5)]
    sparse = "sparse\n" + frames(query, [(6.0 * number, number) for number in range(11)])
    (finding,) = find(sparse, value(known))
    assert (finding.stage, finding.closer) == ("hint", (Interval(24, 36),))
    assert finding.interval_query is None
    assert find(frames(query, [(6.0 * number, number) for number in range(11)]), value(known)) == []


def test_what_was_read_closely_is_one_film_with_what_was_looked_at(entry: MakeEntry, signal: MakeSignal) -> None:
    """The stretch is found to its ends, and no closer look is asked for again."""
    known = shots(46, 20)
    index = VideoMatcher().build([entry(VIDEO_PDQ, value(known))])
    looked = "sparse\n" + frames(
        [*shots(47, 5), known[7], *shots(48, 5)], [(6.0 * number, number) for number in range(11)]
    )
    sparse = replace(signal(VIDEO_PDQ, looked, None, 66.0), media_sha256="film")
    stretch = frames([*shots(49, 2), *known[5:10], *shots(50, 3)], [(27.0 + number, number) for number in range(10)])
    dense = replace(signal(VIDEO_PDQ, stretch), media_sha256="film", interval=Interval(23.0, 37.0))
    (finding,) = index.find([sparse, dense])
    assert (finding.signal, finding.closer) == (sparse, ())
    assert finding.interval_query == Interval(29, 34)
    assert finding.interval_known == Interval(5, 10)


@pytest.mark.parametrize("broken", ["", "1,2,3", "sparse", f"1,5,{'g' * 64}", "\x00"])
def test_broken_values_find_nothing(find: Find, broken: str) -> None:
    """Whatever a store holds, the rest is compared."""
    known = shots(51, 10)
    assert find(broken, value(known)) == []
    assert len(find(value(known), broken, value(known))) == 1
