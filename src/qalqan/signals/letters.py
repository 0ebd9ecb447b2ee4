"""Each letter of any script as Latin letters: the alphabet of keys (see `signals.key`).

What is written in two scripts, or with and without the letters that a keyboard lacks, comes out the same: Uzbek ў and
oʻ are o, Kazakh ә and а are a, ҳ, х, x and kh are h. A key is for comparing, never for reading: к and қ are one letter
in it, and so are ж and zh. Other scripts come from `anyascii`.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

APOSTROPHES = "'’‘ʻʼ`´ʹʾʿ‛ˈ′＇"
"""What people type for the apostrophe of oʻ, gʻ, l', 's."""

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "ғ": "g", "д": "d", "ђ": "d", "е": "e", "ё": "yo", "є": "ye",
    "ж": "j", "җ": "j", "ҷ": "j", "з": "z", "ѕ": "s", "и": "i", "і": "i", "ї": "i", "ӣ": "i", "ѝ": "i", "й": "y",
    "ј": "y", "к": "k", "қ": "k", "ќ": "k", "л": "l", "љ": "l", "м": "m", "н": "n", "ң": "n", "њ": "n", "ҥ": "n",
    "о": "o", "ө": "o", "ў": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ү": "u", "ұ": "u", "ӯ": "u",
    "ф": "f", "х": "h", "ҳ": "h", "һ": "h", "ц": "ts", "ч": "ch", "џ": "j", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i",
    "ь": "", "э": "e", "ә": "a", "ю": "yu", "я": "ya", "ӏ": "",
}  # fmt: skip
# Letters that Arabic keeps apart stay apart here, by a second letter that no Latin word has there: ح is not ه.
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "a", "آ": "a", "ٱ": "a", "ء": "", "ئ": "", "ؤ": "o", "ب": "b", "پ": "p", "ت": "t",
    "ث": "tc", "ج": "j", "چ": "ch", "ح": "hw", "خ": "hc", "د": "d", "ذ": "dc", "ر": "r", "ز": "z", "ژ": "jw",
    "س": "s", "ش": "sh", "ص": "sw", "ض": "dw", "ط": "tw", "ظ": "zw", "ع": "c", "غ": "gc", "ف": "f", "ڤ": "v",
    "ق": "kw", "ك": "k", "ک": "k", "گ": "g", "ڭ": "ng", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "h", "ھ": "h",
    "ہ": "h", "ۀ": "h", "ە": "e", "و": "o", "ۇ": "u", "ۆ": "oe", "ۈ": "ue", "ۋ": "v", "ى": "i", "ي": "i", "ی": "i",
    "ې": "ei", "ے": "i",
}  # fmt: skip
_LATIN = {"ß": "ss", "ı": "i", "ə": "e", "ø": "o", "đ": "d", "ł": "l", "q": "k", "x": "h"}

_FOLDS = re.compile(r"([a-z])\1+|s(?:hch)+|(?:d?zh)+|dj|kh|ye")
_FOLDED = {"s": "sh", "z": "j", "d": "j", "k": "h", "y": "e"}
_ROUNDS = 4
_REMEMBERED = 1 << 16


class _Letters(dict[int, str]):
    """Characters as Latin letters and digits; nothing for marks and the invisible, a space for what is no letter."""

    def __missing__(self, code: int) -> str:
        found = _as_latin(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = found
        return found


def _as_latin(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] == "M" or category in {"Cf", "Cn", "Co", "Cs"} or char in APOSTROPHES or char == "ـ":
        return ""
    if char.isascii():
        return char.lower() if char.isalnum() else " "
    bare = "".join(one for one in unicodedata.normalize("NFKD", char).casefold() if not unicodedata.combining(one))
    if bare != char and bare.isalnum():
        return bare.translate(LETTERS)
    spelled = anyascii(char).lower()
    if spelled.startswith(":"):  # the name of an emoji
        return " "
    letters = re.sub("[^a-z]+", "", spelled).replace("q", "k").replace("x", "h")
    if letters or category[0] == "L":  # signs of old scripts have numbers for names
        return letters
    return re.sub("[^0-9]+", "", spelled) or " "


LETTERS = _Letters({ord(letter): latin for table in (_CYRILLIC, _ARABIC, _LATIN) for letter, latin in table.items()})
"""For `str.translate`, on case-folded text."""
LETTERS.update({ord(letter.upper()): latin for letter, latin in _CYRILLIC.items()})


def _folded(found: re.Match[str]) -> str:
    return found[1] or _FOLDED[found[0][0]]


def fold(latin: str) -> str:
    """Return Latin letters with what is spelled in two ways spelled in one: doubled letters, sh, zh, kh, ye."""
    for _ in range(_ROUNDS):  # one folding can bring letters together for the next
        folded = _FOLDS.sub(_folded, latin)
        if folded == latin:
            break
        latin = folded
    return latin
