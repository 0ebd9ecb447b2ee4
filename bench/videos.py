"""How many edited films are found again, where in them, and what is found that should not be; beside vpdq.

    from bench.videos import measure

vpdq is asked as its authors say: the known film's every frame, the query's one frame a second, frames of a quality of
at least 50 within 31 bits; a match is where 80 % of the query's frames have one, or, more kindly, any three.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.corpus import cache_folder
from bench.video_edits import EDITS, Edit, Film, Made, make
from bench.video_films import Films, gather_films, long_film
from qalqan.isolate import Isolate
from qalqan.match.contract import Finding
from qalqan.match.videos import VideoMatcher
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.items import Media, MediaKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Interval
from qalqan.model.signals import Signal
from qalqan.model.times import now
from qalqan.signals import local_child, pdq, videos_child
from qalqan.signals.contract import Desk, Reading, Sighting, Subject
from qalqan.signals.videos import VideoExtractor

QUICK_FILMS = 4
QUICK_EDITS = 3
"""Every third edit in a quick run."""
NEAR = 31
GOOD = 50
PART = 0.8
THREE = 3

Stretches = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found of one query: the known films' numbers, and ours where in both films."""

    ours: dict[int, Finding]
    part: set[int]
    three: set[int]


@dataclass(frozen=True, slots=True)
class Row:
    """One edit of one film."""

    edit: str
    ours: bool
    part: bool
    three: bool
    overlap: float | None
    """The smaller IoU of query and known film; None where it was not found."""
    wrong: tuple[int, int, int]
    """Other known films named by ours, by vpdq's 80 %, by three frames."""


class Reader:
    """Reads films by the real extractor, once: what was read is kept."""

    def __init__(self, folder: Path) -> None:
        code = b"".join(Path(str(one.__file__)).read_bytes() for one in (videos_child, local_child, pdq))
        self._folder = folder / f"read-{hashlib.sha256(code).hexdigest()[:12]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        limits = Limits(decode_seconds=600, video_seconds=1e6)
        self._desk = Desk(limits, Isolate(limits, children=2))
        self._extractor = VideoExtractor()

    def known(self, film: Film, bank: str) -> list[BankEntry]:
        """Return a film's entries, as a bank holds them."""
        sightings = self._kept(
            film.path, "known", lambda: self._extractor.read_known(self._subject(film.path), self._desk)
        )
        return [_entry(one, self._extractor.canonical(one.kind, one.value), film.path.stem, bank) for one in sightings]

    def asked(self, path: Path) -> list[Signal]:
        """Return a film's signals, as they are looked for."""
        sightings = self._kept(path, "asked", lambda: self._extractor.read(self._subject(path), self._desk))
        return [_signal(one, path) for one in sightings]

    def closer(self, path: Path, stretches: Sequence[Interval]) -> list[Signal]:
        """Return the signals of some stretches."""
        reading = self._extractor.look_closer(self._subject(path), self._desk, stretches)
        return [_signal(one, path) for one in reading.sightings]

    def peer(self, path: Path, every: float) -> list[tuple[int, str]]:
        """Return vpdq's frames, one every so many seconds, or every frame: (quality, hexadecimal digits)."""
        import vpdq

        place = self._folder.parent / "vpdq"
        place.mkdir(exist_ok=True)
        kept = place / f"{path.name}.{every:g}.json"
        if not kept.exists():
            found = vpdq.computeHash(str(path), seconds_per_hash=every, thread_count=1)
            kept.write_text(json.dumps([(one.quality, one.hex) for one in found]))
        return [(quality, digits) for quality, digits in json.loads(kept.read_text())]

    def _kept(self, path: Path, how: str, read: Callable[[], Reading]) -> list[Sighting]:
        kept = self._folder / f"{path.name}.{how}.json"
        if not kept.exists():
            rows = [(one.kind, one.value, one.interval.end if one.interval else 0.0) for one in read().sightings]
            kept.write_text(json.dumps(rows))
        return [Sighting(kind, value, interval=Interval(0.0, end)) for kind, value, end in json.loads(kept.read_text())]

    @staticmethod
    def _subject(path: Path) -> Subject:
        return Subject(media=Media("0" * 64, MediaKind.VIDEO, "video/mp4", path.stat().st_size, kept=True), path=path)


def _entry(one: Sighting, value: str, label: str, bank: str) -> BankEntry:
    return BankEntry(
        new_id(), bank, one.kind, value, label, "bench", EntryStatus.ACTIVE, None, label, "bench", now()
    )  # fmt: skip


def _signal(one: Sighting, path: Path) -> Signal:
    return Signal(new_id(), one.kind, one.value, "video/2", media_sha256=path.name, interval=one.interval)


