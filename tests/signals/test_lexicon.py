"""Lexicons at work: endings, gaps, negations, quotations, and bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qalqan.errors import BadValue
from qalqan.model.words import Entry, Sense, Strength, said_from
from qalqan.signals.key import key_text
from qalqan.signals.lexicon import Hit, Lexicon
from qalqan.signals.lexicon_file import entries_of, read_lexicon
from qalqan.signals.scene import MOST_HITS
from support.took import took


def entry(sense: Sense, *terms: str, language: str = "en", weak: bool = False, follows: bool = False) -> Entry:
    """Return an entry for words."""
    return Entry(sense, Strength.WEAK if weak else Strength.STRONG, language, terms, "own", follows=follows)


def name(*terms: str, entity: str = "heron", exact: bool = False) -> Entry:
    """Return an entry for a name."""
    return Entry(
        Sense.ORGANISATION, Strength.STRONG, "und", terms, "invented", exact=exact, entity=entity, name=entity.title()
    )


LEXICON = Lexicon([
    name("Blue Heron Front*", "Фронт Синей Цапли"),
    name("Blue Heron", "Blue Heron Society", entity="society"),
    name("RLM", entity="reedlight", exact=True),
    entry(Sense.SOLICIT, "donate to", "send … donation*", "support … with … money", "do not forget to donate"),
    entry(Sense.SOLICIT, "donate", weak=True),
    entry(Sense.SOLICIT, "spendet", "spenden für", language="de"),
    entry(Sense.SOLICIT, "bağış yap*", "koy*", language="tr"),
    entry(Sense.RECRUIT, "join us"),
    entry(Sense.RECRUIT, "берёт оружие", language="ru"),
    entry(Sense.RECRUIT, "qoʻshiling", language="uz"),
    entry(Sense.RECRUIT, "انضم إلينا", language="ar"),
    entry(Sense.NEWS, "according to", "court report"),
    entry(Sense.NEGATION, "do not", "don't", "never", "refuse to"),
    entry(Sense.NEGATION, "nicht", language="de", follows=True),
    entry(Sense.NEGATION, "bağış yapmay*", language="tr"),
    entry(Sense.NEGATION, "ne", language="fr"),
])  # fmt: skip


def found(text: str, *, negated: bool = False) -> list[str]:
    """Return what of a text is found, negated or not."""
    return [text[hit.span.start : hit.span.end] for hit in acts(text) if hit.said.negated == negated]


def acts(text: str) -> list[Hit]:
    """Return the hits but for negations."""
    return [hit for hit in LEXICON.read(text) if hit.said.sense is not Sense.NEGATION]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Donate to the Blue Heron Front!", ["Donate to", "Blue Heron Front"]),
        ("Blue Heron Fronts, blue herons", ["Blue Heron Fronts"]),
        ("the Blue Heron Society", ["Blue Heron Society"]),
        ("the Blue Heron's nest", ["Blue Heron"]),
        ("#JoinUs #blueheronfront", ["JoinUs", "blueheronfront"]),
        ("Send us today your donations.", ["Send us today your donations"]),
        ("Send one two three four five six donations.", ["Send one two three four five six donations"]),
        ("Send one two three four five six seven donations.", []),
        ("Send them. A donation helps.", []),
        ("Support them with some money", ["Support them with some money"]),
        ("We donate blood", ["donate"]),
        ("Blue\nHeron\nFront", ["Blue\nHeron\nFront"]),
        ("They saw blue. Heron Front came.", []),
        ("he joined us, donated to it", []),
        ("Он берет оружие. Он берёт оружие.", ["берет оружие", "берёт оружие"]),
        ("кушилинг, qo'shiling, ҚЎШИЛИНГ", ["кушилинг", "qo'shiling", "ҚЎШИЛИНГ"]),
        ("وانضم إلينا", ["وانضم إلينا"]),
        ("koyun koyen", ["koyun", "koyen"]),
        ("RLM and rlm, Rlm, R.L.M.", ["RLM"]),
    ],
)
def test_what_is_found(text: str, hits: list[str]) -> None:
    """Whole words, any ending at a star, up to six words in a gap within a sentence, the longest of nested ones."""
    assert found(text) == hits


@pytest.mark.parametrize(
    ("text", "turned", "not_turned"),
    [
        ("Never donate to them.", ["donate to"], []),
        ("Please do not ever again donate to them.", ["donate to"], []),
        ("Do not, please, now donate to them.", ["donate to"], []),
        ("Never give up. Donate to them.", [], ["Donate to"]),
        ("Don't wait, donate to them.", [], ["donate to"]),
        ("Never in all these long years donate to them.", [], ["donate to"]),
        ("Do not forget to donate to them!", ["donate to"], ["Do not forget to donate"]),
        ("Spendet nicht für sie.", ["Spendet"], []),
        ("Nicht dort: Spendet!", [], ["Spendet"]),
        ("Bağış yapmayın. Bağış yapın!", ["Bağış yapmayın"], ["Bağış yapın"]),
        ("ne var, bağış yapın; ne bağış yapın", [], ["bağış yapın", "bağış yapın"]),
        ("Never trust the Blue Heron Front.", [], ["Blue Heron Front"]),
        ("According to them, never", [], ["According to"]),
    ],
)
def test_what_a_negation_turns_round(text: str, turned: list[str], not_turned: list[str]) -> None:
    """Only acts: within three words in the same clause and language, or over the act; not by words of the act's own."""
    assert found(text, negated=True) == turned
    assert found(text) == not_turned


