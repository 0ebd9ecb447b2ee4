"""Guesses the language of what a first reading gave, for a second one with that language alone. Decoding child only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qalqan.signals import language

NAMES = {
    "en": "eng", "de": "deu", "fr": "fra", "nl": "nld", "tr": "tur", "uz": "uzb", "tk": "tur",
    "ru": "rus", "kk": "kaz", "ky": "kir", "tg": "tgk", "ar": "ara", "ug": "uig",
}  # fmt: skip
"""Tesseract's names; it has none for Turkmen, whose letters Turkish serves best."""
LETTERS = {
    "Latin": re.compile("[A-Za-z]"),
    "Cyrillic": re.compile("[\u0400-\u052f]"),
    "Arabic": re.compile("[\u0620-\u06ff]"),
}
"""Words of another script, such as links, say nothing about the language."""
SHORTEST = 12
"""Characters: less says nothing about its language."""


def language_of(text: str, script: str, scripts: Mapping[str, Sequence[str]]) -> str | None:
    """Return Tesseract's name for the text's language, if it is one of this script's; None where that is unclear."""
    own = " ".join(word for word in text.split() if LETTERS[script].search(word)) if script in LETTERS else ""
    hint = language.language_of(own) if len(own) >= SHORTEST else None
    name = NAMES.get(hint.code, "") if hint else ""
    if name == "uzb" and script == "Cyrillic":
        name = "uzb_cyrl"
    return name if name in scripts.get(script, ()) else None
