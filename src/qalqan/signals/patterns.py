"""A lexicon's terms as what stands in a key: parts, the gaps between them, and the spellings that count as the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qalqan.model.words import CONTEXTS, WHO, Entry, Sense
from qalqan.signals.key import key_text
from qalqan.signals.letters import APOSTROPHES, fold
from qalqan.signals.lexicon_file import GAP

WIDEST_GAP = 6
"""Words that ` … ` stands for at most."""
_SHORTEST_JOINED = 7
"""Letters of a term that is also looked for written in one word."""

_APOSTROPHE = f"[{re.escape(APOSTROPHES)}]"
_ARABIC = re.compile("[\u0621-\u064a]")
_UYGHUR = re.compile("[ەېۆۈۇۋڭ]")
_AND = ("و", "ف")
_PARTICLES = ("ال", "وال", "بال", "لل", "ل", "ب", "ك", "ول", "وب")
"""What Arabic writes in one word with a noun: the, and the, with the, for the, for, with, like, and for, and with."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring words of a term."""

    key: str
    words: int
    open: bool
    """Whether its last word may have any ending."""
    gap: int
    """How many words may stand before it, after the part before."""

    @property
    def sought(self) -> bytes:
        """What is looked for in a key that has a space before and after every word."""
        return f" {self.key}{'' if self.open else ' '}".encode()


Pattern = tuple[Part, ...]


def patterns(term: str, entry: Entry) -> frozenset[Pattern]:
    """Return the ways in which a term may stand in a key; the same ones for spellings that make no difference."""
    spellings = {term, *_spellings(term, entry)}
    found = {pattern for spelling in spellings for pattern in _with_open_ends(_parts(spelling))}
    if not entry.exact:
        found |= {joined for pattern in tuple(found) for joined in _in_one_word(pattern)}
    return frozenset(pattern for pattern in found if pattern)


def _spellings(term: str, entry: Entry) -> Iterator[str]:
    """Yield other spellings of a term, each of which its key would not be the same as the term's."""
    if entry.exact:
        return
    if entry.language == "de":
        yield term.translate(_UMLAUTS)
    if "ё" in term and entry.language in {"ru", "und"}:
        yield term.replace("ё", "е")
    if entry.language in {"uz", "und"}:  # typed without the letter ў
        yield re.sub(f"ў|(?<=[oO]){_APOSTROPHE}", lambda found: "у" if found[0] == "ў" else "\0", term).replace(
            "o\0", "u"
        )
    if entry.language == "tg":
        yield term.replace("ҷ", "ч")
    if re.search(f"{_APOSTROPHE}s\\b", term):
        yield re.sub(f"{_APOSTROPHE}s\\b", "s", term)
    if _ARABIC.match(term) and entry.language != "ug" and not _UYGHUR.search(term):
        yield from (particle + term for particle in _AND)
        if entry.sense in WHO or entry.sense in CONTEXTS or entry.sense is Sense.ARMS:
            yield from (particle + term for particle in _PARTICLES)


def _parts(term: str) -> Pattern:
    parts: list[Part] = []
    for number, piece in enumerate(GAP.split(term)):
        gap = WIDEST_GAP if number else 0
        for run in re.findall(r"[^*]+\*?", piece):
            key = key_text(run.removesuffix("*"))
            if key:
                parts.append(Part(key, key.count(" ") + 1, run.endswith("*"), gap))
                gap = 0
    return tuple(parts)


def _with_open_ends(pattern: Pattern) -> Iterator[Pattern]:
    """Yield a pattern, and for a stem that ends in y also the one of which e is the next letter: a key has no ye."""
    yield pattern
    last = pattern[-1] if pattern else None
    if last and last.open and last.key.endswith("y"):
        yield (*pattern[:-1], Part(fold(last.key + "e"), last.words, last.open, last.gap))


def _in_one_word(pattern: Pattern) -> Iterator[Pattern]:
    """Yield a term of several words as one, as hashtags and addresses write it."""
    if len(pattern) == 1 and pattern[0].words > 1:
        key = fold(pattern[0].key.replace(" ", ""))
        if len(key) >= _SHORTEST_JOINED:
            yield (Part(key, 1, pattern[0].open, 0),)