def test_what_stands_around_a_hit() -> None:
    """Sentence number, quotation, question."""
    text = "Mr. Smith said: “Join us!” Did he join us? No. Join us."
    told = [(hit.said.sentence, hit.said.quoted, hit.said.asked) for hit in acts(text)]
    assert told == [(0, True, False), (1, False, True), (3, False, False)]


def test_an_apostrophe_is_no_quotation_mark() -> None:
    """It stands within words and at their ends, where it opens nothing."""
    quoted = acts("He wrote 'join us' there, „join us“ here, »join us« and «join us».")
    assert [hit.said.quoted for hit in quoted] == [True] * 4
    not_quoted = acts("It's ours, don't wait: join us, it's theirs, the dogs' too")
    assert [hit.said.quoted for hit in not_quoted] == [False]


def test_a_hit_knows_its_entry_and_packs() -> None:
    """The entry's number, entity and name come with it, and the value can be read again."""
    hit = LEXICON.read("the Blue Heron Front")[0]
    assert LEXICON.entries[hit.entry].entity == hit.said.entity == "heron"
    assert said_from(hit.said.packed()) == hit.said


def test_two_groups_of_one_name_are_both_found() -> None:
    """Of names only the longest counts at a place, but who else bears it as well."""
    lexicon = Lexicon([name("Grey Lantern", entity="one"), name("Grey Lantern", entity="two"), name("Lantern*")])
    assert {hit.said.entity for hit in lexicon.read("Grey Lantern")} == {"one", "two"}


def test_a_strong_term_is_not_lost_in_a_weak_one() -> None:
    """The longest counts only among those that say it as strongly."""
    lexicon = Lexicon([entry(Sense.NEWS, "according to"), entry(Sense.NEWS, "according to … papers", weak=True)])
    assert [hit.said.strength for hit in lexicon.read("according to the papers")] == [Strength.WEAK, Strength.STRONG]


def test_other_content_has_another_digest() -> None:
    """Eight hexadecimal digits, the same for the same entries."""
    digests = {Lexicon([name(term)]).digest for term in ("Blue Heron", "Blue Heron", "Blue Herons")}
    assert len(digests) == 2
    assert all(len(digest) == 8 and int(digest, 16) >= 0 for digest in digests)


def test_an_empty_lexicon_finds_nothing() -> None:
    """It can be made, and read with."""
    assert Lexicon([]).read("Donate to the Blue Heron Front") == []


