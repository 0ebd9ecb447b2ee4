"""Where a text's sentences, clauses and quotations begin and end."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

_END = re.compile(r"""[!?؟۔。！？…]+["'”’»“)\]]*|\.+["'”’»“)\]]*(?=\s|$)|(?<=\w\w)\.(?=\w\w)|\n\s*""")
_ASKS = "?؟？"
_ABBREVIATIONS = frozenset(
    ("mr mrs ms dr prof st vs no nr vol etc e.g i.e approx gen col sgt lt capt "  # noqa: SIM905 - words read best as words. English
     "z.b bzw d.h u.a usw ca evtl bspw hr fr str "  # German
     "bijv d.w.z o.a dhr mevr m.b.v t.n.v "  # Dutch
     "mme mlle p.ex env m "  # French
     "т.е т.д т.п т.к г ул руб тыс млн млрд см им др тел "  # Russian, and the languages that took these over
     "vb vs örn sn bkz yy ş.k "  # Turkish
     "ж.б б.з м.с "  # Kazakh, Kyrgyz
     "ва.ҳ ҳ.к h.k sh.k "  # Tajik, Uzbek
    ).split()
)  # fmt: skip
_WORD_BEFORE = re.compile(r"[\w.]{1,12}$")
_LONG_LINE = 40
"""Characters after which a line without an end mark goes on in the next one, in scripts without capitals."""

_CLAUSE = re.compile(r"[,;:،؛–—]|\s-\s")
_QUOTE = re.compile("[“”„«»‹›\"‟]|(?<!\\w)['‘‚](?=\\w)|(?<=[\\w.!?,])['’](?!\\w)")
_CLOSES = {
    "“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "›": "‹", '"': '"', "‟": "”", "'": "'’", "‘": "’'", "‚": "‘’",
}  # fmt: skip
"""What ends a quotation that begins with a mark."""
_LONGEST_QUOTE = 1000
"""Characters between two quotation marks that belong together."""


class Sentences:
    """A text's sentences, numbered from 0."""

    __slots__ = ("_asking", "_ends")

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []
        self._asking: set[int] = set()
        for found in _END.finditer(text):
            if _is_end(text, found):
                if any(mark in found[0] for mark in _ASKS):
                    self._asking.add(len(self._ends))
                self._ends.append(found.end())

    def number(self, at: int) -> int:
        """Return the number of the sentence that character `at` belongs to."""
        return bisect_right(self._ends, at)

    def asks(self, number: int) -> bool:
        """Whether a sentence is a question."""
        return number in self._asking


def _is_end(text: str, found: re.Match[str]) -> bool:
    at = found.start()
    if found[0][0] == "\n":
        return _ends_line(text, at, found.end())
    if found[0] != ".":
        return True
    if text[found.end() : found.end() + 1].isalnum():  # no space after it: an address, or a careless writer
        return text[at - 1].islower() and text[found.end()].isupper()
    before = _WORD_BEFORE.search(text, max(at - 12, 0), at)
    if before is None:
        return True
    word = before[0].lower()
    initial = len(word) == 1 and word.isalpha() and before[0].isupper()
    return not initial and word not in _ABBREVIATIONS


def _ends_line(text: str, at: int, after: int) -> bool:
    """Whether a sentence ends with a line: not where the text was only broken to fit."""
    if "\n" in text[at + 1 : after] or after >= len(text):
        return True
    following = text[after]
    if following.isalpha() and not following.isupper() and not following.islower():  # a script without capitals
        return at - text.rfind("\n", max(at - _LONG_LINE - 1, 0), at) <= _LONG_LINE and at > 0
    return not following.islower()


class Quotations:
    """The stretches of a text between quotation marks. An apostrophe is none."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, text: str) -> None:
        spans = list(_quotations(text))
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def holds(self, start: int, end: int) -> bool:
        """Whether characters `start` to `end` stand within one quotation."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._ends[at]


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    opened: tuple[str, int] | None = None
    for found in _QUOTE.finditer(text):
        mark, at = found[0], found.start()
        if opened and at - opened[1] > _LONGEST_QUOTE:
            opened = None
        if opened and mark in _CLOSES[opened[0]]:
            yield opened[1], at
            opened = None
        elif opened is None and mark in _CLOSES and _opens(text, at, mark):
            opened = (mark, found.end())


def _opens(text: str, at: int, mark: str) -> bool:
    """Whether a mark can open a quotation: one that is used for both ends cannot right behind a word."""
    return mark in "„«‹" or at == 0 or not text[at - 1].isalnum()


class Clauses:
    """Where a text's clauses are parted: at commas and the like."""

    __slots__ = ("_marks",)

    def __init__(self, text: str) -> None:
        self._marks = [found.start() for found in _CLAUSE.finditer(text)]

    def parted(self, start: int, end: int) -> bool:
        """Whether exactly one mark stands between two characters; two enclose something put in between."""
        return bisect_left(self._marks, end) - bisect_left(self._marks, start) == 1
