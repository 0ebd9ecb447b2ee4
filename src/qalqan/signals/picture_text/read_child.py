"""Reads the words of a picture. Runs in a decoding child process only; never import it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import cv2
import numpy as np

from qalqan.signals.picture_text.hint_child import language_of
from qalqan.signals.picture_text.letters_child import Grey, Row, count
from qalqan.signals.picture_text.paragraphs_child import around, paragraphs_of, same_line
from qalqan.signals.picture_text.tesseract_child import (
    Budget,
    Word,
    confidence_of,
    lines_of,
    score,
    sureness,
    told_of,
    words_of,
)
from qalqan.signals.picture_text.upright_child import (
    WHITE,
    Turned,
    angle_of,
    cropped,
    drawn,
    letters_box,
    main_rows,
    scale_for,
    turned,
)

WELL = 85.0
"""A reading this sure needs no second one of the same picture without its background."""
FAINT = 60.0
"""A line less sure is read once more, as Latin letters and digits."""
JUNK = 45.0
"""A paragraph less sure than this, of 100, is no text."""
LOOK_LETTERS = 2
"""A paragraph has at least so many letters or digits."""
LATIN = "eng"
MOST_OF = 0.6
"""A reading that has fewer letters than this share of the pieces that look like letters has left something out."""
NO_WORSE = 0.95
"""What a reading in one language may be less sure by and still be taken: several languages at once guess boldly."""

Scripts = Mapping[str, Sequence[str]]


class Block(TypedDict):
    """One paragraph."""

    text: str
    box: tuple[float, float, float, float]
    """Left, top, width, height in fractions of the picture."""
    confidence: int


@dataclass(frozen=True, slots=True)
class Page:
    """A picture ready to be read: as it is, and its letters alone, both turned level."""

    plain: Turned
    letters: Turned
    whole: Turned
    """The picture as it came."""

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the picture as it came."""
        return self.whole.grey.shape[0], self.whole.grey.shape[1]


def read_rows(grey: Grey, rows: list[Row], scripts: Scripts, budget: Budget) -> list[Block]:
    """Return the paragraphs of a picture in which rows of letters were found."""
    page = _page(grey, rows)
    script, page = _upright(page, scripts, budget)
    words, picture = _best(page, script, scripts, count(rows), budget)
    if LATIN in scripts.get("Latin", ()):
        words = _with_latin(picture, words, budget)
    return list(_blocks(words, picture, page.shape))


def _page(grey: Grey, rows: list[Row]) -> Page:
    angle, scale = angle_of(drawn(grey, main_rows(rows))), scale_for(rows, grey)
    alone = turned(drawn(grey, rows), angle, scale, WHITE)
    box = letters_box(alone.grey)
    whole = Turned(grey, np.eye(2, 3))
    return Page(cropped(turned(grey, angle, scale), box), cropped(alone, box), whole)


def _upright(page: Page, scripts: Scripts, budget: Budget) -> tuple[str | None, Page]:
    """Return the script, None where it cannot be told, and the page on its feet."""
    for one in (page.plain, page.letters):
        told = told_of(one.grey, budget)
        if told.script in scripts:
            plain, alone = _quarters(page.plain, told.quarters), _quarters(page.letters, told.quarters)
            return told.script, Page(plain, alone, page.whole)
    return None, page


def _quarters(picture: Turned, quarters: int) -> Turned:
    """Turn by quarters, counter-clockwise."""
    if not quarters:
        return picture
    height, width = picture.grey.shape
    # Where a pixel of the turned picture lies in the one before.
    back = {
        1: np.array([[0.0, -1.0, width - 1.0], [1.0, 0.0, 0.0]]),
        2: np.array([[-1.0, 0.0, width - 1.0], [0.0, -1.0, height - 1.0]]),
        3: np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, height - 1.0]]),
    }[quarters]
    before = picture.back[:, :2] @ back
    before[:, 2] += picture.back[:, 2]
    return Turned(np.ascontiguousarray(np.rot90(picture.grey, quarters)), before)


def _best(page: Page, script: str | None, scripts: Scripts, expected: int, budget: Budget) -> tuple[list[Word], Turned]:
    """Return the best reading, and of which picture it is. About `expected` letters are there."""
    tried = [script] if script else list(scripts)
    words, picture, told = _first((page.plain,), tried, scripts, budget)
    if not _is_good(words, expected):
        others = _first((page.letters,), tried, scripts, budget)
        words, picture, told = max((words, picture, told), others, key=lambda one: score(one[0]))
    if not _is_good(words, expected):  # where more is taken for letters than there are, the turn may be wrong
        others = _first((page.whole,), tried, scripts, budget)
        words, picture, told = max((words, picture, told), others, key=lambda one: score(one[0]))
    if not _is_good(words, expected) and script:  # what is told of few or faint letters may be wrong
        others = _first((picture,), [one for one in scripts if one != script], scripts, budget)
        words, picture, told = max((words, picture, told), others, key=lambda one: score(one[0]))
    return _in_one_language(words, picture, told, scripts, budget), picture


