"""What ties near-copies together, so that one decision can serve them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qalqan.model.ids import Id
from qalqan.model.matches import Match

COPIES = frozenset(
    {"sha256", "pdq", "picture-local", "video-pdq", "video-local", "sound", "still", "text", "text-words"}
)
"""Kinds of matches between contents. Two items that name the same channel or wallet are no copies of each other."""
SHORTEST = 40
"""Letters of a text from which on the same text is no chance."""
LARGEST = 200
"""Items of one case: of more, a second case is opened, as nobody looks at thousands before a decision."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Something that an item shares with its near-copies."""

    key: str
    """SHA-256 over what it is."""
    name: str
    """`same-file`, `near-copy` or `same-text`."""


def ties_of(files: Iterable[str], matches: Iterable[Match], text: str | None) -> Iterator[Tie]:
    """Yield what ties an item to others: its files that matched, the known things it surely is a copy of, its text.

    A file that nothing is known of ties nothing: a logo beneath many posts would else make one case of them. Nor does
    a known thing that it is only near to, without a second look that confirmed it: two unlike items may both be.
    """
    near = [one for one in matches if one.kind in COPIES]
    matched = {one.media_sha256 for one in near}
    for sha256 in sorted(set(files) & {one for one in matched if one}):
        yield Tie(_key("file", sha256), "same-file")
    for entry_id in sorted({one.entry_id for one in near if one.verified}):
        yield Tie(_key("entry", entry_id), "near-copy")
    plain = " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())
    if len(plain) >= SHORTEST:
        yield Tie(_key("text", plain), "same-text")


def _key(kind: str, value: str | Id) -> str:
    return hashlib.sha256(f"{kind}\0{value}".encode("utf-8", "surrogatepass")).hexdigest()
