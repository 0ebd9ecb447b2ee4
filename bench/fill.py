"""Fills a store with invented items, fast, so that pages can be measured at the size of a real case.

    from bench.fill import fill
    fill(store, items=100_000)

Of 100 items 60 carry a file, 8 were found again (3 known, 3 likely, 2 look); every hundredth could not be read. The
shares are guesses at a mixed collection of channels; none of it is anybody's real text.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from qalqan.assess.policy import Policy, read_policy
from qalqan.assess.weigh import weigh
from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Attachment, Item, ItemKind, Media, MediaKind, Rendition, RenditionKind
from qalqan.model.matches import Match
from qalqan.model.parts import Interval
from qalqan.model.signals import Signal
from qalqan.model.sources import BatchState, Problem, ScanState
from qalqan.store import Store, banks, findings, intake, scans, signals
from qalqan.store.findings import Found
from qalqan.store.intake import NewItem

BATCH = 5_000
CHANNELS = 120
KNOWN = 2_000
START = datetime(2025, 1, 1, tzinfo=UTC)
WORDS = tuple(
    f"{start}{end}"
    for end in ("", "s", "ed", "ning", "da", "lar", "ning", "ы", "ами", "ского", "نىڭ", "لار")
    for start in (
        "market", "harbour", "bridge", "heron", "lake", "reed", "dawn", "school", "train", "bread", "football",
        "winter", "озер", "мост", "рынок", "погод", "поезд", "утр", "qamish", "bozor", "tong", "maktab", "كۆل", "بازار",
    )
)  # fmt: skip
# The n-th word is said 1/n times as often as the first, as in any language (Zipf).
OFTEN = tuple(1 / rank for rank in range(1, len(WORDS) + 1))


def fill(store: Store, items: int = 100_000, seed: int = 1) -> list[Id]:
    """Put `items` items with their files, matches and assessments into an empty store; return the found ones' ids."""
    chance = random.Random(seed)
    policy = read_policy()
    with store.writing() as tx:
        source_ids = [intake.ensure_source(tx, f"/data/export-{n}", f"Export {n}", "bench").id for n in range(8)]
        known = _banks(tx)
    found: list[Id] = []
    for start in range(0, items, BATCH):
        with store.writing() as tx:
            batch = _Batch(chance, policy, known, store.blobs.put_bytes(JPEG))
            batch.make(range(start, min(start + BATCH, items)), source_ids)
            found += batch.write(tx)
            _scan(tx, source_ids[start // BATCH % len(source_ids)], batch)
    with store.writing() as tx:
        tx.exec_driver_sql("ANALYZE")
    return found


def _banks(tx: sa.Connection) -> list[tuple[Bank, BankEntry]]:
    made = []
    for name, category in (("blue-heron", "terrorist-content"), ("partner-list", "other-listed")):
        bank = banks.create(tx, name, category, "bench")
        entries = [_entry(bank, number) for number in range(KNOWN)]
        banks.add_entries(tx, entries)
        made += [(bank, entry) for entry in entries]
    return made


def _entry(bank: Bank, number: int) -> BankEntry:
    kind = ("sha256", "pdq", "video-pdq", "text", "link")[number % 5]
    value = hashlib.sha256(f"{bank.name} {number}".encode()).hexdigest()
    return BankEntry(
        new_id(), bank.id, kind, value, f"Known thing {number}", "District court", EntryStatus.ACTIVE, None, None,
        "bench", START,
    )  # fmt: skip


def _scan(tx: sa.Connection, source_id: Id, batch: _Batch) -> None:
    scan, _new = scans.begin(tx, source_id)
    made = scans.add_batch(tx, scan.id, [one.item.id for one in batch.items])
    scans.end_batch(tx, made.id, BatchState.DONE)
    scans.count_read(tx, scan.id, len(batch.items), len(batch.items))
    scans.finish(tx, scan.id, ScanState.DONE)


class _Batch:
    """Some items, ready to be written at once."""

    def __init__(self, chance: random.Random, policy: Policy, known: list[tuple[Bank, BankEntry]], blob: str) -> None:
        self.chance, self.policy, self.known, self.blob = chance, policy, known, blob
        self.items: list[NewItem] = []
        self.media: list[Media] = []
        self.signals: list[Signal] = []
        self.found: list[Found] = []
        self.problems: list[Problem] = []

    def make(self, numbers: range, source_ids: list[Id]) -> None:
        """Make the items of these numbers."""
        for number in numbers:
            self._item(number, source_ids[number // BATCH % len(source_ids)])

    def _item(self, number: int, source_id: Id) -> None:
        posted = START + timedelta(minutes=number * 3)
        item = Item(
            id=new_id(), source_id=source_id, kind=ItemKind.MESSAGE, reader="bench/1",
            origin=f"/data/result.json#message/{number}", platform="telegram", channel=f"Channel {number % CHANNELS}",
            channel_ref=f"c{number % CHANNELS}", author=f"Author {self.chance.randrange(4000)}", author_ref=None,
            posted_at=posted, text=" ".join(self.chance.choices(WORDS, OFTEN, k=30)), links=(), reply_to=None,
            forwarded_from=None, extra={}, collected_at=posted + timedelta(days=1),
        )  # fmt: skip
        sha256 = self._file(number) if self.chance.random() < 0.6 else None
        hung_on = (Attachment(item.id, 0, f"IMG_{number}.jpg", sha256),) if sha256 else ()
        self.items.append(NewItem(item, str(number), hung_on))
        for _ in range(self.chance.choice((1, 1, 1, 2, 3)) if self.chance.random() < 0.08 else 0):
            self._match(item, sha256)
        if number % 100 == 0:
            fault = ("input-refused", "The picture ends in the middle.", "Ask for the file again.", START)
            self.problems.append(Problem(new_id(), source_id, "signals", item.origin, *fault))

    def _file(self, number: int) -> str:
        """Return a file's hash: one in five was posted before."""
        if self.media and self.chance.random() < 0.2:
            return self.chance.choice(self.media).sha256
        sha256 = hashlib.sha256(f"file {number}".encode()).hexdigest()
        self.media.append(
            Media(sha256, MediaKind.PICTURE, "image/jpeg", 90_000 + number, kept=True, width=1280, height=720)
        )
        return sha256

    def _match(self, item: Item, sha256: str | None) -> None:
        bank, entry = self.chance.choice(self.known)
        own: dict[str, Any] = {"media_sha256": sha256} if sha256 else {"item_id": item.id}
        signal = Signal(new_id(), entry.kind, f"{entry.value} {new_id()}", "bench/1", **own)
        distance = float(self.chance.randrange(32)) if "pdq" in entry.kind else 0.0
        part = Interval(3.0, 9.0) if entry.kind == "video-pdq" else None
        match = Match(
            new_id(), item.id, signal.id, entry.id, entry.kind, "bench/1", distance, self.chance.random() < 0.6,
            item.collected_at, media_sha256=sha256, interval_query=part,
        )  # fmt: skip
        self.signals.append(signal)
        self.found.append(Found(match, entry, bank.name, bank.category, item.origin, None))

    def write(self, tx: sa.Connection) -> list[Id]:
        """Write all of it; return the ids of the items with matches."""
        intake.add_media(tx, self.media)
        intake.add_items(tx, self.items)
        intake.add_problems(tx, self.problems)
        signals.add_renditions(tx, self._renditions())
        signals.add(tx, self.signals)
        findings.add_matches(tx, [one.match for one in self.found])
        by_item: dict[Id, list[Found]] = {}
        for one in self.found:
            by_item.setdefault(one.match.item_id, []).append(one)
        made = [one for item_id, found in by_item.items() for one in weigh(self.policy, item_id, found)]
        findings.add_assessments(tx, made)
        return list(by_item)

    def _renditions(self) -> Iterator[Rendition]:
        for media in self.media:
            for kind in RenditionKind:
                yield Rendition(media.sha256, kind, 0.0, self.blob, 1, 1)


JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300"
    + "10" * 64
    + "ffc0000b080001000101011100ffc4001400010000000000000000000000000000000a"
    "ffc40014100100000000000000000000000000000000ffda0008010100003f0037ffd9"
)
"""The smallest picture there is: one grey point."""
