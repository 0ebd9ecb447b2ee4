"""One message of a Telegram Desktop export turned into a draft.

Source: Telegram Desktop's own JSON export ("Machine-readable JSON"), as its versions since 2018 write it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qalqan.errors import InputRefused
from qalqan.model.drafts import Draft, Fault, FileDraft
from qalqan.model.items import ItemKind, Link
from qalqan.model.times import from_unix
from qalqan.sources import faults, places

EXTRA_CHARS = 16_384
"""Characters of what else a message says, as JSON; only its single values are kept when it is more."""

_ELSEWHERE = frozenset(
    {
        *("id", "date", "date_unixtime", "edited", "edited_unixtime", "from", "from_id", "actor_id"),
        *("forwarded_from", "reply_to_message_id", "reply_to_peer_id", "text", "text_entities"),
        *("photo", "file", "file_name", "thumbnail", "contact_vcard", "inline_bot_buttons"),
        *("photo_file_size", "file_size", "thumbnail_file_size", "width", "height"),
    }
)
"""What a draft says in a field of its own, or nobody needs."""


@dataclass(frozen=True, slots=True)
class Chat:
    """What is known of the chat that a message stands in."""

    name: str | None
    ref: str | None
    """`telegram:chat/<id>`; None where the export names no id."""
    origin: str
    """What its messages' origins start with."""
    kind: str | None
    folder: Path
    """The export's folder, without symbolic links: no file of a message lies outside of it."""


def read(message: Any, chat: Chat, shown: str) -> Iterator[Draft | Fault]:  # noqa: ANN401 - whatever JSON can hold
    """Yield the message's draft and a fault for each part of it that has not the form it should."""
    if not isinstance(message, dict):
        yield faults.refused(shown, "holds something in place of a message that is none")
        return
    number = message.get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        yield faults.refused(shown, "holds a message without a number; it was left out")
        return
    where = f"{chat.origin}/message/{number}"
    try:
        text, links = _text(message)
    except InputRefused as error:
        yield faults.from_error(where, error)
        text, links = None, []
    files: list[FileDraft] = []
    for trouble in _files(message, chat.folder, files):
        yield faults.refused(where, trouble)
    posted_at, extra = _when(message)
    yield Draft(
        kind=ItemKind.MESSAGE,
        origin=where,
        text=text,
        platform="telegram",
        channel=chat.name,
        channel_ref=chat.ref,
        author=_name(message.get("from")) or _name(message.get("actor")),
        author_ref=_reference(message.get("from_id", message.get("actor_id"))),
        posted_at=posted_at,
        links=(*links, *_buttons(message)),
        reply_to=_reply(message, chat),
        forwarded_from=_name(message.get("forwarded_from")),
        files=tuple(files),
        extra={**_extra(message), **extra, **({"chat_type": chat.kind} if chat.kind else {})},
    )


def _text(message: Mapping[str, Any]) -> tuple[str | None, list[Link]]:
    """Join the text's parts, and note each hidden target where its label stands in the whole."""
    parts = message.get("text") or message.get("text_entities") or ""
    if isinstance(parts, str):
        return parts or None, []
    if not isinstance(parts, list):
        raise InputRefused("its text is neither text nor a list; the message was kept without it")
    joined: list[str] = []
    links: list[Link] = []
    at = 0
    for part in parts:
        words = part.get("text") if isinstance(part, dict) else part
        if not isinstance(words, str):
            raise InputRefused("a part of its text is no text; the message was kept without it")
        target = part.get("href") if isinstance(part, dict) else None
        if isinstance(target, str) and target:
            links.append(Link(target, at, at + len(words)))
        joined.append(words)
        at += len(words)
    return "".join(joined) or None, links


def _buttons(message: Mapping[str, Any]) -> Iterator[Link]:
    """Yield what the buttons under a message lead to."""
    rows = message.get("inline_bot_buttons")
    for row in rows if isinstance(rows, list) else ():
        for button in row if isinstance(row, list) else ():
            if isinstance(button, dict) and button.get("type") in {"url", "auth"}:
                target = button.get("data")
                if isinstance(target, str) and target:
                    yield Link(target)


def _files(message: Mapping[str, Any], folder: Path, files: list[FileDraft]) -> Iterator[str]:
    """Add the message's files to `files`, and yield what is wrong with their paths."""
    for key in ("photo", "file", "contact_vcard"):
        named = message.get(key)
        if not isinstance(named, str) or not named:
            continue
        given = message.get("file_name") if key == "file" else None
        file = _file(named, given if isinstance(given, str) and given else None, folder)
        files.append(file)
        if file.missing == _LEAVES:
            yield f"{_LEAVES}: {named[:200]!r}"


_LEAVES = "its path leaves the export"


def _file(named: str, given: str | None, folder: Path) -> FileDraft:
    if named.startswith("(") and named.endswith(")"):
        return FileDraft(given or "", missing=named[1:-1])
    name = given or named.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        path = places.inside(folder, named)
    except (InputRefused, OSError):
        return FileDraft(name, missing=_LEAVES)
    if not places.is_file(path):
        return FileDraft(name, missing="is not in the export's folder")
    return FileDraft(name, path=path)


def _when(message: Mapping[str, Any]) -> tuple[datetime | None, dict[str, Any]]:
    """Say when it was posted. Old exports give local time and no zone: it is kept as if UTC, with a note."""
    extra: dict[str, Any] = {}
    edited = _moment(message.get("edited_unixtime"))
    if edited is not None:
        extra["edited"] = edited.isoformat()
    elif isinstance(message.get("edited"), str) and not message["edited"].startswith("1970-01-01"):
        extra["edited"] = message["edited"]  # an unedited message of an old export has the epoch here
    posted = _moment(message.get("date_unixtime"))
    if posted is not None:
        return posted, extra
    try:
        local = datetime.fromisoformat(message["date"])
    except (KeyError, TypeError, ValueError):
        return None, extra
    if local.tzinfo is None:
        extra["date_without_zone"] = True
        local = local.replace(tzinfo=UTC)
    return local, extra


def _moment(seconds: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON can hold
    try:
        return from_unix(float(seconds))
    except (TypeError, ValueError, OverflowError):
        return None


def _name(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON can hold
    return value if isinstance(value, str) and value else None


def _reference(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON can hold
    """Return an account's id: `user123`, `channel123`, or the bare number of older exports."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 64:  # noqa: PLR2004 - its bits
        return str(value)
    return _name(value)


def _reply(message: Mapping[str, Any], chat: Chat) -> str | None:
    """Return the origin of the message that this one answers."""
    number = _reference(message.get("reply_to_message_id"))
    if number is None:
        return None
    peer = _reference(message.get("reply_to_peer_id"))
    return f"telegram:chat/{peer}/message/{number}" if peer else f"{chat.origin}/message/{number}"


def _extra(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else it says, small: who did what in a service message, a poll, a contact, a place."""
    extra = {key: value for key, value in message.items() if key not in _ELSEWHERE and value not in (None, "", [], {})}
    if extra.get("type") == "message":
        del extra["type"]
    if not extra or len(json.dumps(extra, default=str)) <= EXTRA_CHARS:
        return extra
    single = {key: value for key, value in extra.items() if not isinstance(value, dict | list)}
    return {**{key: _short(value) for key, value in single.items()}, "extra_cut": True}


def _short(value: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    return value[:1000] if isinstance(value, str) else value
