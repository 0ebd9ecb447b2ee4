"""Telephone numbers in international form. Not every run of digits is one: it needs `+`, `00` or a word before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from qalqan.errors import BadValue
from qalqan.signals.indicators.found import Found

_MARKED = re.compile(r"(?<![\w.,/@#=+-])(?:[+＋]|00)[ ]?\d(?:[ \u00a0().‑–-]{0,2}\d){6,14}(?!\d)")
_BARE = re.compile(r"(?<![\w+.,/@#=-])\d(?:[ \u00a0().‑–-]{0,2}\d){10,14}(?!\d)")
_WORD = re.compile(
    r"(?:\b(?:tel|phone|call|mobile|whats\s?app|viber|imo|signal|telefon\w*|raqam\w*|nomer|numara\w*|numéro|nummer|bel"
    r"|тел|телефон\w*|номер\w*|звони\w*|в[ао]тсап\w*|вайбер|рақам\w*|нөмір\w*)"
    r"|هاتف|رقم|واتساب|تېلېفون|نومۇر)[ .:№#=-]{0,4}$",
    re.IGNORECASE,
)
"""Right before a number without a mark."""
_WORD_REACH = 24

_CODES = (
    "1 7 20 27 30-34 36 39-41 43-49 51-58 60-66 81 82 84 86 90-95 98 211-213 216 218 220-269 290 291 297-299 350-359 "
    "370-378 380-383 385-387 389 420 421 423 500-509 590-599 670 672-683 685-692 850 852 853 855 856 880 886 960-968 "
    "970-977 992-996 998"
)
"""Country codes (ITU-T E.164, list of 2023)."""
_LENGTHS = {
    "1": (10, 10), "7": (10, 10), "20": (8, 10), "31": (9, 9), "32": (8, 9), "33": (9, 9), "43": (7, 13), "44": (9, 10),
    "46": (7, 10), "49": (7, 11), "86": (10, 11), "90": (10, 10), "91": (10, 10), "92": (9, 10), "93": (9, 9),
    "98": (10, 10), "963": (8, 9), "964": (8, 10), "966": (8, 9), "971": (8, 9), "992": (9, 9), "993": (8, 8),
    "994": (9, 9), "996": (9, 9), "998": (9, 9),
}  # fmt: skip
"""Digits behind the code, the fewest and the most, of the countries whose people write most here."""
_ANY_LENGTH = (7, 12)
_LONGEST = 15


def _codes() -> frozenset[str]:
    pairs = [part.split("-") for part in _CODES.split()]
    return frozenset(str(code) for pair in pairs for code in range(int(pair[0]), int(pair[-1]) + 1))


_KNOWN = _codes()


def find_phones(text: str) -> Iterator[Found]:
    """Yield the numbers in `text` as `+` and digits."""
    if "+" in text or "00" in text or "＋" in text:
        for found in _MARKED.finditer(text):
            yield from _cut(text, found, 0 if found.group()[0] in "+＋" else 2)
    for found in _BARE.finditer(text):
        if _WORD.search(text, max(found.start() - _WORD_REACH, 0), found.start()):
            yield from _cut(text, found, 0)


def phone_of_link(link: str) -> str | None:
    """Return the number that a canonical link calls: `wa.me/998…`, `t.me/+998…`, `signal.me/#p/+998…`."""
    parts = urlsplit(link)
    digits = ""
    if parts.netloc in ("wa.me", "t.me", "viber.click"):
        digits = parts.path.strip("/").removeprefix("+").removeprefix("%2B")
    elif parts.netloc in ("api.whatsapp.com", "web.whatsapp.com"):
        digits = parse_qs(parts.query).get("phone", [""])[0].strip().removeprefix("+")
    elif parts.netloc == "signal.me":
        digits = parts.fragment.removeprefix("p/").removeprefix("+")
    right = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST
    return f"+{digits}" if right and len(digits) in _lengths(digits) else None


def canonical_phone(value: str) -> str:
    """Return a number as `+` and digits; raises BadValue for none. It needs its country's code."""
    plain = value.strip().removeprefix("tel:")
    plain = plain if plain.startswith(("+", "00")) else f"+{plain}"
    for found in find_phones(plain):
        if found.start == 0 and found.end == len(plain):
            return found.value
    raise BadValue(f"{value[:80]!r} is no telephone number in international form")


def _cut(text: str, found: re.Match[str], skipped: int) -> Iterator[Found]:
    """Yield a number as long as its country's are: what follows behind a blank may be another one."""
    start, end = found.span()
    ends = [at + 1 for at in range(start + skipped, end) if text[at].isdecimal()]
    digits = "".join([text[at - 1] for at in ends])
    digits = digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)
    if digits[0] == "8" and len(digits) == 11 and text[start] not in "+＋0":  # noqa: PLR2004 - as dialled in Russia
        digits = f"7{digits[1:]}"
    for length in reversed(_lengths(digits)):  # none begins with 0
        if length <= len(ends) and not text[ends[length - 1] : ends[length - 1] + 1].isdecimal():
            yield Found(f"+{digits[:length]}", start, ends[length - 1])
            return


def _lengths(digits: str) -> range:
    """Return how many digits a number that begins like this may have, its country's code with them."""
    for size in (1, 2, 3):
        code = digits[:size]
        if code in _KNOWN:
            fewest, most = _LENGTHS.get(code, _ANY_LENGTH)
            return range(size + fewest, min(size + most, _LONGEST) + 1)
    return range(0)
