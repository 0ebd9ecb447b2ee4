"""A store with some of everything that the console shows: invented, harmless, small."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFilter

from qalqan.assess.weigh import weigh
from qalqan.model.banks import Bank, BankEntry, EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Attachment, Item, ItemKind, Link, Media, MediaKind, Rendition, RenditionKind
from qalqan.model.matches import Match
from qalqan.model.parts import Box, Interval, Span
from qalqan.model.roles import Role
from qalqan.model.signals import Signal
from qalqan.model.sources import BatchState, Problem, ScanState
from qalqan.model.times import now
from qalqan.store import Store, audit, banks, findings, intake, people, scans, signals
from qalqan.store.intake import NewItem
from support.quick import built_in_policy

NAME, PASSWORD = "amina", "correct horse battery"
QUOTED = "The reeds shall rise again at dawn, and the Blue Heron will guard them"
TEXT_EN = f"Seen on the square today. They shouted: “{QUOTED}”. The police asked them to leave."
TEXT_RU = "Новая листовка «Фронта голубой цапли» у озера: на ней та же цапля, что и весной."
TEXT_UZ = "Koʻk qoʻton fronti yana oʻsha suratni tarqatmoqda: qamishzor, qirgʻoq va tong."
TEXT_UG = "كۆك قوتان فرونتىنىڭ ئېلانى: قومۇشلۇق ۋە كۆل. بۇ يەردە ھېچقانداق خەۋپ يوق."
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7 * 7 }} =cmd'
HOSTILE_NAME = 'photo\u202egnp.exe"><svg onload=alert(3)>.jpg'
HOSTILE_URL = "javascript:alert(document.cookie)"
Draw = Callable[[int, tuple[int, int]], Image.Image]


@dataclass(slots=True)
class Filled:
    """What is in the store, by name."""

    items: dict[str, Id] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    entries: dict[str, Id] = field(default_factory=dict)
    banks: dict[str, Bank] = field(default_factory=dict)
    sources: dict[str, Id] = field(default_factory=dict)
    scans: dict[str, Id] = field(default_factory=dict)


def fill(store: Store, draw: Draw | None = None) -> Filled:
    """Put some of everything into an empty store; `draw` makes picture number n in a size."""
    filled = Filled()
    with store.writing() as tx:
        people.add(tx, NAME, PASSWORD, Role.ADMIN)
        builder = _Builder(tx, store, filled, draw or landscape)
        builder.sources()
        builder.banks()
        builder.pictures()
        builder.videos()
        builder.texts()
        builder.plain_items()
        builder.scans()
    return filled


def landscape(number: int, size: tuple[int, int]) -> Image.Image:
    """Draw hills under a sky, each number others."""
    picture = Image.new("RGB", size, (150 + number * 17 % 90, 190, 220))
    pen = ImageDraw.Draw(picture)
    for hill in range(4):
        shade = (60 + 30 * hill, (110 + number * 23 + hill * 20) % 200, 80)
        top = size[1] * (0.35 + 0.15 * hill)
        pen.ellipse((size[0] * (hill * 0.3 - 0.4), top, size[0] * (hill * 0.3 + 0.7), size[1] * 1.6), fill=shade)
    pen.ellipse((size[0] * 0.7, size[1] * 0.1, size[0] * 0.85, size[1] * 0.3), fill=(250, 230, 150))
    return picture


@cache
def _packed(draw: Draw, number: int, size: tuple[int, int], kind: RenditionKind) -> bytes:
    """Return a picture's JPEG, made once in a process: every filled store holds the same."""
    picture = draw(number, size)
    if kind is RenditionKind.BLURRED:
        picture = picture.convert("L").filter(ImageFilter.GaussianBlur(24)).convert("RGB")
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=80)
    return packed.getvalue()


