"""Greetings and openings of prayer: words that millions of texts have, and that say nothing about one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, MatchKind

from qalqan.signals.key import key_text

LIST = "formulas.txt"


def formula_words(words: Sequence[str]) -> list[bool]:
    """Return for each of a text's words, as keys, whether it stands in a formula."""
    line = f" {' '.join(words)} "
    within = bytearray(len(line))
    for _, start, end in _automaton().find_matches_as_indexes(line, overlapping=True):
        within[start + 1 : end - 1] = b"\x01" * (end - start - 2)
    told, at = [], 1
    for word in words:
        told.append(bool(within[at]))
        at += len(word) + 1
    return told


@lru_cache(maxsize=1)
def _automaton() -> AhoCorasick:
    lines = files("qalqan.signals").joinpath(LIST).read_text("utf-8").splitlines()
    keys = {key_text(line) for line in lines if line and not line.startswith("#")}
    return AhoCorasick([f" {key} " for key in sorted(keys) if key], matchkind=MatchKind.Standard)
