"""Writes down what is said in a recording. Runs in a decoding child process only; never import it elsewhere.

Needs the extra `speech` (faster-whisper) and a model in a folder.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from qalqan.errors import InputRefused
from qalqan.signals.containers_child import packets_of, why
from qalqan.signals.sounds_child import opened
from qalqan.signals.spoken import Line

Samples = npt.NDArray[np.float32]

RATE = 16_000
"""Samples a second that Whisper hears."""
PART_SECONDS = 30
"""What it hears at once."""
LONGEST = 2_000
"""Characters of one segment."""
SILENT = 0.6
"""A segment that is more probably silence than this says nothing: the model makes words up for it."""


def hear(path: str, model: str, seconds: float) -> Iterator[list[Line]]:
    """Yield what is said in each half minute of the first `seconds` of a recording; nothing where it has no sound.

    Raises InputRefused where it cannot be decoded or there is no such model.
    """
    whisper = _whisper(model)
    for number, samples in enumerate(_parts(path)):
        at = number * PART_SECONDS
        if at >= seconds:
            return
        segments, _ = whisper.transcribe(samples, beam_size=1, condition_on_previous_text=False)
        yield [
            Line(start=at + float(one.start), end=at + float(one.end), text=one.text.strip()[:LONGEST])
            for one in segments
            if one.text.strip() and one.no_speech_prob <= SILENT
        ]


@cache
def _whisper(model: str) -> Any:  # noqa: ANN401 - an extra: not everybody has its types
    if not Path(model).is_dir():
        raise InputRefused(f"there is no model in {model}", hint="QALQAN_SPEECH_MODEL names its folder.")
    try:
        library: Any = importlib.import_module("faster_whisper")
    except ImportError as error:
        raise InputRefused("faster-whisper is not installed", hint="pip install qalqan[speech]") from error
    return library.WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)


def _parts(path: str) -> Iterator[Samples]:
    """Yield half minutes of sound, one channel, 16,000 samples a second, from -1 to 1."""
    held, length = list[Samples](), 0
    for piece in _pieces(path):
        held.append(piece)
        length += len(piece)
        while length >= PART_SECONDS * RATE:
            whole = np.concatenate(held)
            yield whole[: PART_SECONDS * RATE]
            held = [whole[PART_SECONDS * RATE :]]
            length = len(held[0])
    if length:
        yield np.concatenate(held)


def _pieces(path: str) -> Iterator[Samples]:
    """Yield the sound of each packet; broken ones are left out."""
    with open(path, "rb") as file, opened(file) as container:  # noqa: PTH123 - PyAV reads from open files
        stream = next(iter(container.streams.audio), None)
        if stream is None:
            return
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        packets = packets_of(container, stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = [one for frame in packet.decode() for one in resampler.resample(frame)]
            except av.EOFError:
                return
            except (av.FFmpegError, ValueError) as error:
                if not isinstance(error, av.InvalidDataError):
                    raise InputRefused(f"its sound cannot be decoded ({why(error)})") from error
                continue
            for one in frames:
                yield np.asarray(one.to_ndarray(), np.float32).reshape(-1)
