"""Where a text's sentences, clauses and quotations begin and end."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

_END = re.compile("[.!?؟۔。！？…\n][.!?؟۔。！？…\"'”’»“)\\]]*")
_ASKS = "?؟？"
_ABBREVIATIONS = frozenset(
    ("mr mrs ms dr prof st vs nr vol etc e.g i.e approx gen col sgt lt capt "  # noqa: SIM905 - words read best as words. English
     "z.b bzw d.h u.a usw ca evtl bspw hr fr str "  # German
     "bijv d.w.z o.a dhr mevr m.b.v t.n.v "  # Dutch
     "mme mlle p.ex env m "  # French
     "т.е т.д т.п т.к г ул руб тыс млн млрд см им др тел "  # Russian, and the languages that took these over
     "vb vs örn sn bkz yy ş.k "  # Turkish
     "ж.б б.з м.с "  # Kazakh, Kyrgyz
     "ва.ҳ ҳ.к h.k sh.k "  # Tajik, Uzbek
    ).split()
)  # fmt: skip
_LONGEST_WORD = 12
"""Characters before a full stop in which an abbreviation is looked for."""
_LONG_LINE = 40
"""Characters after which a line without an end mark goes on in the next one, in scripts without capitals."""

_WORD = re.compile(r"\w")
_CLAUSE = re.compile("[,;:،؛–—-]")
_QUOTE = re.compile("[“”„«»‹›\"‟'‘’‚]")
_CLOSES = {
    "“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "›": "‹", '"': '"', "‟": "”", "'": "'’", "‘": "’'", "‚": "‘’",
}  # fmt: skip
"""What ends a quotation that begins with a mark."""
_APOSTROPHES = "'‘’‚"
_LONGEST_QUOTE = 1000
"""Characters between two quotation marks that belong together."""


class Sentences:
    """A text's sentences, numbered from 0."""

    __slots__ = ("_asking", "_ends")

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []
        self._asking: set[int] = set()
        start = 0
        for found in _END.finditer(text):
            # A line without a letter is no sentence: blank ones would else put a call far from a name.
            if _is_end(text, found) and _WORD.search(text, start, found.start()):
                start = found.end()
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
    at, end = found.span()
    if text[at] == "\n":
        return _ends_line(text, at, end)
    if found[0] != ".":
        return True
    if text[end : end + 1].isalnum():  # no space after it: an address, or a careless writer
        return text[at - 2 : at].islower() and text[end].isupper()
    blank = text.rfind(" ", max(at - _LONGEST_WORD, 0), at)
    if blank < 0 and at > _LONGEST_WORD:
        return True  # longer than any abbreviation
    word = text[blank + 1 : at].lstrip("([{«„“\"'\n")
    initial = len(word) == 1 and word.isupper()
    return not initial and word.lower() not in _ABBREVIATIONS


def _ends_line(text: str, at: int, end: int) -> bool:
    """Whether a sentence ends with a line: not where the text was only broken to fit."""
    following = text[end : end + 1]
    if not following.isalpha() or following.isupper():
        return True
    if following.islower():
        return False
    # A script without capitals: short lines are lines of their own.
    return text.rfind("\n", max(at - _LONG_LINE, 0), at) >= 0 or at < _LONG_LINE


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
        if opened and mark in _CLOSES[opened[0]] and _closes(text, at, mark):
            yield opened[1], at
            opened = None
        elif opened is None and mark in _CLOSES and _opens(text, at, mark):
            opened = (mark, found.end())


def _opens(text: str, at: int, mark: str) -> bool:
    """Whether a mark can open a quotation: one that is used for both ends cannot right behind a word."""
    if mark in _APOSTROPHES and not text[at + 1 : at + 2].isalnum():
        return False
    return mark in "„«‹" or at == 0 or not text[at - 1].isalnum()


def _closes(text: str, at: int, mark: str) -> bool:
    """Whether a mark can end a quotation: an apostrophe within a word cannot."""
    return mark not in _APOSTROPHES or not text[at + 1 : at + 2].isalnum()


class Clauses:
    """Where a text's clauses are parted: at commas and the like."""

    __slots__ = ("_marks",)

    def __init__(self, text: str) -> None:
        self._marks = [found.start() for found in _CLAUSE.finditer(text) if _is_clause(text, found)]

    def parted(self, start: int, end: int) -> bool:
        """Whether exactly one mark stands between two characters; two enclose something put in between."""
        return bisect_left(self._marks, end) - bisect_left(self._marks, start) == 1


def _is_clause(text: str, found: re.Match[str]) -> bool:
    """Whether a mark parts clauses: a hyphen only as a dash."""
    at = found.start()
    return found[0] != "-" or (text[max(at - 1, 0)].isspace() and text[at + 1 : at + 2].isspace())
