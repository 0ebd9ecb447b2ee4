"""Policies on the command line: tested on their examples, explained, compared, tried on what is stored."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.flow import lexicon_changes, lexicons, trying
from qalqan.model.words import Entry, Sense, Strength
from qalqan.settings import Settings
from qalqan.signals.lexicon import Lexicon
from qalqan.store import signals
from support import made
from support.saying import Say

LANTERN = "Grey Lantern Brigade"
BUILT_IN = Lexicon(
    (
        Entry(Sense.SOLICIT, Strength.STRONG, "en", ("donate to",), "a test"),
        Entry(Sense.RECRUIT, Strength.STRONG, "en", ("join the",), "a test"),
        Entry(Sense.NEWS, Strength.STRONG, "en", ("police said",), "a test"),
        Entry(Sense.NEGATION, Strength.STRONG, "en", ("never",), "a test"),
        Entry(Sense.ORGANISATION, Strength.STRONG, "und", (LANTERN,), "a test", entity="lantern", name=LANTERN),
    )
)
FIRST = (resources.files("qalqan.assess") / "policies" / "first.yaml").read_text("utf-8")
APPEAL, WARNING = "Donate to the Grey Lantern Brigade.", "Never donate to the Grey Lantern Brigade."


@pytest.fixture
def lake(ready: Say, home: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return what runs the command on a store of read items, with a handful of built-in terms."""
    for module in (lexicons, lexicon_changes, trying):
        monkeypatch.setattr(module, "built_in", lambda: BUILT_IN)
    with opened(Settings(home=home)) as services:
        for item in made.stored(services.store, APPEAL, WARNING, "The river is high."):
            read = trying.read(item.text or "", services.desk(), services.extractors)
            with services.store.writing() as tx:
                signals.add(tx, [made.signal(one.value, kind=one.kind, item_id=item.id, span=one.span) for one in read])
    return ready


@pytest.fixture
def milder(tmp_path: Path) -> Path:
    """Return another policy: asking for money weighs less, and what is known begins higher."""
    file = tmp_path / "milder.yaml"
    text = FIRST.replace('version: "3"', 'version: "milder"').replace("known: 90 ", "known: 96 ")
    head, tail = text.split("asks-for-group:")
    file.write_text(f"{head}asks-for-group:{tail.replace('points: 65', 'points: 35', 1)}", "utf-8")
    return file


def item_of(lake: Say, text: str) -> str:
    """Return the id of the item with this text."""
    return next(str(one["id"]) for one in lake("items", "--json").lines if one["text"] == text)


def test_a_policy_is_tested_on_its_own_examples(lake: Say, milder: Path) -> None:
    """Matches and texts; the code says whether all hold."""
    rows = lake("policy", "test", "--json").lines
    assert {one["sort"] for one in rows} == {"matches", "text"}
    assert all(one["holds"] and one["why"] is None for one in rows)
    wrong = [one for one in lake("policy", "test", milder, "--json", code=2).lines if not one["holds"]]
    assert {one["title"] for one in wrong} == {"the same picture, re-encoded", "an appeal"}
    appeal = next(one for one in wrong if one["sort"] == "text")
    assert appeal["why"] == "“an appeal” comes to solicitation (look), not to solicitation (likely)"
    assert "2 come out otherwise" in lake("policy", "test", milder, code=2).out


def test_a_policy_that_fails_an_example_does_not_hold(lake: Say, milder: Path) -> None:
    """`check` refuses it, with all examples that come out otherwise."""
    said = lake("policy", "check", milder, code=2)
    assert "“an appeal” comes to solicitation (look)" in said.err
    assert "“the same picture, re-encoded” comes to likely" in said.err


def test_a_stored_item_is_explained(lake: Say, milder: Path) -> None:
    """Its categories with their reasons and words, under the policy in force or another."""
    item = item_of(lake, APPEAL)
    told = lake("policy", "explain", item).out
    assert "Donate to{solicit} the Grey Lantern Brigade{organisation}." in told
    assert "solicitation: 65 of 100, likely" in told
    assert "+65  It asks for money or goods (“donate to”) close to the name Grey Lantern Brigade." in told
    (under,) = lake("policy", "explain", item, "--policy", milder, "--json").json["assessments"]
    assert (under["score"], under["band"], under["policy"]) == (35, "look", "first/milder")


def test_what_kept_an_item_from_counting_is_told(lake: Say) -> None:
    """The negation, and what would be without it."""
    found = lake("policy", "explain", item_of(lake, WARNING), "--json").json
    assert found["assessments"] == []
    (kept,) = found["why_not"]
    assert (kept["cause"], kept["terms"]) == ("negated", ["donate to"])
    assert kept["would"] == [{"category": "solicitation", "band": "likely"}]
    assert "It comes to nothing." in lake("policy", "explain", "--text", "A river.").out


def test_one_thing_at_a_time_is_explained(lake: Say) -> None:
    """An item or a text."""
    assert "either an item" in lake("policy", "explain", code=2).err
    assert "either an item" in lake("policy", "explain", "x", "--text", "y", code=2).err
    assert "no item" in lake("policy", "explain", "01234567-89ab-7cde-8f01-23456789abcd", code=3).err


def test_two_policies_are_compared(lake: Say, milder: Path) -> None:
    """Each value that differs, and each example that comes out differently; the same twice differs in nothing."""
    told = lake("policy", "diff", milder).out
    assert "bands → known: 90, then 96" in told
    assert "words → features → asks-for-group → points: 65, then 35" in told
    assert "“an appeal” comes to solicitation (look), not to solicitation (likely)" in told
    found = lake("policy", "diff", milder, milder, "--json").json
    assert (found["before"], found["after"]) == ("first/milder", "first/milder")
    assert (found["differences"], found["examples"]) == ([], [])


def test_parts_that_only_one_policy_has_are_new_or_gone(lake: Say, tmp_path: Path) -> None:
    """Either way round."""
    other = tmp_path / "other.yaml"
    other.write_text(FIRST.replace("    with-call:", "    with-shout:"), "utf-8")
    told = lake("policy", "diff", other).out
    assert "words → supports → with-call: gone, was" in told
    assert "words → supports → with-shout: new, categories" in told


def test_a_policy_is_simulated_on_stored_items(lake: Say, milder: Path) -> None:
    """From which band to which, which items; nothing is written."""
    found = lake("policy", "simulate", milder, "--json").json
    assert (found["stored"], found["looked_at"], found["weighed"], found["moved"]) == (3, 3, 3, 1)
    assert found["bands"] == [
        {"before": "likely", "after": "look", "items": 1},
        {"before": "nothing", "after": "nothing", "items": 2},
    ]
    (example,) = found["examples"]
    assert example["item"] == item_of(lake, APPEAL)
    assert example["after"] == [{"category": "solicitation", "band": "look"}]
    told = " ".join(lake("policy", "simulate", milder, "--all").out.split())
    assert "likely look 1" in told
    assert "Nothing was written." in told
    assert lake("policy", "simulate", milder, "--last", 2, "--json").json["looked_at"] == 2
    assert lake("audit", "list", "--json").lines == []
    assert lake("items", "--band", "found", "--json").lines == []


def test_the_policy_in_force_is_shown_with_its_words(lake: Say) -> None:
    """What acts weigh beside a name, what exempts, and what never weighs."""
    told = " ".join(lake("policy", "show").out.split())
    assert "asks-for-group solicit a name solicitation 65 40" in told
    assert "Faith, ethnicity, language and origin never do." in told
