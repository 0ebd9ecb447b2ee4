"""`make bench ARGS=sounds`: sounds found again after 37 edits, beside Chromaprint, and what that costs."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
import wave
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import sound_material as material
from bench.sound_edits import all_edits
from bench.sound_material import RATE, Sound
from qalqan.demo import voices
from qalqan.isolate import Isolate
from qalqan.match.contract import Finding, Index
from qalqan.match.sounds import SoundMatcher
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.items import Media, MediaKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Interval
from qalqan.model.signals import SOUND, Signal
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Subject
from qalqan.signals.sounds import SoundExtractor

SECONDS = 10
"""Of an excerpt."""
RAW_SECONDS = 0.1238
"""Of sound between two of Chromaprint's numbers."""


def measure(videos: Path | None = None, known: int = 1000, each: int = 1000) -> None:
    """Print recall for each edit, false matches, intervals and cost.

    `videos` is a folder of harmless films whose sound is used as well; `known` sounds are made known at most, and about
    `each` of these are asked for after each edit.
    """
    isolate = Isolate(Limits(), children=1)
    bench = _Bench(Desk(Limits(), isolate))
    mine, others = _known(videos, known), dict(_others(videos))
    for name, sound in mine.items():
        bench.learn(name, sound)
    print(f"{len(mine)} known sounds, {sum(map(len, mine.values())) / RATE / 60:.0f} min, {len(others)} others")
    bench.build()
    for number, (name, sound) in enumerate(mine.items()):
        if number % max(1, len(mine) // each) == 0:
            bench.ask_edited(number, name, sound)
    for name, sound in others.items():
        bench.ask_other(name, sound)
    isolate.close()
    bench.tell()


def _known(videos: Path | None, most: int) -> dict[str, Sound]:
    made = {f"voice {seed}": material.spoken(seed, 90) for seed in range(24)}
    made |= {f"song {seed}": material.sung(seed, 75) for seed in range(16)}
    made |= {f"music {seed}": material.played(seed, 75) for seed in range(12)}
    made |= {f"people {language}": sound[: 90 * RATE] for language, sound in material.people(330)}
    for name in ("mediaelement-files_echo-hereweare.webm", "samples_chrome.mp4"):
        if videos is not None and (videos / name).exists():
            made[name] = material.decoded(videos / name)
    step = max(1, len(made) // most)
    return dict(list(made.items())[::step][:most])


def _others(videos: Path | None) -> Iterator[tuple[str, Sound]]:
    """Yield sounds that are not known, most of them near to a known one."""
    yield from ((f"voice {seed} with other words", material.spoken(seed, 30)) for seed in range(100, 164))
    yield from ((f"song {seed}, the same singer", material.sung(seed, 30)) for seed in range(100, 148))
    yield from ((f"song {seed}, another tune", material.sung(seed, 30, melody=500 + seed)) for seed in range(16))
    yield from ((f"music {seed}, the same drums and pace", material.played(seed, 30)) for seed in range(100, 132))
    yield from ((f"music {seed}, another tune", material.played(seed, 30, tune=500 + seed)) for seed in range(12))
    for language, sound in material.people(330):
        for start in range(95, 300, 30):
            yield f"people {language} at {start} s", sound[start * RATE : (start + 30) * RATE]
    yield from ((f"demonstration's voice {seed}", voices.speak(30, (seed,))) for seed in range(10))
    yield from _plain()
    yield from _films(videos)


def _films(videos: Path | None) -> Iterator[tuple[str, Sound]]:
    """Yield the sound of films, without those that are known."""
    for path in sorted(videos.iterdir()) if videos is not None else ():
        sound = material.decoded(path)
        if len(sound) > 2 * RATE and not path.name.startswith(("mediaelement-files_echo", "samples_chrome")):
            yield path.name, sound


def _plain() -> Iterator[tuple[str, Sound]]:
    at, rng = np.arange(30 * RATE) / RATE, np.random.default_rng(0)
    yield "white noise", (0.2 * rng.standard_normal(len(at))).astype(np.float32)
    yield "silence", np.zeros(len(at), np.float32)
    yield "a tone", (0.4 * np.sin(2 * np.pi * 440 * at)).astype(np.float32)
    yield "beeps", (0.4 * np.sin(2 * np.pi * 1000 * at) * (at % 1 < 0.2)).astype(np.float32)
    yield "a rising tone", (0.4 * np.sin(2 * np.pi * (300 * at + 40 * at * at))).astype(np.float32)
    yield "mains hum", (0.2 * np.sign(np.sin(2 * np.pi * 50 * at))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one query gave."""

    group: str
    edit: str
    found: bool
    overlap: float
    wrong: int
    speed_off: float
    peer_right: float
    """Chromaprint's bit error at the right sound, and at any other."""
    peer_wrong: float


class _Bench:
    """The known sounds as both see them, and the answers so far."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._folder = tempfile.TemporaryDirectory(prefix="qalqan-bench-")
        self._entries: dict[str, BankEntry] = {}
        self._raw: dict[str, NDArray[np.uint32]] = {}
        self._index: Index | None = None
        self._answers: list[_Answer] = []
        self._false: list[str] = []
        self._others = 0
        self._peer_others: list[float] = []
        self._bytes, self._seconds = 0, 0.0
        self._query_seconds: list[float] = []
        music, babble = [material.played(200 + n, 20) for n in range(4)], [material.babble(n, 20) for n in range(3)]
        self._edits = all_edits(music, babble, [material.spoken(300 + n, 20) for n in range(8)])

    def learn(self, name: str, sound: Sound) -> None:
        """Make a sound known."""
        (value, raw) = self._read(sound)
        assert value is not None
        self._bytes, self._seconds = self._bytes + len(value), self._seconds + len(sound) / RATE
        self._entries[name] = BankEntry(
            new_id(), new_id(), SOUND, value, name, "bench", EntryStatus.ACTIVE, None, None, "bench", now()
        )  # fmt: skip
        self._raw[name] = raw

    def build(self) -> None:
        """Build the index, and compile what is to be compiled."""
        self._index = SoundMatcher().build(list(self._entries.values()))
        value = next(iter(self._entries.values())).value
        assert list(self._index.find([Signal(new_id(), SOUND, value, "bench/1")]))

    def ask_edited(self, number: int, name: str, sound: Sound) -> None:
        """Ask for an excerpt after each edit."""
        for place, (edit, (change, speed)) in enumerate(self._edits.items()):
            start = float(np.random.default_rng((number, place)).uniform(0, len(sound) / RATE - SECONDS))
            copy = change(sound[round(start * RATE) : round((start + SECONDS) * RATE)], number)
            value, raw = self._read(copy)
            findings = self._find(value)
            mine = [one for one in findings if one.entry.label == name]
            overlap = max((_overlap(one, Interval(start, start + SECONDS), speed) for one in mine), default=0.0)
            errors = {other: _bit_error(raw, known) for other, known in self._raw.items()}
            right = errors.pop(name)
            self._answers.append(
                _Answer(
                    name.rstrip("0123456789 "), edit, overlap > 0, overlap, len(findings) - len(mine),
                    min((abs(_speed(one) / speed - 1) for one in mine), default=1.0), right, min(errors.values()),
                )
            )  # fmt: skip

    def ask_other(self, name: str, sound: Sound) -> None:
        """Ask for a sound that is not known."""
        value, raw = self._read(sound)
        self._others += 1
        self._false += [f"{name} → {one.entry.label}" for one in self._find(value)]
        if len(raw):
            self._peer_others.append(min(_bit_error(raw[:60], known) for known in self._raw.values()))

    def tell(self) -> None:
        """Print it all."""
        line = min([*self._peer_others, *(one.peer_wrong for one in self._answers)])
        by_edit: defaultdict[str, list[_Answer]] = defaultdict(list)
        by_group: defaultdict[str, list[_Answer]] = defaultdict(list)
        for one in self._answers:
            by_edit[one.edit].append(one)
            by_group[one.group].append(one)
        print(f"recall in %, excerpts of {SECONDS} s; Chromaprint at its line without false matches, and at 0.35")
        print(f"{'':46}{'ours':>6}{'chromaprint':>13}{'at .35':>8}{'overlap':>9}")
        for table in (by_edit, by_group):
            for name, answers in table.items():
                print(f"{name:46}{_row(answers, line)}")
            print()
        means = [_row_values(answers, line)[:3] for answers in by_edit.values()]
        ours, theirs, loose = (100 * statistics.mean(column) for column in zip(*means, strict=True))
        print(f"{'mean over edits':46}{ours:6.1f}{theirs:13.1f}{loose:8.1f}")
        found = [one for one in self._answers if one.found]
        print(f"overlap of intervals (IoU): median {statistics.median(one.overlap for one in found):.3f}")
        print(f"speed is off by: median {100 * statistics.median(one.speed_off for one in found):.2f} %")
        wrong = sum(one.wrong for one in self._answers)
        loose_wrong = sum(error < 0.35 for error in [*self._peer_others, *(one.peer_wrong for one in self._answers)])
        print(f"false matches: {wrong} of {len(self._answers)} edited, {len(self._false)} of {self._others} others")
        print(f"  Chromaprint at 0.35: {loose_wrong} queries")
        print(*self._false[:20], sep="\n")
        print(f"bytes a minute, as text: {60 * self._bytes / self._seconds:.0f}")
        print(f"search of one query: median {1000 * statistics.median(self._query_seconds):.0f} ms of processor time")

    def _find(self, value: str | None) -> list[Finding]:
        assert self._index is not None
        started = time.process_time()
        signals = [] if value is None else [Signal(new_id(), SOUND, value, "bench/1")]
        findings = list(self._index.find(signals))
        self._query_seconds.append(time.process_time() - started)
        return findings

    def _read(self, sound: Sound) -> tuple[str | None, NDArray[np.uint32]]:
        """Return a sound as both see it."""
        path = Path(self._folder.name) / "sound.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        media = Media("0" * 64, MediaKind.AUDIO, "audio/wav", path.stat().st_size, kept=True)
        sightings = SoundExtractor().read(Subject(media=media, path=path), self._desk).sightings
        return (sightings[0].value if sightings else None), _chromaprint(path)


def _chromaprint(path: Path) -> NDArray[np.uint32]:
    """Return fpcalc's numbers. Its exit status says nothing: version 1.5.1 fails at the end of every file."""
    command = ["fpcalc", "-raw", "-length", "0", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("FINGERPRINT="):
            return np.array([int(number) & 0xFFFFFFFF for number in line[12:].split(",") if number], np.uint32)
    return np.empty(0, np.uint32)


def _bit_error(query: NDArray[np.uint32], known: NDArray[np.uint32]) -> float:
    """Return the least share of wrong bits over all places of the query in the known sound."""
    if len(query) < 8 or len(known) < len(query):
        return 0.5
    windows = np.lib.stride_tricks.sliding_window_view(known, len(query))
    return float(np.bitwise_count(windows ^ query).mean(axis=1).min()) / 32


def _overlap(finding: Finding, truth: Interval, speed: float) -> float:
    """Return the smaller intersection over union of the known and the query's interval with the truth."""
    assert finding.interval_known is not None
    assert finding.interval_query is not None
    whole = Interval(0.0, (truth.end - truth.start) / speed)
    return min(_shared(finding.interval_known, truth), _shared(finding.interval_query, whole))


def _shared(one: Interval, other: Interval) -> float:
    both = max(0.0, min(one.end, other.end) - max(one.start, other.start))
    return both / (max(one.end, other.end) - min(one.start, other.start))


def _speed(finding: Finding) -> float:
    query, known = finding.interval_query, finding.interval_known
    assert query is not None
    assert known is not None
    return (known.end - known.start) / (query.end - query.start)


def _row_values(answers: list[_Answer], line: float) -> tuple[float, float, float, float]:
    return (
        statistics.mean(one.found for one in answers),
        statistics.mean(one.peer_right < line for one in answers),
        statistics.mean(one.peer_right < 0.35 for one in answers),
        statistics.median(one.overlap for one in answers),
    )


def _row(answers: list[_Answer], line: float) -> str:
    ours, theirs, loose, overlap = _row_values(answers, line)
    return f"{100 * ours:6.0f}{100 * theirs:13.0f}{100 * loose:8.0f}{overlap:9.2f}"
