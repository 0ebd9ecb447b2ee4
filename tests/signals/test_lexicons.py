"""Every built-in lexicon file: its form, and the sentences that hold its entries to what they say."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import resources

import pytest

from qalqan.model.words import WHO, Entry, Sense
from qalqan.signals.key import key_text
from qalqan.signals.lexicon import Lexicon
from qalqan.signals.lexicon_file import read_lexicon

FOLDER = resources.files("qalqan.signals") / "lexicons"
FILES = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".yaml"))
EACH = pytest.mark.parametrize("name", FILES)
LANGUAGES = {"ar", "de", "en", "fr", "kk", "ky", "nl", "ru", "tg", "tk", "tr", "ug", "uz"}


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """Return a file's entries."""
    return read_lexicon(FOLDER / name)


@cache
def alone(name: str) -> tuple[tuple[Entry, Lexicon], ...]:
    """Return each entry with a lexicon of it as entry 0 and of its language's negations."""
    negations = [one for one in entries(name) if one.sense is Sense.NEGATION]
    return tuple(
        (entry, Lexicon([entry] if entry.sense is Sense.NEGATION else [entry, *negations])) for entry in entries(name)
    )


def says(lexicon: Lexicon, text: str) -> bool:
    """Whether the lexicon's first entry says something in a text, not turned round."""
    return any(hit.entry == 0 and not hit.said.negated for hit in lexicon.read(text))


def where(entry: Entry) -> str:
    """Return how a person finds an entry in its file."""
    return f"{entry.sense} {entry.strength} “{entry.terms[0]}”…"


def test_there_is_a_file_for_each_language_and_one_for_names() -> None:
    """Thirteen languages, the names, and what stands beside an enemy's."""
    assert {name.removesuffix(".yaml") for name in FILES} == LANGUAGES | {"organisations", "against"}


@EACH
def test_a_file_reads(name: str) -> None:
    """It has the form of a lexicon, and its language is its name's."""
    languages = {entry.language for entry in entries(name)}
    assert languages == ({"und"} if name in ("organisations.yaml", "against.yaml") else {name.removesuffix(".yaml")})


@EACH
def test_each_term_is_found_alone(name: str) -> None:
    """A text that is the term, without its stars and dots, has it; no negation within the term turns it round."""
    lost = [
        f"{where(entry)}: {term}"
        for entry, lexicon in alone(name)
        for term in entry.terms
        if not says(lexicon, term.replace("*", "").replace("…", " "))
    ]
    assert not lost, "\n".join(lost)


@EACH
def test_each_hit_is_found(name: str) -> None:
    """One of an entry's terms is found in each of its `hits`, not turned round."""
    lost = [
        f"{where(entry)}: {sentence}"
        for entry, lexicon in alone(name)
        for sentence in entry.hits
        if not says(lexicon, sentence)
    ]
    assert not lost, "\n".join(lost)


@EACH
def test_no_miss_is_found(name: str) -> None:
    """None of an entry's terms is found in any of its `misses`, or only turned round."""
    wrong = [
        f"{where(entry)}: {sentence}"
        for entry, lexicon in alone(name)
        for sentence in entry.misses
        if says(lexicon, sentence)
    ]
    assert not wrong, "\n".join(wrong)


@EACH
def test_no_term_stands_twice_in_a_sense(name: str) -> None:
    """A term has one strength, for one entity; of words, spellings with the same key are the same term."""
    terms = [
        (entry.sense, entry.entity, entry.follows, entry.exact, _same(entry, term))
        for entry in entries(name)
        for term in entry.terms
    ]
    twice = [f"{sense}: {same}" for (sense, _, _, _, same), times in Counter(terms).items() if times > 1]
    assert not twice, "\n".join(twice)


def _same(entry: Entry, term: str) -> str:
    """Return what two terms have in common that are the same; names are listed as people write them."""
    if entry.sense in WHO:
        return term
    return "…".join(key_text(part.replace("*", "9")) for part in term.split("…"))


@EACH
def test_each_entry_of_words_has_sentences(name: str) -> None:
    """An entry without sentences that it must find and must not find is held to nothing."""
    bare = [where(entry) for entry in entries(name) if not entry.hits or not entry.misses]
    assert not bare, "\n".join(bare)