class Systems:
    """Ours and vpdq, over the same known films."""

    def __init__(self, reader: Reader, films: Sequence[Film]) -> None:
        self._reader = reader
        bank = new_id()
        self.entries = [entry for film in films for entry in reader.known(film, bank)]
        began = time.process_time()
        self._index = VideoMatcher().build(self.entries)
        self.build_seconds = time.process_time() - began
        self._numbers = {film.path.stem: number for number, film in enumerate(films)}
        self._peers = [_words(reader.peer(film.path, 0)) for film in films]
        self.seconds: list[float] = []

    def ask(self, path: Path) -> Answer:
        """Ask both for one film."""
        signals = self._reader.asked(path)
        began = time.process_time()
        found = {self._numbers[one.entry.label]: one for one in self._index.find(signals)}
        self.seconds.append(time.process_time() - began)
        shares = [_near(_words(self._reader.peer(path, 1)), known) for known in self._peers]
        part = {number for number, (near, all_) in enumerate(shares) if all_ and near >= PART * all_}
        return Answer(found, part, {number for number, (near, _) in enumerate(shares) if near >= THREE})

    def find(self, signals: Sequence[Signal]) -> list[Finding]:
        """Ask ours alone."""
        return list(self._index.find(signals))


def _words(frames: Sequence[tuple[int, str]]) -> np.ndarray:
    digits = "".join(digits for quality, digits in frames if quality >= GOOD)
    return np.frombuffer(bytes.fromhex(digits), np.uint64).reshape(-1, 4)


def _near(query: np.ndarray, known: np.ndarray) -> tuple[int, int]:
    if not len(query) or not len(known):
        return 0, len(query)
    bits = np.bitwise_count(query[:, None, :] ^ known[None, :, :]).sum(axis=2)
    return int((bits.min(axis=1) <= NEAR).sum()), len(query)


def measure(films: int = 16, *, quick: bool = False) -> None:
    """Make the edits, bank the known films, ask for all edits and all unrelated films, and print who found what."""
    folder = cache_folder() / "videos"
    known = gather_films(folder / "films", films)
    chosen = range(min(QUICK_FILMS, len(known.edited)) if quick else len(known.edited))
    edits = EDITS[::QUICK_EDITS] if quick else EDITS
    print(
        f"films: {len(known.known)} known, {len(chosen)} of them in {len(edits)} edits; "
        f"{len(known.strangers)} unrelated, {len(known.hard)} more that are hard"
    )
    made = _made(known, chosen, edits, folder / "edits")
    reader = Reader(folder)
    _read_all(reader, known, made)
    systems = Systems(reader, known.known)
    print(_size(systems, known))
    family = _families(systems, known.known)
    rows = [_row(systems.ask(one.path), one, family) for one in made]
    _print_rows(edits, rows)
    _print_false(systems, known)
    print(f"comparing: {1000 * statistics.median(systems.seconds):.0f} ms of one core a film in the median")
    measure_long(reader, systems, known, folder)
    measure_look(known, folder)


def _made(known: Films, chosen: Sequence[int], edits: Sequence[Edit], folder: Path) -> list[Made]:
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in chosen:
        for edit in edits:
            stranger = known.strangers[(number * 7 + EDITS.index(edit)) % len(known.strangers)]
            made.append(make(edit, known.edited, number, stranger, folder))
    return made


