"""A Telegram Desktop export: one chat or a whole account, read in flat memory however large it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qalqan.errors import InputRefused, LimitReached
from qalqan.model.drafts import Draft, Fault
from qalqan.model.items import ItemKind
from qalqan.model.limits import Limits
from qalqan.model.manifest import Manifest
from qalqan.sources import faults, telegram_message
from qalqan.sources.contract import Desk, Example, Given
from qalqan.sources.json_stream import Event, JsonStream
from qalqan.sources.profiles import profile
from qalqan.sources.telegram_message import Chat

_CHAT_TYPE = re.compile(
    rb'"type"\s*:\s*"(?:(?:personal|bot)_chat|(?:private|public)_(?:super)?(?:group|channel)|saved_messages|replies'
    rb'|verification_codes)"'
)
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
_MESSAGE = re.compile(rb'"(?:date_unixtime|from_id|text_entities|actor_id)"|"type"\s*:\s*"(?:message|service)"')
_ACCOUNT = re.compile(rb'"(?:chats|left_chats)"\s*:\s*\{|"personal_information"\s*:\s*\{[^}]*"user_id"')
_ABOUT = re.compile(rb'"(?:list|about)"\s*:')
_NAMED = ("name", "type", "id")

_PROFILE = "Ayna\n@ayna\nWalks at the lake."

Meta = dict[str, Any]


class TelegramReader:
    """Reads the `result.json` of Telegram Desktop, under whatever name it lies."""

    @property
    def manifest(self) -> Manifest:
        """Return its card."""
        return Manifest("telegram", "2", "Telegram Desktop export (JSON)", (ItemKind.MESSAGE, ItemKind.PROFILE))

    def recognises(self, given: Given) -> bool:
        """Whether its first bytes hold the keys that a chat's or an account's export begins with."""
        head = given.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not head.startswith(b"{"):
            return False
        one_chat = _CHAT_TYPE.search(head) or (_MESSAGES.search(head) and _MESSAGE.search(head))
        return bool(one_chat or (_ACCOUNT.search(head) and _ABOUT.search(head)))

    def read(self, given: Given, desk: Desk) -> Iterator[Draft | Fault]:
        """Yield the messages of all its chats in the export's order."""
        with given.path.open("rb") as file:
            yield from _Export(given, desk.limits, JsonStream(file, desk.limits)).read()

    def examples(self) -> Sequence[Example]:
        """Return one chat's export with a broken message, and an account's."""
        return _examples()


class _Export:
    """One reading of one export."""

    def __init__(self, given: Given, limits: Limits, stream: JsonStream) -> None:
        self._given = given
        self._limits = limits
        self._stream = stream
        self._folder = given.path.parent.resolve()
        self._chats = 0
        self._lists = 0
        self._later: Iterator[tuple[int, Meta]] | None = None

    def read(self) -> Iterator[Draft | Fault]:
        if self._stream.next().kind != "start_map":
            raise InputRefused("is no Telegram export: it does not begin with an object")
        yield from self._top()
        self._stream.finish()
        if not self._lists:
            raise InputRefused(
                "holds no messages",
                hint='Export the chat again with the format "Machine-readable JSON".',
            )

    def _top(self) -> Iterator[Draft | Fault]:
        """Read the outermost object: a chat itself, or an account with lists of chats."""
        meta: Meta = {}
        for key, event in self._stream.members():
            if key in ("chats", "left_chats") and event.kind == "start_map":
                yield from self._account()
            elif key == "personal_information" and event.kind == "start_map":
                yield from self._profile(self._stream.value(event))
            else:
                yield from self._member(key, event, meta, -1)

    def _profile(self, told: object) -> Iterator[Draft]:
        """Yield the public profile of the account whose data it is; its telephone number is none of it."""
        about = told if isinstance(told, dict) else {}
        names = [str(about[key]) for key in ("first_name", "last_name") if about.get(key)]
        ref = str(about.get("username") or "").removeprefix("@") or f"user{about.get('user_id', '')}"
        bio = about.get("bio")
        if names or bio:
            yield profile(
                origin=f"telegram:profile/{ref}", platform="telegram", name=" ".join(names) or None, ref=ref,
                bio=bio if isinstance(bio, str) else None, links=[],
            )  # fmt: skip

    def _account(self) -> Iterator[Draft | Fault]:
        for key, event in self._stream.members():
            if key != "list" or event.kind != "start_array":
                self._stream.skip(event)
                continue
            for element in self._stream.elements():
                if element.kind == "start_map":
                    yield from self._chat()
                else:
                    self._stream.skip(element)
                    yield faults.refused(self._given.name, "holds something in place of a chat that is none")

    def _chat(self) -> Iterator[Draft | Fault]:
        meta: Meta = {}
        index = self._chats
        self._chats += 1
        for key, event in self._stream.members():
            yield from self._member(key, event, meta, index)

    def _member(self, key: str, event: Event, meta: Meta, index: int) -> Iterator[Draft | Fault]:
        """Read one member of a chat: note what it is, hand over its messages, pass over all else."""
        if key == "messages" and event.kind == "start_array":
            self._lists += 1
            yield from self._messages(self._known(meta, index), index)
        elif key in _NAMED and event.value is not None:
            meta[key] = event.value
        else:
            self._stream.skip(event)

    def _messages(self, meta: Meta, index: int) -> Iterator[Draft | Fault]:
        chat = self._as_chat(meta, index)
        for number, event in enumerate(self._stream.elements(), start=1):
            shown = f"{self._given.name}#{'' if index < 0 else f'chat {index + 1}, '}message no. {number}"
            try:
                message = self._stream.value(event)
            except LimitReached as error:
                if self._stream.lost:
                    raise
                yield faults.from_error(shown, error)
                continue
            yield from telegram_message.read(message, chat, shown)

    def _as_chat(self, meta: Meta, index: int) -> Chat:
        number = meta.get("id")
        ref = f"telegram:chat/{number}" if isinstance(number, int | str) else None
        fallback = self._given.name + ("#" if index < 0 else f"#chat/{index}")
        name, kind = meta.get("name"), meta.get("type")
        return Chat(
            name=name if isinstance(name, str) else None,
            ref=ref,
            origin=ref or fallback,
            kind=kind if isinstance(kind, str) else None,
            folder=self._folder,
        )

    def _known(self, meta: Meta, index: int) -> Meta:
        """Return what the chat says of itself, from a second look at the file where it says so after its messages."""
        if "id" in meta and ("name" in meta or meta.get("type") == "saved_messages"):
            return meta
        if self._later is None:
            self._later = _metas(self._given.path, self._limits)
        for found, later in self._later:
            if found == index:
                return {**later, **meta}
        return meta


