"""What accounts say of themselves becomes items of their own, each once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qalqan.model.drafts import Draft, Fault
from qalqan.model.items import ItemKind
from qalqan.sources.profiles import Profiles

Walk = Callable[..., tuple[list[Draft], list[Fault]]]


def profiles_of(walked: Walk, file: Path) -> list[Draft]:
    """Return the profiles that a file holds."""
    drafts, _ = walked(file)
    return [one for one in drafts if one.kind is ItemKind.PROFILE]


USER = {
    "username": "heron",
    "full_name": "Blue Heron Front",
    "biography": "Birds 🏴☝️",
    "external_url": "https://a.example",
}


def test_a_profile_repeated_on_each_post_is_one_item(tmp_path: Path, walked: Walk) -> None:
    """Its text is the name, the account's name and the words; its links are links."""
    posts = [
        {
            "nav_index": "1",
            "source_platform": "instagram.com",
            "item_id": f"p{n}",
            "data": {"code": f"p{n}", "user": USER},
        }
        for n in range(5)
    ]
    other = {**posts[0], "item_id": "q", "data": {"code": "q", "user": {**USER, "biography": "Moved to @heron2"}}}
    plain = {**posts[0], "item_id": "r", "data": {"code": "r", "user": {"username": "aziz", "full_name": "Aziz"}}}
    file = tmp_path / "posts.ndjson"
    file.write_text("\n".join(map(json.dumps, [*posts, other, plain])), "utf-8")
    first, second = profiles_of(walked, file)
    assert first.text == "Blue Heron Front\n@heron\nBirds 🏴☝️"
    assert [one.url for one in first.links] == ["https://a.example"]
    assert (first.author, first.author_ref, first.platform) == ("Blue Heron Front", "heron", "instagram")
    assert second.text == "Blue Heron Front\n@heron\nMoved to @heron2"
    assert first.origin == second.origin
    assert first.origin.endswith("posts.ndjson#profile/heron")


def test_the_account_of_a_telegram_export_has_a_profile_without_its_telephone_number(
    tmp_path: Path, walked: Walk
) -> None:
    """What is public of it, and nothing else."""
    about = {
        "user_id": 7,
        "first_name": "Ayna",
        "last_name": "K",
        "phone_number": "+998901234567",
        "bio": "At the lake",
    }
    chat = {"name": "Valley", "type": "public_channel", "id": 1, "messages": []}
    export = {"about": "", "personal_information": about, "chats": {"about": "", "list": [chat]}}
    file = tmp_path / "result.json"
    file.write_text(json.dumps(export), "utf-8")
    (made,) = profiles_of(walked, file)
    assert made.text == "Ayna K\n@user7\nAt the lake"
    assert "998" not in f"{made}"


@pytest.mark.parametrize("told", [None, [], "x", {"first_name": None}, {"bio": 7}, {"first_name": {"a": 1}}])
def test_a_strange_profile_breaks_nothing(tmp_path: Path, walked: Walk, told: object) -> None:
    """Whatever stands in its place, the chats are read."""
    chat = {"name": "Valley", "type": "public_channel", "id": 1, "messages": []}
    export = {"about": "", "personal_information": told, "chats": {"about": "", "list": [chat]}}
    file = tmp_path / "result.json"
    file.write_text(json.dumps(export), "utf-8")
    assert len(profiles_of(walked, file)) <= 1


def test_a_flood_of_profiles_is_remembered_within_bounds() -> None:
    """Links are bounded, and what is empty is no profile."""
    profiles = Profiles("x")
    (made,) = profiles.new({"author_ref": "a", "bio_links": [f"https://a.example/{n}" for n in range(500)]})
    assert len(made.links) == 50
    assert list(profiles.new({"author_ref": "b", "author": "B"})) == []
    assert list(profiles.new({"bio": "words without an account"})) == []
