"""Telegram Desktop exports, honest and hostile."""

from __future__ import annotations

import json
import resource
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qalqan.isolate import Isolate
from qalqan.model.drafts import Draft, Fault
from qalqan.model.items import Link
from qalqan.model.limits import MIB, Limits
from qalqan.sources.readers import built_in
from qalqan.sources.walker import walk

Walk = Callable[..., tuple[list[Draft], list[Fault]]]
SAID = {"type": "message", "date": "2024-05-01T12:00:00", "date_unixtime": "1714557600", "from": "Ayna"}


def export(folder: Path, *messages: object, **chat: object) -> Path:
    """Write one chat's export."""
    named = {"name": "Blue Heron Front", "type": "public_channel", "id": 42, **chat}
    path = folder / "result.json"
    path.write_text(json.dumps({**named, "messages": messages}))
    return path


def message(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever an export holds
    """Return a message with these fields."""
    return {**SAID, "id": 1, "text": "", **fields}


def test_a_message_keeps_what_it_says_of_itself(walked: Walk, tmp_path: Path) -> None:
    """Chat, author, time, reply and forward are fields of their own; the rest is kept small in extra."""
    told = message(
        from_id="user7",
        text="Mist",
        reply_to_message_id=3,
        forwarded_from="Lake News",
        via_bot="@bot",
        edited_unixtime="1714557700",
        poll={"question": "Which?", "answers": [{"text": "This"}]},
    )
    (draft,), faults = walked(export(tmp_path, told))
    assert not faults
    assert draft.origin == "telegram:chat/42/message/1"
    assert (draft.platform, draft.channel, draft.channel_ref) == ("telegram", "Blue Heron Front", "telegram:chat/42")
    assert (draft.author, draft.author_ref) == ("Ayna", "user7")
    assert draft.posted_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert draft.reply_to == "telegram:chat/42/message/3"
    assert draft.forwarded_from == "Lake News"
    assert draft.extra == {
        "via_bot": "@bot",
        "edited": "2024-05-01T10:01:40+00:00",
        "poll": told["poll"],
        "chat_type": "public_channel",
    }


def test_an_older_export_has_bare_numbers_and_no_zone(walked: Walk, tmp_path: Path) -> None:
    """An author's number is kept as text; local time is taken as UTC, and that is noted."""
    old = {"id": 1, "type": "message", "date": "2019-05-01T12:00:00", "from": "A", "from_id": 4295, "text": "Mist"}
    (draft,), _ = walked(export(tmp_path, old))
    assert draft.author_ref == "4295"
    assert draft.posted_at == datetime(2019, 5, 1, 12, tzinfo=UTC)
    assert draft.extra["date_without_zone"] is True


def test_hidden_links_stand_where_their_label_does(walked: Walk, tmp_path: Path) -> None:
    """Parts are joined; a label's target and a button's are links apart from the text."""
    parts = ["🦩 See ", {"type": "text_link", "text": "here", "href": "https://heron.example/"}, " or @lake"]
    buttons = [[{"type": "url", "text": "Go", "data": "https://heron.example/go"}, {"type": "callback", "data": "x"}]]
    (draft,), _ = walked(export(tmp_path, message(text=parts, inline_bot_buttons=buttons)))
    assert draft.text == "🦩 See here or @lake"
    hidden = draft.links[0]
    assert draft.text[hidden.start : hidden.end] == "here"
    assert draft.links == (Link("https://heron.example/", 6, 10), Link("https://heron.example/go"))


def test_service_messages_are_kept(walked: Walk, tmp_path: Path) -> None:
    """Who did what, and the new title, are not lost though they have no text."""
    told = {"id": 9, "type": "service", "date_unixtime": "1714557600", "actor": "Ayna", "actor_id": "user7"}
    (draft,), _ = walked(export(tmp_path, {**told, "action": "edit_group_title", "title": "Grey Heron", "text": ""}))
    assert draft.text is None
    assert (draft.author, draft.author_ref) == ("Ayna", "user7")
    assert draft.extra["action"] == "edit_group_title"
    assert draft.extra["title"] == "Grey Heron"


@pytest.mark.parametrize(
    "reason",
    [
        "File not included. Change data exporting settings to download.",
        "File exceeds maximum size. Change data exporting settings to download.",
    ],
)
def test_a_file_that_was_not_exported_says_why(walked: Walk, tmp_path: Path, reason: str) -> None:
    """The reason that Telegram gives is the reason that we give."""
    (draft,), faults = walked(export(tmp_path, message(file=f"({reason})", file_name="clip.mp4")))
    assert [(file.name, file.missing) for file in draft.files] == [("clip.mp4", reason)]
    assert not faults


@pytest.mark.parametrize("named", ["../../etc/passwd", "/etc/passwd", "photos/link.jpg", "C:\\x.jpg", "a\0b"])
def test_no_path_leaves_the_export(walked: Walk, tmp_path: Path, named: str) -> None:
    """A path that climbs, is absolute or leads over a link out of the folder brings no file, and a fault."""
    (tmp_path / "outside.jpg").write_bytes(b"not part of it")
    folder = tmp_path / "export"
    (folder / "photos").mkdir(parents=True)
    (folder / "photos/link.jpg").symlink_to("../../outside.jpg")
    (draft,), faults = walked(export(folder, message(photo=named)))
    assert [(file.path, file.missing) for file in draft.files] == [(None, "its path leaves the export")]
    assert [fault.where for fault in faults] == ["telegram:chat/42/message/1"]


def test_attached_files_are_not_listed_again_and_others_still_are(walked: Walk, tmp_path: Path) -> None:
    """Nothing twice, nothing lost."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/1.jpg").write_bytes(b"\xff\xd8one")
    (tmp_path / "photos/1_thumb.jpg").write_bytes(b"\xff\xd8thumb")
    export(tmp_path, message(photo="photos/1.jpg"), message(id=2, file="files/gone.pdf"))
    drafts, faults = walked(tmp_path)
    assert [file.path for file in drafts[0].files] == [tmp_path / "photos/1.jpg"]
    assert [file.missing for file in drafts[1].files] == ["is not in the export's folder"]
    assert [draft.origin for draft in drafts[2:]] == [f"{tmp_path}/photos/1_thumb.jpg"]
    assert not faults


def test_malformed_messages_are_faults_and_the_rest_goes_on(walked: Walk, tmp_path: Path) -> None:
    """No number, no object, a text of no known form: each is reported where it stands."""
    bad: list[object] = [None, 5, [], {}, {"id": "x"}, message(text=7), message(text=[{"type": "bold"}])]
    drafts, faults = walked(export(tmp_path, *bad, message(id=99, text="still here")))
    assert drafts[-1].text == "still here"
    assert len(faults) == 7
    assert len(drafts) == 3  # the two without a readable text are kept for their other fields


def test_what_a_chat_is_may_stand_after_its_messages(walked: Walk, tmp_path: Path) -> None:
    """Keys may come in any order, in one chat and in an account."""
    chat = {"messages": [message()], "id": 42, "type": "public_channel", "name": "Late"}
    (tmp_path / "one.json").write_text(json.dumps(chat))
    others = [{"messages": [message(), message(id=2)], "id": 43 + n, "name": f"Late {n}"} for n in range(3)]
    (tmp_path / "two.json").write_text(json.dumps({"chats": {"list": others}, "left_chats": {"list": [chat]}}))
    drafts, _ = walked(tmp_path)
    assert [draft.channel for draft in drafts] == [
        *("Late", "Late 0", "Late 0", "Late 1", "Late 1", "Late 2", "Late 2", "Late")
    ]
    assert drafts[-1].origin == "telegram:chat/42/message/1"


def test_a_chat_without_a_number_is_told_apart_by_its_file(walked: Walk, tmp_path: Path) -> None:
    """Its messages' origins begin with where the export lies."""
    (tmp_path / "a.json").write_text(json.dumps({"name": "A", "type": "public_channel", "messages": [message()]}))
    (draft,), _ = walked(tmp_path)
    assert draft.origin == f"{tmp_path}/a.json#/message/1"
    assert draft.channel_ref is None


def test_a_truncated_export_keeps_what_came_before(walked: Walk, tmp_path: Path) -> None:
    """One fault says where it broke off."""
    path = export(tmp_path, *(message(id=n, text="x" * 100) for n in range(2000)))
    path.write_bytes(path.read_bytes()[:200_000])
    drafts, faults = walked(path)
    assert len(drafts) > 900
    assert len(faults) == 1
    assert "200000 bytes" in faults[0].message


def test_a_million_brackets_are_refused_quickly(walked: Walk, tmp_path: Path) -> None:
    """Depth is bounded before anything is built, within a message and around it."""
    begin = time.monotonic()
    deep = "[" * 1_000_000
    whole = '{"name":"A","type":"public_channel","id":1,"messages":[%s{"id":2}]}'
    (tmp_path / "a.json").write_text(whole % (deep + "]" * 1_000_000 + ","))
    (tmp_path / "b.json").write_text(whole % deep)
    (tmp_path / "c.json").write_text('{"type":"public_channel","x":' + deep)
    drafts, faults = walked(tmp_path)
    assert [draft.origin for draft in drafts if draft.platform] == ["telegram:chat/1/message/2"]
    assert any("nested more than 64 levels" in fault.message for fault in faults)
    assert len(faults) >= 3
    assert time.monotonic() - begin < 20


def test_an_oversized_message_is_left_out(walked: Walk, tmp_path: Path) -> None:
    """A message over the bound on one record is a fault, and the next one is read."""
    big = message(id=1, many=["x" * 90] * 20_000)
    drafts, faults = walked(export(tmp_path, big, message(id=2, text="next")), record_bytes=MIB)
    assert [draft.text for draft in drafts] == ["next"]
    assert [fault.code for fault in faults] == ["limit-reached"]


def test_a_text_that_never_ends_is_given_up(walked: Walk, tmp_path: Path) -> None:
    """One giant string is not taken into memory; what came before it stays."""
    path = tmp_path / "result.json"
    path.write_text(
        '{"name":"A","type":"public_channel","id":1,"messages":[{"id":1,"text":"first"},{"id":2,"text":"'
        + "x" * 8 * MIB
    )
    tracemalloc.start()
    drafts, faults = walked(path, record_bytes=MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [draft.text for draft in drafts] == ["first"]
    assert [fault.code for fault in faults] == ["limit-reached"]
    assert peak < 4 * MIB


@pytest.mark.parametrize("token", [b"9" * 10_000, b"1e" + b"9" * 9000, b"1e999", b'"\xed\xa0\x80"', b'"\xc0\xaf"'])
def test_what_python_cannot_hold_is_a_fault(walked: Walk, tmp_path: Path, token: bytes) -> None:
    """A number of ten thousand digits or text that is no UTF-8 ends the reading with a fault, never the process."""
    path = tmp_path / "result.json"
    path.write_bytes(b'{"type":"public_channel","id":1,"name":"A","messages":[{"id":1},{"id":' + token + b"}]}")
    drafts, faults = walked(path)
    assert len(drafts) == 1
    assert len(faults) == 1


def test_a_large_export_is_read_in_flat_memory(isolate: Isolate, scratch: Path, tmp_path: Path) -> None:
    """Sixty megabytes leave no more behind than a few; the process grows by less than the file."""
    path = tmp_path / "result.json"
    body = json.dumps(
        message(text=["The heron stands at the lake. " * 30, {"type": "link", "text": "https://a.example"}])
    )
    with path.open("w") as file:
        file.write('{"name":"A","type":"public_channel","id":1,"messages":[')
        while file.tell() < 60 * MIB:
            file.write(body + ",")
        file.write(body + "]}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(isinstance(one, Draft) for one in walk(path, built_in(), Limits(), isolate, scratch))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert count > 50_000
    assert grown < 16 * MIB