class _Builder:
    """Adds one sort of thing after another."""

    def __init__(self, tx: sa.Connection, store: Store, filled: Filled, draw: Draw) -> None:
        self.tx, self.store, self.filled, self.draw = tx, store, filled, draw
        self.start = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
        self.number = 0

    def sources(self) -> None:
        for name, path in (("export", "/data/chat-export"), ("folder", "/data/photos")):
            source = intake.ensure_source(self.tx, path, name.title(), NAME, "Public channels, referral unit")
            self.filled.sources[name] = source.id

    def banks(self) -> None:
        described = "Posters, films and slogans of the invented Blue Heron Front"
        heron = banks.create(self.tx, "blue-heron", "terrorist-content", NAME, described)
        links = banks.create(self.tx, "listed links", "other-listed", NAME, "Addresses that came from a partner")
        self.filled.banks = {"heron": heron, "links": links}

    def entry(self, name: str, bank: str, kind: str, value: str, label: str, media: str | None = None) -> BankEntry:
        entry = BankEntry(
            new_id(), self.filled.banks[bank].id, kind, value, label, "District court, 2026/114", EntryStatus.ACTIVE,
            None, media, NAME, self.start,
        )  # fmt: skip
        banks.add_entries(self.tx, [entry])
        self.filled.entries[name] = entry.id
        return entry

    def picture(self, name: str, size: tuple[int, int] = (640, 420), *, frames: Sequence[float] = (0.0,)) -> Media:
        """Add a picture, or a video where there are several frames, with its renditions."""
        self.number += 1
        sha256 = hashlib.sha256(f"{name} {self.number}".encode()).hexdigest()
        video = len(frames) > 1
        kind, kind_type = (MediaKind.VIDEO, "video/mp4") if video else (MediaKind.PICTURE, "image/jpeg")
        length = frames[-1] + 8.0 if video else None
        media = Media(sha256, kind, kind_type, 48_213 + self.number, kept=True, width=1280, height=840, duration=length)
        intake.add_media(self.tx, [media])
        made = [self._rendition(sha256, k, at, self.number + round(at), size) for at in frames for k in RenditionKind]
        signals.add_renditions(self.tx, made)
        self.filled.media[name] = sha256
        return media

    def _rendition(self, sha256: str, kind: RenditionKind, at: float, number: int, size: tuple[int, int]) -> Rendition:
        packed = _packed(self.draw, number, size, kind)
        return Rendition(sha256, kind, at, self.store.blobs.put_bytes(packed), *size)

    def item(
        self,
        name: str,
        *,
        text: str | None = None,
        files: Sequence[tuple[str, str | None]] = (),
        **more: Any,  # noqa: ANN401 - an Item's fields
    ) -> Item:
        self.number += 1
        item_id = new_id()
        plain = {
            "origin": f"/data/chat-export/result.json#message/{self.number}",
            "source_id": self.filled.sources["export"], "kind": ItemKind.MESSAGE, "platform": "telegram",
            "channel": "Lakeside news", "channel_ref": "lakeside", "author": "Reed Warbler", "author_ref": "user77",
        }  # fmt: skip
        item = Item(
            id=item_id, reader="telegram/1", posted_at=self.start + timedelta(hours=self.number), text=text,
            reply_to=None, forwarded_from=None, collected_at=now(), **{**plain, "links": (), "extra": {}, **more},
        )  # fmt: skip
        hung = [
            Attachment(item_id, i, n, sha, None if sha else "not included in the export")
            for i, (n, sha) in enumerate(files)
        ]
        intake.add_items(self.tx, [NewItem(item, f"{name} {self.number}", tuple(hung))])
        self.filled.items[name] = item_id
        return item

    def match(
        self,
        item: Item,
        entry: BankEntry,
        distance: float = 0.0,
        *,
        verified: bool = True,
        **more: Any,  # noqa: ANN401 - a Match's fields
    ) -> Match:
        media = more.get("media_sha256")
        own = {"media_sha256": media} if media else {"item_id": item.id}
        signal = Signal(new_id(), entry.kind, f"{entry.value} {new_id()}", "test/1", **own)
        signals.add(self.tx, [signal])
        match = Match(new_id(), item.id, signal.id, entry.id, entry.kind, "test/1", distance, verified, now(), **more)
        findings.add_matches(self.tx, [match])
        self.weigh(item)
        return match

    def weigh(self, item: Item) -> None:
        found = findings.matches_of(self.tx, [item.id])[item.id]
        standing = findings.current_assessments(self.tx, [item.id]).get(item.id, [])
        findings.add_assessments(self.tx, weigh(built_in_policy(), item.id, found, standing))

    def pictures(self) -> None:
        poster = self.picture("poster")
        exact = self.entry("exact", "heron", "sha256", poster.sha256, "Poster with the emblem", poster.sha256)
        near = self.entry("near", "heron", "pdq", "0f" * 32, "Poster with the emblem", poster.sha256)
        unseen = self.entry("hash-only", "heron", "pdq", "3c" * 32, "Cover of the third broadcast")
        item = self.item("exact", text=TEXT_RU, files=[("poster.jpg", poster.sha256)], channel="Новости у озера")
        self.match(item, exact, media_sha256=poster.sha256)
        self.match(item, near, 0, media_sha256=poster.sha256)
        again = self.item("again", files=[("poster-again.jpg", poster.sha256)], author=None)
        self.match(again, exact, media_sha256=poster.sha256)
        copy = self.picture("copy")
        turned = self.item(
            "mirrored", text=TEXT_UZ, files=[("copy.jpg", copy.sha256), ("voice.ogg", None)], channel="Koʻl boʻyi"
        )
        here, there = Box(0.08, 0.12, 0.7, 0.66), Box(0.0, 0.0, 0.92, 1.0)
        self.match(
            turned,
            near,
            12,
            verified=False,
            media_sha256=copy.sha256,
            transform="mirrored",
            box_query=here,
            box_known=there,
        )
        other = self.picture("other", (420, 560))
        cover = self.item(
            "hash-only",
            kind=ItemKind.FILE,
            platform=None,
            channel=None,
            author=None,
            source_id=self.filled.sources["folder"],
            files=[("IMG_2041.jpg", other.sha256)],
        )
        self.match(cover, unseen, 29, verified=False, media_sha256=other.sha256)

    def videos(self) -> None:
        known = self.picture("broadcast", frames=[0.0, 15.0, 30.0, 45.0, 60.0, 75.0])
        entry = self.entry("video", "heron", "video-pdq", "0,90," + "5a" * 32, "Third broadcast", known.sha256)
        found = self.picture("clip", frames=[0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0, 140.0, 160.0, 180.0])
        item = self.item("video", text="New clip, watch until the end", files=[("clip.mp4", found.sha256)])
        here, there = Interval(58.0, 103.5), Interval(12.0, 57.5)
        self.match(item, entry, 9.4, media_sha256=found.sha256, interval_query=here, interval_known=there)

    def texts(self) -> None:
        slogan = self.entry("text", "heron", "text", QUOTED.casefold(), "Slogan of the spring campaign")
        start = TEXT_EN.index(QUOTED)
        quoted = self.item("quoted", text=TEXT_EN, links=(Link("https://reeds.example/call"),))
        self.match(quoted, slogan, 0.42, verified=False, span_query=Span(start, start + len(QUOTED)))
        link = self.entry("link", "links", "link", "https://reeds.example/call", "the campaign's page")
        self.match(quoted, link)
        rtl = self.item("rtl", text=TEXT_UG, channel="كۆل بويى", author="قومۇش")
        self.match(rtl, slogan, 0.6, verified=False, span_query=Span(0, 18))
        hostile = self.item(
            "hostile",
            text=HOSTILE,
            channel=HOSTILE,
            author=HOSTILE_NAME,
            files=[(HOSTILE_NAME, None)],
            links=(Link(HOSTILE_URL), Link("https://evil.example/a")),
        )
        bad = self.entry("hostile", "links", "text", HOSTILE.casefold(), HOSTILE)
        self.match(hostile, bad, verified=True, span_query=Span(0, 25))
        disputed = self.entry("disputed", "links", "link", "https://old.example/", "an address that changed hands")
        banks.change_status(
            self.tx, disputed.id, EntryStatus.DISPUTED, NAME, "The owner showed that it is another site now"
        )

    def plain_items(self) -> None:
        for number in range(12):
            picture = self.picture(f"plain-{number}") if number % 3 == 0 else None
            files = [(f"IMG_{number:04}.jpg", picture.sha256)] if picture else []
            self.item(
                f"plain-{number}", text=f"Ordinary message number {number} about the weather over the lake", files=files
            )

    def scans(self) -> None:
        done, _ = scans.begin(self.tx, self.filled.sources["export"])
        scans.add_batch(self.tx, done.id, list(self.filled.items.values())[:8])
        scans.count_read(self.tx, done.id, 21, 20)
        for batch in scans.waiting_batches(self.tx, 10, done.id):
            scans.end_batch(self.tx, batch.id, BatchState.DONE)
        scans.finish(self.tx, done.id, ScanState.DONE)
        running, _ = scans.begin(self.tx, self.filled.sources["folder"])
        scans.start_reading(self.tx, running.id)
        scans.count_read(self.tx, running.id, 1200, 1100)
        scans.add_batch(self.tx, running.id, list(self.filled.items.values())[8:])
        scans.start_walking(self.tx, running.id)
        self.filled.scans = {"done": done.id, "running": running.id}
        problem = Problem(
            new_id(), self.filled.sources["folder"], "signals", "/data/photos/broken.jpg", "input-refused",
            "The picture ends in the middle.", "Ask for the file again.", now(),
        )  # fmt: skip
        intake.add_problems(self.tx, [problem])
        audit.append(self.tx, NAME, "scan.started", done.id, source="/data/chat-export")