def test_a_flood_hides_nothing_else() -> None:
    """A thousand hits at most; what there is much of gives way first."""
    text = "according to " * 3000 + "Donate to the Blue Heron Front. " + "join us " * 2000
    hits = LEXICON.read(text)
    assert len(hits) <= MOST_HITS
    assert {hit.said.sense for hit in hits} == {Sense.NEWS, Sense.SOLICIT, Sense.ORGANISATION, Sense.RECRUIT}


WORDS = st.sampled_from(
    ["donate", "to", "Blue", "Heron", "Front", "send", "donation", "join", "us", "never", "do", "not", "support",
     "with", "money", ".", "!", "?", "“", "”", "\n", ",", "RLM", "берёт", "оружие", "dоnаte", "j o i n", "ﷺ", "½",
     "koy", "#JoinUs"]
)  # fmt: skip


@given(words=st.lists(WORDS, max_size=40), more=st.text(max_size=30))
def test_spans_point_at_the_raw_text(words: list[str], more: str) -> None:
    """Reading only what a span points at finds the same term there, whatever stands around it."""
    text = " ".join(words) + more
    for hit in LEXICON.read(text):
        assert 0 <= hit.span.start < hit.span.end <= len(text)
        raw = text[hit.span.start : hit.span.end]
        assert hit.said.term in {one.said.term for one in LEXICON.read(raw) + LEXICON.read(f"#{raw}")}


@given(words=st.lists(WORDS.filter(lambda word: word not in ".!?"), max_size=40))
def test_finds_what_a_plain_search_finds(words: list[str]) -> None:
    """For terms of one part a search for their words in the key is the oracle."""
    text = " ".join(words)
    lexicon = Lexicon([entry(Sense.RECRUIT, "join us"), entry(Sense.SOLICIT, "donate to"), entry(Sense.NEWS, "money")])
    key = f" {key_text(text)} "
    joined = {"join us": "join us", "donate to": "donateto", "money": "money"}
    expected = {term for term, one_word in joined.items() if f" {term} " in key or f" {one_word} " in key}
    assert {hit.said.term for hit in lexicon.read(text)} == expected


@pytest.mark.parametrize(
    "unit",
    ["donate to ", "send donation ", "send ", "send send donation support with money ", "Blue Heron Front ", "never ",
     "never donate to ", '"join us" ', "d o n a t e ", "join us.", "join us\n", "support with ",
     "не join us, ", "берёт "],
)  # fmt: skip
def test_any_text_is_read_in_linear_time(unit: str) -> None:
    """100,000 characters of anything take less than a second."""
    text = (unit * 100_000)[:100_000]
    hits, seconds = took(lambda: LEXICON.read(text), under=1)
    assert seconds < 1
    assert len(hits) <= MOST_HITS


@settings(max_examples=20, deadline=None)
@given(units=st.lists(WORDS, min_size=1, max_size=6), noise=st.text(max_size=6))
def test_no_mixture_takes_long(units: list[str], noise: str) -> None:
    """100,000 characters of any mixture of terms take less than a second."""
    unit = " ".join(units) + noise + " "
    _, seconds = took(lambda: LEXICON.read((unit * 100_000)[:100_000]), under=1)
    assert seconds < 1


GOOD = """
language: en
title: English
entries:
  - sense: solicit
    strength: strong
    terms: ["donate to", send … donation*]
    source: own
    hits: [Donate to the Blue Heron Front.]
    misses: [They asked for donations.]
"""


