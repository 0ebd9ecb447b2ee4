"""How often a bank matches what it should not: asked about files that are known to be harmless."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from qalqan.errors import BadValue, NotFound
from qalqan.flow.comparing import IN_BITS, Told, closer_of, find
from qalqan.flow.indexes import Shelves, shelves_over
from qalqan.flow.reading import Read, read_media, read_stretches
from qalqan.flow.services import Services
from qalqan.isolate.sniff import sniff
from qalqan.match.contract import Finding
from qalqan.model.banks import Bank
from qalqan.model.calibrations import Calibration
from qalqan.model.drafts import Draft
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Media
from qalqan.model.signals import SHA256, Signal
from qalqan.model.times import now
from qalqan.sources.walker import walk
from qalqan.store import audit, banks, calibrations

BITS = 32
MOST_CULPRITS = 20


@dataclass(slots=True)
class Tally:
    """What one stage has been asked so far."""

    asked: int = 0
    wrong: int = 0
    nearest: Counter[int] = field(default_factory=Counter)
    culprits: Counter[Id] = field(default_factory=Counter)


@dataclass(slots=True)
class Asked:
    """What came of asking a bank about distractors."""

    files: int = 0
    known: list[str] = field(default_factory=list)
    """Names of files that are in the bank themselves: they are no distractors and count for nothing."""
    stages: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))


def ask_about(services: Services, shelves: Shelves, paths: Sequence[Path]) -> Iterator[Asked]:
    """Ask the indexes of one bank about all files at `paths`; yield the tally after each. Nothing is stored of them."""
    asked = Asked()
    for media, path, name in _files(services, paths):
        read = read_media(services, media, services.extractors, path, keeps=False)
        found = _found(services, shelves, media, path, read)
        asked.files += 1
        if any(one.finding.signal.kind == SHA256 for one in found):
            asked.known.append(name)
        else:
            _count(asked, shelves, read.signals, found)
        yield asked


def write_down(services: Services, bank: Bank, asked: Asked, distractors: str, by: str) -> list[Calibration]:
    """Keep what came of it, a row a stage. Raises BadValue where nothing could be asked."""
    if not any(one.asked for one in asked.stages.values()):
        hint = "Give pictures, videos, sounds or texts that are harmless and not in the bank."
        raise BadValue("Nothing there could be compared with the bank.", hint=hint)
    made = [_calibration(bank, name, tally, distractors, by) for name, tally in sorted(asked.stages.items())]
    with services.store.writing() as tx:
        calibrations.add(tx, made)
        audit.append(tx, by, "bank.calibrated", bank.name, files=asked.files, distractors=distractors)
    return made


def shelves_of(services: Services, bank: Bank) -> Shelves:
    """Return indexes over one bank alone. Raises BadValue where it has no active entry."""
    with services.store.reading() as tx:
        entries = banks.active(tx, bank.id)
    if not entries:
        raise BadValue(f"The bank {bank.name} has no active entry.", hint=f"Add some: qalqan bank add {bank.name} FILE")
    # A negative bank finds nothing by itself; what it would keep away is what is asked here.
    asked = replace(bank, rules=replace(bank.rules, negative=False))
    return shelves_over(services.matchers, 0, entries, {bank.id: asked})


def _files(services: Services, paths: Sequence[Path]) -> Iterator[tuple[Media, Path, str]]:
    scratch = services.settings.home / "scratch" / "distractors"
    for path in paths:
        if not path.exists():
            raise NotFound(f"There is nothing at {path}.")
        for found in walk(path, (), services.settings.limits, services.isolate, scratch):
            if isinstance(found, Draft):
                for file in found.files:
                    if file.path is not None:
                        yield _media(services, file.path, file.name), file.path, file.name


def _media(services: Services, path: Path, name: str) -> Media:
    """Return what a file is without keeping it."""
    with path.open("rb") as stream:
        put = services.store.blobs.put(stream, keep_up_to=0)
    kind, media_type = sniff(put.head, name)
    return Media(put.sha256, kind, media_type, put.size, kept=False)


def _found(services: Services, shelves: Shelves, media: Media, path: Path, read: Read) -> list[Told]:
    found = find(shelves, read.signals)
    closer = closer_of(found).get(media.sha256)
    if closer is None:
        return found
    read.signals += read_stretches(services, media, path, closer).signals
    return find(shelves, read.signals)


def _count(asked: Asked, shelves: Shelves, signals: Sequence[Signal], found: Sequence[Told]) -> None:
    kinds = {one.kind for one in signals}
    for shelf in shelves.shelves:
        if shelf.size and kinds & set(shelf.matcher.manifest.produces):
            for stage in (one for one in shelf.matcher.stages if not one.hints and _runs(shelves, one.name)):
                mine = [one.finding for one in found if one.stage.name == stage.name]
                _tally(asked.stages[stage.name], stage.name, mine)


def _runs(shelves: Shelves, stage: str) -> bool:
    """Say whether a stage runs on the bank: what did not look has not been right either."""
    return any(bank.rules.runs(stage) for bank in shelves.banks.values())


def _tally(tally: Tally, stage: str, found: Sequence[Finding]) -> None:
    tally.asked += 1
    if not found:
        return
    tally.wrong += 1
    tally.culprits.update({one.entry.id for one in found})
    if stage in IN_BITS:
        tally.nearest[min(BITS - 1, int(min(one.distance for one in found)))] += 1


def _calibration(bank: Bank, stage: str, tally: Tally, distractors: str, by: str) -> Calibration:
    nearest = tuple(tally.nearest[bits] for bits in range(BITS)) if stage in IN_BITS else ()
    culprits = tuple(tally.culprits.most_common(MOST_CULPRITS))
    return Calibration(new_id(), bank.id, stage, distractors, tally.asked, tally.wrong, nearest, culprits, by, now())
