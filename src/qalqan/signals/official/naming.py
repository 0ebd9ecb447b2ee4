"""Makes terms of the names on a list: which say something by themselves, and which only beside something strong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qalqan.model.words import Entry, Sense, Strength

SHORTEST, LONGEST = 2, 200
"""Characters of a name."""
MOST_NAMES = 200
"""Names of one listed body or person."""
LETTERS = 8
"""A name of two words and so many letters is rarely something else."""
ACRONYM = re.compile(r"[A-ZА-ЯЁ][A-ZА-ЯЁ0-9-]{1,7}")
_DOTS = re.compile(r"(?<=\b\w)\.(?=\w\b|\s|$)")
"""Dots of abbreviations: `A.I.C.` is written `AIC` as well, and a dot else ends a sentence."""
_WITHIN = re.compile(r"\(([^()]{2,200})\)")
_SPLIT = re.compile(r"\s*[;/]\s+|\s+/\s*")
_NOTES = re.compile(
    r"\b(?:original script|a\.?k\.?a\.?|f\.?k\.?a\.?|sub-unit name|formerly listed as)\b:?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One body or person on a list."""

    reference: str
    """Its number there: `QDe.115`, `8759`."""
    name: str
    others: tuple[tuple[str, bool], ...]
    """Other names, and whether the list itself calls them good ones."""
    person: bool


def entries_of(listed: Listed, source: str) -> Iterator[Entry]:
    """Yield the entries for one listed body or person: strong names, weak ones, and acronyms as they are written."""
    sorted_names: dict[tuple[Strength, bool], list[str]] = {}
    for name, good in _names(listed):
        sorted_names.setdefault(_sort(name, good=good, person=listed.person), []).append(name)
    for (strength, exact), names in sorted(sorted_names.items()):
        yield Entry(
            sense=Sense.PERSON if listed.person else Sense.ORGANISATION,
            strength=strength,
            language="und",
            terms=tuple(names[:MOST_NAMES]),
            source=f"{source}, {listed.reference}",
            exact=exact,
            entity=re.sub(r"[^a-z0-9]+", "-", f"{source} {listed.reference}".lower()).strip("-"),
            name=listed.name,
        )


def _names(listed: Listed) -> Iterator[tuple[str, bool]]:
    """Yield each name once: what a list puts in brackets or behind a slash are names of their own."""
    seen = set()
    for text, good in ((listed.name, True), *listed.others):
        for name in _pieces(text):
            alone = listed.person and len(name.split()) == 1  # many persons' name
            if name.casefold() not in seen and not alone:
                seen.add(name.casefold())
                yield name, good


def _pieces(text: str) -> Iterable[str]:
    text = text[: 10 * LONGEST]
    inner = [piece for found in _WITHIN.finditer(text) for piece in _SPLIT.split(found.group(1))]
    outer = _SPLIT.split(_WITHIN.sub(" ", text))
    for piece in (*outer, *inner):
        name = " ".join(_NOTES.sub(" ", piece).strip(" .,;:'\"()“”").split())
        name = _DOTS.sub("", name)
        if SHORTEST <= len(name) <= LONGEST and any(char.isalpha() for char in name):
            yield name


def _sort(name: str, *, good: bool, person: bool) -> tuple[Strength, bool]:
    """Return how strong a name is and whether its capitals must be as written.

    Persons share their names with others, single words are words of a language, short capitals are anything: they say
    something only beside what is strong.
    """
    if ACRONYM.fullmatch(name):
        return Strength.WEAK, True
    whole = len(name.split()) > 1 and sum(map(str.isalpha, name)) >= LETTERS
    return (Strength.STRONG if whole and good and not person else Strength.WEAK), False
