"""What links are there for, and links behind disguises."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qalqan.errors import BadValue
from qalqan.model.indicators import LinkUse, Use, link_use_from
from qalqan.model.parts import Span
from qalqan.model.words import Said, Sense, Strength
from qalqan.signals import url_finder, urls
from qalqan.signals.indicators.link_use import PlacedLink, link_use
from qalqan.signals.lexicon import Hit
from qalqan.signals.url_finder import find_urls

LINK = PlacedLink("https://example.org", Span(100, 119))

CALLS = (Sense.PROMOTE, Sense.SOLICIT, Sense.RECRUIT, Sense.COORDINATE, Sense.RELEASE)
TELLS = (Sense.NEWS, Sense.COURT, Sense.CONDEMN, Sense.COUNTER, Sense.MOURNING)


def hit(sense: Sense, start: int, sentence: int = 0, strength: Strength = Strength.STRONG, **how: bool) -> Hit:
    """Return a word of ten characters."""
    said = Said(sense, f"a {sense}", strength, "en", sentence, negated=how.get("negated", False))
    return Hit(replace(said, quoted=how.get("quoted", False)), Span(start, start + 10), 0)


def use_of(*hits: Hit, sentence: int = 0) -> LinkUse:
    """Return what the link is there for, standing in a sentence."""
    (use,) = link_use([LINK], hits, lambda _: sentence)
    return use


@pytest.mark.parametrize(
    ("sense", "use"),
    [
        *((sense, Use.PROMOTES) for sense in CALLS),
        *((sense, Use.REPORTS) for sense in TELLS),
        (Sense.RESEARCH, Use.STUDIES),
        (Sense.ARMS, Use.UNCLEAR),
        (Sense.ORGANISATION, Use.UNCLEAR),
    ],
)  # fmt: skip
def test_a_word_in_its_sentence_says_what_a_link_is_there_for(sense: Sense, use: Use) -> None:
    """What calls promotes, what reports or judges reports, what studies studies; a name says nothing."""
    assert use_of(hit(sense, 80)).use is use


def test_the_nearest_strong_word_decides() -> None:
    """A word of the same sentence is nearer than one of the next, however few characters lie between."""
    near, far = hit(Sense.NEWS, 80), hit(Sense.PROMOTE, 10)
    assert use_of(near, far).use is Use.REPORTS
    assert use_of(hit(Sense.NEWS, 10, sentence=1), hit(Sense.PROMOTE, 125, sentence=2), sentence=1).use is Use.REPORTS


def test_words_further_than_the_next_sentence_say_nothing() -> None:
    """Two sentences away something else is spoken of."""
    assert use_of(hit(Sense.NEWS, 10, sentence=0), sentence=2).use is Use.UNCLEAR
    assert use_of(hit(Sense.NEWS, 10, sentence=1), sentence=2).use is Use.REPORTS


def test_ties_are_unclear() -> None:
    """Two uses at the same distance."""
    assert use_of(hit(Sense.NEWS, 80), hit(Sense.PROMOTE, 129)).use is Use.UNCLEAR


def test_weak_words_do_not_decide_but_are_named_beside_strong_ones() -> None:
    """Common words alone leave it unclear."""
    weak = hit(Sense.PROMOTE, 80, strength=Strength.WEAK)
    assert use_of(weak).use is Use.UNCLEAR
    assert [cue.start for cue in use_of(weak, hit(Sense.SOLICIT, 60)).cues] == [80, 60]


def test_many_weak_words_hide_no_strong_one() -> None:
    """A strong word counts however many weak ones lie between."""
    weak = [hit(Sense.PROMOTE, start, strength=Strength.WEAK) for start in range(20, 90, 10)]
    assert use_of(hit(Sense.PROMOTE, 5), *weak).use is Use.PROMOTES


def test_what_is_turned_round_or_quoted_calls_nobody() -> None:
    """“Never click here” is no call, and a quoted call is somebody else's; nor does a channel's name count."""
    assert use_of(hit(Sense.PROMOTE, 80, negated=True)).use is Use.UNCLEAR
    assert use_of(hit(Sense.PROMOTE, 80, quoted=True)).use is Use.UNCLEAR
    assert use_of(hit(Sense.PROMOTE, 80, sentence=-1)).use is Use.UNCLEAR


@given(
    starts=st.lists(st.tuples(st.sampled_from(list(Sense)), st.integers(0, 300), st.sampled_from(list(Strength)))),
)
def test_uses_are_kept_whole(starts: list[tuple[Sense, int, Strength]]) -> None:
    """What is packed is what comes back, and a clear use names the words that say so."""
    use = use_of(*(hit(sense, start, start // 100, strength) for sense, start, strength in starts))
    assert link_use_from(use.packed()) == use
    assert bool(use.cues) == (use.use is not Use.UNCLEAR)


@pytest.mark.parametrize(
    "value", ["", "{}", "[]", '{"link":1,"use":"promotes","cues":[]}', '{"link":"a","use":"x","cues":[]}']
)
def test_damaged_uses_are_refused(value: str) -> None:
    """What a store gives back is read with care."""
    with pytest.raises(BadValue):
        link_use_from(value)


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("see t . me/BlueHeron now", "t . me/BlueHeron", "https://t.me/blueheron"),
        ("t,me/BlueHeron", "t,me/BlueHeron", "https://t.me/blueheron"),
        ("ｔ．ｍｅ／BlueHeron", "ｔ．ｍｅ／BlueHeron", "https://t.me/blueheron"),
        ("𝐭.𝐦𝐞/BlueHeron", "𝐭.𝐦𝐞/BlueHeron", "https://t.me/blueheron"),
        ("т.ме/BlueHeron", "т.ме/BlueHeron", "https://t.me/blueheron"),
        ("t\u200b.me/Blue\u200bHeron, ok", "t\u200b.me/Blue\u200bHeron", "https://t.me/blueheron"),
        ("telegram me/BlueHeron", "telegram me/BlueHeron", "https://t.me/blueheron"),
        ("go to example dot com today", "example dot com", "https://example.com"),
        ("сайт example точка ru", "example точка ru", "https://example.ru"),
        ("example [.] org", "example [.] org", "https://example.org"),
        ("hxxps : //example[.]org[/]a", "hxxps : //example[.]org[/]a", "https://example.org/a"),
        ("signal.group/#CjQKIA", "signal.group/#CjQKIA", "https://signal.group/#CjQKIA"),
    ],
)
def test_links_behind_disguises(text: str, written: str, value: str) -> None:
    """The span holds what was written, the value is the plain link's."""
    (found,) = find_urls(text)
    assert text[found.span.start : found.span.end] == written
    assert urls.canonical_url(found.url) == value


