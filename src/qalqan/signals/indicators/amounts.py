"""Sums of money with what they are asked for: “AK — $300”, “5 млн сўм”, “150–220 $”, “ألف دولار”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from qalqan.model.indicators import LARGEST, LONGEST_ITEM, Amount
from qalqan.signals.indicators.currencies import (
    COUNTS,
    CURRENCIES,
    DECIMALS,
    EVERYDAY,
    LONGEST_ENDING,
    MULTIPLES,
    SIGNS,
    STEMS,
)
from qalqan.signals.indicators.found import Found

_SIGN = "[" + "".join(SIGNS) + "]"
_LETTERS = r"[^\W\d_](?:[^\W\d_]|['’‘ʻʼ](?=[^\W\d_])){0,14}"
_BLANK = "[ \u00a0\u202f]"
_DIGITS = (
    rf"(?:\d{{1,3}}(?:(?:{_BLANK}|['’.,٬])\d{{3}}){{1,5}}(?!\d)(?:[.,٫]\d{{1,8}}(?!\d))?"
    r"|\d{1,15}(?:[.,٫]\d{1,12})?)(?!\d)"
)
_DASH = rf"{_BLANK}?(?:[-–—−~]|\bto\b|\bдо\b|\bbis\b|\btot\b|\bà\b){_BLANK}?{_SIGN}?{_BLANK}?"
_NUMBER = re.compile(
    rf"(?<![\w.,:/#@+])(?:(?<={_SIGN})|(?<={_SIGN} )|(?<=[^\W\d_] )"
    rf"|(?={_DIGITS}{_BLANK}?(?:[^\W\d_]|{_SIGN}|[-–—−~]{_BLANK}?(?:\d|{_SIGN}))))"
    rf"(?P<digits>{_DIGITS})"
)
"""A number with something beside it that may be a currency; all others are passed over quickly."""
_RANGE = re.compile(rf"{_DASH}(?P<digits>{_DIGITS})")
_TOKEN = re.compile(rf"{_BLANK}?({_LETTERS}|{_SIGN})\.?(?![\w])")
_CODE_BEFORE = re.compile(rf"(?<![^\W\d_])([A-Za-z]{{3,4}}|(?:US)?{_SIGN}){_BLANK}?$")
_BEFORE = 6
_WORD = re.compile(rf"(?<!\w){_LETTERS}(?!\w)")
_LAST_WORD = re.compile(rf"(?<!\w)({_LETTERS}){_BLANK}$")
_COUNT_REACH = 20
_APOSTROPHES = str.maketrans("’‘ʻʼ", "''''")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+)")
_MOST_MULTIPLES = 2
MOST_LOOKED_AT = 3_000
"""Numbers beside letters, dashes or signs that are looked at in one text."""
MOST_WORDS = 10_000
"""Words of one text among which sums without digits are looked for."""

_ITEM_REACH = 80
_ITEM_WORDS = 6
_MARKS = " \t\u00a0-–—−:=→>•*·()"
_BREAK = re.compile(r"[\n.;!?؟،,|]")
_DASHES = re.compile(r"[-–—−:=→>]\s*$")
_FOR = re.compile(r"\s*(?:for|für|voor|pour|на|за|барои|من أجل)\s+", re.IGNORECASE)
_NO_ITEM = frozenset(
    (
        *(
            "from",
            "or",
            "and",
            "of",
            "only",
            "just",
            "von",
            "oder",
            "und",
            "nur",
            "van",
            "en",
            "alleen",
            "de",
            "ou",
            "et",
        ),
        *("от", "или", "и", "только", "yoki", "va", "faqat", "ва"),
    )
)
_IS_FOR = re.compile(r"\s+(?:için|uchun|учун|үшін|үчүн|üçin|ئۈچۈن)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Sum:
    low: int
    high: int
    currency: str | None
    start: int
    end: int


class _Unit(NamedTuple):
    """What stands behind a number: how many times it counts, and its currency where one follows."""

    times: int
    currency: str | None
    known: bool
    """Whether a currency follows, be it one that several countries have."""
    end: int


def find_amounts(text: str) -> Iterator[Found]:
    """Yield the sums in `text`, packed, each with the words beside it."""
    sums = _apart(sorted([*_in_digits(text), *_in_words(text)], key=lambda one: one.start))
    for number, one in enumerate(sums):
        before = sums[number - 1].end if number else 0
        after = sums[number + 1].start if number + 1 < len(sums) else len(text)
        packed = Amount(one.low, one.high, one.currency, _item(text, one, before, after)).packed()
        yield Found(packed, one.start, one.end)


def _apart(sums: list[_Sum]) -> list[_Sum]:
    kept: list[_Sum] = []
    for one in sums:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _in_digits(text: str) -> Iterator[_Sum]:
    done = 0
    for found in islice(_NUMBER.finditer(text), MOST_LOOKED_AT):
        if found.start() < done:
            continue
        one = _sum(text, found)
        if one:
            done = one.end
            yield one


def _sum(text: str, found: re.Match[str]) -> _Sum | None:
    """Return the sum that a number is, with the range that it opens; None where no currency stands beside it."""
    start = found.start()
    first = last = _unit(text, found.end())
    digits = found["digits"]
    reach = _RANGE.match(text, first.end)
    if reach:
        last = _unit(text, reach.end())
    if first.known and not last.known:  # 150 $ — 2 pieces: no range
        reach, last = None, first
    if last.known:
        currency, end = last.currency, last.end
    else:
        before = _CODE_BEFORE.search(text, max(start - _BEFORE, 0), start)
        known, currency = (
            _currency(before[1] if before[1][-1].isalpha() else before[1][-1]) if before else (False, None)
        )
        if not (before and known):
            return None
        start, end = before.start(), last.end
    low = _minor(digits, first.times if first.times > 1 or not reach else last.times, currency)
    high = _minor(reach["digits"], last.times, currency) if reach else low
    if max(low, high) > LARGEST:
        return None
    return _Sum(low, high, currency, start, end) if low <= high else _Sum(low, low, currency, start, end)


def _unit(text: str, at: int) -> _Unit:
    """Read the words for round numbers behind a number, and the currency behind them."""
    times, end = 1, at
    for _ in range(_MOST_MULTIPLES + 1):
        token = _TOKEN.match(text, end)
        if not token:
            break
        multiple = MULTIPLES.get(_folded(token[1]))
        known, currency = _currency(token[1])
        if known:
            return _Unit(times, currency, known=True, end=token.end(1))
        if multiple is None:
            break
        times, end = times * multiple, token.end()
    return _Unit(times, None, known=False, end=end if times > 1 else at)


@lru_cache(maxsize=4096)
def _currency(word: str) -> tuple[bool, str | None]:
    if word in SIGNS:
        return True, SIGNS[word]
    low = _folded(word)
    if low in CURRENCIES:
        return low not in EVERYDAY or word.isupper(), CURRENCIES[low]
    stems = (low[:end] for end in range(max(len(low) - LONGEST_ENDING, 3), len(low)))
    currency = next((STEMS[stem] for stem in stems if stem in STEMS), None)
    return currency is not None, currency


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return word.lower().translate(_APOSTROPHES)


def _in_words(text: str) -> Iterator[_Sum]:
    """Yield sums without digits: “ألف دولار”, “hundert Euro”."""
    if MULTIPLES.keys().isdisjoint(text.lower().split()):
        return
    done = 0
    for found in islice(_WORD.finditer(text), MOST_WORDS):
        times = MULTIPLES.get(_folded(found.group()), 0)
        if times == 0 or len(found.group()) == 1 or found.start() < done or _behind_digits(text, found.start()):
            continue
        unit = _unit(text, found.end())
        done = unit.end
        if unit.known:
            count, start = _count(text, found.start())
            minor = count * times * unit.times * 10 ** DECIMALS.get(unit.currency or "", 2)
            yield _Sum(minor, minor, unit.currency, start, unit.end)


def _count(text: str, at: int) -> tuple[int, int]:
    """Return the small number in words before a round one, and where it begins."""
    before = _LAST_WORD.search(text, max(at - _COUNT_REACH, 0), at)
    count = COUNTS.get(_folded(before[1])) if before else None
    return (count, before.start()) if before and count else (1, at)


def _behind_digits(text: str, at: int) -> bool:
    return text[max(at - 2, 0) : at].rstrip()[-1:].isdecimal()


def _minor(digits: str, times: int, currency: str | None) -> int:
    """Return a number as it is written in the currency's smallest unit; a fraction of that is left out."""
    plain = re.sub(r"[ \u00a0\u202f'’٬]", "", digits).replace("٫", ".")
    decimals = DECIMALS.get(currency or "", 2)
    groups = _GROUPED.fullmatch(plain) is not None and (decimals <= 3 or plain.count(".") != 1)  # noqa: PLR2004 - thousands
    if groups:
        plain = plain.replace(",", "").replace(".", "")
    else:
        whole, _, rest = plain.replace(",", ".").rpartition(".")
        plain = f"{whole.replace('.', '')}.{rest}" if whole else rest
    return int(Decimal(plain) * times * 10**decimals)


def _item(text: str, one: _Sum, before: int, after: int) -> str | None:
    """Return what a sum is asked for: the words before it on its line, or those behind it."""
    left = _BREAK.split(text[max(before, one.start - _ITEM_REACH) : one.start])[-1]
    right = _BREAK.split(text[one.end : min(after, one.end + _ITEM_REACH)], maxsplit=1)[0]
    asked = _FOR.match(right)
    if _DASHES.search(left):
        return _words(left.split()[-_ITEM_WORDS - 1 :])
    if asked:
        return _words(right[asked.end() :].split()[:_ITEM_WORDS])
    meant = _IS_FOR.search(left)
    if meant:
        return _words(left[: meant.start()].split()[-_ITEM_WORDS:])
    if re.match(r"\s*[-–—−]\s*\w", right):
        return _words(right.split()[: _ITEM_WORDS + 1])
    return _words(left.split()) if len(left.split()) <= _ITEM_WORDS else None


def _words(words: list[str]) -> str | None:
    if _NO_ITEM.issuperset(word.lower() for word in words):
        return None
    return " ".join(words).strip(_MARKS)[:LONGEST_ITEM].strip(_MARKS) or None
