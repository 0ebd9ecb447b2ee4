"""Plain records for tests, each with harmless content and whatever a test wants to be otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from qalqan.model.assessments import Assessment, Band, Reason
from qalqan.model.banks import BankEntry, EntryStatus
from qalqan.model.ids import Id, new_id
from qalqan.model.items import Attachment, Item, ItemKind, Media, MediaKind
from qalqan.model.matches import Match
from qalqan.model.signals import Signal
from qalqan.model.sources import Problem
from qalqan.store import Store, intake
from qalqan.store.intake import NewItem

NOON = datetime(2024, 3, 21, 12, tzinfo=UTC)


def digest(text: str) -> str:
    """Return the SHA-256 of a text: stands for a file's hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def item(source_id: Id, origin: str = "chat.json#message/1", **otherwise: Any) -> Item:  # noqa: ANN401 - any field
    """Return a message about nothing in particular."""
    made = Item(
        id=new_id(), source_id=source_id, kind=ItemKind.MESSAGE, reader="telegram/1", origin=origin,
        platform="telegram", channel="Valley news", channel_ref="1", author="Aziz", author_ref="2", posted_at=NOON,
        text="The river is high today.", links=(), reply_to=None, forwarded_from=None, extra={}, collected_at=NOON,
    )  # fmt: skip
    return replace(made, **otherwise)


def media(name: str = "river", **otherwise: Any) -> Media:  # noqa: ANN401 - any field
    """Return a picture whose bytes would be those of `name`."""
    made = Media(digest(name), MediaKind.PICTURE, "image/jpeg", 4000, kept=True, width=640, height=480)
    return replace(made, **otherwise)


def new_item(source_id: Id, origin: str, text: str = "The river is high today.", *files: Media) -> NewItem:
    """Return an item ready to be stored that carries `files`, whose content is its text."""
    one = item(source_id, origin, text=text)
    hung_on = tuple(Attachment(one.id, n, f"file{n}.jpg", file.sha256) for n, file in enumerate(files))
    return NewItem(one, digest(text), hung_on)


def stored(store: Store, *texts: str, files: tuple[Media, ...] = ()) -> list[Item]:
    """Store one item for each text, each carrying `files`, and return them in that order."""
    with store.writing() as tx:
        source = intake.ensure_source(tx, "/exports/valley", "valley", "Aziz")
        intake.add_media(tx, files)
        made = [new_item(source.id, f"chat.json#message/{n}", text, *files) for n, text in enumerate(texts)]
        intake.add_items(tx, made)
    return [one.item for one in made]


def signal(value: str = "a" * 64, **otherwise: Any) -> Signal:  # noqa: ANN401 - any field
    """Return a picture's signal that belongs to nothing yet."""
    return replace(Signal(new_id(), "pdq", value, "picture/1"), **otherwise)


def entry(bank_id: Id, value: str = "a" * 64, **otherwise: Any) -> BankEntry:  # noqa: ANN401 - any field
    """Return an active entry for a picture."""
    made = BankEntry(
        new_id(), bank_id, "pdq", value, "a poster of the Blue Heron Front", "Aziz", EntryStatus.ACTIVE,
        None, None, "Aziz", NOON,
    )  # fmt: skip
    return replace(made, **otherwise)


def match(item_id: Id, signal_id: Id, entry_id: Id, **otherwise: Any) -> Match:  # noqa: ANN401 - any field
    """Return a verified match at distance 4."""
    made = Match(new_id(), item_id, signal_id, entry_id, "pdq", "pictures/1", 4.0, verified=True, found_at=NOON)
    return replace(made, **otherwise)


def assessment(item_id: Id, score: int = 90, **otherwise: Any) -> Assessment:  # noqa: ANN401 - any field
    """Return an assessment with one reason."""
    reason = Reason("exact-copy", score, "It is a known picture.", {"distance": 4})
    made = Assessment(new_id(), item_id, "terrorist-content", score, Band.KNOWN, (reason,), "first/1", NOON)
    return replace(made, **otherwise)


def problem(source_id: Id, where: str = "broken.zip", **otherwise: Any) -> Problem:  # noqa: ANN401 - any field
    """Return a problem of the reading room."""
    made = Problem(new_id(), source_id, "sources", where, "input-refused", "It is no archive.", "", NOON)
    return replace(made, **otherwise)


@contextmanager
def rolled_back(store: Store) -> Iterator[sa.Connection]:
    """Yield a transaction that writes and is then undone: many examples of one test begin alike."""
    with store.engine.connect() as connection:
        connection.execution_options(writes=True)
        with connection.begin() as transaction:
            yield connection
            transaction.rollback()
