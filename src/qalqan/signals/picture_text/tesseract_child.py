"""Runs Tesseract on one picture and takes its answer apart. Runs in a decoding child process only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import signal
import subprocess
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

import cv2
import numpy as np

from qalqan.signals.picture_text.letters_child import Grey

PR_SET_PDEATHSIG = 1
PAGE, SPARSE = "3", "11"
"""Tesseract takes a picture for a page, or looks for lines anywhere: worse at most, but it cuts no line in two."""
MOST_COMPARED = 400
MOST_OUTPUT = 4 << 20
"""Bytes of an answer: a page full of the smallest print has far fewer."""
WORD = 5
"""Tesseract's number for a row of its table that is a word; those above are its page, block, paragraph, line."""
COLUMNS = 12
UNSURE = 20.0
"""Words of less confidence, of 100, are left out: they are specks."""
SURE = 60.0
ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}
DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that Tesseract puts around runs of letters that are written the other way."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was read."""

    text: str
    confidence: float
    box: tuple[int, int, int, int]
    """Left, top, width, height in pixels of the picture that was read."""
    line: tuple[int, int, int]
    """Block, paragraph and line of Tesseract's."""


@dataclass(frozen=True, slots=True)
class Told:
    """What Tesseract says about how a picture stands."""

    script: str | None
    """`Latin`, `Cyrillic`, `Arabic`, or another; None where it cannot say."""
    quarters: int
    """Quarter turns counter-clockwise that set it upright."""


class Budget:
    """Seconds that may be spent on one picture."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.broken_off = False
        """Whether something was left out for want of time."""

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self._end - time.monotonic()


def words_of(grey: Grey, languages: Sequence[str], budget: Budget) -> list[Word]:
    """Return the words of a picture of level text, line by line; none where Tesseract fails or takes too long."""
    words = _words(grey, languages, PAGE, budget)
    return _words(grey, languages, SPARSE, budget) if _clash(words) else words


def _words(grey: Grey, languages: Sequence[str], layout: str, budget: Budget) -> list[Word]:
    answer = _run(grey, ["-l", "+".join(languages), "--psm", layout, "tsv"], budget)
    return [word for line in answer.split("\n") for word in _word(line)]


def _clash(words: Sequence[Word]) -> bool:
    """Say whether words of two lines stand in one place: then a line was cut in two, and its middle read twice."""
    some = words[:MOST_COMPARED]
    if not some:
        return False
    left, top, width, height = np.array([word.box for word in some]).T[:, :, None]
    across = np.minimum(left + width, (left + width).T) - np.maximum(left, left.T)
    down = np.minimum(top + height, (top + height).T) - np.maximum(top, top.T)
    shared = np.clip(across, 0, None) * np.clip(down, 0, None)
    lines = np.array([hash(word.line) for word in some])
    return bool(np.any((2 * shared > np.minimum(width * height, (width * height).T)) & (lines[:, None] != lines)))


def told_of(grey: Grey, budget: Budget) -> Told:
    """Return the script of a picture of level text, and whether it stands on its head or side."""
    answer = _run(grey, ["-l", "osd", "--psm", "0", "-c", "min_characters_to_try=8"], budget)
    found = dict(re.findall(r"^(Rotate|Orientation confidence|Script|Script confidence): (\S+)$", answer, re.MULTILINE))
    script = found.get("Script") if _number(found.get("Script confidence")) > 0.0 else None
    turned = _number(found.get("Rotate")) if _number(found.get("Orientation confidence")) > 1.0 else 0.0
    return Told(script, round(-turned / 90) % 4)


def score(words: Sequence[Word]) -> float:
    """Return how much was read, and how surely: of several readings the one with the highest is the best."""
    return sum(len(word.text) * word.confidence / 100 for word in words if word.confidence >= SURE)


def sureness(words: Sequence[Word]) -> float:
    """Return the usual confidence of a letter, 0 to 100."""
    letters = sum(len(word.text) for word in words)
    return sum(len(word.text) * word.confidence for word in words) / letters if letters else 0.0


def lines_of(words: Sequence[Word]) -> list[list[Word]]:
    """Return words by the lines they stand in."""
    return [list(line) for _, line in groupby(words, lambda word: word.line)]


def confidence_of(words: Sequence[Word]) -> float:
    """Return the mean confidence of some words, 0 for none."""
    return fmean(word.confidence for word in words) if words else 0.0


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _word(line: str) -> Iterator[Word]:
    """Yield the word of one row of the table; nothing for a row of another form."""
    cells = line.split("\t")
    if len(cells) != COLUMNS:
        return
    text = DIRECTIONS.sub("", unicodedata.normalize("NFC", cells[11])).strip()
    try:
        level, _, block, paragraph, number, _, left, top, width, height = (int(one) for one in cells[:10])
        confidence = float(cells[10])
    except ValueError:
        return  # the head of the table, or what is none of Tesseract's
    if level == WORD and text and UNSURE <= confidence <= 100.0:  # noqa: PLR2004 - a percentage
        yield Word(text[:500], confidence, (left, top, width, height), (block, paragraph, number))


def _run(grey: Grey, words: Sequence[str], budget: Budget) -> str:
    """Return what Tesseract writes about a picture; nothing where it fails."""
    if budget.left <= 0:
        budget.broken_off = True
        return ""
    _, png = cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(png.tobytes())
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 - a program of the machine, given numbers and names of ours
            ["tesseract", "-", "-", *words],  # noqa: S607 - found on the path, wherever the machine keeps it
            stdin=given, stdout=answer, stderr=subprocess.DEVNULL, start_new_session=True,
            env={**ENVIRONMENT, "PATH": os.environ.get("PATH", "")},
            preexec_fn=_shut_in,  # noqa: PLW1509 - a decoding child has one thread
        )  # fmt: skip
        try:
            failed = process.wait(budget.left) != 0
        except subprocess.TimeoutExpired:
            budget.broken_off = failed = True
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with all that it may have started
            process.wait()
        answer.seek(0)
        return "" if failed else answer.read(MOST_OUTPUT).decode("utf-8", "replace")


def _shut_in() -> None:
    """Bound what it writes, let it stand back behind scans, and let it die with us."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
    os.nice(10)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