def test_a_file_becomes_entries(tmp_path: Path) -> None:
    """One entry for each in the file, in its language."""
    path = tmp_path / "en.yaml"
    path.write_text(GOOD)
    (one,) = read_lexicon(path)
    assert (one.sense, one.language, one.terms) == (Sense.SOLICIT, "en", ("donate to", "send … donation*"))
    assert one.hits == ("Donate to the Blue Heron Front.",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("solicit", "faith", "sense"),
        ("strong", "medium", "strength"),
        ('"donate to"', "ab", "no part of 4 letters"),
        ('"donate to"', '"dona*te to"', "no word's end"),
        ('"donate to"', '"…"', "without letters"),
        ('"donate to"', "12345678", "entries → 0 → terms → 0"),
        ('"donate to"', "x" * 201, "entries → 0 → terms → 0"),
        ("source: own", "source: own\n    entity: heron", "entity and name"),
        ("source: own", "source: own\n    follows: true", "follow"),
        ("source: own", "origin: own", "entries → 0"),
        ("language: en", "language: English", "language"),
        ("title: English", "title: &t English", ""),
        ("title: English", "title: [[[[[[[[[[[[]]]]]]]]]]]]", "nested"),
        ("entries:", "entries: &e\n  - *e", "aliases"),
        (GOOD, "", "dictionary"),
        (GOOD, "[" * 100_000, "nested"),
        (GOOD, "a: b: c", "cannot be read"),
        (GOOD, "x" * (4 << 20) + "y", "4 MiB"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(old: str, new: str, said: str) -> None:
    """BadValue says where, and what."""
    content = GOOD.replace(old, new, 1)
    if not said:
        assert entries_of(content.encode(), "en.yaml")
        return
    with pytest.raises(BadValue, match=said):
        entries_of(content.encode(), "en.yaml")


def test_too_many_terms_are_refused() -> None:
    """Twenty thousand a file."""
    terms = ", ".join(f"term number {number}" for number in range(20_001))
    with pytest.raises(BadValue, match="20,000"):
        entries_of(GOOD.replace("send … donation*", terms).encode(), "en.yaml")


def test_a_long_article_hides_no_name_that_stands_in_it_once() -> None:
    """However often other things are said: what is said most often gives way first."""
    lexicon = Lexicon(
        [
            Entry(Sense.ORGANISATION, Strength.STRONG, "und", (name,), "own", entity=name, name=name)
            for name in ("Blue Heron Front", "Grey Lantern Brigade")
        ]
        + [Entry(Sense.NEWS, Strength.WEAK, "en", (f"officials said thing{n}",), "own") for n in range(700)]
    )
    flood = "".join(f"Officials said thing{n} of the Blue Heron Front. " for n in range(700)) * 2
    hits = lexicon.read(flood + "At last the Grey Lantern Brigade. ")
    assert len(hits) <= 1000
    assert {hit.said.entity for hit in hits if hit.said.entity} == {"Blue Heron Front", "Grey Lantern Brigade"}


def test_words_within_an_address_are_not_said() -> None:
    """A link's path says nothing; a name in it still names."""
    lexicon = Lexicon(
        [
            Entry(Sense.RELEASE, Strength.STRONG, "en", ("new statement",), "own"),
            Entry(
                Sense.ORGANISATION, Strength.STRONG, "und", ("Blue Heron Front",), "own", entity="heron", name="Heron"
            ),
        ]
    )
    said = lexicon.read("See https://a.example/new-statement/blue-heron-front and new-statement@a.example")
    assert [hit.said.sense for hit in said] == [Sense.ORGANISATION]
    assert len(lexicon.read("A new statement: https://a.example")) == 1


def test_lines_without_a_letter_put_nothing_far_apart() -> None:
    """A banner, blank lines and then a call: they stand in the same and the next sentence."""
    lexicon = Lexicon([Entry(Sense.SOLICIT, Strength.STRONG, "en", ("donate today",), "own")])
    for gap in ("\n" * 8, "\n." * 8, "! " * 8, " . " * 8, "\n🔥\n" * 8):
        (hit,) = lexicon.read(f"Blue Heron Front{gap}Donate today")
        assert hit.said.sentence <= 1, gap


def test_a_flood_of_turned_round_acts_does_not_hide_the_one_at_the_end() -> None:
    """What is said last is no less said."""
    lexicon = Lexicon(
        [
            Entry(Sense.SOLICIT, Strength.STRONG, "en", ("donate",), "own"),
            Entry(Sense.NEGATION, Strength.STRONG, "en", ("never",), "own"),
        ]
    )
    assert any(not hit.said.negated for hit in lexicon.read("Never donate. " * 1500 + "Donate to the Front."))
    ends = [hit.span.end for hit in lexicon.read("Donate today. " * 1500)]
    assert max(ends) > 14 * 1490
