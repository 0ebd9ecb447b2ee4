"""Hashtags in all scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from qalqan.errors import BadValue
from qalqan.signals.indicators.found import Found

_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u200c\u00b7'‘’ʻʼ`"
"""What joins a tag's letters and is none itself: vowel signs, marks, the apostrophes of Uzbek and French."""
_TAGS = re.compile(rf"(?<![\w&/#])(?:#[\w{_MARKS}]{{1,100}})+(?![\w#])")
"""Tags, with or without a blank between them."""
_TAG = re.compile("#([^#]+)")
_FOLDED_APOSTROPHES = str.maketrans("‘’ʻʼ`", "'''''")


def find_hashtags(text: str) -> Iterator[Found]:
    """Yield the tags in `text` without their mark. Numbers are none."""
    for run in _TAGS.finditer(text):
        for found in _TAG.finditer(text, *run.span()):
            tag = _folded(found[1])
            if tag and not tag.isdigit() and _TAGS.fullmatch(f"#{tag}"):  # ¼ becomes what is no tag
                yield Found(tag, found.start(), found.start() + 1 + len(found[1].rstrip("'‘’ʻʼ`·\u200c")))


def canonical_hashtag(value: str) -> str:
    """Return a tag without its mark, case folded; raises BadValue for none."""
    (*found,) = find_hashtags("#" + value.strip().removeprefix("#"))
    if len(found) != 1 or found[0].end != 1 + len(value.strip().removeprefix("#")):
        raise BadValue(f"{value[:80]!r} is no hashtag")
    return found[0].value


def _folded(tag: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", tag).casefold())
    return plain.translate(_FOLDED_APOSTROPHES).rstrip("'·\u200c")
