"""Search in any script: the same words find the same items on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qalqan.errors import BadValue
from qalqan.store import Store, intake, items, open_store, search
from qalqan.store.intake import NewItem
from qalqan.store.items import ItemFilter
from support import made
from support.made import new_item, rolled_back, stored
from support.postgres import Server

# What is written, what is looked for, and whether that finds it.
PAIRS = [
    ("O'zbekiston bo'ylab yo'l", "Oʻzbekiston", True),
    ("Oʻzbekiston boʻylab yoʻl", "o'zbekiston BO`YLAB yo´l", True),
    ("Gʼalaba bog‘i", "g'alaba bogʻi", True),
    ("Gʻalaba bogʻi", "galaba", True),
    ("G‛alaba bog′i", "gʹalaba bog＇i", True),
    ("ISTANBUL, İstanbul", "istanbul", True),
    ("İstanbul", "ISTANBUL", True),
    ("Река сегодня высокая", "РЕКА высокая", True),
    ("Река сегодня высокая", "река низкая", False),
    ("ёлка", "ЁЛКА", True),
    ("Дарёи Зарафшон, қишлоқ, ҷӯй", "ҶӮЙ қишлоқ", True),
    ("Тоғлар баланд", "тоғлар", True),
    ("Қазақстан таулары", "ҚАЗАҚСТАН", True),
    ("النَّهْرُ مُرْتَفِعٌ", "النهر مرتفع", True),
    ("النهر مرتفع", "النَّهْرُ", True),
    ("النـــهر", "النهر", True),
    ("دەريا بۈگۈن ئېگىز", "دەريا ئېگىز", True),
    ("河水今天很高", "今天", True),
    ("河水今天很高", "今天很高", True),
    ("河水今天很高", "明天", False),
    ("แม่น้ำวันนี้สูง", "วันนี้", True),
    ("नदी आज ऊँची है", "नदी ऊँची", True),
    ("नदी आज ऊँची है", "नदि", False),
    ("Straße am Fluß", "STRASSE fluss", True),
    ("cafe\u0301 crème", "café CRÈME", True),
    ("Der Fluss 🌊 steigt", "fluss 🌊", True),
    ("ri\u200bver\u00ad bank", "river", True),
    ("ｒｉｖｅｒ ①②", "river 12", True),
    ("https://example.org/river?x=1", "example.org/river", True),
    ("the riverbank", "river", False),
    ("the riverbank", "river*", True),
    ("the riverbank", "bank*", False),
    ("Самарқандда", "самар*", True),
    ("النهرية", "النهر*", True),
    ("one two three", "three one", True),
    ("one two three", "three four", False),
    ("x" * 300, "x" * 300, True),
    ("x" * 300, "x" * 200 + "*", True),
    ("under_score", "score", True),
    ("𐐀𐐁 𞤀𞤁", "𐐨𐐩 𞤢𞤣", True),
    ("ꭰꮃꭹ ꬰ", "ᎠᎳᎩ", True),
]
HOSTILE = [
    '" OR 1 NEAR(', "'; drop", "'; DROP TABLE items; --", "&|!:*()", '"', "''", "*", "**", "NOT", "AND OR NOT", "a AND",
    "NEAR(a b, 2)", "words:river", "-river", "^river", "{river}", "river +", '"river', "river'", "river\\", "\\",
    "river:*", "river <-> bank", "!river", "(river", "%", "_", "river%", "\0", "river\0bank", "\ud800", "\u202eriver",
    "🌊", "�", "river" * 10_000, "( " * 500, "* " * 500,
]  # fmt: skip


BAD_VALUE: set[str | None] = {"a bad value"}
Both = tuple[Store, Store]


@pytest.fixture(scope="module")
def both(
    sqlite_template: Path,
    postgres_server: Server,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Both]:
    """Open a store on each database, for all tests of this file: each undoes what it has done."""
    folder = tmp_path_factory.mktemp("search")
    shutil.copyfile(sqlite_template, folder / "qalqan.db")
    with postgres_server.database(postgres_template) as url, ExitStack() as stack:
        opened = [open_store(one, folder / "blobs") for one in (f"sqlite:///{folder}/qalqan.db", url)]
        for one in opened:
            stack.callback(one.close)
        yield opened[0], opened[1]


@pytest.mark.parametrize("at", [0, 1], ids=["sqlite", "postgresql"])
@pytest.mark.parametrize(("text", "query", "finds"), PAIRS)
def test_words_of_any_script_are_found(both: Both, at: int, text: str, query: str, finds: bool) -> None:  # noqa: FBT001 - a table's column
    """Whatever its letters, signs, cases and apostrophes, a word is found as people write it."""
    assert _found(both[at], [text, "Something else."], query) == ({text} if finds else set())


@pytest.mark.parametrize("at", [0, 1], ids=["sqlite", "postgresql"])
@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_query_is_only_words(both: Both, at: int, query: str) -> None:
    """No sign of a query language means anything: nothing raises but BadValue, and never is everything found."""
    texts = ["The river is high.", "A bank.", "Quiet hills."]
    found = _found(both[at], texts, query)
    assert found == BAD_VALUE or len(found) < len(texts)


def test_a_query_without_words_is_a_bad_value() -> None:
    """Signs alone look for nothing, and that is said."""
    with pytest.raises(BadValue, match="no word to look for"):
        search.parse(" ' & * ")


def test_a_query_of_too_many_words_is_a_bad_value() -> None:
    """A query is bounded; one that repeats itself is not long."""
    with pytest.raises(BadValue, match="51 words are too many"):
        search.parse(" ".join(f"w{n}" for n in range(51)))
    assert search.parse("river " * 1000) == ("river",)


@pytest.mark.parametrize("letter", ["ab", "жз", "ﷺﷻ", "𐐨𐐩", "今天"])
def test_an_enormous_text_is_stored_and_found_by_its_start(store: Store, letter: str) -> None:
    """A text of a million different words fits what a database holds for one item, and its neighbours are kept."""
    enormous = " ".join(f"{letter}{n}{letter * 30}" for n in range(40_000))[:1_000_000]
    stored(store, "first river", enormous, "last river")
    with store.reading() as tx:
        assert items.count(tx, ItemFilter(query="river")) == 2
        assert items.count(tx, ItemFilter(query=f"{letter}0*")) == 1
        assert items.count(tx, ItemFilter(query=f"{letter}900*")) == 1


@given(st.text())
@example("İ ΐ ŉ ß ﬃ")
@example("ﷺ")
def test_a_word_is_short_and_holds_no_sign_of_a_query_language(text: str) -> None:
    """Whatever a text is, its words can stand in either database's query as they are."""
    found = list(search.words(text))
    assert all(0 < len(word) <= search.LONGEST_WORD and not word.isspace() for word in found)
    assert not set("'\"\\&|!:*()^+-{}<> ") & set("".join(found))


