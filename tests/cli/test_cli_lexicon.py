"""Lexicons on the command line: looked up, tried, changed with their effect shown first, taken in and given out."""

from __future__ import annotations

from pathlib import Path

import pytest

from qalqan.app import opened
from qalqan.flow import lexicon_changes, lexicons
from qalqan.model.signals import NAME
from qalqan.model.words import Entry, Sense, Strength
from qalqan.settings import Settings
from qalqan.signals.lexicon import Lexicon
from qalqan.store import signals
from support import made
from support.command import run_json
from support.saying import Say

BUILT_IN = Lexicon(
    (
        Entry(Sense.SOLICIT, Strength.STRONG, "en", ("donate to", "send … coins"), "a test", hits=("Donate to us.",)),
        Entry(Sense.NEGATION, Strength.STRONG, "en", ("never",), "a test"),
    )
)
HERON = ("--sense", "organisation", "--entity", "heron", "--name", "Blue Heron Front", "--term", "Blue Heron Front")
LIST = """language,sense,terms,entity,name
und,organisation,Blue Heron Front|Heron Front of the Lake,heron,Blue Heron Front
und,outlet,Reedlight Media,reedlight,Reedlight Media
"""


@pytest.fixture
def lake(ready: Say, home: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return what runs the command on a store of three items, with a handful of built-in terms."""
    for module in (lexicons, lexicon_changes):
        monkeypatch.setattr(module, "built_in", lambda: BUILT_IN)
    with opened(Settings(home=home)) as services:
        texts = ("Donate to the Blue Heron Front.", "The river is high.", "The Blue Heron Front has a flag.")
        made.stored(services.store, *texts)
    return ready


def in_force(lake: Say) -> list[str]:
    """Return the first term of each entry in force."""
    return [one["terms"][0] for one in lake("lexicon", "list", "--json").lines if one["status"] == "on"]


def test_an_entry_is_added_after_its_effect_was_shown(lake: Say) -> None:
    """How many items would move, from where to where, which; then it says what is to be done for stored items."""
    said = lake("lexicon", "add", *HERON, "--reason", "a court named it", "--yes")
    told = " ".join(said.out.split())
    assert "3 stored items, 2 were weighed anew and 1 would come to something else" in told
    assert "nothing likely 1" in told
    assert "solicitation (likely) Blue Heron Front Donate to the Blue Heron Front." in told
    assert "1 entry on: saved." in told
    assert "qalqan again" in told
    (shown,) = lake("lexicon", "show", "blue heron front", "--json").lines
    assert (shown["origin"], shown["by"], shown["reason"]) == ("hand", "tester", "a court named it")
    (event,) = lake("audit", "list", "--json").lines
    assert (event["by"], event["verb"], event["subject"]) == ("tester", "lexicon.added", shown["entry"])


def test_a_dry_run_saves_nothing(lake: Say) -> None:
    """It shows the same effect."""
    done = lake("lexicon", "add", *HERON, "--dry-run", "--json").json
    assert (done["saved"], done["scan"], done["effect"]["moved"]) == (False, None, 1)
    assert done["effect"]["categories"] == [
        {"before": "", "after": "", "items": 1},
        {"before": "", "after": "solicitation", "items": 1},
    ]
    assert in_force(lake) == ["donate to", "never"]
    assert lake("audit", "list", "--json").lines == []


def test_nothing_is_saved_where_nobody_can_agree(lake: Say) -> None:
    """A script says --yes; otherwise nothing happens, and it is told why."""
    said = lake("lexicon", "add", *HERON, code=2)
    assert "Nothing was saved" in said.err
    assert "--yes" in said.err
    assert in_force(lake) == ["donate to", "never"]


def test_somebody_at_a_terminal_is_asked(lake: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Yes saves, no does not."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer, saved in ((False, "not saved"), (True, "saved")):
        monkeypatch.setattr("click.confirm", lambda *_, answer=answer, **__: answer)
        assert f"1 entry on: {saved}." in lake("lexicon", "add", *HERON).out
    assert "Blue Heron Front" in in_force(lake)


def test_with_again_stored_items_get_it_at_once(lake: Say, home: Path) -> None:
    """The walk that was begun is named, and has ended. In a process of its own: it walks jobs."""
    done = run_json(Settings(home=home), "lexicon", "add", *HERON, "--yes", "--again")
    (scan,) = lake("scans", "--json").lines
    assert (scan["id"], scan["state"]) == (done["scan"], "done")
    assert [one["text"] for one in lake("items", "--band", "likely", "--json").lines] == [
        "Donate to the Blue Heron Front."
    ]


def test_an_entry_that_fails_its_sentences_is_refused(lake: Say) -> None:
    """With the sentence that it fails, and nothing is saved."""
    said = lake("lexicon", "add", *HERON, "--hit", "The grey bird is here.", "--yes", "--json", code=2)
    assert said.error["error"] == "bad-value"
    assert "Nothing is found in “The grey bird is here.”" in said.error["message"]
    said = lake("lexicon", "add", "--sense", "solicit", "--term", "give", "--language", "english", code=2)
    assert "wrong at language" in said.err
    said = lake("lexicon", "add", "--sense", "faith", "--term", "pray for us", code=2)
    assert "wrong at entries → 0 → sense" in said.err


def test_entries_are_switched_off_and_on(lake: Say) -> None:
    """Those that come with the program as well; off needs a reason, which is kept."""
    key = lake("lexicon", "show", "donate to", "--json").lines[0]["entry"]
    assert "Say why" in lake("lexicon", "off", key[:12], "--yes", code=2).err
    lake("lexicon", "add", *HERON, "--yes")
    off = lake("lexicon", "off", key[:12], "--reason", "too many mistakes", "--yes", "--json").json
    assert (off["off"], off["effect"]["moved"]) == ([key], 1)
    (shown,) = lake("lexicon", "list", "--off", "--json").lines
    assert (shown["entry"], shown["origin"], shown["reason"]) == (key, "built-in", "too many mistakes")
    assert "switched off" in lake("lexicon", "show", key[:12]).out
    again = lake("lexicon", "off", key[:12], "--reason", "once more", "--yes", "--json").json
    assert (again["saved"], again["effect"]) == (False, None)
    assert lake("lexicon", "on", key[:12], "--yes", "--json").json["added"] == [key]
    assert lake("lexicon", "list", "--off", "--json").lines == []
    assert lake("lexicon", "off", "ffffffff", "--reason", "x", code=3).err


def test_a_table_is_imported_and_given_out_again(lake: Say, tmp_path: Path) -> None:
    """What was changed here is written in a form that another one imports, and importing it here changes nothing."""
    table, own = tmp_path / "names.csv", tmp_path / "own.yaml"
    table.write_text(LIST, "utf-8")
    assert lake("lexicon", "check", table).out == "names.csv holds: 2 entries, 3 terms, 0 sentences.\n"
    assert "Nothing was changed" in lake("lexicon", "export").err
    done = lake("lexicon", "import", table, "--yes", "--json").json
    assert (len(done["added"]), done["effect"]["moved"]) == (2, 1)
    outlet = lake("lexicon", "list", "--sense", "outlet", "--json").lines[0]["entry"]
    lake("lexicon", "off", outlet, "--reason", "an honest one", "--yes")
    lake("lexicon", "export", own)
    assert own.read_text("utf-8") == lake("lexicon", "export").out
    assert "Nothing to change" in lake("lexicon", "import", own).out
    assert lake("lexicon", "check", own).out == "own.yaml holds: 2 entries, 3 terms, 0 sentences.\n"
    whole = lake("lexicon", "export", "--everything").out
    assert whole.count("state: on") == 2
    assert "send … coins" in whole


def test_an_official_list_is_imported_and_delists(lake: Say, tmp_path: Path) -> None:
    """A newer one without somebody takes them out, where that is asked for."""
    listed = tmp_path / "sdn.csv"
    row = '{0},"{1}","-0- ","SDGT"' + ',"-0- "' * 8 + "\n"
    listed.write_text(row.format(7, "BLUE HERON FRONT") + row.format(8, "GREY LANTERN BRIGADE"))
    done = lake("lexicon", "import", listed, "--form", "ofac", "--yes", "--json").json
    assert (len(done["added"]), done["effect"]["moved"]) == (2, 1)
    listed.write_text(row.format(8, "GREY LANTERN BRIGADE"))
    newer = lake("lexicon", "import", listed, "--form", "ofac", "--replace", "--yes", "--json").json
    assert (len(newer["added"]), len(newer["off"]), newer["known"], newer["effect"]["moved"]) == (0, 1, 1, 1)
    assert "official lists" in lake("lexicon", "import", listed, "--replace", code=2).err


def test_a_file_says_its_form_by_its_name_or_is_asked(lake: Say, tmp_path: Path) -> None:
    """Nothing is guessed."""
    file = tmp_path / "names.txt"
    file.write_text(LIST, "utf-8")
    assert "--form" in lake("lexicon", "import", file, code=2).err
    assert lake("lexicon", "import", file, "--form", "csv", "--dry-run", "--json").json["effect"]["moved"] == 1


def test_a_text_is_tried(lake: Say) -> None:
    """Marked by words, not by colour alone; what is negated says so; nothing is stored."""
    lake("lexicon", "add", *HERON, "--yes")
    said = lake("lexicon", "try", "Never donate to the Blue Heron Front.\nSee https://heron.example/x")
    assert "donate to{not solicit} the Blue Heron Front{organisation}.\nSee" in said.out
    assert "Language: en-Latn" in said.out
    assert "why not  A negation turns “donate to” round" in said.out
    found = lake("lexicon", "try", "Donate to the Blue Heron Front. https://heron.example/x", "--json").json
    assert [(one["sense"], one["span"]) for one in found["words"]] == [
        ("solicit", {"start": 0, "end": 9}),
        ("organisation", {"start": 14, "end": 30}),
    ]
    assert [(one["kind"], one["value"]) for one in found["indicators"]] == [("link", "https://heron.example/x")]
    assert [(one["category"], one["band"]) for one in found["assessments"]] == [("solicitation", "likely")]
    assert len(lake("items", "--json").lines) == 3


def test_a_text_from_outside_cannot_steer_the_terminal(lake: Say, tmp_path: Path) -> None:
    """Controls are made visible, in the text and in the table."""
    file = tmp_path / "text.txt"
    file.write_bytes("Donate to\x1b[2J \u202e us".encode())
    for words in (("lexicon", "try", "--file", file), ("policy", "explain", "--file", file)):
        said = lake(*words)
        assert "\x1b[2J" not in said.out
        assert "\u202e" not in said.out
    file.write_bytes(b"\xff\xff")
    assert "no text in UTF-8" in lake("lexicon", "try", "--file", file, code=2).err
    assert "either a text or --file" in lake("lexicon", "try", code=2).err


def test_what_nobody_knows_is_not_found(lake: Say) -> None:
    """With what to do instead."""
    said = lake("lexicon", "show", "a river", "--json", code=3)
    assert said.error["hint"] == "qalqan lexicon list --words PART"
    assert "There are:" in lake("lexicon", "list", "--sense", "faith", code=2).err


def test_what_is_in_force_holds(lake: Say, tmp_path: Path) -> None:
    """Each entry is held to its own sentences; a file that does not hold says where."""
    assert "The lexicon in force holds: 2 entries, 3 terms, 1 sentences." in lake("lexicon", "check").out
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "language: en\ntitle: x\nentries:\n"
        "- {sense: solicit, strength: strong, terms: [give us], source: x, hits: [Take this.]}\n",
        "utf-8",
    )
    assert "en solicit “give us”: Nothing is found in “Take this.”" in lake("lexicon", "check", file, code=2).err


def test_whom_items_name_is_listed_with_a_way_to_them(lake: Say, home: Path) -> None:
    """Most named first, in pages."""
    lake("lexicon", "add", *HERON, "--yes")
    ids = [one["id"] for one in lake("items", "--json").lines]
    with opened(Settings(home=home)) as services, services.store.writing() as tx:
        signals.add(tx, [made.signal("heron", kind=NAME, item_id=one) for one in ids[:2]])
        signals.add(tx, [made.signal("somebody else", kind=NAME, item_id=ids[0])])
    first, second = lake("names", "--json").lines
    assert (first["name"], first["kind"], first["items"], first["link"]) == (
        "Blue Heron Front",
        "organisation",
        2,
        "/items?name=heron",
    )
    assert (second["entity"], second["kind"], second["link"]) == ("somebody else", None, "/items?name=somebody%20else")
    assert lake("names", "--json", "--limit", 1, "--offset", 1).lines == [second]
    assert {one["id"] for one in lake("items", "--names", "heron", "--json").lines} == set(ids[:2])
    assert [one["id"] for one in lake("items", "--names", "somebody else", "--has", "name", "--json").lines] == ids[:1]
    assert lake("items", "--has", "wallet", "--json").lines == []
    assert lake("names", "--kind", "person", "--json").lines == []
    assert "1 of 1." in lake("names", "--kind", "organisation").out
