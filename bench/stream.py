"""Memory over a very long recording: hours of film and sound through the real extractors in their child process."""

from __future__ import annotations

import dataclasses
import itertools
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import psutil

from qalqan.isolate import Isolate
from qalqan.model.items import Media, MediaKind
from qalqan.model.limits import Limits
from qalqan.signals.contract import Desk, Extractor, Reading, Subject
from qalqan.signals.kinds import built_in

if TYPE_CHECKING:
    import av

RATE = 2
"""Frames a second of the film."""
WIDTH, HEIGHT = 160, 120
SCENE_SECONDS = 6
SOUND_RATE = 8_000
MIB = 1 << 20


def measure(hours: float = 10.0) -> None:
    """Write a film of so many hours and read it with every extractor of videos; print memory by hour of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.mkv"
        started = time.process_time()
        write_film(path, hours)
        size = path.stat().st_size
        print(
            f"stream: {hours:g} h at {RATE} frames/s, {WIDTH}×{HEIGHT}, {SOUND_RATE // 1000} kHz sound, "
            f"{size / 1e6:.0f} MB, written in {time.process_time() - started:.0f} s of CPU"
        )
        subject = Subject(media=Media("0" * 64, MediaKind.VIDEO, "video/x-matroska", size, kept=True), path=path)
        for extractor in built_in():
            if extractor.wants(subject) and extractor.manifest.name != "file":
                _measured(extractor, subject, hours)


def write_film(path: Path, hours: float) -> None:
    """Write drifting views, another every few seconds, and tones over noise, none of them ever again."""
    import av

    with av.open(str(path), "w", format="matroska") as container:
        film = container.add_stream("mpeg4", rate=RATE)
        assert isinstance(film, av.VideoStream)
        film.width, film.height, film.pix_fmt, film.gop_size = WIDTH, HEIGHT, "yuv420p", 4 * RATE
        track = container.add_stream("pcm_u8", rate=SOUND_RATE)
        assert isinstance(track, av.AudioStream)
        track.layout = "mono"
        for scene in range(round(hours * 3600 / SCENE_SECONDS)):
            for frame in _views(scene):
                container.mux(film.encode(frame))
            container.mux(track.encode(_tones(scene)))
        container.mux(film.encode())
        container.mux(track.encode())


def _views(scene: int) -> Iterator[av.VideoFrame]:
    import av
    import cv2

    chance = np.random.default_rng(scene)
    wide = cv2.resize(
        chance.integers(0, 256, (9, 14), dtype=np.uint8), (WIDTH + 60, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    for number in range(SCENE_SECONDS * RATE):
        planes = np.full((HEIGHT * 3 // 2, WIDTH), 128, dtype=np.uint8)
        planes[:HEIGHT] = wide[:, 4 * number : 4 * number + WIDTH]
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = scene * SCENE_SECONDS * RATE + number, Fraction(1, RATE)
        yield frame


def _tones(scene: int) -> av.AudioFrame:
    import av

    chance = np.random.default_rng(scene)
    count = SCENE_SECONDS * SOUND_RATE
    steps = np.repeat(chance.integers(200, 3000, SCENE_SECONDS * 4), count // (SCENE_SECONDS * 4))
    wave: npt.NDArray[np.float64] = 6000 * np.sin(2 * np.pi * np.cumsum(steps) / SOUND_RATE) + chance.normal(
        0, 600, count
    )
    frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None, :], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, scene * count, Fraction(1, SOUND_RATE)
    return frame


class _Watched(Isolate):
    """An isolate that notes when each part of a stream came."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits, children=1)
        self.parts: list[float] = []

    def stream(self, task: str, *arguments: object) -> Iterator[Any]:
        """Hand parts on and note when they came."""
        for part in super().stream(task, *arguments):
            self.parts.append(time.monotonic())
            yield part


class _Scale:
    """Weighs this process and its children several times a second, in a thread of its own."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, int, int]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _weigh(self) -> None:
        own = psutil.Process(os.getpid())
        while not self._ended.wait(0.1):
            children = 0
            for child in own.children():
                try:
                    children = max(children, child.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
            self.rows.append((time.monotonic(), children, own.memory_info().rss))


def _measured(extractor: Extractor, subject: Subject, hours: float) -> None:
    """Read the film with one extractor and print what it took."""
    limits = dataclasses.replace(Limits(), video_seconds=hours * 3600 + 60)
    isolate = _Watched(limits)
    started, cpu = time.monotonic(), os.times()
    with _Scale() as scale:
        reading = extractor.read(subject, Desk(limits, isolate))
    took = time.monotonic() - started
    isolate.close()
    after = os.times()
    used = after.children_user + after.children_system - cpu.children_user - cpu.children_system
    print(f"  {extractor.manifest.name}: {_said(reading)}; {took:.0f} s, {used:.0f} s of CPU in the child")
    _print_hours(scale.rows, [started, *isolate.parts, started + took], hours)


def _said(reading: Reading) -> str:
    kinds = ", ".join(f"{one.kind} of {len(one.value) / 1e6:.1f} MB" for one in reading.sightings)
    length = f"{reading.duration / 3600:.2f} h" if reading.duration else "length unknown"
    return f"{length}, {kinds or 'no signal'}{'; ' if reading.notes else ''}{'; '.join(reading.notes)}"


def _print_hours(rows: list[tuple[float, int, int]], marks: list[float], hours: float) -> None:
    """Print the most that child and parent held in each hour of the film, by the parts that came."""
    count = max(round(hours), 1)
    ends = [marks[round(number * (len(marks) - 1) / count)] for number in range(count + 1)]
    print(f"  {'hour of the film':<20}" + "".join(f"{number:>7}" for number in range(1, count + 1)))
    for name, column in (("child, MiB", 1), ("this process, MiB", 2)):
        peaks = [
            max((row[column] for row in rows if start <= row[0] <= end), default=0) / MIB
            for start, end in itertools.pairwise(ends)
        ]
        print(f"  {name:<20}" + "".join(f"{peak:>7.0f}" for peak in peaks))
