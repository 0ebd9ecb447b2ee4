"""What this machine has for reading pictures: Tesseract and its languages, RapidOCR."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from functools import cache

SCRIPTS = {
    "Latin": ("eng", "deu", "fra", "nld", "tur", "uzb"),
    "Cyrillic": ("rus", "kaz", "kir", "tgk", "uzb_cyrl"),
    "Arabic": ("ara", "uig"),
}
"""Tesseract's names for the languages that are read, by their script, the commonest first."""
WANTED = tuple(name for names in SCRIPTS.values() for name in names)
TURNS = "osd"
"""The data by which Tesseract tells a picture's script and which way up it is."""
ASK_SECONDS = 20.0


@cache
def languages() -> frozenset[str]:
    """Return what Tesseract can read here, `osd` among it; nothing where it is not installed or does not answer."""
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    try:
        answer = subprocess.run(  # noqa: S603 - a program of the machine, found on the path
            [program, "--list-langs"], capture_output=True, timeout=ASK_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(answer.stdout.decode("utf-8", "replace").split("\n")[1:]) & {*WANTED, TURNS}


def missing() -> tuple[str, ...]:
    """Return which of the wanted languages Tesseract lacks here; all of them where there is no Tesseract."""
    return tuple(name for name in (*WANTED, TURNS) if name not in languages())


def reads_text() -> bool:
    """Whether there is a Tesseract that reads any language."""
    return bool(languages() - {TURNS})


@cache
def reads_fine() -> bool:
    """Whether RapidOCR is installed: the extra `ocr`."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))
