"""The terms of lexicons, each spelling and each sense once however many entries have it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from qalqan.model.words import Entry, Said, Strength
from qalqan.signals.patterns import Pattern, patterns

_FAMILIES = dict.fromkeys(("tr", "uz", "kk", "ky", "tk", "ug"), "turkic")
"""Languages that understand each other's negations. In others a word may be one by chance: ne is “not” in French and
“what” in Turkish.
"""


@dataclass(slots=True, eq=False)
class Term:
    """A term of a lexicon in one of the ways it may stand in a key."""

    entry: int
    """The number of its entry within the lexicon."""
    said: Said
    """What it says, with nothing about a place."""
    pattern: Pattern
    exact: bool
    follows: bool
    families: set[str]
    """Whose negations it is, or is turned round by."""
    parts: tuple[int, ...] = field(default=())
    """The parts' numbers within the lexicon."""


def compiled_terms(entries: Iterable[Entry]) -> list[Term]:
    """Return the terms of entries. Where several say the same with the same pattern, the strongest stands for all."""
    terms: dict[tuple[object, ...], Term] = {}
    for number, entry in enumerate(entries):
        family = _FAMILIES.get(entry.language, entry.language)
        for text in entry.terms:
            said = Said(
                sense=entry.sense, term=text, strength=entry.strength, language=entry.language, sentence=0,
                entity=entry.entity, name=entry.name,
            )  # fmt: skip
            for pattern in patterns(text, entry):
                key = (pattern, entry.sense, entry.follows, entry.entity, entry.exact and text)
                known = terms.setdefault(key, Term(number, said, pattern, entry.exact, entry.follows, {family}))
                known.families.add(family)
                if known.said.strength is Strength.WEAK and entry.strength is Strength.STRONG:
                    known.entry, known.said = number, said
    return list(terms.values())
