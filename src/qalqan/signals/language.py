"""Language and script of a text, as a hint: letters that only one language has, then CLD2, then py3langid.

Neither library alone knows Central Asian languages well; each is asked only for what letters leave open. No lexicon is
left out because of what this says.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

SAMPLE = 250
"""Characters that are looked at."""
FEWEST = 3
"""Letters below which nothing is said."""
_SURE = 95
_LIKELY = 80

_BY_SCRIPT = {
    "Latn": ("de", "en", "fr", "nl", "tk", "tr", "uz", "az", "es", "it", "pl", "pt"),
    "Cyrl": ("kk", "ky", "ru", "tg", "uz", "tt"),
    "Arab": ("ar", "ug", "fa", "ur"),
}
"""The languages of the lexicons, and their neighbours that would else be taken for one of them."""
_SCRIPTS = (
    ("Latn", "A-Za-z\u00c0-\u024f\u1e00-\u1eff"),
    ("Cyrl", "\u0400-\u052f"),
    ("Arab", "\u0620-\u06d5\u06ee-\u06ff"),
)
_LETTERS = tuple((script, re.compile(f"[{letters}]+")) for script, letters in _SCRIPTS)
_LINKS = re.compile(r"https?://\S{1,300}|[@#]\w{1,100}|\b\w{1,60}\.\w{1,60}/\S{0,300}")
_MAY_LINK = re.compile("[/@#]")
_BLANKS = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
    + "]+"
)
"""What CLD2 takes for invalid UTF-8."""

# A language is told by a letter of `has`, where no letter of `lacks` stands.
_TOLD_BY = (
    ("Arab", "ug", "ەېۆۈۋڭ", "ێڕڵ"),
    ("Arab", "ar", "ةأإذضظثصط", "پچگژکیٹڈڑےہھەېۆۈۇۋ"),
    ("Cyrl", "uk", "їєґ", ""),
    ("Cyrl", "tg", "ӣӯҷ", ""),
    ("Cyrl", "uz", "ў", "іыщәөүӣӯҷ"),
    ("Cyrl", "kk", "ұі", ""),
    ("Cyrl", "kk", "ә", "ӣӯҷўҳҗ"),
    ("Cyrl", "ky", "өү", "әғқіұҳҗ"),
    ("Latn", "tk", "ň", ""),
    ("Latn", "tk", "ýž", "čřšěůðþ"),
    ("Latn", "tr", "ğış", "ə"),
    ("Latn", "de", "ß", ""),
)
_UYGHUR_I = re.compile("ى[\u0620-\u06d5]|(?<![\u0620-\u06d5])ئ[اەېىوۇۆۈ]")
"""ى within a word, and a vowel's carrier before one: Arabic has the first only at a word's end."""
_KYRGYZ = re.compile("[өүңӨҮҢ]|([аоуэеыАОУЭЕЫ])\\1")
"""Letters and long vowels without which nothing is Kyrgyz: Kazakh typed on a Russian keyboard looks like it."""
_ENOUGH = 80
"""Characters in which Kyrgyz would have one of them."""


@dataclass(frozen=True, slots=True)
class Language:
    """What a text seems to be written in."""

    code: str
    """ISO 639: `uz`."""
    script: str
    """ISO 15924: `Latn`, `Cyrl`, `Arab`."""
    confidence: int
    """0 to 100."""

    @property
    def tag(self) -> str:
        """`uz-Latn`."""
        return f"{self.code}-{self.script}"


def language_of(text: str) -> Language | None:
    """Return a text's language and script; None where it has too few letters or those of another script."""
    sample = text[:SAMPLE]
    if _MAY_LINK.search(sample):
        sample = _LINKS.sub(" ", sample)
    script = _script(sample)
    if script is None:
        return None
    code = _told_by_letters(sample.lower(), script)
    if code:
        return Language(code, script, _SURE)
    return _told_by_libraries(_BLANKS.sub(" ", sample), script)


def _script(sample: str) -> str | None:
    most, script = max((sum(map(len, letters.findall(sample))), script) for script, letters in _LETTERS)
    return script if most >= FEWEST else None


def _told_by_letters(sample: str, script: str) -> str | None:
    if script == "Arab" and _UYGHUR_I.search(sample):
        return "ug"
    letters = set(sample)
    for where, code, has, lacks in _TOLD_BY:
        if where == script and not letters.isdisjoint(has) and letters.isdisjoint(lacks):
            return code
    return None


def _told_by_libraries(sample: str, script: str) -> Language | None:
    import pycld2

    try:
        reliable, _, guesses = pycld2.detect(sample)
    except (pycld2.error, ValueError):  # for what it takes for invalid UTF-8
        reliable, guesses = False, ()
    codes = _BY_SCRIPT[script]
    if reliable and guesses[0][1] in codes and guesses[0][2] >= _LIKELY:
        code, confidence = guesses[0][1], guesses[0][2]
    else:
        code, share = _identifiers()[script].classify(sample)
        confidence = round(100 * share)
    if code == "ky" and len(sample) >= _ENOUGH and not _KYRGYZ.search(sample):
        return Language("kk", script, _SURE // 2)
    return Language(code, script, confidence)


@cache
def _identifiers() -> dict[str, Any]:
    """Return py3langid for each script, with the languages that are written in it. It takes half a second to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found = {}
    for script, codes in _BY_SCRIPT.items():
        found[script] = copy(whole)
        found[script].set_languages(codes)
    return found