def add_long_name(tx: sa.Connection, store: Store, filled: Filled) -> None:
    """Add, as "long", a file whose name is 255 bytes without a space: found, seen twice, scanned and in trouble."""
    name = "w" * 251 + ".jpg"
    builder = _Builder(tx, store, filled, landscape)
    builder.number = 1000
    source = intake.ensure_source(tx, f"/data/{name}", name, NAME, "Public channels")
    filled.sources["long"] = source.id
    picture = builder.picture("long")
    entry = builder.entry("long", "heron", "sha256", picture.sha256, name, picture.sha256)
    for one in ("long", "long-again"):
        more = {"channel": None, "author": name, "source_id": source.id, "origin": f"/data/{one}/{name}"}
        item = builder.item(one, files=[(name, picture.sha256)], **more)
        builder.match(item, entry, media_sha256=picture.sha256)
    scan, _ = scans.begin(tx, source.id)
    scans.finish(tx, scan.id, ScanState.DONE)
    filled.scans["long"] = scan.id
    problem = Problem(
        new_id(), source.id, "signals", f"/data/{name}", "input-refused", f"{name} ends in the middle.", name, now()
    )
    intake.add_problems(tx, [problem])
    audit.append(tx, NAME, "scan.started", scan.id, source=f"/data/{name}")
