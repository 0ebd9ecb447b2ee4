"""Fills an empty store with a million invented items in minutes, to measure pages at the size of a large case.

    from bench.million_fill import fill
    fill(store, items=1_000_000)

Rows go straight into the tables, in the form in which a scan leaves them. Of 100 items 10 carry a file, 3 match known
things, 5 more have words that weigh something, 12 name somebody, 35 hold a link; one in 250 could not be read. The
shares are guesses at a mixed collection of channels. Sentences are neutral, names are invented.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.fill import JPEG
from qalqan.assess.policy import Policy, read_policy
from qalqan.assess.weigh import weigh
from qalqan.model.assessments import Assessment, Band, Reason
from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Attachment, Item, ItemKind, Link, Media, MediaKind, Rendition, RenditionKind
from qalqan.model.matches import Match
from qalqan.model.parts import Span
from qalqan.model.signals import Signal
from qalqan.model.sources import BatchState, Problem, ScanState
from qalqan.model.words import Said, Sense, Strength
from qalqan.store import Store, audit, banks, intake, scans, search, tables, traits
from qalqan.store.findings import Found
from qalqan.store.records import key_of, row_of

AT_ONCE = 10_000
"""Items of one transaction."""
CHANNELS = 40
SOURCES = 8
ENTRIES = 25_000
"""Known things in each of four banks, or as many as there are items."""
ENTITIES = 400
"""Whom items name, the first most often (Zipf)."""
START = datetime(2022, 1, 1, tzinfo=UTC)
PLATFORMS = ("telegram", "telegram", "telegram", "web", "tiktok", None)
STEMS = {
    "uz-Latn": "bozor ko‘prik maktab non tong qish daryo bog‘ choy shahar yo‘l kitob havo futbol poyezd",
    "tg-Cyrl": "бозор пул мактаб нон субҳ зимистон дарё боғ чой шаҳр роҳ китоб ҳаво футбол қатор",
    "ky-Cyrl": "базар көпүрө мектеп нан таң кыш дарыя бак чай шаар жол китеп аба футбол поезд",
    "kk-Cyrl": "базар көпір мектеп нан таң қыс өзен бақ шай қала жол кітап ауа футбол пойыз",
    "ug-Arab": "بازار كۆۋرۈك مەكتەپ نان تاڭ قىش دەريا باغ چاي شەھەر يول كىتاب ھاۋا پۇتبول پويىز",
    "tk-Latn": "bazar köpri mekdep çörek daň gyş derýa bag çaý şäher ýol kitap howa futbol otly",
    "ru-Cyrl": "рынок мост школа хлеб утро зима река сад чай город дорога книга погода футбол поезд",
    "ar-Arab": "سوق جسر مدرسة خبز صباح شتاء نهر حديقة شاي مدينة طريق كتاب طقس كرة قطار",
    "tr-Latn": "pazar köprü okul ekmek sabah kış nehir bahçe çay şehir yol kitap hava futbol tren",
    "de-Latn": "Markt Brücke Schule Brot Morgen Winter Fluss Garten Tee Stadt Straße Buch Wetter Fußball Zug",
    "en-Latn": "market bridge school bread morning winter river garden tea town road book weather football train",
    "nl-Latn": "markt brug school brood ochtend winter rivier tuin thee stad weg boek weer voetbal trein",
    "fr-Latn": "marché pont école pain matin hiver rivière jardin thé ville route livre météo football train",
}
"""Neutral nouns of 13 languages, the first of each most often."""
SAYINGS = (
    Said(Sense.NEWS, "reported", Strength.STRONG, "en", 0),
    Said(Sense.COORDINATE, "come to the market", Strength.WEAK, "en", 0),
    Said(Sense.CHARITY, "bread for all", Strength.WEAK, "en", 0),
)


def fill(store: Store, items: int = 1_000_000, seed: int = 1) -> None:
    """Put `items` items with all that hangs on them into an empty store."""
    chance, policy = random.Random(seed), read_policy()
    with store.writing() as tx:
        source_ids = [intake.ensure_source(tx, f"/data/export-{n}", f"Export {n}", "bench").id for n in range(SOURCES)]
        known = _banks(tx, min(ENTRIES, items))
    blob = store.blobs.put_bytes(JPEG)
    for start in range(0, items, AT_ONCE):
        with store.writing() as tx:
            _lighten(tx)
            source_id = source_ids[start // AT_ONCE % SOURCES]
            batch = _Batch(chance, policy, known, blob)
            for number in range(start, min(start + AT_ONCE, items)):
                batch.item(number, source_id)
            batch.write(tx, start)
            _scan(tx, source_id, batch.items)
            for one in batch.items[::100]:
                audit.append(tx, "bench", "item.shown", one.id)
    with store.writing() as tx:
        tx.exec_driver_sql("ANALYZE")


def _lighten(tx: sa.Connection) -> None:
    """Give SQLite memory to fill with: its usual 2 MB make of each random key a read."""
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA cache_size=-2000000")


def _banks(tx: sa.Connection, number: int) -> list[tuple[Bank, BankEntry]]:
    made = []
    for name in ("blue-heron", "grey-lantern", "reedlight-media", "partner-list"):
        bank = banks.create(tx, name, "other-listed" if name == "partner-list" else "terrorist-content", "bench")
        entries = [_entry(bank, n) for n in range(number)]
        for start in range(0, number, AT_ONCE):
            banks.add_entries(tx, entries[start : start + AT_ONCE])
        made += [(bank, entry) for entry in entries[:2000]]
    return made


def _entry(bank: Bank, number: int) -> BankEntry:
    kind = ("sha256", "pdq", "text", "link", "pdq")[number % 5]
    value = hashlib.sha256(f"{bank.name} {number}".encode()).hexdigest()
    status = EntryStatus.ACTIVE if number % 50 else EntryStatus.DISPUTED
    return BankEntry(
        new_id(), bank.id, kind, value, f"Known thing {number}", "District court", status, None, None, "bench", START
    )


def _scan(tx: sa.Connection, source_id: Id, items: Sequence[Item]) -> None:
    scan, _new = scans.begin(tx, source_id)
    for start in range(0, len(items), 500):
        made = scans.add_batch(tx, scan.id, [one.id for one in items[start : start + 500]])
        scans.end_batch(tx, made.id, BatchState.DONE)
    scans.count_read(tx, scan.id, len(items), len(items))
    scans.finish(tx, scan.id, ScanState.DONE)


class _Batch:
    """Some items and all that hangs on them, ready to be written at once."""

    def __init__(self, chance: random.Random, policy: Policy, known: list[tuple[Bank, BankEntry]], blob: str) -> None:
        self.chance, self.policy, self.known, self.blob = chance, policy, known, blob
        self.items: list[Item] = []
        self.hung_on: list[Attachment] = []
        self.media: list[Media] = []
        self.signals: list[Signal] = []
        self.found: list[Found] = []
        self.made: list[Assessment] = []
        self.problems: list[Problem] = []

    def item(self, number: int, source_id: Id) -> None:
        """Make one item."""
        language = self.chance.choice(tuple(STEMS))
        kind = self.chance.choices(tuple(ItemKind)[:4], (90, 5, 4, 1))[0]
        posted, channel = START + timedelta(minutes=number), int(self.chance.paretovariate(0.7)) % CHANNELS
        links = (Link(f"https://site{self.chance.randrange(3000)}.example/{number}"),)
        item = Item(
            id=new_id(), source_id=source_id, kind=kind, reader="bench/1", origin=f"/data/result.json#message/{number}",
            platform=PLATFORMS[number % len(PLATFORMS)], channel=f"Channel {channel}", channel_ref=f"c{channel}",
            author=f"Author {self.chance.randrange(20_000)}", author_ref=None, posted_at=posted,
            text=self._text(language, number), links=links if self.chance.random() < 0.35 else (), reply_to=None,
            forwarded_from=None, extra={}, collected_at=posted + timedelta(days=1),
        )  # fmt: skip
        self.items.append(item)
        sha256 = self._file(item, number) if self.chance.random() < 0.1 else None
        self._read(item, language, sha256)
        if self.chance.random() < 0.03:
            self._matches(item, sha256)
        elif self.chance.random() < 0.05:
            self._weighs(item)
        if number % 250 == 0:
            fault = ("input-refused", "The picture ends in the middle.", "Ask for the file again.", posted)
            self.problems.append(Problem(new_id(), source_id, "signals", item.origin, *fault))

    def _text(self, language: str, number: int) -> str:
        stems = STEMS[language].split()
        often = [1 / rank for rank in range(1, len(stems) + 1)]
        said = self.chance.choices(stems, often, k=self.chance.randrange(8, 40))
        return " ".join([*said, f"{stems[0]}{self.chance.randrange(50_000)}", f"№{number}"])

    def _file(self, item: Item, number: int) -> str:
        """Hang a file on an item and return its hash: one in five was posted before."""
        if self.media and self.chance.random() < 0.2:
            sha256 = self.chance.choice(self.media).sha256
        else:
            sha256 = hashlib.sha256(f"file {number}".encode()).hexdigest()
            video = number % 7 == 0
            kind, form = (MediaKind.VIDEO, "video/mp4") if video else (MediaKind.PICTURE, "image/jpeg")
            self.media.append(
                Media(
                    sha256,
                    kind,
                    form,
                    90_000 + number,
                    kept=True,
                    width=1280,
                    height=720,
                    duration=30.0 if video else None,
                )
            )
        self.hung_on.append(Attachment(item.id, 0, f"IMG_{number}.jpg", sha256))
        return sha256

    def _read(self, item: Item, language: str, sha256: str | None) -> None:
        """Add what extractors read of an item and of its file."""
        found = [("text", (item.text or "").casefold()), ("language", language)]
        found += [("link", one.url) for one in item.links]
        chance = self.chance.random()
        if chance < 0.12:
            found.append(("name", f"entity-{min(int(self.chance.paretovariate(0.6)), ENTITIES)}"))
        if chance > 0.7:
            found.append(("said", self.chance.choice(SAYINGS).packed()))
        if chance > 0.85:
            found += [("handle", f"telegram:desk{self.chance.randrange(9000)}"), ("hashtag", "market")]
        span = Span(0, min(6, len(item.text or "")))
        spans = dict.fromkeys(("name", "said", "handle", "hashtag"), span)
        self.signals += [
            Signal(new_id(), kind, value, "bench/1", item_id=item.id, span=spans.get(kind)) for kind, value in found
        ]
        if sha256 and self.media[-1].sha256 == sha256:
            in_file = [("sha256", sha256), ("pdq", sha256)] + [("name", "entity-3")] * (chance < 0.05)
            in_file += [("picture-text", item.text or "")] * (chance > 0.8)
            self.signals += [Signal(new_id(), kind, value, "bench/1", media_sha256=sha256) for kind, value in in_file]

    def _matches(self, item: Item, sha256: str | None) -> None:
        found = []
        for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
            bank, entry = self.chance.choice(self.known)
            own: dict[str, Any] = {"media_sha256": sha256} if sha256 else {"item_id": item.id}
            signal = Signal(new_id(), entry.kind, f"{entry.value} {new_id()}", "bench/1", **own)
            distance = float(self.chance.randrange(32)) if entry.kind == "pdq" else 0.0
            match = Match(
                new_id(), item.id, signal.id, entry.id, entry.kind, "bench/1", distance, self.chance.random() < 0.6,
                item.collected_at, media_sha256=sha256,
            )  # fmt: skip
            self.signals.append(signal)
            found.append(Found(match, entry, bank.name, bank.category, item.origin, None))
        self.found += found
        self.made += weigh(self.policy, item.id, found)

    def _weighs(self, item: Item) -> None:
        """Let an item's words weigh something: two in three too little to look at, the rest of all weights."""
        score = self.chance.choice((5, 10, 15, 20, 25, 30, 45, 60, 85))
        category = self.chance.choice(tuple(self.policy.categories))
        reason = Reason("said", score, "Its words say so.", {}, span=Span(0, 5))
        band = Band.CONTEXT if self.chance.random() < 0.1 else self.policy.bands.of(score)
        self.made.append(
            Assessment(new_id(), item.id, category, score, band, (reason,), self.policy.label, item.collected_at)
        )

    def write(self, tx: sa.Connection, start: int) -> None:
        """Write all of it; the first item's number is `start` + 1."""
        tx.execute(tables.media.insert(), list(map(row_of, self.media)))
        rows = [row_of(one, seq=start + n, key=key_of(one.id)) for n, one in enumerate(self.items, 1)]
        tx.execute(tables.items.insert(), rows)
        search.add(tx, [(start + n, f"{one.text}\n{one.channel}\n{one.author}") for n, one in enumerate(self.items, 1)])
        tx.execute(tables.attachments.insert(), list(map(row_of, self.hung_on)))
        intake.add_problems(tx, self.problems)
        copies = [Rendition(one.sha256, kind, 0.0, self.blob, 1, 1) for one in self.media for kind in RenditionKind]
        tx.execute(tables.renditions.insert(), list(map(row_of, copies)))
        tx.execute(tables.signals.insert(), [row_of(one, key=key_of(one.id)) for one in self.signals])
        read = [{"subject": one.id, "extractor": "words/1"} for one in self.items]
        tx.execute(tables.readings.insert(), read)
        places = {one.id: {"seq": start + n, "source_id": one.source_id} for n, one in enumerate(self.items, 1)}
        matched = [
            row_of(
                one.match, key=key_of(one.match.id), stands=True, bank_id=one.entry.bank_id, **places[one.match.item_id]
            )
            for one in self.found
        ]
        tx.execute(tables.matches.insert(), matched)
        tx.execute(tables.assessments.insert(), list(self._weighed(places)))
        traits.note(tx, [one.id for one in self.items], [one.sha256 for one in self.media])

    def _weighed(self, places: dict[Id, dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield rows of what stands for each item: the strongest of its categories leads."""
        leading: dict[Id, Assessment] = {}
        for one in sorted(self.made, key=lambda one: (-one.score, one.category)):
            leading.setdefault(one.item_id, one)
        for one in self.made:
            yield row_of(one, current=True, leads=leading[one.item_id] is one, **places[one.item_id])
