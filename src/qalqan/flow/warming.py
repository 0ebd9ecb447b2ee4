"""Compiles every loop ahead, so that nobody's first file waits for a compiler: once a machine, some ten seconds.

Each extractor reads its own examples and each matcher finds its own, where they will run later: in a decoding child
process, or in this one. Machine code is kept beside the source, or in the user's cache where that is not writable.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from qalqan.errors import InputRefused
from qalqan.flow.services import Services
from qalqan.match import radius
from qalqan.match.contract import Matcher
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import new_id
from qalqan.model.items import Media, MediaKind
from qalqan.model.signals import Signal
from qalqan.model.times import now
from qalqan.signals.contract import Desk, Extractor, Subject


def warm(services: Services) -> Iterator[str]:
    """Compile what each extractor and matcher uses; yield the name of each as it is done."""
    with tempfile.TemporaryDirectory() as folder:
        for extractor in services.extractors:
            _read(services, extractor, Path(folder) / extractor.manifest.name)
            yield extractor.manifest.name
    for matcher in services.matchers:
        _find(matcher)
        yield matcher.manifest.name
    radius.warm()
    yield "index"


def _read(services: Services, extractor: Extractor, path: Path) -> None:
    desk = Desk(services.settings.limits, services.isolate)
    for example in extractor.examples():
        if example.file is None:
            continue
        path.write_bytes(example.file)
        media = Media("0" * 64, example.media_kind or MediaKind.OTHER, "", len(example.file), kept=True)
        with suppress(InputRefused):
            extractor.read(Subject(media=media, path=path), desk)


def _find(matcher: Matcher) -> None:
    for example in matcher.examples():
        kind = example.found_kind or example.kind
        asked = [Signal(new_id(), kind, value, "warm/1", quality=100) for value in example.found]
        list(matcher.build([_entry(example.kind, example.known)]).find(asked))


def _entry(kind: str, value: str) -> BankEntry:
    return BankEntry(new_id(), new_id(), kind, value, "", "", EntryStatus.ACTIVE, None, None, "", now())
