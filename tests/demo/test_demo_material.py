"""The whole material: complete, small, harmless to others' machines, and true to its truth file."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pdqhash
import pytest
from PIL import Image

from qalqan.demo.material import Material, make_material
from qalqan.demo.truth import Planted, read_truth
from qalqan.errors import AlreadyThere

pytestmark = pytest.mark.slow

Json = dict[str, Any]


@pytest.fixture(scope="module")
def messages(material: Material) -> dict[int, Json]:
    """Return the exported chat's messages by number."""
    chat = json.loads((material.export / "result.json").read_text("utf-8"))
    return {message["id"]: message for message in chat["messages"]}


@pytest.fixture(scope="module")
def planted(material: Material) -> tuple[Planted, ...]:
    """Return the truth."""
    return read_truth(material.truth).planted


def carrier(material: Material, messages: dict[int, Json], each: Planted) -> Path:
    """Return the file that a planted thing of a message or a loose file lies in."""
    if each.message is None:
        return material.folder / each.origin.partition("!/")[0]
    message = messages[each.message]
    return material.export / str(message.get("photo") or message["file"])


def test_it_fits_in_twelve_megabytes(material: Material) -> None:
    """A newcomer's disk hardly notices."""
    assert sum(path.stat().st_size for path in material.folder.rglob("*") if path.is_file()) < 12_000_000


def test_progress_counts_up_to_the_end_of_each_step(making: tuple[Material, list[tuple[str, int, int]]]) -> None:
    """Each step starts at one, ends at its total, and misses nothing between."""
    steps = making[1]
    assert {step[0] for step in steps} == {"known pictures", "known films", "the chat"}
    for name in ("known pictures", "known films", "the chat"):
        counts = [(done, of) for what, done, of in steps if what == name]
        assert counts == [(number, len(counts)) for number in range(1, len(counts) + 1)]


def test_the_list_of_known_things_names_every_file_and_link(material: Material) -> None:
    """The labels of `bank.csv` are the files of the folder and the lines of `links.txt`."""
    with (material.known / "bank.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    files = {path.name for path in material.known.iterdir()} - {"bank.csv", "links.txt"}
    links = set((material.known / "links.txt").read_text("utf-8").split())
    assert {row["label"] for row in rows} == files | links
    kinds = [row["kind"] for row in rows]
    assert {kind: kinds.count(kind) for kind in kinds} == {"picture": 14, "video": 4, "text": 6, "link": 4}


def test_every_planted_thing_is_on_the_list(material: Material, planted: tuple[Planted, ...]) -> None:
    """The truth speaks of nothing that is not known."""
    with (material.known / "bank.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["label"] for row in csv.DictReader(file)}
    assert {each.known for each in planted} <= labels
    assert len(planted) >= 40
    assert len({(each.origin, each.known) for each in planted}) == len(planted)


def test_every_file_that_a_message_names_is_there(material: Material, messages: dict[int, Json]) -> None:
    """The export has no holes, and its sizes are right."""
    named = {message[key] for message in messages.values() for key in ("photo", "file") if message.get(key)}
    there = {str(path.relative_to(material.export)) for path in material.export.rglob("*.*")} - {"result.json"}
    assert named == there
    sized = [message for message in messages.values() if "file_size" in message]
    assert all((material.export / each["file"]).stat().st_size == each["file_size"] for each in sized)


def test_the_chat_has_the_form_of_a_telegram_export(messages: dict[int, Json]) -> None:
    """Messages rise in number and time; texts and their entities agree; replies point backwards."""
    rows = list(messages.values())
    assert len(rows) > 600
    assert [row["id"] for row in rows] == sorted(messages)
    times = [int(row["date_unixtime"]) for row in rows]
    assert times == sorted(times)
    for row in rows:
        parts = [row["text"]] if isinstance(row["text"], str) else row["text"]
        joined = "".join(part if isinstance(part, str) else part["text"] for part in parts)
        assert joined == "".join(entity["text"] for entity in row["text_entities"])
        assert row.get("reply_to_message_id", 0) < row["id"]


def test_the_chat_holds_the_usual_kinds_of_message(messages: dict[int, Json]) -> None:
    """Service messages, replies, forwards, edits, links, pictures and films all occur."""
    rows = list(messages.values())
    assert {"create_group", "join_group_by_link", "pin_message"} <= {row.get("action") for row in rows}
    for key in ("reply_to_message_id", "forwarded_from", "edited_unixtime", "photo", "media_type"):
        assert any(key in row for row in rows), key
    assert any(entity["type"] == "link" for row in rows for entity in row["text_entities"])


def test_several_accounts_bring_known_things_back(messages: dict[int, Json], planted: tuple[Planted, ...]) -> None:
    """What was removed comes from more than one sender, none of them an ordinary neighbour."""
    senders = {messages[each.message]["from"] for each in planted if each.message is not None}
    others = {row["from"] for row in messages.values() if row["type"] == "message"} - senders
    assert len(senders) >= 4
    assert len(others) >= 10


def test_edits_that_should_be_found_stay_within_the_search_radius(
    material: Material, messages: dict[int, Json], planted: tuple[Planted, ...]
) -> None:
    """Of the pictures, PDQ with its eight turnings finds all that are expected; the hard ones are truly hard."""
    for each in planted:
        path = material.known / each.known
        if path.suffix not in {".jpg", ".png"} or "!/" in each.origin:
            continue
        known = pdqhash.compute_dihedral(np.asarray(Image.open(path).convert("RGB")))[0]
        copy = Image.open(carrier(material, messages, each)).convert("RGB")
        bits = pdqhash.compute(np.asarray(copy))[0]
        nearest = min(int((bits != turned).sum()) for turned in known)
        assert (nearest <= 31) == (each.expected == "found"), (each.edit, each.known, nearest)


def test_planted_links_and_texts_are_in_their_messages(messages: dict[int, Json], planted: tuple[Planted, ...]) -> None:
    """Each message that carries words carries some, and no file."""
    carriers = [messages[each.message] for each in planted if each.file is None and each.message is not None]
    assert len(carriers) == 10
    assert all(message["text"] and "photo" not in message and "file" not in message for message in carriers)


def test_excerpts_name_as_many_seconds_here_as_there(planted: tuple[Planted, ...]) -> None:
    """The true intervals of a film and its excerpt are equally long."""
    cuts = [(each.here, each.there) for each in planted if each.here and each.there]
    assert cuts == [((0.0, 6.0), (4.0, 10.0)), ((7.0, 13.0), (3.0, 9.0))]


def test_loose_files_hold_something_broken_and_something_empty(material: Material) -> None:
    """So that a newcomer sees how problems are told."""
    assert (material.loose / "empty.png").stat().st_size == 0
    with Image.open(material.loose / "broken.jpg") as image, pytest.raises(OSError, match="truncated"):
        image.load()


def test_members_of_the_archive_are_where_the_truth_says(material: Material, planted: tuple[Planted, ...]) -> None:
    """`album.zip!/north.jpg` is a file of that archive."""
    with zipfile.ZipFile(material.loose / "album.zip") as archive:
        members = {f"folder/album.zip!/{name}" for name in archive.namelist()}
    assert {each.origin for each in planted if "!/" in each.origin} < members


def test_material_is_never_written_over_other_files(material: Material) -> None:
    """A folder that has material already is left as it is."""
    with pytest.raises(AlreadyThere, match="known"):
        make_material(material.folder)
