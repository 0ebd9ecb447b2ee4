"""A lexicon's terms as what stands in a key: parts, the gaps between them, and the spellings that count as the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from qalqan.model.words import CONTEXTS, WHO, Entry, Sense
from qalqan.signals.key import key_text
from qalqan.signals.letters import APOSTROPHES, fold
from qalqan.signals.lexicon_file import GAP

WIDEST_GAP = 6
"""Words that ` … ` stands for at most."""
_SHORTEST_JOINED = 7
"""Letters of a term that is also looked for written in one word."""

_ARABIC = re.compile("[\u0621-\u064a]")
_UYGHUR = re.compile("[ەېۆۈۇۋڭ]")
_AND = ("o", "f")
_PARTICLES = ("al", "oal", "bal", "l", "b", "k", "ol", "ob")
"""Keys of what Arabic writes in one word with a noun: and; the, and the, with the, for (the), with, like, …"""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_WITHOUT_YO = str.maketrans("ёЁ", "еЕ")
_WITHOUT_JE = str.maketrans("ҷҶ", "чЧ")
_UZBEK_O = re.compile(f"[ўЎ]|[oO][{re.escape(APOSTROPHES)}]")
_POSSESSIVE = re.compile(f"[{re.escape(APOSTROPHES)}]s\\b")
_RUNS = re.compile(r"[^*]+\*?")


class Part(NamedTuple):
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


def patterns(term: str, entry: Entry) -> set[Pattern]:
    """Return the ways in which a term may stand in a key, its other spellings among them."""
    found = {_parts(term)} - {()}
    if not entry.exact:
        found.update(_parts(spelling) for spelling in _spellings(term, entry.language))
        if _ARABIC.match(term) and entry.language != "ug" and not _UYGHUR.search(term):
            found |= _with_particles(found, entry.sense)
        found.update([joined for pattern in found for joined in _in_one_word(pattern)])
    found.update([stem for pattern in found for stem in _before_e(pattern)])
    return found


def _spellings(term: str, language: str) -> Iterator[str]:
    """Yield what people write for a term that has another key."""
    if language == "de" and (spelling := term.translate(_UMLAUTS)) != term:
        yield spelling
    if language in {"ru", "und"} and ("ё" in term or "Ё" in term):
        yield term.translate(_WITHOUT_YO)
    if language in {"uz", "und"} and _UZBEK_O.search(term):  # typed without the letter ў
        yield _UZBEK_O.sub(_as_u, term)
    if language in {"tg", "und"} and ("ҷ" in term or "Ҷ" in term):
        yield term.translate(_WITHOUT_JE)
    if "s" in term and _POSSESSIVE.search(term):
        yield _POSSESSIVE.sub("s", term)


def _as_u(found: re.Match[str]) -> str:
    return "у" if len(found[0]) == 1 else "u"


def _parts(term: str) -> Pattern:
    """Return a term's parts."""
    parts: list[Part] = []
    gap = 0
    for piece in GAP.split(term):
        for run in _RUNS.findall(piece):
            key = key_text(run.rstrip("*"))
            if key:
                parts.append(Part(key, key.count(" ") + 1, run[-1] == "*", gap))
                gap = 0
        gap = WIDEST_GAP
    return tuple(parts)


def _with_particles(found: set[Pattern], sense: Sense) -> set[Pattern]:
    """Return Arabic patterns with what is written in one word with their first one."""
    nouns = sense in WHO or sense in CONTEXTS or sense is Sense.ARMS
    return {
        (pattern[0]._replace(key=fold(particle + pattern[0].key)), *pattern[1:])
        for pattern in found
        for particle in (_AND + _PARTICLES if nouns else _AND)
    }


def _in_one_word(pattern: Pattern) -> Iterator[Pattern]:
    """Yield a term of several words as one, as hashtags and addresses write it."""
    if len(pattern) == 1 and pattern[0].words > 1:
        key = fold(pattern[0].key.replace(" ", ""))
        if len(key) >= _SHORTEST_JOINED:
            yield (Part(key, 1, pattern[0].open, 0),)


def _before_e(pattern: Pattern) -> Iterator[Pattern]:
    """Yield for a stem that ends in y the one of which e is the next letter: a key has no ye."""
    last = pattern[-1]
    if last.open and last.key.endswith("y"):
        yield (*pattern[:-1], last._replace(key=fold(last.key + "e")))
