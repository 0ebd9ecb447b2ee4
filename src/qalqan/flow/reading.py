"""Step 2 of the way: signals out of items and of the media on them, each file decoded once however often it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from qalqan.errors import InputRefused, NotFound
from qalqan.flow.read_texts import read_texts
from qalqan.flow.services import Services
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Media, Rendition
from qalqan.model.parts import Interval
from qalqan.model.signals import LEXICAL, TEXTS, Signal
from qalqan.model.sources import Problem
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Extractor, LooksCloser, Picture, Reading, ReadsKnown, Sighting, Subject
from qalqan.store import intake, items
from qalqan.store import signals as signal_store

MEDIA_AT_ONCE = 16
"""Media read between two writes: what a killed process has to read again."""


@dataclass(slots=True)
class Read:
    """What one subject gave, ready to be written."""

    media: Media | None = None
    signals: list[Signal] = field(default_factory=list)
    renditions: list[Rendition] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)
    refused: list[InputRefused] = field(default_factory=list)


def read_items(services: Services, item_ids: Sequence[Id]) -> None:
    """Read the signals of these items and of all media on them that have not been read."""
    with services.store.reading() as tx:
        found = items.by_id(tx, item_ids).values()
        media = signal_store.media_of_items(tx, item_ids)
    read = [read_one(services, Subject(item=item)) for item in found]
    with services.store.writing() as tx:
        signal_store.forget_other(tx, item_ids, (), LEXICAL, ending(services.desk()))
        write(tx, read)
    with ThreadPoolExecutor(services.settings.workers) as pool:
        unread = _unread(services, media)
        while group := list(islice(unread, MEDIA_AT_ONCE)):
            _write(services, item_ids, list(pool.map(lambda one: read_media(services, *one), group)))
    _read_texts_again(services, [one.sha256 for one in media])


def _read_texts_again(services: Services, hashes: Sequence[str]) -> None:
    """Read texts that were read in these files once more where the lexicon has changed since."""
    desk = services.desk()
    with services.store.reading() as tx:
        done = {subject for subject, mark in signal_store.already_read(tx, hashes) if mark == _texts_mark(desk)}
        left = [one for one in signal_store.of_media(tx, hashes) if one.kind in TEXTS and one.media_sha256 not in done]
    by_file: dict[str, list[Sighting]] = {}
    for one in sorted(left, key=lambda one: one.id):
        seen = Sighting(one.kind, one.value, one.span, one.box, one.interval, one.quality)
        by_file.setdefault(one.media_sha256 or "", []).append(seen)
    with services.store.reading() as tx:
        media = signal_store.media_by_hash(tx, list(by_file))
    for file in media:
        subject = Subject(media=file)
        read = Read(marks=[(file.sha256, _texts_mark(desk))])
        found = read_texts(services.extractors, desk, by_file[file.sha256])
        read.signals = [_signal(subject, reader, one, desk) for reader, one in found]
        with services.store.writing() as tx:
            signal_store.forget_other(tx, (), [file.sha256], LEXICAL, ending(desk))
            write(tx, [read])


def ending(desk: Desk) -> str:
    """Return how the label of an extractor ends where what it read hangs on the lexicon."""
    return f"+{desk.lexicon.digest}"


def _texts_mark(desk: Desk) -> str:
    return "texts" + ending(desk)


def read_closer(services: Services, wanted: Mapping[str, Sequence[Interval]]) -> bool:
    """Read stretches of recordings more closely, by their file's hash; return whether anything came of it.

    Only files are read whose extractor knows how to look closer; what cannot be read stays as it was.
    """
    with services.store.reading() as tx:
        media = signal_store.media_by_hash(tx, list(wanted))
    read = [read_stretches(services, one, _path(services, one), wanted[one.sha256]) for one in media]
    with services.store.writing() as tx:
        write(tx, read)
    return any(one.signals for one in read)


def read_stretches(services: Services, media: Media, path: Path | None, stretches: Sequence[Interval]) -> Read:
    """Read stretches of one recording with every extractor that knows how to look closer."""
    subject, desk = Subject(media=media, path=path), services.desk()
    read = Read(media=media)
    for extractor in services.extractors:
        if isinstance(extractor, LooksCloser) and extractor.wants(subject):
            try:
                reading = extractor.look_closer(subject, desk, stretches)
            except InputRefused as error:
                read.refused.append(error)
                continue
            read.signals += [_signal(subject, extractor, one, desk) for one in reading.sightings]
    return read


def _unread(services: Services, media: Sequence[Media]) -> Iterator[tuple[Media, tuple[Extractor, ...]]]:
    """Yield each media file with the extractors that have not read it."""
    with services.store.reading() as tx:
        done = signal_store.already_read(tx, [one.sha256 for one in media])
    for one in media:
        left = tuple(each for each in services.extractors if (one.sha256, label(each)) not in done)
        if left:
            yield one, left


def read_media(
    services: Services,
    media: Media,
    extractors: Sequence[Extractor],
    path: Path | None = None,
    *,
    known: bool = False,
    keeps: bool = True,
    parts: bool = True,
) -> Read:
    """Read one media file with these extractors: the kept one, or the one that lies at `path`.

    Unless it `keeps`, no working copies are made of it. Without `parts`, a picture has no local features.
    """
    subject = Subject(media=media, path=path or _path(services, media))
    read = read_one(services, subject, extractors, known=known, keeps=keeps, parts=parts)
    read.media = media
    return read


def _path(services: Services, media: Media) -> Path | None:
    try:
        return services.store.blobs.path(media.sha256) if media.kept else None
    except NotFound:
        return None


def read_one(
    services: Services,
    subject: Subject,
    extractors: Sequence[Extractor] | None = None,
    *,
    known: bool = False,
    keeps: bool = True,
    parts: bool = True,
) -> Read:
    """Read one subject with all extractors that want it, or with those given; refusals are kept, not raised.

    A `known` thing is read as thoroughly as the extractor can. `keeps` and `parts` are as of `read_media`.
    """
    desk = replace(services.desk(), copies=keeps, parts=parts)
    read = Read()
    for extractor in services.extractors if extractors is None else extractors:
        if not extractor.wants(subject):
            # A file that was too large to be kept may be kept another time.
            read.marks += _mark(subject, extractor, known=known) if subject.path else []
            continue
        try:
            reading = _reading(extractor, subject, desk, known=known)
        except InputRefused as error:  # not marked as read: limits may be raised, and each who has it must be told
            read.refused.append(error)
            continue
        read.marks += _mark(subject, extractor, known=known)
        read.readings.append(reading)
        read.signals += [_signal(subject, extractor, one, desk) for one in reading.sightings]
        if not known:  # the words on a known picture are no known text
            texts = read_texts(services.extractors, desk, reading.sightings)
            read.signals += [_signal(subject, reader, one, desk) for reader, one in texts]
        if subject.media and keeps:  # one that knows no better may have made some
            read.renditions += [_rendition(services, subject.media.sha256, one) for one in reading.pictures]
    return read


def _reading(extractor: Extractor, subject: Subject, desk: Desk, *, known: bool) -> Reading:
    if known and isinstance(extractor, ReadsKnown):
        return extractor.read_known(subject, desk)
    return extractor.read(subject, desk)


def _mark(subject: Subject, extractor: Extractor, *, known: bool) -> list[tuple[str, str]]:
    """Note what has been read; what was read as a known thing needs no other reading."""
    labels = {label(extractor), known_label(extractor)} if known else {label(extractor)}
    return [(subject.media.sha256, one) for one in sorted(labels)] if subject.media else []


def known_label(extractor: Extractor) -> str:
    """Return the label under which an extractor's reading of a known thing is noted."""
    return label(extractor) + ("+known" if isinstance(extractor, ReadsKnown) else "")


