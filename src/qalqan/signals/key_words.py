"""The keys of one run of characters: case, apostrophes, mixed scripts, digits for letters, hashtags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from qalqan.signals.letters import APOSTROPHES, LETTERS, fold
from qalqan.signals.lookalikes import one_script

Part = tuple[str, int, int]
"""A word's key, and from where to where in the run it stands."""

_LONG = 64
"""Characters of a run beyond which it is no word of a language: it is only transliterated."""

_REMEMBERED_RUN = 40
"""Characters: what is longer hardly comes again and would only fill the memory of runs."""
_JOINERS = "@$"
_ELISIONS = frozenset(("l", "d", "j", "n", "s", "c", "m", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"))
"""French words that lose their vowel before another: l'appel is two words."""
_ENDINGS = frozenset(
    "s a e i ı u ü ya ye yı yi yu yü na ne nı ni nu nü ın in un ün nın nin nun nün da de ta te dan den tan ten nda nde "  # noqa: SIM905 - words read best as words
    "ndan nden la le yla yle lar ler ları leri ki daki deki taki teki".split()
)
"""What English, Dutch and Turkish hang on a name with an apostrophe. Uzbek has no such ending: sanʼat stays whole."""
_VOWELS = frozenset("aeiouyh")

_LATIN_DIGITS = str.maketrans("013457@$", "oieastas")
_CYRILLIC_DIGITS = str.maketrans("01346@$", "оізчбас")
_LIKE_L = re.compile(r"1(?=[aeiou])|(?<=[aeou])1(?=[dfpt])|(?<=[a-z])11|11(?=[a-z])")
"""Where a 1 is an l: b1ue, he1p, he11o; elsewhere it is an i: f1ght, jo1n."""
_SHORT = 3
"""Characters of what is no word with digits for letters: mp3, b2b, 4k."""

_PIECE = re.compile("[$]?[wx]+(?:['@$]+[wx]+)*")
_FAKE_INSIDE = re.compile(r"(?<=[^\W\d_])[013456$@7]{1,2}(?=[^\W\d_])")
_FAKE_AT_END = re.compile(r"^[013457$](?=[^\W\d_]{3})|(?<=[^\W\d_]{3})[03]$")
_RUNS = re.compile(r"\d+|[^\W\d_]+")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{3,}")


class _Classes(dict[int, str]):
    """`w` letters and digits, `x` marks and the invisible, `'`, `@` and `$` themselves, a space for the rest."""

    def __missing__(self, code: int) -> str:
        found = _class_of(chr(code))
        if len(self) < 1 << 16:
            self[code] = found
        return found


def _class_of(char: str) -> str:
    if char in APOSTROPHES:
        return "'"
    if char in _JOINERS:
        return char
    latin = LETTERS[ord(char)] if char != "_" else " "
    return "x" if not latin else " " if latin == " " else "w"


_classes = _Classes()
# Letters that have no sound of their own are letters all the same.
_classes.update({ord(letter): "w" for letter in "ъьЪЬӏӀءئ"})


def key_parts(run: str) -> tuple[Part, ...]:
    """Return the words of a run of characters without blanks, as keys with places; none where it has no letter."""
    return _known_parts(run) if len(run) <= _REMEMBERED_RUN else tuple(_parts(run))


def run_key(run: str) -> str:
    """Return the keys of a run's words, joined by spaces."""
    return _known_key(run) if len(run) <= _REMEMBERED_RUN else " ".join(part[0] for part in _parts(run))


def forget() -> None:
    """Forget the runs that were remembered: for measuring what unknown ones cost."""
    _known_parts.cache_clear()
    _known_key.cache_clear()


@lru_cache(maxsize=1 << 16)
def _known_parts(run: str) -> tuple[Part, ...]:
    return tuple(_parts(run))


@lru_cache(maxsize=1 << 16)
def _known_key(run: str) -> str:
    if run.isascii() and run.isalpha():  # most words of most texts
        return fold(run.lower().translate(LETTERS))
    return " ".join([part[0] for part in _known_parts(run)])


def _parts(run: str) -> Iterator[Part]:
    tagged = run[0] in "#@＃"
    for found in _PIECE.finditer(run.translate(_classes)):
        start, end = found.span()
        for first, last in _cut(run, start, end, tagged=tagged):
            for key in _keys(run[first:last]):
                yield key, first, last


def _cut(run: str, start: int, end: int, *, tagged: bool) -> Iterator[tuple[int, int]]:
    """Yield the places of a piece's words: a hashtag's capitals begin words, some apostrophes part them."""
    if tagged:
        bounds = [start, *(at for at in range(start + 1, end) if _begins_word(run, at)), end]
        yield from pairwise(bounds)
        return
    marks = [at for at in range(start, end) if run[at] in APOSTROPHES]
    if marks:
        first, last = run[start : marks[0]], run[marks[-1] + 1 : end]
        elided = first.lower() in _ELISIONS and LETTERS[ord(run[marks[0] + 1])][:1] in _VOWELS
        if elided:
            yield start, marks[0]
            start = marks[0] + 1
        if last.lower() in _ENDINGS and (last in "sS" or run[start].isupper()) and marks[-1] > start:
            yield start, marks[-1]
            start = marks[-1] + 1
    yield start, end


def _begins_word(run: str, at: int) -> bool:
    before, after = run[at - 1], run[at]
    if after.isupper():
        return not before.isupper() or (at + 1 < len(run) and run[at + 1].islower() and not before.isdigit())
    return before.isdigit() != after.isdigit()


def _keys(word: str) -> list[str]:
    """Return the keys of a word: nearly always one."""
    if len(word) > _LONG:
        return _plain(word)
    if not word.isascii():
        word = unicodedata.normalize("NFKC", _MARKS.sub("", word)).casefold().replace("i\u0307", "i")
        word = one_script(word if word.isalpha() else "".join(map(_letter, word)))
    else:
        word = word.lower().replace("'", "").replace("`", "")
    if not word.isalpha():
        return [key for part in _without_digits(word) for key in _plain(part)]
    return _plain(word)


def _letter(char: str) -> str:
    """Return a letter or digit as it is, and what a symbol spells: 🅙 is j, the invisible is nothing."""
    return char if char.isalpha() or char.isdecimal() or char in _JOINERS else LETTERS[ord(char)]


def _plain(word: str) -> list[str]:
    return [fold(latin) for latin in word.casefold().translate(LETTERS).split()]


def _without_digits(word: str) -> list[str]:
    """Return a word with letters for the digits that stand for some, or else its letters and numbers apart."""
    letters = sum(map(str.isalpha, word))
    if letters > 1 and 2 * letters + 1 >= len(word) > _SHORT:
        table = _CYRILLIC_DIGITS if _CYRILLIC.search(word) else _LATIN_DIGITS
        if _FAKE_INSIDE.search(word):  # where one digit is a letter, all are
            word = _LIKE_L.sub(lambda found: "l" * len(found[0]), word) if table is _LATIN_DIGITS else word
            word = word.translate(table)
        else:
            word = _FAKE_AT_END.sub(lambda found: found[0].translate(table), word)
    return _RUNS.findall(word)
