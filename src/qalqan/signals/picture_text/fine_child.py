"""Reads a picture's Latin letters and digits with RapidOCR, which reads addresses and links exactly.

Needs the extra `ocr`. Its models lie in its wheel; they are named by their paths, so that it never asks a network for
them. Runs in a decoding child process only; never import it elsewhere.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from qalqan.errors import InputRefused
from qalqan.signals.picture_text.read_child import Block
from qalqan.signals.pictures_child import large

LONGEST = 2000
MOST_LINES = 200


def lines(path: str, pixels: int) -> list[Block]:
    """Return the lines of a picture of at most `pixels` pixels. Raises as decoding does."""
    cv2.setNumThreads(1)
    picture = np.asarray(large(path, pixels, LONGEST))
    found = _reader()(picture[:, :, ::-1])
    if found.boxes is None or found.txts is None:
        return []
    height, width = picture.shape[:2]
    every = zip(found.boxes, found.txts, found.scores, strict=True)
    return [
        Block(text=text[:500], box=_box(corners / (width, height)), confidence=round(100 * float(score)))
        for corners, text, score in list(every)[:MOST_LINES]
        if text.strip()
    ]


def _box(corners: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - RapidOCR publishes no types of arrays
    low = np.clip(corners.min(axis=0), 0.0, 1.0)
    size = np.clip(corners.max(axis=0), 0.0, 1.0) - low
    return float(low[0]), float(low[1]), float(size[0]), float(size[1])


@cache
def _reader() -> Any:  # noqa: ANN401 - see above
    rapidocr: Any = importlib.import_module("rapidocr")  # an extra: not everybody has it
    models = Path(rapidocr.__file__).parent / "models"
    given = {"EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
             "Global.use_cls": False, "Global.log_level": "critical"}  # fmt: skip
    for part in ("Det", "Rec"):
        model = next(iter(sorted(models.glob(f"*_{part.lower()}_*.onnx"))), None)
        if model is None:
            raise InputRefused(f"RapidOCR came without its {part} model", hint="pip install --force-reinstall rapidocr")
        given[f"{part}.model_path"] = str(model)
    return rapidocr.RapidOCR(params=given)
