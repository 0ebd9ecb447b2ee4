"""The systems that are asked for edited pictures: PDQ as the field uses it, PDQ in eight turns, and ours."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bench.corpus import GOOD, NEAR, Words, load, words_of
from qalqan.errors import InputRefused
from qalqan.isolate import Isolate
from qalqan.match.contract import Index, Matcher
from qalqan.match.matchers import built_in
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.items import Media, MediaKind
from qalqan.model.limits import Limits
from qalqan.model.parts import Box
from qalqan.model.signals import PDQ, PICTURE_LOCAL, Signal
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Subject
from qalqan.signals.pictures import PictureExtractor

KINDS = (PDQ, PICTURE_LOCAL)


@dataclass(frozen=True, slots=True)
class Hit:
    """A banked picture that a system named for a picture it was asked for."""

    source: int
    """The place of the banked picture in the list that was banked."""
    stage: str
    box_known: Box | None = None
    sure: bool = False
    """Whether the system says so by two looks."""


class System(Protocol):
    """Something that remembers pictures and is asked whether it knows another."""

    name: str

    def bank(self, pictures: Sequence[Path]) -> None:
        """Remember these pictures."""
        ...

    def ask(self, picture: Path) -> list[Hit]:
        """Return which banked pictures it takes this one for, each once a stage."""
        ...


class Kept:
    """A file of JSON rows that is written now and then, so that a second run need not read pictures again."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._new = 0
        try:
            self.rows: dict[str, Any] = json.loads(place.read_text("utf-8"))
        except (OSError, ValueError):
            self.rows = {}

    def put(self, key: str, row: object) -> None:
        """Keep a row; every few hundred are written down."""
        self.rows[key] = row
        self._new += 1
        if self._new >= 500:
            self.save()

    def save(self) -> None:
        """Write down what is new, through a file beside it, so that no broken one is left behind."""
        if self._new:
            beside = self._place.with_suffix(".new")
            beside.write_text(json.dumps(self.rows), "utf-8")
            beside.replace(self._place)
            self._new = 0


class PdqPeer:
    """`pdqhash` with radius 31 and its own line of quality, upright or in all eight turns."""

    def __init__(self, kept: Kept, *, eight: bool) -> None:
        self.name = "PDQ, 8 turns" if eight else "PDQ"
        self._eight = eight
        self._kept = kept
        self._known: Words = np.empty((0, 4), dtype=np.uint64)
        self._numbers = np.empty(0, dtype=np.int64)

    def bank(self, pictures: Sequence[Path]) -> None:
        """Remember the upright hash of each picture of good quality."""
        hashed = [self._hashed(path) for path in pictures]
        self._numbers = np.array([number for number, (quality, _) in enumerate(hashed) if quality >= GOOD])
        self._known = np.vstack([words_of(hashed[number][1])[:1] for number in self._numbers])

    def ask(self, picture: Path) -> list[Hit]:
        """Return what is within 31 bits of its hash, or of one of its eight."""
        quality, digits = self._hashed(picture)
        if quality < GOOD:
            return []
        asked = words_of(digits) if self._eight else words_of(digits)[:1]
        bits = np.bitwise_count(asked[:, None, :] ^ self._known[None, :, :]).sum(axis=2)
        return [Hit(int(number), "radius") for number in self._numbers[(bits <= NEAR).any(axis=0)]]

    def _hashed(self, path: Path) -> tuple[int, str]:
        import pdqhash

        key = content_key(path)
        if key not in self._kept.rows:
            vectors, quality = pdqhash.compute_dihedral(np.asarray(load(path)))
            digits = np.packbits(np.asarray(vectors, dtype=np.uint8), axis=1).tobytes().hex()
            self._kept.put(key, [int(quality), digits])
        quality, digits = self._kept.rows[key]
        return quality, digits