def _is_good(words: Sequence[Word], expected: int) -> bool:
    return sureness(words) >= WELL and sum(len(word.text) for word in words) >= MOST_OF * expected


def _first(
    pictures: Sequence[Turned], tried: Sequence[str], scripts: Scripts, budget: Budget
) -> tuple[list[Word], Turned, str | None]:
    """Read with all languages of each script at once, and keep the reading that says most."""
    readings = [
        (words_of(one.grey, _all_of(script, scripts), budget), one, script) for one in pictures for script in tried
    ]
    return max(readings, key=lambda one: score(one[0]), default=([], pictures[0], None))


def _in_one_language(
    words: list[Word], picture: Turned, script: str | None, scripts: Scripts, budget: Budget
) -> list[Word]:
    """Read once more in the text's own language alone, which goes better, and in English for links and names.

    Where that does not look like the language, each other one of the script is tried; Latin ones are read alike.
    """

    def told(some: Sequence[Word]) -> str | None:
        return language_of(" ".join(word.text for word in some), script or "", scripts)

    def read(names: Sequence[str]) -> list[tuple[bool, float, list[Word]]]:
        some = [(one, words_of(picture.grey, _with_english(one, script, scripts), budget)) for one in names]
        return [(told(found) == one, score(found), found) for one, found in some]

    native = told(words)
    readings = read([native]) if native else []
    # A wrong language reads boldly what it has no letters for: that is told by a reading that does not look like it.
    if script not in (None, "Latin") and not any(looks_so for looks_so, *_ in readings):
        readings += read([one for one in scripts[script or ""] if one != native])
    _, sure, again = max(readings, key=lambda one: one[:2], default=(False, 0.0, words))
    return again if sure >= NO_WORSE * score(words) else words


def _with_english(native: str, script: str | None, scripts: Scripts) -> list[str]:
    alone = script == "Arabic" or native == LATIN or LATIN not in scripts.get("Latin", ())
    return [native] if alone else [native, LATIN]


def _all_of(script: str, scripts: Scripts) -> list[str]:
    names = list(scripts[script])
    latin = script == "Cyrillic" and LATIN in scripts.get("Latin", ())
    return [*names, LATIN] if latin else names


def _with_latin(picture: Turned, words: list[Word], budget: Budget) -> list[Word]:
    """Read faint lines once more as Latin letters alone: they are mostly links and addresses."""
    lines = lines_of(words)
    if all(confidence_of(line) >= FAINT for line in lines):
        return words
    latin = lines_of(words_of(picture.grey, [LATIN], budget))
    return [word for line in lines for word in _surer(line, latin)]


def _surer(line: list[Word], others: list[list[Word]]) -> list[Word]:
    own = confidence_of(line)
    if own >= FAINT:
        return line
    best = max((one for one in others if same_line(line, one)), key=confidence_of, default=line)
    if confidence_of(best) <= own:
        return line
    return [replace(one, line=line[0].line) for one in best]


def _blocks(words: Sequence[Word], picture: Turned, shape: tuple[int, int]) -> Iterator[Block]:
    for paragraph in paragraphs_of(lines_of(words)):
        text = " ".join(word.text for word in paragraph)
        sure = sureness(paragraph)
        if sure >= JUNK and sum(one.isalnum() for one in text) >= LOOK_LETTERS:
            yield Block(text=text, box=_box(around(paragraph), picture, shape), confidence=round(sure))


def _box(
    rectangle: tuple[int, int, int, int], picture: Turned, shape: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Return where in the picture a rectangle of the turned one lies, in fractions."""
    left, top, width, height = rectangle
    corners = np.array([[left, top], [left + width, top], [left, top + height], [left + width, top + height]], float)
    there = cv2.transform(corners[None], picture.back)[0] / (shape[1], shape[0])
    low, high = np.clip(there.min(axis=0), 0.0, 1.0), np.clip(there.max(axis=0), 0.0, 1.0)
    return tuple(round(float(one), 4) for one in (*low, *(high - low)))  # type: ignore[return-value]  # four of them
