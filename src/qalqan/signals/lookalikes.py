"""Letters that look like letters of another script, for words that mix scripts to slip through.

A hand-kept part of what Unicode calls confusables (UTS #39): the letters that keyboards and generators of
“fancy text” offer. Letters that only sound alike are the business of `signals.letters`.
"""

from __future__ import annotations

import re

_AS_LATIN = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "һ": "h", "н": "h", "і": "i", "ї": "i", "ј": "j",
    "к": "k", "қ": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o", "ө": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s",
    "т": "t", "у": "y", "ү": "y", "ұ": "y", "ў": "y", "ѵ": "v", "ԝ": "w", "ш": "w", "х": "x", "ҳ": "x", "ь": "b",
    "и": "u", "й": "u", "я": "r", "э": "e", "ә": "e", "є": "e", "ғ": "f", "ӕ": "ae", "ч": "y",
    # Greek
    "α": "a", "ά": "a", "β": "b", "ϲ": "c", "δ": "d", "ε": "e", "έ": "e", "η": "n", "ή": "n", "ι": "i", "ί": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "v", "ο": "o", "ό": "o", "ρ": "p", "σ": "o", "ς": "s", "τ": "t", "υ": "u",
    "ύ": "u", "χ": "x", "γ": "y", "ω": "w", "ώ": "w", "ϳ": "j", "ζ": "z", "ξ": "e", "π": "n", "θ": "o", "φ": "o",
    # Armenian
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ա": "w", "զ": "q", "ց": "g", "յ": "j", "ք": "p", "լ": "l", "ե": "t",
    # Cherokee
    "Ꭺ": "a", "Ᏼ": "b", "Ꮯ": "c", "Ꭰ": "d", "Ꭼ": "e", "Ꮐ": "g", "Ꮋ": "h", "Ꭵ": "i", "Ꭻ": "j", "Ꮶ": "k", "Ꮮ": "l",
    "Ꮇ": "m", "Ꮲ": "p", "Ꭱ": "r", "Ꮪ": "s", "Ꭲ": "t", "Ꮩ": "v", "Ꮃ": "w", "Ꮓ": "z",
}  # fmt: skip
_AS_CYRILLIC = {
    "a": "а", "b": "в", "c": "с", "e": "е", "h": "н", "i": "і", "k": "к", "m": "м", "n": "п", "o": "о", "p": "р",
    "r": "г", "s": "ѕ", "t": "т", "u": "и", "x": "х", "y": "у", "ə": "ә", "ö": "ө", "ë": "ё", "ï": "ї", "w": "ш",
    "α": "а", "β": "в", "ε": "е", "η": "н", "ι": "і", "κ": "к", "μ": "м", "ο": "о", "π": "п", "ρ": "р", "τ": "т",
    "υ": "у", "φ": "ф", "χ": "х", "γ": "г", "λ": "л",
}  # fmt: skip
_LATIN_LOOKS = frozenset("авсԁеһіїјкӏмоөрԛѕтуүѵԝхңкн")
"""Cyrillic letters that readers take for Latin ones without looking twice."""
_CYRILLIC_LOOKS = frozenset("abcehikmoprtxyuə")

_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_OTHER = re.compile("[\u0370-\u03ff\u0531-\u0587\u13a0-\u13ff]")

_to_latin = str.maketrans(_AS_LATIN)
_to_cyrillic = str.maketrans(_AS_CYRILLIC)


def one_script(word: str) -> str:
    """Return a case-folded word with the letters of a second script replaced by those that they stand in for.

    A word of one script comes back as it is. Where both scripts could be meant, that one is taken whose letters
    have no twin in the other, and else the one with more letters.
    """
    if not _LATIN.search(word) and not _OTHER.search(word):  # nearly all words that get here
        return word
    latin = _LATIN.findall(word)
    cyrillic = _CYRILLIC.findall(word)
    others = len(_OTHER.findall(word))
    if not latin:
        return word.translate(_to_cyrillic) if cyrillic and 0 < others < len(cyrillic) else word
    if not cyrillic:
        return word.translate(_to_latin) if 0 < others <= len(latin) else word
    return word.translate(_to_latin if _latin_is_meant(latin, cyrillic) else _to_cyrillic)


def _latin_is_meant(latin: list[str], cyrillic: list[str]) -> bool:
    strange_latin = sum(letter not in _CYRILLIC_LOOKS for letter in latin)
    strange_cyrillic = sum(letter not in _LATIN_LOOKS for letter in cyrillic)
    if bool(strange_latin) != bool(strange_cyrillic):
        return strange_latin > 0
    return len(latin) >= len(cyrillic)
