"""Runs of emoji (Unicode Technical Standard 51, section 1.4.9: modifiers, flags, keycaps, joined sequences)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qalqan.errors import BadValue
from qalqan.signals.indicators.found import Found

MOST_IN_RUN = 20
"""Emoji of a run that are kept; what follows is read as another run."""
_PICTURE = (
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff\u231a-\u231b\u23e9-\u23fa"
    "\u25aa-\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf"
    "\u2934-\u2935\u2b05-\u2b07\u2b1b-\u2b1c\u2b50\u2b55"
    "\u3030\u303d\u3297\u3299\u203c"
    "\u2049"
)
_MODIFIER = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
_ONE = (
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3"
    f"|[{_PICTURE}]{_MODIFIER}{{0,2}}[\U000e0020-\U000e007f]{{0,7}}"
    f"(?:\u200d[{_PICTURE}]{_MODIFIER}{{0,2}}){{0,7}})"
)
_RUN = re.compile(f"{_ONE}(?:[ \t]?{_ONE}){{1,{MOST_IN_RUN - 1}}}")
_UNSEEN = re.compile("[ \t\ufe0e\ufe0f]")


def find_emoji(text: str) -> Iterator[Found]:
    """Yield runs of two or more emoji, without blanks and variation selectors."""
    for found in _RUN.finditer(text):
        yield Found(_UNSEEN.sub("", found.group()), *found.span())


def canonical_emoji(value: str) -> str:
    """Return a run without blanks and variation selectors; raises BadValue for none."""
    found = _RUN.fullmatch(value.strip())
    if not found:
        raise BadValue(f"{value[:80]!r} is no run of two to {MOST_IN_RUN} emoji")
    return _UNSEEN.sub("", found.group())