def _read_all(reader: Reader, known: Films, made: Sequence[Made]) -> None:
    """Read everything, two films at a time."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda film: reader.known(film, ""), known.known))
        paths = [one.path for one in made] + [film.path for film in (*known.hard, *known.strangers)]
        list(pool.map(reader.asked, paths))


def _size(systems: Systems, known: Films) -> str:
    length = sum(film.seconds for film in known.known)
    size = sum(len(one.value) for one in systems.entries)
    return f"known: {size / length / 1000:.1f} kB a second as text; index built in {systems.build_seconds:.1f} s"


def _families(systems: Systems, films: Sequence[Film]) -> list[set[int]]:
    """Return for each known film those whose originals are found by each other: they show the same thing."""
    found = [set(systems.ask(film.path).ours) for film in films]
    family = [{other for other in one if number in found[other]} | {number} for number, one in enumerate(found)]
    for one in {frozenset(each) for each in family if len(each) > 1}:
        print("showing the same in part:", ", ".join(sorted(films[number].path.stem for number in one)))
    return family


def _row(answer: Answer, made: Made, family: list[set[int]]) -> Row:
    right = family[made.film] | (family[made.other] if made.other is not None else set())
    finding = answer.ours.get(made.film)
    wrong = (len(set(answer.ours) - right), len(answer.part - right), len(answer.three - right))
    for number in set(answer.ours) - right:
        one = answer.ours[number]
        print(f"wrong: {made.path.name} is not {one.entry.label} ({one.interval_query}, score {one.score})")
    overlap = None if finding is None else _overlap(finding, made)
    return Row(made.edit, finding is not None, made.film in answer.part, made.film in answer.three, overlap, wrong)


def _overlap(finding: Finding, made: Made) -> float:
    query = [(one.query.start, one.query.end) for one in finding.stretches]
    known = [(one.known.start, one.known.end) for one in finding.stretches]
    if not finding.stretches:
        assert finding.interval_query is not None
        assert finding.interval_known is not None
        query = [(finding.interval_query.start, finding.interval_query.end)]
        known = [(finding.interval_known.start, finding.interval_known.end)]
    return min(
        iou(query, [(start, end) for start, end, _, _ in made.stretches]),
        iou(known, [(start, end) for _, _, start, end in made.stretches]),
    )


def iou(one: Stretches, other: Stretches) -> float:
    """Return how much of what either covers both cover, 0 to 1."""
    one, other = _joined(one), _joined(other)
    both = sum(max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in other)
    either = sum(end - start for start, end in (*one, *other)) - both
    return both / either if either else 0.0


def _joined(stretches: Stretches) -> Stretches:
    joined: Stretches = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _print_rows(edits: Sequence[Edit], rows: Sequence[Row]) -> None:
    print(f"\n{'recall by edit':34s} {'ours':>6s} {'IoU':>6s} {'vpdq 80 %':>10s} {'vpdq 3':>7s}")
    for edit in edits:
        print(_line(edit.name, [row for row in rows if row.edit == edit.name]))
    print(_line("mean", rows))
    overlaps = [row.overlap for row in rows if row.overlap is not None]
    good = sum(overlap >= 0.9 for overlap in overlaps) / max(1, len(overlaps))
    wrong = [sum(row.wrong[place] for row in rows) for place in range(3)]
    print(f"IoU of intervals: median {statistics.median(overlaps):.3f}; {good:.0%} are at least 0.9")
    print(f"other known films named for edits: ours {wrong[0]}, vpdq 80 % {wrong[1]}, vpdq three frames {wrong[2]}")


def _line(name: str, rows: Sequence[Row]) -> str:
    def share(which: Callable[[Row], bool]) -> float:
        return sum(map(which, rows)) / max(1, len(rows))

    overlap = statistics.median([row.overlap for row in rows if row.overlap is not None] or [0.0])
    ours, part, three = share(lambda row: row.ours), share(lambda row: row.part), share(lambda row: row.three)
    return f"{name:34s} {ours:6.2f} {overlap:6.2f} {part:10.2f} {three:7.2f}"


def _print_false(systems: Systems, known: Films) -> None:
    asked = [(film, "hard") for film in known.hard] + [(film, "unrelated") for film in known.strangers]
    false = {"ours": 0, "part": 0, "three": 0}
    for film, what in asked:
        answer = systems.ask(film.path)
        for one in answer.ours.values():
            print(f"false: {film.path.name} ({what}) is not {one.entry.label} ({one.interval_query}, {one.score})")
        false["ours"] += bool(answer.ours)
        false["part"] += bool(answer.part)
        false["three"] += bool(answer.three)
    print(
        f"unrelated films that match anything, of {len(asked)}: ours {false['ours']}, "
        f"vpdq 80 % {false['part']}, vpdq three frames {false['three']}"
    )


def measure_long(reader: Reader, systems: Systems, known: Films, folder: Path) -> None:
    """Ask for a long film with excerpts of known ones: sparsely, then the stretches that deserve it densely."""
    made = long_film(known, folder / "films")
    signals = reader.asked(made.path)
    rough = systems.find(signals)
    closer = [stretch for one in rough for stretch in one.closer]
    fine = systems.find([*signals, *(reader.closer(made.path, closer) if closer else [])])
    print(f"\nexcerpts within a film of {made.seconds:.0f} s, looked at by its key frames, then more closely:")
    print(f"  {'':6s} {'sparsely':>12s} {'closely':>12s}")
    for label, truth in made.excerpts:
        found = [_told(each, label, truth) for each in (rough, fine)]
        print(f"  {truth[1] - truth[0]:4.0f} s: {found[0]:>12s} {found[1]:>12s}   {label}")
    labels = {label for label, _ in made.excerpts}
    print(f"  others named: {sorted({one.entry.label for one in fine} - labels)}")


def _told(findings: Sequence[Finding], label: str, truth: tuple[float, float]) -> str:
    for one in findings:
        if one.entry.label == label and one.interval_query is not None:
            return f"IoU {iou([(one.interval_query.start, one.interval_query.end)], [truth]):.2f}"
    return "not found"


def measure_look(known: Films, folder: Path) -> None:
    """Print how much faster than it plays a film of full HD is looked at sparsely, and read densely."""
    path = long_film(known, folder / "films", full_hd=True).path
    print("\nfull HD, one core, times as fast as it plays:")
    list(videos_child.look(str(path), 10**8, 30.0))  # compiles, loads
    for name, read in (("key frames", videos_child.look), ("every frame", videos_child.dense)):
        began = time.thread_time()
        last = list(read(str(path), 10**8, 60.0))[-1]
        times = last["read_to"] / (time.thread_time() - began)
        print(f"  {name:12s} {times:6.1f} ×{'' if last['sparse'] else ' (every frame was read)'}")
