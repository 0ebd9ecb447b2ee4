"""Subtitles inside videos are read as sentences, each with the stretch in which it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from qalqan.errors import BadValue, InputRefused
from qalqan.isolate import Isolate
from qalqan.model.items import MediaKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Interval
from qalqan.model.signals import SUBTITLE
from qalqan.signals.contract import Desk, Sighting, Subject
from qalqan.signals.lexicon import Lexicon
from qalqan.signals.spoken import LONGEST, Line, sightings
from qalqan.signals.subtitles import SubtitleExtractor, subtitled

Keep = Callable[[bytes, MediaKind], Subject]


@pytest.fixture(scope="module")
def reading_desk() -> Iterator[Desk]:
    """Return a desk with one child."""
    limits = Limits(decode_seconds=30, video_seconds=60)
    isolate = Isolate(limits, children=1)
    yield Desk(limits, isolate, Lexicon([]))
    isolate.close()


def read(film: bytes, desk: Desk, keep: Keep) -> list[Sighting]:
    """Read a film's subtitles."""
    return list(SubtitleExtractor().read(keep(film, MediaKind.VIDEO), desk).sightings)


def test_reads_lines_of_any_script_without_their_styles(reading_desk: Desk, keep: Keep) -> None:
    """Two lines of one sentence are one signal, from the start of the first to the end of the last."""
    film = subtitled(
        [(0.5, 1.5, "Завтра <i>дождь</i>,"), (1.6, 3.0, "возьмите {\\b1}зонт."), (5.0, 6.5, "بۈگۈن\nھاۋا ياخشى")], 8
    )
    assert [(one.kind, one.value, one.interval) for one in read(film, reading_desk, keep)] == [
        (SUBTITLE, "Завтра дождь, возьмите зонт.", Interval(0.5, 3.0)),
        (SUBTITLE, "بۈگۈن ھاۋا ياخشى", Interval(5.0, 6.5)),
    ]


def test_a_film_without_subtitles_says_nothing(reading_desk: Desk, keep: Keep) -> None:
    """Most have none."""
    assert read(subtitled([]), reading_desk, keep) == []


def test_no_more_is_read_than_the_limits_say(reading_desk: Desk, keep: Keep) -> None:
    """Neither of time nor of text."""
    film = subtitled([(0.1 * n, 0.1 * n + 0.05, f"The lake is calm {n}.") for n in range(900)], 91)
    assert len(read(film, reading_desk, keep)) == 601
    short = replace(reading_desk, limits=replace(reading_desk.limits, text_chars=1000))
    assert sum(len(one.value) for one in read(film, short, keep)) <= 1000


def test_what_is_no_video_is_refused(reading_desk: Desk, keep: Keep) -> None:
    """In words."""
    with pytest.raises(InputRefused):
        read(b"\x1a\x45\xdf\xa3" + b"reed" * 100, reading_desk, keep)


def test_a_truncated_video_gives_what_can_be_read(reading_desk: Desk, keep: Keep) -> None:
    """Or is refused, and nothing else happens."""
    film = subtitled([(n, n + 0.5, f"Line {n}.") for n in range(20)], 20)
    try:
        found = read(film[: len(film) * 2 // 3], reading_desk, keep)
    except InputRefused:
        return
    assert all(one.value.startswith("Line") for one in found)


def test_wants_videos_only(keep: Keep) -> None:
    """Text files with subtitles are read as texts."""
    assert [kind for kind in MediaKind if SubtitleExtractor().wants(keep(b"x", kind))] == [MediaKind.VIDEO]


def test_has_no_value_for_nothing() -> None:
    """Blanks are no words."""
    with pytest.raises(BadValue):
        SubtitleExtractor().canonical(SUBTITLE, "  ")


def line(start: float, text: str, length: float = 1.0) -> Line:
    """Return a line."""
    return Line(start=start, end=start + length, text=text)


def values(*lines: Line) -> list[str]:
    """Return what lines are put together to."""
    return [one.value for one in sightings("speech", lines)]


def test_a_pause_ends_what_was_said() -> None:
    """Longer than four seconds."""
    assert values(line(0, "the lake"), line(2, "is calm"), line(9, "today")) == ["the lake is calm", "today"]


def test_marks_of_several_scripts_end_a_sentence() -> None:
    """Latin and Arabic ones."""
    assert values(line(0, "Calm?"), line(1, "هل هي هادئة؟"), line(2, "Yes.")) == ["Calm?", "هل هي هادئة؟", "Yes."]


def test_endless_sentences_are_cut() -> None:
    """A signal says where in the recording it is: so it must be short."""
    long = values(*(line(n, "reed heron lake stone") for n in range(100)))
    assert len(long) > 3
    assert all(len(one) < LONGEST + 50 for one in long)


def test_lines_that_run_backwards_have_an_interval_all_the_same() -> None:
    """A film's times may be anything."""
    (first, second) = sightings("speech", [line(5, "the lake"), line(1, "is calm", length=-3.0)])
    assert first.interval == Interval(5, 6)
    assert second.interval is not None
    assert second.interval.start <= second.interval.end
