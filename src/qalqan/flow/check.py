"""Checks what a platform holds in its hands against the banks: what it matches, what it comes to. Nothing is stored.

The indexes are the ones that a scan uses, rules of banks and negative banks included. Hashes alone need no thread and
no look at the database unless something is found.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from qalqan.assess.weigh import weigh
from qalqan.errors import BadValue
from qalqan.flow.comparing import Told, closer_of, find, match_of
from qalqan.flow.indexes import Indexes, Shelves
from qalqan.flow.known import canonical
from qalqan.flow.reading import read_media, read_one, read_stretches
from qalqan.flow.services import Services
from qalqan.flow.trying import LONGEST
from qalqan.flow.way import WEIGHED
from qalqan.isolate.sniff import HEAD_BYTES, sniff
from qalqan.model.assessments import Assessment, Band
from qalqan.model.ids import new_id
from qalqan.model.items import Item, ItemKind, Link, Media
from qalqan.model.signals import PDQ, SHA256, Signal
from qalqan.model.times import now
from qalqan.signals.contract import Subject
from qalqan.store.findings import Found

FRESH_SECONDS = 0.25
"""How old the indexes may be: an entry that has just come is found at the latest so much later."""
READER = "check/1"
HASHES = (SHA256, PDQ)
MOST_HASHES = 1000
MOST_LINKS = 100
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Hash:
    """A hash that somebody asks for, in its one form."""

    kind: str
    """`sha256` or `pdq`."""
    value: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be checked, all of it as one thing."""

    hashes: tuple[Hash, ...] = ()
    text: str | None = None
    links: tuple[str, ...] = ()
    path: Path | None = None
    """A file on this machine, which stays where it is."""
    name: str = ""
    """What the file is called."""
    quick: bool = False
    """Whether a picture is compared by its hashes alone, and not by its parts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a thing matches, and what it comes to."""

    found: tuple[Found, ...]
    assessments: tuple[Assessment, ...]
    sha256: str | None = None
    """Of the file."""
    problems: tuple[str, ...] = field(default=())
    """What could not be read of it."""

    @property
    def band(self) -> Band:
        """The strongest band that any category comes to."""
        return min((one.band for one in self.assessments), key=list(Band).index, default=Band.NOTHING)


def hash_of(kind: str, value: str) -> Hash:
    """Return a hash in its one form. Raises BadValue."""
    digits = value.strip().lower()
    if kind not in HASHES:
        raise BadValue(f"There is no kind of hash {kind[:40]!r}.", hint=f"There are: {', '.join(HASHES)}.")
    if len(digits) != 64 or digits.strip("0123456789abcdef"):  # noqa: PLR2004 - 256 bits
        raise BadValue(f"A {kind} hash has 64 hexadecimal digits, not {value[:80]!r}.")
    return Hash(kind, digits)


