"""A policy in the shadow on the command line, and killed while it weighs."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from qalqan.app import opened
from qalqan.flow import lexicons, shadow, trying
from qalqan.model.ids import new_id
from qalqan.model.shadow import Change
from qalqan.model.words import Entry, Sense, Strength
from qalqan.settings import Settings
from qalqan.signals.lexicon import Lexicon
from qalqan.store import signals
from qalqan.store.tables_shadow import shadow_differences
from support import made
from support.command import run, start
from support.saying import Say
from support.shadowed import HIGH, other_policy

ITEMS, KILLS = 4_000, 3


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Return the file of another policy."""
    file = tmp_path / "other.yaml"
    file.write_text(other_policy(bands=HIGH), "utf-8")
    return file


def test_the_whole_way_of_a_policy(filled: Say, other: Path) -> None:
    """Begun on what is stored, caught up, told, switched on by its name, gone back from."""
    assert "No policy was in the shadow yet" in filled("policy", "shadow", "status").out
    assert filled("policy", "shadow", "status", "--json").json is None
    assert "first/another is in the shadow of first/3" in filled("policy", "shadow", "start", other, "--last", 500).out
    assert "items were weighed" in filled("policy", "shadow", "catch-up").out
    told = filled("policy", "shadow", "status", "--json").json
    assert (told["policy"], told["running"], told["waiting"], told["older"]) == ("first/another", True, 0, 0)
    differing = sum(one["items"] for one in told["counts"] if one["change"] != "same")
    assert differing == told["listed"] == len(filled("policy", "shadow", "list", "--json").lines) > 0
    filled("policy", "shadow", "on", code=2)  # nothing is switched on unasked
    filled("policy", "shadow", "on", "--confirm", "first/3", code=2)
    assert "first/another is in force" in filled("policy", "shadow", "on", "--confirm", "first/another").out
    assert "first/another" in filled("policy", "show").out
    assert [one["label"] for one in filled("policy", "history", "--json").lines] == ["first/another"]
    assert "first/3 is in force" in filled("policy", "back").out
    assert "first/another" not in filled("policy", "show").out
    filled("policy", "shadow", "stop", code=3)


@pytest.fixture
def heaped(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Let many items that differ wait for a policy in the shadow."""
    terms = (("donate to", Sense.SOLICIT, None), ("Grey Lantern Brigade", Sense.ORGANISATION, "lantern"))
    entries = [Entry(sense, Strength.STRONG, "und", (term,), "a test", entity=entity) for term, sense, entity in terms]
    for module in (lexicons, trying):
        monkeypatch.setattr(module, "built_in", lambda: Lexicon(entries))
    with opened(settings) as services:
        stored = made.stored(services.store, *[f"Donate to the Grey Lantern Brigade. {n}" for n in range(ITEMS)])
        read = trying.read(stored[0].text or "", services.desk(), services.extractors)
        with services.store.writing() as tx:
            signals.add(tx, [replace(one, id=new_id(), item_id=item.id) for item in stored for one in read])
        shadow.start(services, "tester", other_policy(bands=HIGH), "a test", ITEMS)
    return settings


def how_far(settings: Settings) -> int:
    """Return how many items were counted; each of them is listed once."""
    with opened(settings) as services, services.store.reading() as tx:
        found = shadow.status(tx)
        assert found
        listed = tx.execute(sa.select(sa.func.count()).select_from(shadow_differences)).scalar_one()
        assert listed == found.total(Change.CLEARED) == found.total()
    return found.total()


def test_killed_while_it_weighs_it_counts_each_item_once(heaped: Settings) -> None:
    """Nothing is lost and nothing counted twice, wherever kill -9 comes; the next one goes on from there."""
    moments, killed = random.Random(4), 0
    for _ in range(KILLS):
        before = how_far(heaped)
        process = start(heaped, "policy", "shadow", "catch-up")
        deadline = time.monotonic() + 60
        while process.poll() is None and how_far(heaped) == before and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.2))
        process.kill()
        killed += process.wait() < 0
    assert killed, "it was over before anything was killed: more items are needed"
    run(heaped, "policy", "shadow", "catch-up")
    assert how_far(heaped) == ITEMS
