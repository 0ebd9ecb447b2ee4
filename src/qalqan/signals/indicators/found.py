"""What the finders of indicators yield."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """A value and where it stands in the text that was searched. There are many: a tuple is made quickest."""

    value: str
    start: int
    end: int
