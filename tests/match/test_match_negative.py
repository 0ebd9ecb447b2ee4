"""What must never match takes away what it explains, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from qalqan.match.contract import Finding
from qalqan.match.negative import without_explained
from qalqan.model.banks import BankEntry
from qalqan.model.parts import WHOLE_PICTURE, Box, Interval, Span
from qalqan.model.signals import Signal

NEVER = "00000000-0000-7000-8000-000000000001"
CORNER = Box(0.0, 0.0, 0.25, 0.25)


@pytest.fixture
def finding(entry: Callable[[str, str], BankEntry], signal: Callable[..., Signal]) -> Callable[..., Finding]:
    """Return a way to make a finding in one file, of a negative bank or of another."""

    def make(*, never: bool = False, kind: str = "pdq", distance: float = 10, **parts: object) -> Finding:
        known = entry(kind, "a" * 64)
        known = replace(known, bank_id=NEVER) if never else known
        asked = replace(signal(kind, "a" * 64), media_sha256="b" * 64)
        return replace(Finding(asked, known, distance, verified=False), **parts)  # type: ignore[arg-type] # parts by name

    return make


def test_without_a_negative_bank_everything_stands(finding: Callable[..., Finding]) -> None:
    """Nothing is taken away where nothing says so."""
    found = [finding(), finding(kind="sound")]
    assert without_explained(found, set()) == found


def test_a_negative_finding_is_never_told(finding: Callable[..., Finding]) -> None:
    """It only takes away; it is no finding itself."""
    assert without_explained([finding(never=True)], {NEVER}) == []


def test_a_blank_page_explains_what_is_no_nearer(finding: Callable[..., Finding]) -> None:
    """Of two whole pictures the nearer one is the better explanation; at the same distance, the negative one is."""
    shield = finding(never=True, distance=10, box_query=WHOLE_PICTURE)
    nearer, same, further = (finding(distance=bits, box_query=WHOLE_PICTURE) for bits in (4, 10, 20))
    assert without_explained([nearer, same, further, shield], {NEVER}) == [nearer]


def test_a_logo_explains_a_match_within_it_alone(finding: Callable[..., Finding]) -> None:
    """A known picture that is found by the logo's corner only is no match; one that reaches beyond is."""
    logo = finding(never=True, kind="picture-local", distance=0, box_query=CORNER)
    inside = finding(kind="picture-local", box_query=Box(0.02, 0.02, 0.2, 0.2))
    beyond = finding(kind="picture-local", box_query=Box(0.0, 0.0, 0.8, 0.8))
    whole = finding(kind="pdq")
    assert without_explained([logo, inside, beyond, whole], {NEVER}) == [beyond, whole]


def test_an_intro_explains_its_own_seconds(finding: Callable[..., Finding]) -> None:
    """A stretch that lies within a title sequence is explained, one that goes on after it is not."""
    intro = finding(never=True, kind="video-pdq", distance=0, interval_query=Interval(0, 6))
    within = finding(kind="video-pdq", interval_query=Interval(1, 6.5))
    after = finding(kind="video-pdq", interval_query=Interval(1, 30))
    assert without_explained([intro, within, after], {NEVER}) == [after]


def test_a_common_phrase_explains_its_own_words(finding: Callable[..., Finding]) -> None:
    """Spans of text are held to the same rule."""
    phrase = finding(never=True, kind="text", distance=0, span_query=Span(0, 40))
    within, beyond = (finding(kind="text", span_query=Span(0, end)) for end in (40, 80))
    assert without_explained([phrase, within, beyond], {NEVER}) == [beyond]


def test_another_file_is_another_matter(finding: Callable[..., Finding]) -> None:
    """What is explained in one file stands in another."""
    shield = finding(never=True, distance=0)
    elsewhere = finding()
    elsewhere = replace(elsewhere, signal=replace(elsewhere.signal, media_sha256="c" * 64))
    assert without_explained([shield, elsewhere], {NEVER}) == [elsewhere]


def test_a_moment_without_length_is_covered_or_not(finding: Callable[..., Finding]) -> None:
    """An interval of no length counts by where it lies."""
    shield = finding(never=True, kind="still", distance=0, interval_query=Interval(5, 10))
    inside, outside = (finding(kind="still", interval_query=Interval(at, at)) for at in (7, 12))
    assert without_explained([shield, inside, outside], {NEVER}) == [outside]