class Checker:
    """Checks with indexes that it keeps fresh in the background. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._indexes = Indexes(services.store, services.matchers, services.settings.home / "index")
        self._lock = threading.Lock()
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="qalqan-check")
        self._building: Future[Shelves] | None = None
        self._now: Shelves | None = None
        self._looked = 0.0

    def close(self) -> None:
        """End what builds indexes in the background."""
        self._builder.shutdown(wait=True, cancel_futures=True)
        self._indexes.close()

    def ready(self) -> Shelves | None:
        """Return the indexes where they are fresh; None where `build` is to be waited for."""
        age = time.monotonic() - self._looked
        if age > FRESH_SECONDS / 2:  # so that, while calls keep coming, none of them has to wait
            self.build()
        return self._now if age < FRESH_SECONDS else None

    def older(self) -> Shelves | None:
        """Return the indexes as they were last, None before they are first built."""
        return self._now

    def build(self) -> Future[Shelves]:
        """Begin to look whether the banks have changed, unless somebody does already."""
        with self._lock:
            if self._building is None or self._building.done():
                self._building = self._builder.submit(self._built)
            return self._building

    def _built(self) -> Shelves:
        began = time.monotonic()
        shelves = self._indexes.fresh()
        self._now, self._looked = shelves, began
        return shelves

    def look_up(self, shelves: Shelves, hashes: Sequence[Hash]) -> list[list[Found]]:
        """Return what each hash is near to, by itself."""
        signals = [_signal(one) for one in hashes]
        found: dict[str, list[Found]] = {one.id: [] for one in signals}
        for told in find(shelves, signals):
            if not told.stage.hints:
                found[told.finding.signal.id].append(_found(shelves, _item(Asked()), told))
        return list(found.values())

    def weigh(self, found: Sequence[Found], said: Sequence[Signal] = ()) -> tuple[Assessment, ...]:
        """Return what matches and words come to under the policy in force, the strongest first."""
        made = weigh(self._services.policy, "what is checked", found, (), said)
        return tuple(sorted(made, key=lambda one: (list(Band).index(one.band), -one.score, one.category)))

    def check(self, shelves: Shelves, asked: Asked) -> Answer:
        """Read all of a thing, compare it and weigh it. Takes as long as reading the file does.

        Raises BadValue for a text or a link that is none.
        """
        # 1. What is given as such: hashes, words, links.
        item = _item(asked)
        _check_words(self._services, asked)
        signals = [_signal(one, item.id) for one in asked.hashes]
        if asked.text or asked.links:
            signals += read_one(self._services, Subject(item=item)).signals
        # 2. The file, read as a scan reads it, with nothing kept.
        media = _media(asked.path, asked.name) if asked.path else None
        problems: tuple[str, ...] = ()
        if media and asked.path:
            every, parts = self._services.extractors, not asked.quick
            read = read_media(self._services, media, every, asked.path, keeps=False, parts=parts)
            signals, problems = signals + read.signals, tuple(one.message for one in read.refused)
        # 3. Against the banks; where a recording was only looked at sparsely, some of it once more.
        told = find(shelves, signals)
        closer = closer_of(told)
        if media and media.sha256 in closer:
            signals += read_stretches(self._services, media, asked.path, closer[media.sha256]).signals
            told = find(shelves, signals)
        # 4. What it comes to.
        found = tuple(_found(shelves, item, one) for one in told if not one.stage.hints)
        said = [one for one in signals if one.kind in WEIGHED]
        return Answer(found, self.weigh(found, said), media.sha256 if media else None, problems)


def _check_words(services: Services, asked: Asked) -> None:
    if len(asked.text or "") > LONGEST:
        raise BadValue(f"The text is longer than {LONGEST:,} characters.", hint="Check a part of it, or hand it in.")
    if len(asked.links) > MOST_LINKS:
        raise BadValue(f"There are more than {MOST_LINKS} links.", hint="Check them in several calls.")
    for one in asked.links:
        canonical(services, "link", one)


def _media(path: Path, name: str) -> Media:
    """Return what a file is, by its content."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        digest = hashlib.sha256(head)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    kind, media_type = sniff(head, name)
    return Media(digest.hexdigest(), kind, media_type, path.stat().st_size, kept=True)


def _signal(asked: Hash, item_id: str | None = None) -> Signal:
    return Signal(new_id(), asked.kind, asked.value, READER, None, item_id)


def _item(asked: Asked) -> Item:
    return Item(
        id=new_id(), source_id=new_id(), kind=ItemKind.POST, reader=READER, origin="what is checked", platform=None,
        channel=None, channel_ref=None, author=None, author_ref=None, posted_at=None, text=asked.text,
        links=tuple(Link(one) for one in asked.links), reply_to=None, forwarded_from=None, extra={}, collected_at=now(),
    )  # fmt: skip


def _found(shelves: Shelves, item: Item, told: Told) -> Found:
    entry = told.finding.entry
    bank = shelves.banks[entry.bank_id]
    return Found(match_of(item, told), entry, bank.name, bank.category, item.origin, None)
