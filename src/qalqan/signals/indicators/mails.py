"""Mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qalqan.errors import BadValue
from qalqan.signals.indicators.found import Found
from qalqan.signals.url_finder import is_ending

_AT = re.compile(
    r"(?<=[\w.+%-])@((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}((?:[^\W\d_]){2,24}|xn--[a-z0-9-]{2,59}))(?![\w@-])",
    re.IGNORECASE,
)
_LOCAL_BACKWARDS = re.compile(r"[\w.+%-]{0,63}[\w+%-]")
_LONGEST_LOCAL = 64


def find_mails(text: str) -> Iterator[Found]:
    """Yield the addresses in `text`, in lower case."""
    for found in _AT.finditer(text):
        if not is_ending(found[2]):
            continue
        before = text[max(found.start() - _LONGEST_LOCAL, 0) : found.start()]
        local = _LOCAL_BACKWARDS.match(before[::-1])
        name = local.group()[::-1].lstrip(".") if local else ""
        if name:
            yield Found(f"{name}@{found[1]}".lower(), found.start() - len(name), found.end())


def canonical_mail(value: str) -> str:
    """Return an address in lower case; raises BadValue for none."""
    plain = value.strip().removeprefix("mailto:").lower()
    for found in find_mails(plain):
        if found.start == 0 and found.end == len(plain):
            return found.value
    raise BadValue(f"{value[:80]!r} is no mail address")
