"""Every verb explains itself, and says in its docstring exactly what its JSON holds."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import click
import pytest

from qalqan.app import opened
from qalqan.cli.main import VERBS, qalqan
from qalqan.cli.out import sentences
from qalqan.model.cases import Route
from qalqan.model.ids import new_id
from qalqan.model.signals import NAME
from qalqan.model.times import now
from qalqan.settings import Settings
from qalqan.store import signals, views
from support import made
from support.desk import fill_desk
from support.saying import Say, Scanned
from support.shadowed import fill_shadow

HEAVY = ("sqlalchemy", "dbos", "fastapi", "av", "numpy", "pydantic", "rich", "PIL", "msgspec", "yaml", "psycopg")
SHOWN = {
    "again": ["--detach"],
    "appeal add": ["It is not.", "--item", "DECIDED-ITEM", "--as", "erlan"],
    "appeal decide": ["APPEAL", "--refused", "--reasons", "It is.", "--as", "erlan"],
    "appeal list": [],
    "appeal show": ["APPEAL"],
    "audit list": [],
    "audit verify": [],
    "bank add": ["heron", "--kind", "link", "--value", "https://other.example/"],
    "bank calibrate": ["heron", "INPUT"],
    "bank import": ["heron", "LIST"],
    "bank index": [],
    "bank list": [],
    "bank rules": ["heron"],
    "bank show": ["heron"],
    "cases decide": ["TAKEN", "--outcome", "lawful", "--as", "erlan"],
    "cases gather": [],
    "cases list": [],
    "cases look": ["CASE", "--as", "erlan"],
    "cases rules list": [],
    "cases second": ["PROPOSED", "--outcome", "lawful", "--as", "erlan"],
    "cases show": ["CASE"],
    "cases take": ["--as", "erlan"],
    "decisions list": [],
    "doctor": [],
    "init": [],
    "intake problems": [],
    "items": [],
    "learn audit": ["DECISIONS"],
    "learn fit": ["DECISIONS"],
    "learn status": [],
    "lexicon add": ["--sense", "solicit", "--language", "en", "--term", "give us coins", "--dry-run"],
    "lexicon import": ["TABLE", "--form", "csv", "--dry-run"],
    "lexicon list": [],
    "lexicon off": ["TERM", "--reason", "a test", "--dry-run"],
    "lexicon on": ["TERM", "--dry-run"],
    "lexicon show": ["donate"],
    "lexicon try": ["Donate to us."],
    "matches": [],
    "names": [],
    "person list": [],
    "quality disagreements": [],
    "quality golden": [],
    "quality show": [],
    "policy diff": ["POLICY"],
    "protection": [],
    "read": [],
    "policy explain": ["ITEM"],
    "policy history": [],
    "policy shadow list": [],
    "policy shadow status": [],
    "policy show": [],
    "policy simulate": ["POLICY"],
    "policy test": ["POLICY"],
    "scan": ["--detach", "INPUT"],
    "scans": [],
    "search": ["bus"],
    "settings": [],
    "show": ["ITEM"],
    "token add": ["aziz", "second", "--scope", "look"],
    "token list": [],
    "webhook add": ["https://203.0.113.7/told"],
    "webhook list": [],
}
"""Each verb that writes JSON, with the words that make it write some."""
FIRST = resources.files("qalqan.assess") / "policies" / "first.yaml"
POLICY_PARTS = [
    "name", "version", "title", "bands", "weak_cap", "categories", "features", "examples", "jurisdictions", "grounds",
    "decisions", "words",
]  # fmt: skip
ELSEWHERE = {"search": "items", "policy show": None}
"""Verbs that say where their fields are documented."""


def verbs(group: click.Group = qalqan, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every verb with its name, those of groups as `bank add`."""
    context = click.Context(group)
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        assert command is not None
        if isinstance(command, click.Group):
            yield from verbs(command, f"{name}{each} ")
        else:
            yield f"{name}{each}", command


ALL = dict(verbs())


