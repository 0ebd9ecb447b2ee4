"""A text as a key: the Latin letters in which spellings, scripts and tricks of writing make no difference.

`latin_key` is for whatever compares texts: lexicons, near-duplicates. Case, width, accents, apostrophes, invisible
characters, vowel signs, look-alikes of other scripts, digits for letters, letters set apart, repeated letters, hashtags
in one word, Cyrillic for Latin: all come out the same (`signals.letters` has the alphabet, `signals.key_words` the
tricks). Each word leads back to its raw characters.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass

from qalqan.signals.key_words import key_parts, run_key
from qalqan.signals.normal import Normalised

_RUN = re.compile(r"""[^\s!"%&()*+,\-./:;<=>?\[\\\]^_{|}~…–—‐‑“”„«»‹›،؛؟۔·•、。]+""")
_SET_APART = re.compile(r"(?:(?<= )[^ ] ){4}")
_GAP = re.compile(r"[\s.\-_*·•|/\\,:–—]{1,3}")

_FEWEST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Keyed:
    """A text's words as keys, and where they stand in it."""

    words: list[str]
    starts: list[int]
    ends: list[int]


def key_text(text: str) -> str:
    """Return the keys of a text's words with single spaces between. Takes linear time; never raises."""
    joined = " ".join(filter(None, map(run_key, _RUN.findall(text))))
    if _SET_APART.search(f" {joined} "):
        return " ".join(keyed(text).words)
    return joined


def keyed(text: str) -> Keyed:
    """Return the same words with their places: word `i` stands at `text[starts[i]:ends[i]]`."""
    found = Keyed([], [], [])
    words, starts, ends = found.words, found.starts, found.ends
    at = 0
    for run in _RUN.findall(text):
        at = text.index(run, at)  # what stands between two runs has none of their characters
        for key, start, end in key_parts(run):
            words.append(key)
            starts.append(at + start)
            ends.append(at + end)
        at += len(run)
    if _SET_APART.search(f" {' '.join(words)} "):
        return _joined(text, found)
    return found


def latin_key(text: str) -> Normalised:
    """Return a text's key, with offsets to the raw characters that are right at the ends of words."""
    found = keyed(text)
    offsets = array("L")
    following = [*found.starts[1:], len(text)] if found.starts else []
    for word, start, end, after in zip(found.words, found.starts, found.ends, following, strict=True):
        offsets.extend([start] * len(word))
        offsets.append(min(end, max(after, start)))  # two words of one character, as of ½, both begin with it
    if not offsets:
        offsets.append(0)
    return Normalised(" ".join(found.words), offsets)


def _joined(text: str, found: Keyed) -> Keyed:
    """Return the words with letters set apart made words again."""
    joined = Keyed([], [], [])
    at = 0
    for first, last in _letter_runs(text, found):
        _take(found, at, first, joined)
        letters = "".join(text[found.starts[i] : found.ends[i]] for i in range(first, last))
        joined.words.append(run_key(letters).replace(" ", ""))
        joined.starts.append(found.starts[first])
        joined.ends.append(found.ends[last - 1])
        at = last
    _take(found, at, len(found.words), joined)
    return joined


def _take(found: Keyed, first: int, last: int, into: Keyed) -> None:
    into.words.extend(found.words[first:last])
    into.starts.extend(found.starts[first:last])
    into.ends.extend(found.ends[first:last])


def _letter_runs(text: str, found: Keyed) -> list[tuple[int, int]]:
    """Return the runs of single letters that are equally far apart.

    A run has four letters and more; where there is one, shorter ones that are set apart in the same way count, too.
    """
    runs: list[tuple[int, int, str]] = []
    at = 0
    while at < len(found.words):
        last, gap = _end_of_letters(text, found, at)
        if last - at > 1:
            runs.append((at, last, gap))
        at = max(last, at + 1)
    gaps = {gap for first, last, gap in runs if last - first >= _FEWEST_LETTERS}
    return [(first, last) for first, last, gap in runs if gap in gaps]


def _end_of_letters(text: str, found: Keyed, first: int) -> tuple[int, str]:
    """Return where the run of single letters that begins at word `first` ends, and what stands between its letters."""
    gap = ""
    at = first
    while _is_letter(found, at):
        following = text[found.ends[at] : found.starts[at + 1]] if at + 1 < len(found.words) else ""
        at += 1
        if not _GAP.fullmatch(following) or (gap and following != gap):
            break
        gap = following
    return at, gap


def _is_letter(found: Keyed, at: int) -> bool:
    """Whether a word is one letter in the text; not one of several words that one character stands for."""
    if at == len(found.words) or not found.words[at].isalpha():
        return False
    start, end = found.starts[at], found.ends[at]
    before = found.starts[at - 1] if at else -1
    after = found.starts[at + 1] if at + 1 < len(found.words) else end
    return end - start == 1 and before < start < after