class Qalqan:
    """The whole way: the picture extractor in its child process, and every matcher of pictures."""

    def __init__(self, cache: Path) -> None:
        self.name = "Qalqan"
        self.matchers = picture_matchers()
        self._extractor = PictureExtractor()
        self._kept = Kept(cache / f"readings-{code_key()}.json")
        self._limits = Limits()
        self._isolate = Isolate(self._limits, children=1)
        self._indexes: list[tuple[Matcher, Index]] = []
        self._number: dict[str, int] = {}
        self.bytes_each = 0.0
        """What is kept of a known picture, as text, on average."""

    def bank(self, pictures: Sequence[Path]) -> None:
        """Make entries of the pictures' signals as the banks do."""
        entries = [entry for number, path in enumerate(pictures) for entry in self._entries(number, path)]
        self.bytes_each = sum(len(entry.value) for entry in entries) / max(len(pictures), 1)
        self._indexes = [(each, each.build(_of_its_kinds(each, entries))) for each in self.matchers]

    def _entries(self, number: int, path: Path) -> Iterator[BankEntry]:
        for signal in self.signals(path):
            if signal.kind != PDQ or signal.quality is None or signal.quality >= GOOD:
                value = self._extractor.canonical(signal.kind, signal.value)
                entry = BankEntry(
                    new_id(), new_id(), signal.kind, value, path.name, "", EntryStatus.ACTIVE, None, None, "", now()
                )  # fmt: skip
                self._number[entry.id] = number
                yield entry

    def ask(self, picture: Path) -> list[Hit]:
        """Return what every stage finds."""
        return self.compare(self.signals(picture))

    def compare(self, signals: Sequence[Signal]) -> list[Hit]:
        """Return what every stage finds for these signals."""
        hits = {}
        for matcher, index in self._indexes:
            for finding in index.find([one for one in signals if one.kind in matcher.manifest.produces]):
                stage = finding.stage or matcher.stages[0].name
                number = self._number[finding.entry.id]
                hits[number, stage] = Hit(number, stage, finding.box_known, finding.verified)
        return list(hits.values())

    def stages(self) -> list[str]:
        """Return the names of all stages, in the order of the matchers."""
        return [stage.name for matcher in self.matchers for stage in matcher.stages]

    def signals(self, path: Path) -> list[Signal]:
        """Return what the extractor sees in a picture, kept from an earlier run if it can be; nothing if refused."""
        key = content_key(path)
        if key not in self._kept.rows:
            self._kept.put(key, self._read(path))
        return [_signal(row) for row in self._kept.rows[key]]

    def _read(self, path: Path) -> list[dict[str, Any]]:
        media = Media(content_key(path), MediaKind.PICTURE, "image/*", path.stat().st_size, kept=True)
        subject = Subject(media=media, path=path)
        try:
            reading = self._extractor.read(subject, Desk(self._limits, self._isolate))
        except InputRefused:
            return []
        return [asdict(one) for one in reading.sightings if one.kind in KINDS]

    def close(self) -> None:
        """Write down what was read and end the child process."""
        self._kept.save()
        self._isolate.close()


def picture_matchers() -> list[Matcher]:
    """Return the built-in matchers that compare pictures with pictures."""
    return [each for each in built_in() if set(each.manifest.produces) <= set(KINDS)]


def _of_its_kinds(matcher: Matcher, entries: Sequence[BankEntry]) -> list[BankEntry]:
    return [entry for entry in entries if entry.kind in matcher.manifest.produces]


def _signal(row: dict[str, Any]) -> Signal:
    box = Box(**row["box"]) if row["box"] else None
    return Signal(new_id(), row["kind"], row["value"], "picture/0", box=box, quality=row["quality"])


_KEYS: dict[tuple[str, int, int], str] = {}


def content_key(path: Path) -> str:
    """Return the SHA-256 of a file."""
    about = path.stat()
    where = (str(path), about.st_size, about.st_mtime_ns)
    if where not in _KEYS:
        _KEYS[where] = hashlib.sha256(path.read_bytes()).hexdigest()
    return _KEYS[where]


def code_key() -> str:
    """Return what stands for the code that reads pictures: other code, other readings."""
    spec = importlib.util.find_spec("qalqan")
    root = Path((spec.submodule_search_locations or [""])[0]) if spec else Path()
    files = sorted(
        [*(root / "signals").glob("p*.py"), *(root / "signals").glob("[blr]*.py"), root / "model" / "local.py"]
    )
    joined = b"".join(path.read_bytes() for path in files if path.exists())
    return hashlib.sha256(joined).hexdigest()[:12]