def test_help_loads_nothing_heavy() -> None:
    """`qalqan --help` starts at once: it loads no verb, and none of the libraries that take their time."""
    loaded = f"print([name for name in {HEAVY} if name in sys.modules])"
    script = f"import sys, atexit; atexit.register(lambda: {loaded}); from qalqan.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script, "--help"], capture_output=True, text=True, check=True)
    *told, last = done.stdout.splitlines()
    assert last == "[]"
    assert any("doctor" in line for line in told)


def test_a_verbs_own_help_loads_nothing_heavy() -> None:
    """Nor does that of a verb."""
    script = f"import sys; from qalqan.cli import main\ntry: main()\nexcept SystemExit: print([n for n in {HEAVY} if n in sys.modules])"  # fmt: skip # noqa: E501 - a script in a line
    done = subprocess.run([sys.executable, "-c", script, "scan", "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", ALL)
def test_every_verb_and_every_option_has_help(name: str) -> None:
    """A sentence for the verb, and one for each option."""
    command = ALL[name]
    assert (command.help or "").split("\n")[0].endswith((".", ":"))
    for option in command.params:
        if isinstance(option, click.Option):
            assert (option.help or "").endswith((".", "?")), option.name


def test_the_table_of_verbs_says_what_the_verbs_say() -> None:
    """`qalqan --help` lists every verb with a sentence."""
    assert {name.split(" ")[0] for name in ALL} == set(VERBS)
    assert all(text.endswith(".") for text in VERBS.values())


def test_every_reading_verb_has_json() -> None:
    """Whatever writes a list or a record for people writes it for programs, too; these tests know them all."""
    with_json = {name for name, command in ALL.items() if any(one.name == "as_json" for one in command.params)}
    assert with_json == {*SHOWN, "opinion"}  # tests/cli/test_cli_learn.py shows it: it needs a server
    acting = {"bank create", "bank retire", "bank dispute", "bank restore", "bank export", "cancel", "demo"}
    acting |= {"lexicon check", "lexicon export", "person add", "person password", "policy check", "serve", "worker"}
    acting |= {"appeal withdraw", "cases release", "cases rules add", "cases rules delete", "cases undo"}
    acting |= {"decisions export", "quality end", "quality mark", "quality settle"}
    acting |= {"policy back", *(f"policy shadow {one}" for one in ("start", "stop", "on", "catch-up"))}
    acting |= {"learn off", "learn on", "token revoke", "webhook end", "webhook test"}
    acting |= {"person link", "person off", "person on", "person role", "person totp reset"}
    assert set(ALL) - with_json == acting


def documented(name: str) -> list[str]:
    """Return the JSON fields that a verb's help names."""
    text = " ".join((ALL[name].help or "").split())
    listed = re.split(r"With --json[^:.]*: ", text)[1]
    without_notes = re.sub(r" ?\([^()]*\)", "", listed).split(". ")[0].rstrip(".")
    return [one.strip() for one in re.split(r", and | and |,", without_notes)]


@pytest.mark.parametrize("name", SHOWN)
def test_json_holds_exactly_the_documented_fields(filled: Say, scanned: Scanned, home: Path, name: str) -> None:
    """Each object has the fields that the verb's help names, and no other."""
    item = filled("matches", "--json").lines[0]["item"]
    entries = scanned.home.parent / "list.ndjson"
    entries.write_text('{"kind": "link", "value": "https://more.example/"}\n', "utf-8")
    table = scanned.home.parent / "table.csv"
    table.write_text("language,sense,terms\nen,solicit,give us coins\n", "utf-8")
    policy = scanned.home.parent / "policy.yaml"
    policy.write_text(FIRST.read_text("utf-8"), "utf-8")
    term = filled("lexicon", "list", "--limit", 1, "--json").lines[0]["entry"] if "TERM" in SHOWN[name] else ""
    stand_ins = {"ITEM": item, "INPUT": scanned.small.input, "LIST": entries, "TABLE": table, "POLICY": policy}
    stand_ins["TERM"] = term
    stand_ins["DECISIONS"] = decisions = scanned.home.parent / "decisions.csv"
    found = [one["id"] for one in filled("items", "--band", "found", "--json").lines]
    outcomes = ["terrorist", *["lawful"] * (len(found) - 1)]
    lines = [f"{one},{outcome}" for one, outcome in zip(found, outcomes, strict=True)]
    decisions.write_text("\n".join(["item,outcome", *lines]), "utf-8")
    filled("learn", "fit", decisions)
    with opened(Settings(home=home)) as services:
        with services.store.writing() as tx:
            signals.add(tx, [made.signal("heron", kind=NAME, item_id=item)])
            views.add_route(tx, Route(new_id(), 0, "uzbek", "uz-Latn", "", "", None, "dana", now()))
        stand_ins |= fill_desk(services)
        if name.startswith(("policy shadow", "policy history")):
            fill_shadow(services)
    filled("person", "add", "aziz")
    filled("token", "add", "aziz", "first", "--scope", "look")
    filled("webhook", "add", "https://203.0.113.8/told")
    said = filled(*name.split(" "), *(stand_ins.get(word, word) for word in SHOWN[name]), "--json")
    where = ELSEWHERE.get(name, name)
    fields = documented(where) if where else POLICY_PARTS
    assert said.lines
    for line in said.lines:
        assert list(line) == fields


def test_a_scans_json_counts_what_the_store_holds_of_it(scanned: Scanned) -> None:
    """Items, media, signals, matches and problems are numbers; so are the seconds and the bands."""
    summary = scanned.summary
    assert summary["items"] == summary["added"] >= 45
    assert summary["media"] >= 13
    assert (summary["matches"], summary["problems"]) == (12, 3)
    assert summary["signals"] > summary["media"]
    assert 0 < summary["seconds"] < 120
    assert summary["bands"] == {"known": 4, "likely": 0, "look": 1, "context": 0, "nothing": 4}
    assert [one["state"] for one in summary["scans"]] == ["done"]


def test_matches_json_says_what_and_where(filled: Say) -> None:
    """A film's match has both intervals; a link's has none; exact kinds are verified at distance 0."""
    by_kind = {one["kind"]: one for one in filled("matches", "--json").lines}
    assert set(by_kind) >= {"pdq", "picture-local", "video-pdq", "text", "link"}
    film, link = by_kind["video-pdq"], by_kind["link"]
    assert film["interval_query"] == pytest.approx({"start": 1.0, "end": 5.0}, abs=0.25)
    assert film["interval_known"] == pytest.approx({"start": 2.0, "end": 6.0}, abs=0.25)
    assert len(film["media"]) == 64
    assert (link["media"], link["interval_query"], link["interval_known"]) == (None, None, None)
    assert (link["distance"], link["verified"], link["bank"]) == (0, True, "heron")
    shown = filled("show", film["id"], "--json").json
    assert [one["id"] for one in shown["matches"]] == [film["id"]]
    assert shown["item"]["id"] == film["item"]


@pytest.mark.parametrize(
    ("words", "several"),
    [("items", 45), ("matches", 9), ("intake problems", 3), ("audit list", 6), ("bank show heron", 9)],
)
def test_lists_have_pages(filled: Say, words: str, several: int) -> None:
    """`--limit` and `--offset` cut a list without losing or repeating a row."""
    every = filled(*words.split(), "--json", "--limit", 1000).lines
    assert len(every) >= several
    size = len(every) // 2
    pages = [filled(*words.split(), "--json", "--limit", size, "--offset", size * n).lines for n in range(4)]
    assert [row for page in pages for row in page] == every


def test_a_problem_says_why_and_what_to_do_in_sentences(filled: Say) -> None:
    """Reason and remedy stand apart, however the reason ends."""
    problems = filled("intake", "problems", "--json").lines
    shown = " ".join(filled("intake", "problems").out.split())
    assert all(one["message"].rstrip(".").split()[-1] in shown for one in problems)
    assert sentences("is empty", "") == "is empty"
    assert sentences("it is cut off", "Copy it again.") == "it is cut off. Copy it again."
    assert sentences("It is gone.", "Bring it back.") == "It is gone. Bring it back."


def test_tables_for_people_hold_the_same_rows(filled: Say) -> None:
    """The tables name the same records as the JSON."""
    items = [one["id"] for one in filled("items", "--json").lines]
    table = filled("items").out
    assert all(one in table for one in items)
    assert f"{len(items)} of {len(items)}." in table
    assert "12 in all." in filled("matches").out
