"""Text that was read in a file, in a picture, a subtitle, speech or a code, is read like an item's own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from qalqan.model.parts import Span
from qalqan.model.signals import TEXTS
from qalqan.signals.contract import Desk, Extractor, ReadsText, Sighting

BETWEEN = "\n"
"""Stands between two texts: no sentence goes over it."""


def read_texts(
    extractors: Sequence[Extractor], desk: Desk, seen: Sequence[Sighting]
) -> Iterator[tuple[Extractor, Sighting]]:
    """Yield what extractors read in the texts among some sightings of one file, and which of them did.

    The texts are read as one, in their order, so that sentences are counted through a whole page or film. What stands
    in one of them has its box and its interval, and a span within it.
    """
    texts = [one for one in seen if one.kind in TEXTS]
    readers = [one for one in extractors if isinstance(one, ReadsText)] if texts else []
    whole = BETWEEN.join(one.value for one in texts)
    starts = [0, *accumulate(len(one.value) + len(BETWEEN) for one in texts)][: len(texts)]
    for reader in readers:
        for one in reader.read_text(whole, desk).sightings:
            yield reader, _placed(one, texts, starts)


def _placed(found: Sighting, texts: Sequence[Sighting], starts: Sequence[int]) -> Sighting:
    if found.span is None:
        return found
    place = bisect_right(starts, found.span.start) - 1
    source, start = texts[place], starts[place]
    end = min(found.span.end - start, len(source.value))
    span = Span(min(found.span.start - start, end), end)
    return replace(found, span=span, box=source.box, interval=source.interval)
