"""The tasks: reads the words and codes of a picture or of a film. Runs in a decoding child process only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

import av
import cv2
import numpy as np

from qalqan.signals.picture_text.codes_child import Code, codes_of
from qalqan.signals.picture_text.letters_child import FEWEST, Grey, count, rows_of
from qalqan.signals.picture_text.read_child import Block, Scripts, read_rows
from qalqan.signals.picture_text.tesseract_child import Budget
from qalqan.signals.picture_text.upright_child import drawn
from qalqan.signals.pictures_child import large
from qalqan.signals.videos_decode_child import MOST_FRAME_PIXELS, Clock, Frames, film_of, opened

LONGEST = 2000
"""Pixels of the longer side at which a picture is read: its small print has ten of them a letter."""
CODE_LONGEST = 2400
LOOKS = 60
"""Frames of a film that are looked at, evenly spaced."""
READINGS = 16
"""Frames of a film that are read at the most, those whose letters differ from the last ones'."""
APART = 1.0
"""Seconds between frames that are looked at, at the least."""
THUMB = (48, 27)
CHANGED = 6
"""Points of small copies of two frames' letters that differ by so much, from which another text is shown."""
DIFFERENT = 32


class Words(TypedDict):
    """The paragraphs of one picture, or those that a film shows from one moment to another."""

    blocks: list[Block]
    start: float
    end: float
    broken_off: bool
    """Whether something was left out for want of time."""


class SeenCodes(TypedDict):
    """The codes of one picture, or those that a film shows from one moment to another."""

    codes: list[Code]
    start: float
    end: float


def picture_words(path: str, pixels: int, scripts: Scripts, seconds: float) -> Words:
    """Read the words of a picture of at most `pixels` pixels, within so many seconds; quick where it has none.

    Raises as decoding does.
    """
    budget = Budget(seconds)
    grey = _grey(path, pixels, LONGEST)
    rows = rows_of(grey)
    blocks = read_rows(grey, rows, scripts, budget) if count(rows) >= FEWEST else []
    return Words(blocks=blocks, start=0.0, end=0.0, broken_off=budget.broken_off)


def picture_codes(path: str, pixels: int) -> list[Code]:
    """Read the codes of a picture of at most `pixels` pixels. Raises as decoding does."""
    cv2.setNumThreads(1)
    return codes_of(_grey(path, pixels, CODE_LONGEST))


def film_words(path: str, pixels: int, length: float, scripts: Scripts, seconds: float) -> Iterator[Words]:
    """Yield the words that the first `length` seconds of a film show, each text once, read within `seconds` each."""
    held: Words | None = None
    before = np.full(THUMB[::-1], 255, np.uint8)
    readings = 0
    for at, grey in _frames(path, pixels, length):
        rows = rows_of(grey)
        letters = _thumb(drawn(grey, rows)) if count(rows) >= FEWEST else np.full(THUMB[::-1], 255, np.uint8)
        if held is not None:
            held["end"] = at
        if int((np.abs(letters.astype(np.int16) - before) > DIFFERENT).sum()) < CHANGED:
            continue
        before = letters
        if held is not None:
            yield held
        held = None
        if count(rows) >= FEWEST and readings < READINGS:
            budget = Budget(seconds)
            blocks = read_rows(grey, rows, scripts, budget)
            readings += 1
            held = Words(blocks=blocks, start=at, end=at, broken_off=budget.broken_off)
    if held is not None:
        yield held


def film_codes(path: str, pixels: int, length: float) -> Iterator[SeenCodes]:
    """Yield the codes that the first `length` seconds of a film show, each as long as it stays."""
    held: dict[str, SeenCodes] = {}
    for at, grey in _frames(path, pixels, length):
        codes = {code["text"]: code for code in codes_of(grey)}
        for text in held.keys() - codes.keys():
            yield held.pop(text)
        for text, code in codes.items():
            held.setdefault(text, SeenCodes(codes=[code], start=at, end=at))["end"] = at
    yield from held.values()


def _grey(path: str, pixels: int, longest: int) -> Grey:
    cv2.setNumThreads(1)
    return np.asarray(large(path, pixels, longest).convert("L"))


def _thumb(page: Grey) -> Grey:
    return np.asarray(cv2.resize(page, THUMB, interpolation=cv2.INTER_AREA), np.uint8)


def _frames(path: str, pixels: int, length: float) -> Iterator[tuple[float, Grey]]:
    """Yield (seconds, luma) of key frames, evenly spaced over the film or over its first `length` seconds."""
    cv2.setNumThreads(1)
    with open(path, "rb") as file, opened(file) as container:  # noqa: PTH123 - PyAV reads from open files
        most = min(pixels, MOST_FRAME_PIXELS)
        stream = film_of(container, most)
        if stream is None:
            return
        stream.codec_context.skip_frame = "NONKEY"
        known = container.duration / av.time_base if container.duration else length
        frames = Frames(container, stream, most, max(APART, min(known, length) / LOOKS))
        clock, seen = Clock(stream), 0
        for frame in frames:
            luma = frames.luma(frame) if frame is not None else None
            if frame is None or luma is None:
                continue
            at, seen = clock.at(frame), seen + 1
            if at > length or seen > 2 * LOOKS:
                return
            yield at, _fitted(np.ascontiguousarray(luma))


def _fitted(luma: Grey) -> Grey:
    factor = LONGEST / max(luma.shape)
    if factor >= 1:
        return luma
    return np.asarray(cv2.resize(luma, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
