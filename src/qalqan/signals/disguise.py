"""Takes the disguise off addresses that are written so as not to be found, with a way back to the raw characters.

`hxxp`, `[.]`, `(dot)`, ` dot `, `[at]`, full-width and styled letters, invisible characters, `t . me/`, `t,me/`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from qalqan.model.parts import Span

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_JOINED = re.compile("(?<=[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f])\u200d")
"""A joiner between emoji makes one picture of them: it is no disguise."""
_STYLED = "\uff01-\uff5e\uff61\u3002\U0001d400-\U0001d7ff\u24b6-\u24e9"
_DOT = "dot|punkt|point|punt|nokta|nuqta|точка|нуқта|чекит|нүкте|نقطة|چېكىت"
_BARE_DOT = "dot|punkt|nokta|nuqta|точка|нуқта|чекит|нүкте|نقطة"
"""Not “point” and “punt”: “un point net” is no address."""
_AT = "at|собака"
_ENDINGS = r"(?:com|net|org|info|ru|uz|tj|kz|kg|io|onion|xyz)\b|(?:me|co|to|cc|de|fr|tr|app|link|site|online)\s?/"

_STRANGE = re.compile(f"[{_INVISIBLE}{_STYLED}⁄∕]")
_BRACKET = re.compile(rf"[\[({{]\s?(?:[.,·:/@]|{_DOT}|{_AT})", re.IGNORECASE)
_SPACED = re.compile(r"(?!t\.me/)(?:\b[tт]|telegram)\s?[.,·•]?\s?[mм][eе]\s?/", re.IGNORECASE)
_MARKS = (
    *(f" {word} " for word in _BARE_DOT.split("|")),
    *("xxp", "h**p", "hxtp", "htxp", "http :", "https :", ":\\", "http[", "https["),
)
_DISGUISE = re.compile(
    rf"(?P<nothing>[{_INVISIBLE}]{{1,64}})"
    rf"|(?P<dot>(?<=\w)\s?[\[({{]\s?(?:[.,·]|{_DOT})\s?[\])}}]\s?(?=\w)|[\[({{](?:\.|dot)[\])}}])"
    rf"|(?P<word>(?<=\w)(?<!\bthe)(?<!\ba)(?<!\ban)(?<!\bpolka)\s(?:{_BARE_DOT})\s(?=(?:{_ENDINGS})))"
    rf"|(?P<at>(?<=\w)\s?[\[({{]\s?(?:{_AT}|@)\s?[\])}}]\s?(?=\w))"
    r"|(?P<colon>\[:(?://)?\])"
    r"|(?P<slash>\[/\]|[⁄∕])"
    r"|(?P<scheme>\bh(?:xx|tt|\*\*|xt|tx)ps?(?:\[:\]|\s?:)\s?(?:\[?//\]?|/\s/|\\\\)\s?)"
    r"|(?P<tme>(?<![\w'’./-])(?:[tт]\s?[.,·•]?\s?[mм][eе]|telegram\s?[ ,]\s?me)\s?/\s?(?=[\w+]))",
    re.IGNORECASE,
)


class _Styles(dict[int, str | int]):
    """Styled letters, and the plain one for each: one for one, so that no place moves."""

    def __missing__(self, code: int) -> int | str:
        plain = unicodedata.normalize("NFKC", chr(code)) if re.match(f"[{_STYLED}]", chr(code)) else ""
        plain = "." if plain in ("。", "｡") else plain
        found: int | str = plain if len(plain) == 1 and not plain.isspace() else code
        if len(self) < 1 << 16:
            self[code] = found
        return found


_styles = _Styles()
_STYLED_CHAR = re.compile(f"[{_STYLED}]")


@dataclass(slots=True)
class Plain:
    """A text without disguise. A place in `text` leads back to the raw one."""

    text: str
    _places: list[int] = field(default_factory=list)
    """Where in the plain text a disguise ended, and it departs from the raw one …"""
    _amounts: list[int] = field(default_factory=list)
    """… by how much from there on …"""
    _left_out: list[bool] = field(default_factory=list)
    """… and whether nothing is left of it."""

    def span(self, start: int, end: int) -> Span:
        """Return the raw characters of the plain ones from `start` to `end`, which is beyond `start`."""
        if not self._places:
            return Span(start, end)
        before = bisect_right(self._places, start)
        begin = start + (self._amounts[before - 1] if before else 0)
        before = bisect_left(self._places, end)
        while before < len(self._places) and self._places[before] == end and not self._left_out[before]:
            before += 1
        return Span(begin, end + (self._amounts[before - 1] if before else 0))


def undisguised(text: str) -> Plain:
    """Return `text` with the disguises of addresses taken off. Takes linear time; never raises."""
    if not _may_be_disguised(text):
        return Plain(text)
    styled = text.translate(_styles) if _STYLED_CHAR.search(text) else text
    pieces: list[str] = []
    plain = Plain("")
    done = length = 0
    joiners = {found.start() for found in _JOINED.finditer(styled)} if "\u200d" in styled else set()
    for found in _DISGUISE.finditer(styled):
        start, end = found.span()
        if start in joiners and end - start == 1:
            continue
        piece = _plain(found)
        pieces += (styled[done:start], piece)
        length += start - done + len(piece)
        done = end
        plain._places.append(length)  # noqa: SLF001 - its maker fills it
        plain._amounts.append(done - length)  # noqa: SLF001
        plain._left_out.append(not piece)  # noqa: SLF001
    plain.text = "".join([*pieces, styled[done:]])
    return plain


def _may_be_disguised(text: str) -> bool:
    """Sort out most texts before the costly search."""
    if (not text.isascii() and _STRANGE.search(text)) or _BRACKET.search(text):
        return True
    low = text.lower()
    return any(mark in low for mark in _MARKS) or ("/" in text and _SPACED.search(text) is not None)


_FIXED = {"dot": ".", "word": ".", "at": "@", "slash": "/", "tme": "t.me/", "nothing": ""}
"""What stands for each disguise."""


def _plain(found: re.Match[str]) -> str:
    if found.lastgroup == "colon":
        return found.group()[1:-1]
    if found.lastgroup == "scheme":
        return "https://" if "s" in found.group().lower() else "http://"
    return _FIXED[found.lastgroup or "nothing"]