def label(extractor: Extractor) -> str:
    """Return an extractor's name and version, as signals keep them."""
    return f"{extractor.manifest.name}/{extractor.manifest.version}"


def _signal(subject: Subject, extractor: Extractor, seen: Sighting, desk: Desk) -> Signal:
    return Signal(
        id=new_id(),
        kind=seen.kind,
        value=seen.value,
        extractor=label(extractor) + (ending(desk) if seen.kind in LEXICAL else ""),
        media_sha256=subject.media.sha256 if subject.media else None,
        item_id=subject.item.id if subject.item else None,
        span=seen.span,
        box=seen.box,
        interval=seen.interval,
        quality=seen.quality,
    )


def _rendition(services: Services, sha256: str, picture: Picture) -> Rendition:
    blob = services.store.blobs.put_bytes(picture.jpeg)
    return Rendition(sha256, picture.kind, picture.at, blob, picture.width, picture.height)


def _write(services: Services, item_ids: Sequence[Id], read: Sequence[Read]) -> None:
    with services.store.writing() as tx:
        write(tx, read)
        for one in read:
            if one.media is not None:
                write_problems(tx, one.media, one, item_ids)


def write(tx: sa.Connection, read: Sequence[Read]) -> None:
    """Write what was read, within the transaction of the caller."""
    signal_store.add(tx, [signal for one in read for signal in one.signals])
    signal_store.add_renditions(tx, [rendition for one in read for rendition in one.renditions])
    signal_store.mark_read(tx, [mark for one in read for mark in one.marks])
    for one in read:
        if one.media is not None:
            for reading in one.readings:
                signal_store.set_facts(tx, one.media.sha256, reading.width, reading.height, reading.duration)


def write_problems(tx: sa.Connection, media: Media, read: Read, item_ids: Sequence[Id]) -> None:
    """Tell each of these items that carries a refused file; of what was read in part, the first that ever came."""
    refused = [(error.code, error.message, error.hint) for error in read.refused]
    notes = [("partly-read", note, "") for reading in read.readings for note in reading.notes]
    here = items.carriers(tx, media.sha256, item_ids) if refused else []
    first = items.carriers(tx, media.sha256)[:1] if notes else []
    told = [(carrier, one) for carrier in here for one in refused]
    told += [(carrier, one) for carrier in first for one in notes]
    found = [
        Problem(new_id(), source_id, "signals", where, code, message, hint, now())
        for (source_id, where), (code, message, hint) in told
    ]
    intake.add_problems(tx, found)