def _metas(path: Path, limits: Limits) -> Iterator[tuple[int, Meta]]:
    """Yield each chat's index and what it says of itself, in the order of `_Export`; the outermost one last, as -1."""
    with path.open("rb") as file:
        stream = JsonStream(file, limits)
        top: Meta = {}
        index = 0
        try:
            stream.next()
            for key, event in stream.members():
                if key in ("chats", "left_chats") and event.kind == "start_map":
                    for meta in _account_metas(stream):
                        yield index, meta
                        index += 1
                elif key in _NAMED:
                    top[key] = event.value
                    stream.skip(event)
                else:
                    stream.skip(event)
        except InputRefused:
            return  # the first reading reports it
        yield -1, top


def _account_metas(stream: JsonStream) -> Iterator[Meta]:
    for key, event in stream.members():
        if key != "list" or event.kind != "start_array":
            stream.skip(event)
            continue
        for element in stream.elements():
            if element.kind != "start_map":
                stream.skip(element)
                continue
            meta: Meta = {}
            for name, member in stream.members():
                if name in _NAMED and member.value is not None:
                    meta[name] = member.value
                stream.skip(member)
            yield meta


def _examples() -> tuple[Example, ...]:
    photo = b"\xff\xd8\xff\xe0 not a whole picture"
    said = {"type": "message", "date": "2024-05-01T10:00:00", "date_unixtime": "1714557600", "from": "Ayna"}
    messages: list[object] = [
        {**said, "id": 1, "from_id": "user7", "text": "Blue Heron Front walks at the lake."},
        {**said, "id": 2, "text": ["See ", {"type": "text_link", "text": "here", "href": "https://heron.example/"}]},
        {**said, "id": 3, "text": "", "photo": "photos/photo_1.jpg"},
        {
            "id": 4,
            "type": "service",
            "date": "2024-05-01T10:00:00",
            "actor": "Ayna",
            "action": "pin_message",
            "text": "",
        },
        "no message at all",
        {**said, "id": 6, "text": "", "file": "../../elsewhere.txt"},
    ]
    chat = {"name": "Blue Heron Front", "type": "public_channel", "id": 42, "messages": messages}
    account = {
        "about": "The account's data",
        "personal_information": {"user_id": 7, "first_name": "Ayna", "username": "@ayna", "bio": "Walks at the lake."},
        "chats": {"about": "", "list": [chat, {**chat, "id": 43, "messages": messages[:1]}]},
        "left_chats": {"about": "", "list": [{**chat, "id": 44, "messages": messages[:1]}]},
    }
    files = {"photos/photo_1.jpg": photo}
    texts = ["Blue Heron Front walks at the lake.", "See here"]
    return (
        Example({"result.json": json.dumps(chat, indent=1).encode(), **files}, 5, 2, texts=texts),
        Example({"export.txt": json.dumps(account).encode(), **files}, 8, 2, texts=[_PROFILE, *texts]),
        Example({"result.json": json.dumps({"messages": messages[:2], "id": 5, "name": "A"}).encode()}, 2, texts=texts),
    )