# Few different letters, so that words meet; then any letter at all.
_LETTERS = st.text("abиб'ʻ 今天แม่نَ_*\u0301🌊", max_size=12) | st.text(max_size=12)


@given(corpus=st.lists(_LETTERS, min_size=1, max_size=5), query=_LETTERS | st.sampled_from(HOSTILE))
@settings(max_examples=150)
def test_both_databases_find_the_same(both: Both, corpus: list[str], query: str) -> None:
    """For any texts and any query."""
    clean = [text.replace("\0", "").encode("utf-8", "ignore").decode() for text in corpus]
    assert _found(both[0], clean, query) == _found(both[1], clean, query)


@given(text=_LETTERS)
def test_a_text_finds_itself(both: Both, text: str) -> None:
    """Looking for all of a text finds it, on both databases, if it holds any word."""
    clean = text.replace("\0", "").replace("*", "").encode("utf-8", "ignore").decode()
    if list(search.words(clean)):
        assert [_found(one, [clean], clean) for one in both] == [{clean}, {clean}]


def _found(store: Store, corpus: list[str], query: str) -> set[str | None]:
    """Return the texts that a query finds among these, or that it is a bad value."""
    with rolled_back(store) as tx:
        source = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz")
        intake.add_items(tx, [new_item(source.id, str(n), text) for n, text in enumerate(corpus)])
        try:
            return {one.text for one in items.page(tx, ItemFilter(query=query or "*"), 10).items}
        except BadValue:
            return BAD_VALUE


@pytest.mark.parametrize("query", ["l'homme", "l’homme", "homme", "oʻzbek", "ozbek"])
def test_a_word_behind_an_apostrophe_is_found_with_it_and_without(store: Store, query: str) -> None:
    """The apostrophe is a letter in Uzbek and an elision in French: both ways of looking find."""
    with store.writing() as tx:
        source = intake.ensure_source(tx, "/a", "a", "me")
        intake.add_items(tx, [NewItem(made.item(source.id, text="Voici l’homme oʻzbek"), "1")])
    with store.reading() as tx:
        assert items.count(tx, ItemFilter(query=query)) == 1
