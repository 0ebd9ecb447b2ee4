"""A chat as Telegram Desktop exports it: `result.json` with folders of files beside it.

The form is that of Telegram Desktop's JSON export ("Export chat history"), version 4 and later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

CHAT_ID = 1842207311
CHAT_NAME = "Lakeside Neighbours"
_MORNING = 6
"""Nobody writes before this hour."""
_BEGIN = datetime(2025, 3, 3, 6, 40, tzinfo=UTC)

Json = dict[str, Any]


@dataclass
class Chat:
    """An export being written, message after message."""

    folder: Path
    rng: np.random.Generator
    now: datetime = _BEGIN
    messages: list[Json] = field(default_factory=list)

    def tick(self) -> None:
        """Let some time pass."""
        self.now += timedelta(seconds=int(self.rng.integers(40, 3600)))
        if self.now.hour < _MORNING:
            self.now += timedelta(hours=_MORNING)

    def service(self, actor: str, action: str, **more: object) -> None:
        """Add a service message."""
        self.tick()
        head = self._head("service") | {"actor": actor, "actor_id": user_id(actor), "action": action}
        self.messages.append(head | more | {"text": "", "text_entities": []})

    def say(self, author: str, entities: list[Json], **more: object) -> int:
        """Add a message and return its number."""
        message = self._head("message") | {"from": author, "from_id": user_id(author)} | more
        message |= {"text": _text_of(entities), "text_entities": entities}
        self.messages.append(message)
        return int(message["id"])

    def _head(self, kind: str) -> Json:
        number = len(self.messages) + 1
        return {"id": number, "type": kind, **_dates("date", self.now)}

    def photo_name(self) -> str:
        """Return the path of the next message's photo, as Telegram names it."""
        return f"photos/photo_{len(self.messages) + 1}@{self.now:%d-%m-%Y_%H-%M-%S}.jpg"

    def write(self) -> None:
        """Write `result.json`."""
        chat = {"name": CHAT_NAME, "type": "private_supergroup", "id": CHAT_ID, "messages": self.messages}
        text = json.dumps(chat, ensure_ascii=False, indent=1)
        (self.folder / "result.json").write_text(text, "utf-8")


def user_id(name: str) -> str:
    """Return an account's invented number."""
    return f"user{100_000_000 + sum(ord(letter) * 7919 * (place + 1) for place, letter in enumerate(name))}"


def plain(text: str) -> list[Json]:
    """Return a text without marks as Telegram's entities."""
    return [{"type": "plain", "text": text}] if text else []


def linked(text: str, url: str) -> list[Json]:
    """Return a text in which one link is marked as Telegram marks it."""
    before, _, after = text.partition(url)
    return [*plain(before), {"type": "link", "text": url}, *plain(after)]


def edited(at: datetime) -> Json:
    """Return the fields of a message that was edited a minute after it was sent."""
    return _dates("edited", at + timedelta(minutes=1))


def _dates(name: str, at: datetime) -> Json:
    return {name: f"{at:%Y-%m-%dT%H:%M:%S}", f"{name}_unixtime": str(int(at.timestamp()))}


def _text_of(entities: list[Json]) -> str | list[str | Json]:
    if all(each["type"] == "plain" for each in entities):
        return "".join(each["text"] for each in entities)
    return [each["text"] if each["type"] == "plain" else each for each in entities]
