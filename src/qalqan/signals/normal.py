"""Text brought to the one form in which it is compared, with a way back to the raw characters.

Unicode NFKC and case folding (UAX #15, Unicode 3.13); invisible characters, Arabic vowel signs and tatweel left
out; everything that is neither letter, mark nor digit becomes one space. Marks stay: й and и, ғ and г are
different letters.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"  # fillers, variation selectors
    "\u0640\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff]"  # Arabic
)
_JAMO = re.compile("[\u1100-\u115e\u1161-\u11ff]")
_HALF_WIDTH_MARKS = "\uff9e\uff9f"  # letters by their category, marks by their work

_WORD = re.compile("[wmj][wmjx]*")
_CLUSTER = re.compile("(?:j[jx]{0,7}|.)[mx]{0,30}")
"""A letter and its marks, or a Hangul syllable. Bounded, for sorting marks takes time by the square of their count
(UAX #15, section 13, has the same bound of 30)."""

_CACHED_LENGTH = 40
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and where each of its characters came from."""

    text: str
    """Words separated by single spaces, none at the ends."""
    offsets: array[int]
    """One more number than `text` has characters: characters `a` to `b` of `text` come from characters
    `offsets[a]` to `offsets[b]` of the raw text, where `a` and `b` lie at the ends of words. Where one raw character
    became several words (½), all of them come from its beginning."""


class _Classes(dict[int, str]):
    """Each character's class: `w` letter or digit, `m` mark, `j` Hangul part, `x` invisible, space for the rest."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _class_of(chr(code))
        return found


def _class_of(char: str) -> str:
    category = unicodedata.category(char)
    if _INVISIBLE.match(char) or category == "Cf" or (category == "Cc" and not char.isspace()):
        return "x"
    if _JAMO.match(char):
        return "j"
    if category[0] == "M" or char in _HALF_WIDTH_MARKS:
        return "m"
    # A circled letter or a squared word is a symbol by its category, and read as letters all the same.
    return "w" if any(unicodedata.category(one)[0] in "LN" for one in unicodedata.normalize("NFKC", char)) else " "


_classes = _Classes()


def normalise(text: str) -> Normalised:
    """Return `text` in its normal form, with offsets. Takes linear time; never raises."""
    words: list[str] = []
    offsets = array("L")
    end = 0
    classes = text.translate(_classes)
    for found in _WORD.finditer(classes):
        raw = text[found.start() : found.end()]
        word, steps = _known_word(raw) if len(raw) <= _CACHED_LENGTH else _word(raw)
        if not word:
            continue
        if words:
            offsets.append(end)
        start, end = found.span()
        words.append(word)
        offsets.extend([start + step for step in steps])
    offsets.append(end)
    return Normalised(" ".join(words), offsets)


def _word(raw: str) -> tuple[str, tuple[int, ...]]:
    """Return the normal form of a run of letters, and for each of its characters where in `raw` it comes from."""
    classes = raw.translate(_classes)
    plain = "".join(map(_cluster, raw)) if classes.count("w") == len(raw) else ""
    if len(plain) == len(raw) and " " not in plain:  # nearly all words: a letter for a letter
        return plain, tuple(range(len(raw)))
    chars: list[str] = []
    steps: list[int] = []
    for found in _CLUSTER.finditer(classes):
        for char in _cluster(raw[found.start() : found.end()]):
            if char == " " and (not chars or chars[-1] == " "):
                continue
            chars.append(char)
            steps.append(found.start())
    word = "".join(chars).rstrip(" ")
    return word, tuple(steps[: len(word)])


_known_word = lru_cache(maxsize=1 << 16)(_word)  # words come again and again; long ones would only fill the cache


@lru_cache(maxsize=1 << 14)
def _cluster(raw: str) -> str:
    """Return the normal form of a letter with its marks: usually one character, a few for ligatures."""
    for _ in range(_ROUNDS):  # folding can undo what NFKC did, and the other way round
        visible = "".join(char for char in raw if _classes[ord(char)] != "x")
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
        # Turkish: I and İ are the capitals of ı and i, which case folding does not know.
        folded = folded.replace("i\u0307", "i").replace("ı", "i")
        if folded == raw:
            break
        raw = folded
    return "".join(" " if _classes[ord(char)] == " " else char for char in raw)