@pytest.mark.parametrize(
    "text",
    ["the dot com bubble", "un point net", "polka dot me", "it didn't help me/you", "it was ok.So we left",
     "read README.md",
     "write to me. Me and you", "he said i.e.this", "v 1.2.3", "at 3.30pm"],
)  # fmt: skip
def test_prose_holds_no_links(text: str) -> None:
    """Sentences without a space between them, names of files and figures of speech are none."""
    assert list(find_urls(text)) == []


PARTS = st.text("abcXYZ019-_./?=&%+#:@,;äЯ½", max_size=25)
PIECES = (
    *(":80", ":99999", "/s/", "/joinchat/", "/+", "%D0%b0", "%2F", "%41", "?a=1", "&utm_source=x", "#", "//", "/../"),
    *("http://", "(", ")", "!", "'", '"', "*", "$", "~", "|", "…", "»", "e\u0301", "٣"),
)
MIXED = st.lists(st.sampled_from(PIECES) | PARTS.map(lambda part: part[:3]), max_size=8).map("".join)


@given(
    url=st.builds("{}{}{}".format, st.sampled_from(["", "http://", "https://", "ftp://"]), st.sampled_from(
        ["example.org", "Example.org", "t.me", "telegram.me", "www.example.org", "m.org", "a.t.me",
        "xn--e1afmkfd.xn--p1ai", "a.b.example", "www.www.com", "signal.me", "mega.nz"]
    ), PARTS | MIXED)
)  # fmt: skip
def test_the_quick_way_to_the_one_form_gives_the_same(url: str) -> None:
    """Plain links take a short cut: it leads where the long way does."""
    quick = urls.plain_form(url)
    if quick is not None:
        assert quick == urls._canonical(url)  # noqa: SLF001 - the oracle of the short cut is the long way


@given(
    run=st.builds("{}{}{}{}".format, st.sampled_from(["", "(", '"', "«"]), st.sampled_from(["", "http://", "HTTPS://"]),
    st.sampled_from(["example.org", "t.me", "a.b.com", "EXAMPLE.рф", "x.example"]), PARTS | MIXED)
)  # fmt: skip
def test_usual_links_are_found_as_the_costly_search_finds_them(run: str) -> None:
    """Links of a usual form take a short cut: it finds what the long way does."""
    usual = url_finder._USUAL.fullmatch(run)  # noqa: SLF001 - the oracle of the short cut is the long way
    if usual and (usual["scheme"] or url_finder.is_ending(usual["end"])):
        found = url_finder._linkify().match(run)  # noqa: SLF001
        assert [(one.raw, one.index, one.last_index) for one in found] == [(usual["url"], *usual.span("url"))]


def test_a_flood_of_odd_links_is_read_to_a_bound_and_plain_ones_beyond_it() -> None:
    """Each odd one asks for a costly search; what is plain is found wherever it stands."""
    odd = " ".join(f"http://é{number}.example/(x)" for number in range(2000))
    found = [one.url for one in find_urls(f"{odd} https://example.org/last")]
    assert 60 <= len(found) < 300
    assert found[-1] == "https://example.org/last"
